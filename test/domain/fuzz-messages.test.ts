import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { exactInteger } from '../../domain/messages/exact-integer.ts';
import { inOrder } from '../../domain/messages/sorted-offsets.ts';
import {
  bodyOf,
  InvalidMessage,
  type Message,
  parseClipInfo,
  parseCompletedResearchItem,
  parseEpisodeInfo,
  parsePendingResearchItem,
  toJson,
} from '../../domain/messages.ts';
import { canonicalTimestamp, compareTimestamps, epochMs } from '../../domain/timestamp.ts';
import * as wire from '../support/message-arbitraries.ts';

// The same runs every time, so that CI is not a lottery; FUZZ_SEED and FUZZ_RUNS look further.
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 20_260), numRuns: Number(process.env.FUZZ_RUNS ?? 1_000) });

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const schema = (file: string) => ajv.compile(JSON.parse(readFileSync(join(__dirname, '../../schemas', file), 'utf8')));

interface Fuzzed {
  name: string;
  parse: (body: string) => Message;
  valid: fc.Arbitrary<Record<string, unknown>>;
  file: string;
}

const fuzzed: Fuzzed[] = [
  { name: 'ClipInfo', parse: parseClipInfo, valid: wire.clipInfo, file: 'clip-info.json' },
  { name: 'EpisodeInfo', parse: parseEpisodeInfo, valid: wire.episodeInfo, file: 'episode-info.json' },
  {
    name: 'PendingResearchItem',
    parse: parsePendingResearchItem,
    valid: wire.pendingResearchItem,
    file: 'pending-research-item.json',
  },
  {
    name: 'CompletedResearchItem',
    parse: parseCompletedResearchItem,
    valid: wire.completedResearchItem,
    file: 'completed-research-item.json',
  },
];

/** What JavaScript objects inherit, which no message may change. */
const pristine = JSON.stringify([Object.prototype, Array.prototype, String.prototype].map(Object.getOwnPropertyNames));

function assertPristine(): void {
  const now = [Object.prototype, Array.prototype, String.prototype].map(Object.getOwnPropertyNames);
  expect(JSON.stringify(now)).toBe(pristine);
}

/** @returns the message, or undefined when it was refused as it should be. */
function tried(parse: (body: string) => Message, body: string): Message | undefined {
  try {
    return parse(body);
  } catch (error) {
    // Anything else that is thrown would be a bug.
    if (!(error instanceof InvalidMessage)) throw error;
    // Safe to log and to send: one line, no control or format characters, no lone surrogates, short.
    expect(error.message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(Buffer.byteLength(error.message)).toBeLessThan(8 * 1024);
    expect(error.reasons.length).toBeGreaterThan(0);
    return undefined;
  }
}

/** Published, read back, stored as UTF-8: the same message each time. */
function assertKept(parse: (body: string) => Message, message: Message): void {
  const body = bodyOf(message);
  expect(/^[ -~]+$/.test(body)).toBe(true);
  assertSame(parse(body), message);
  assertSame(JSON.parse(Buffer.from(JSON.stringify(message), 'utf8').toString('utf8')), message);
}

/** As toStrictEqual, which takes most of the time of a fuzz run; so it only tells the difference when there is one. */
function assertSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toStrictEqual(expected);
}

describe.each(fuzzed)('$name', ({ parse, valid, file }) => {
  it('a valid message is accepted in every spelling, and kept as it is', () => {
    const conforms = schema(file);
    fc.assert(
      fc.property(valid, (message) => {
        const accepted = parse(JSON.stringify(message));
        assertKept(parse, accepted);
        expect(conforms(toJson(accepted))).toBe(true);
      }),
    );
    assertPristine();
  });

  it('a nearly valid message is refused with reasons, or accepted and kept as it is', () => {
    let refused = 0;
    let kept = 0;
    fc.assert(
      fc.property(wire.nearly(valid), (message) => {
        const accepted = tried(parse, JSON.stringify(message));
        if (accepted) assertKept(parse, accepted);
        if (accepted) kept += 1;
        else refused += 1;
      }),
    );
    assertPristine();
    // The generator is worth something only while it finds both sides of the limits.
    expect(Math.min(refused, kept)).toBeGreaterThan((refused + kept) / 10);
  });

  it('a mangled message is refused with reasons, or accepted and kept as it is', () => {
    fc.assert(
      fc.property(wire.mangled(valid), (body) => {
        const accepted = tried(parse, body);
        if (accepted) assertKept(parse, accepted);
      }),
    );
    assertPristine();
  });

  it('garbage is refused with reasons', () => {
    fc.assert(fc.property(wire.garbage, (body) => expect(tried(parse, body)).toBeUndefined()));
    assertPristine();
  });
});

describe('bodies of 1 MiB', () => {
  const MIB = 2 ** 20;
  const filled = (before: string, filling: string, after: string) => {
    const count = Math.floor((MIB - before.length - after.length) / filling.length);
    return before + filling.repeat(count) + after;
  };
  const halves = Math.floor(MIB / 2) - 50;

  it.each([
    ['open lists', '['.repeat(MIB)],
    ['open objects', filled('', '{"a":', '')],
    ['deep lists in a known field', `{"title":${'['.repeat(halves)}${']'.repeat(halves)}}`],
    ['deep lists in a list', `{"clipOffsets":${'['.repeat(halves)}${']'.repeat(halves)},"clips":[]}`],
    ['deep messages', filled('', '{"episodeInfo":', '')],
    ['half a million offsets', filled('{"clipOffsets":[', '0,', '0]}')],
    ['a hundred thousand clips', filled('{"clips":[', '{},', '{}]}')],
    ['half a million scores', filled('{"clipScores":[', '2,', '0]}')],
    ['unknown fields', `{${Array.from({ length: 80_000 }, (_, index) => `"x${index}":1`).join()}}`],
    ['duplicate fields', filled('{', '"episodeInfo":{},', '"a":1}')],
    ['a long title', filled('{"title":"', '\ud83d\ude00', '"}')],
    ['a long title of escapes', filled('{"title":"', '\\ud800', '"}')],
    ['a long failure', filled('{"failure":"', 'a', '\\ud800"}')],
    ['zeros for a number', filled('{"priority":"', '0', '","episodeDuration":"0"}')],
    ['zeros after the point', filled('{"priority":"0.', '0', '1","clipScores":["0.0"]}')],
    ['digits', filled('{"priority":', '9', '}')],
    ['digits of an exponent', filled('{"episodeDuration":"1e-', '9', '"}')],
    ['digits of a fraction of a second', filled('{"researchDate":"2024-01-01T00:00:00.', '0', 'Z"}')],
    ['a long lease id', filled('{"leaseId":"', '0f8fad5b-', '"}')],
    ['spaces', filled('', ' ', '')],
    ['backslashes', filled('"', '\\\\', '')],
  ])('%s: refused by all four at once, not after a while', (_, body) => {
    const before = performance.now();
    for (const { parse } of fuzzed) expect(tried(parse, body)).toBeUndefined();
    // A few tens of milliseconds each; what grows with the square would take minutes.
    expect(performance.now() - before).toBeLessThan(10_000);
    assertPristine();
  });
});

describe('the parts that messages are made of', () => {
  const instants = fc.tuple(
    fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
    fc.integer({ min: -1439, max: 1439 }),
  );

  it('a timestamp with an offset is the same instant in UTC', () => {
    fc.assert(
      fc.property(instants, ([date, minutes]) => {
        const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const zone = new Date(Math.abs(minutes) * 60_000).toISOString().slice(11, 16);
        const canonical = canonicalTimestamp(`${local}${minutes < 0 ? '-' : '+'}${zone}`);
        expect(canonical).toBe(date.toISOString().replace('.000Z', 'Z'));
        expect(epochMs(canonical!)).toBe(date.getTime());
      }),
    );
  });

  it('timestamps compare as their instants do', () => {
    fc.assert(
      fc.property(instants, instants, ([a], [b]) => {
        const order = compareTimestamps(canonicalTimestamp(a.toISOString())!, canonicalTimestamp(b.toISOString())!);
        expect(Math.sign(order)).toBe(Math.sign(a.getTime() - b.getTime()));
      }),
    );
  });

  it('every spelling of an integer is that integer, and its neighbours beyond the bounds are refused', () => {
    const digits = fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n });
    fc.assert(
      fc.property(digits, fc.integer({ min: 0, max: 12 }), (value, zeros) => {
        const expected = value >= 0n && value <= 2n ** 53n ? Number(value) : undefined;
        for (const text of [
          `${value}`,
          `${value}.${'0'.repeat(zeros + 1)}`,
          `${value * 10n ** BigInt(zeros)}e-${zeros}`,
          `${value}E+0`,
        ])
          expect(exactInteger(text, 0, 2 ** 53)).toBe(expected);
        expect(exactInteger(`${value}.${'0'.repeat(zeros)}1`, 0, 2 ** 53)).toBeUndefined();
      }),
    );
  });

  it('a finding has one form, in whatever order it was reported', () => {
    const plays = fc.array(fc.tuple(fc.nat(50), fc.nat(10)), { maxLength: 30 });
    const shuffled = plays.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
    );
    const sorted = (list: [number, number][]) =>
      inOrder(
        list.map(([at]) => at),
        { clipScores: list.map(([, sure]) => sure) },
      );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        const { clipOffsets, clipScores } = sorted(list);
        expect(sorted(other)).toEqual({ clipOffsets, clipScores });
        expect(clipOffsets).toEqual(list.map(([at]) => at).sort((a, b) => a - b));
        const pairs = (ats: number[], sures: number[]) => ats.map((at, index) => `${at}:${sures[index]}`).sort();
        expect(pairs(clipOffsets, clipScores)).toEqual(list.map(([at, sure]) => `${at}:${sure}`).sort());
      }),
    );
  });
});
