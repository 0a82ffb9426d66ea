import { deflateRawSync } from 'node:zlib';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { Bitset } from '../../domain/bitset.ts';
import type { ClipEntry } from '../../domain/collection.ts';
import type { FoundBy } from '../../domain/found-by.ts';
import { LEASES_AT_MOST, type Lease, type Ledger, type LedgerState } from '../../domain/ledger.ts';
import { packedOrdinals, unpackedOrdinals } from '../../domain/packed-ordinals.ts';
import type { Strikes } from '../../domain/strikes.ts';
import { canonicalTimestamp } from '../../domain/timestamp.ts';
import { UnreadableItem } from '../../functions/ports.ts';
import { decoded, type Item, marshalled } from '../../functions/stores/dynamo.ts';
import { DynamoCollection } from '../../functions/stores/dynamo-collection.ts';
import { entryAttributes, entryOf } from '../../functions/stores/entry-item.ts';
import { entryKey } from '../../functions/stores/keys.ts';
import { leaseSummaries, ledgerItem, ledgerOf } from '../../functions/stores/ledger-item.ts';
import { aClip, aLease, aLedger, NOW, someStrikes } from '../support/research.ts';

/** As DynamoDB gives it back. */
const stored = (item: Item): Item => unmarshall(marshalled(item));
/** The size that DynamoDB bills, nearly. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return 1 + Math.ceil(String(value).length / 2);
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + 1 + bytesOf(one), 3);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [name, one]) => sum + 1 + name.length + bytesOf(one), 3);
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

const time = fc.integer({ min: 0, max: 2 * NOW });
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const ordinal = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 }));
const name = fc.string({ maxLength: 128 });
const strikes: fc.Arbitrary<Strikes> = fc.record({
  count: fc.nat(4),
  restUntil: time,
  reason: fc.string({ maxLength: 500 }),
  strikers: fc.array(fc.record({ by: name, at: time }), { maxLength: 8 }),
  revision: fc.integer({ min: 1, max: 9 }),
});
const lease: fc.Arbitrary<Lease> = fc
  .record({
    id: fc.uuid(),
    clips: fc.uniqueArray(ordinal, { minLength: 1, maxLength: 100 }),
    leftOf: fc.array(fc.boolean(), { minLength: 100, maxLength: 100 }),
    created: time,
    signed: maybe(time),
    lastSign: maybe(time),
    lastResult: maybe(time),
    lastWord: maybe(time),
    researcher: name,
    recordings: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 100 }),
  })
  .map(({ leftOf, recordings, ...rest }) => {
    const left = rest.clips.filter((_, index) => leftOf[index]);
    const later = rest.clips.flatMap((clip, index): [number, number][] =>
      (recordings[index] ?? 1) > 1 ? [[clip, recordings[index]!]] : [],
    );
    return {
      ...rest,
      left,
      ...(later.length > 0 && { clipRecordings: new Map(later), clipRevisions: new Map(later) }),
    };
  });
const ledger: fc.Arbitrary<Ledger> = fc
  .record({
    episode: ordinal,
    version: fc.integer({ min: 1 }),
    state: fc.constantFrom<LedgerState>('OPEN', 'STRUCK', 'WAITING', 'COMPLETE', 'PARKED', 'HELD'),
    position: fc.string({ minLength: 1, maxLength: 90 }),
    rank: fc.string({ minLength: 1, maxLength: 68 }),
    researched: fc.uniqueArray(fc.integer({ min: 1, max: 20_000 }), { maxLength: 300 }).map((of) => Bitset.of(of)),
    found: maybe(fc.uniqueArray(fc.integer({ min: 1, max: 20_000 }), { maxLength: 30 }).map((of) => Bitset.of(of))),
    foundAt: maybe(time),
    leases: fc.uniqueArray(lease, { maxLength: 8, selector: ({ id }) => id }),
    pairStrikes: fc.array(fc.tuple(ordinal, strikes), { maxLength: 8 }).map((pairs) => new Map(pairs)),
    episodeStrikes: maybe(strikes),
    parked: fc
      .array(fc.tuple(ordinal, fc.integer({ min: 1, max: 9 })), { maxLength: 8 })
      .map((pairs) => new Map(pairs)),
    revision: fc.integer({ min: 1, max: 99 }),
    revisedAt: time,
  })
  // Nothing is researched: then nothing was found, whoever keeps it.
  .map((one) => (one.researched.size > 0 || one.found !== undefined ? one : { ...one, found: Bitset.empty }))
  .chain((one) => maybe(foundBy(one.found)).map((by) => ({ ...one, ...(by !== undefined && { foundBy: by }) })));

/** Of what was found; together all of it. */
function foundBy(found: Bitset | undefined): fc.Arbitrary<FoundBy | undefined> {
  if (!found?.size) return fc.constant(undefined);
  const analyzers = fc.uniqueArray(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 4 });
  return analyzers.chain(([first = '', ...others]) => {
    const part = fc.subarray([...found], { minLength: 1 });
    const parts = fc.tuple(...others.map((name) => part.map((of) => [name, Bitset.of(of)] as const)));
    return parts.map((some) => new Map([[first, found], ...some]));
  });
}

const plain = (one: Ledger) => ({
  ...one,
  researched: [...one.researched],
  found: one.found && [...one.found],
  foundBy: one.foundBy && [...one.foundBy].map(([analyzer, clips]) => [analyzer, [...clips]]),
});

test('STORED-1: every ledger is read back as it was written', () => {
  fc.assert(
    fc.property(ledger, (one) => expect(plain(ledgerOf(stored(ledgerItem(one))))).toEqual(plain(one))),
    {
      numRuns: 300,
    },
  );
});

test('STORED-7: by whom much was found is not kept where it takes more than a few write units: then it is not known', () => {
  const found = Bitset.of(Array.from({ length: 9_000 }, (_, n) => n + 1).filter((n) => (n * n) % 7 < 3));
  const read = (analyzers: number) => {
    const foundBy = new Map(Array.from({ length: analyzers }, (_, n) => [`waves@${n}`, found] as const));
    return ledgerOf(stored(ledgerItem(aLedger({ version: 1, researched: found, found, foundBy })))).foundBy;
  };
  expect(read(1)?.get('waves@0')?.size).toBe(found.size);
  expect(read(99)).toBeUndefined();
});

test('STORED-2: every list of clips is read back in its order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { maxLength: 100 }), (ordinals) => {
      expect(unpackedOrdinals(packedOrdinals(ordinals))).toEqual(ordinals);
    }),
  );
});

describe('STORED-3: sizes, since every byte is paid at every write', () => {
  test('researched, 10,000 clips: 14 bytes', () => {
    const item = ledgerItem(aLedger({ researched: Bitset.of(upTo(10_000)) }));
    expect(item.researched).toHaveLength(14);
  });

  test('a ledger with nothing in it: at most half a kilobyte', () => {
    expect(bytesOf(ledgerItem(aLedger()))).toBeLessThan(512);
  });

  test('the clips of a work item that are neighbours: less than 30 bytes', () => {
    expect(packedOrdinals(upTo(100).map((n) => 9_000 + n)).length).toBeLessThan(30);
  });

  test('64 leases of 100 clips each, in no order: within an item of DynamoDB, with room', () => {
    const leases = upTo(LEASES_AT_MOST).map((n) =>
      aLease({
        id: `0f8fad5b-d9cb-469f-a165-70867728${String(n).padStart(4, '0')}`,
        clips: upTo(100).map((k) => ((k * 7919 * n) % 100_003) + 1),
        signed: NOW,
        lastSign: NOW,
        lastResult: NOW,
        researcher: 'r'.repeat(128),
      }),
    );
    expect(bytesOf(ledgerItem(aLedger({ leases })))).toBeLessThan(100 * 1024);
  });

  test('a lease of 5,000 clips, all of another recording: a bit a clip', () => {
    const clips = upTo(5_000);
    const plain = aLease({ clips });
    const replaced = aLease({ clips, clipRecordings: new Map(clips.map((clip) => [clip, 2])) });
    const more =
      bytesOf(ledgerItem(aLedger({ leases: [replaced] }))) - bytesOf(ledgerItem(aLedger({ leases: [plain] })));
    expect(more).toBeLessThan(5_000 / 8 + 100);
  });

  test('10,000 pairs at rest and as many parked: within an item of DynamoDB', () => {
    const rest = (n: number) => ({ count: 0, restUntil: NOW + n * 37, reason: '', strikers: [], revision: 1 });
    const item = ledgerItem(
      aLedger({
        pairStrikes: new Map(upTo(10_000).map((n) => [n, rest(n)])),
        parked: new Map(upTo(10_000).map((n) => [n, (n % 3) + 1])),
      }),
    );
    expect(bytesOf(item)).toBeLessThan(200 * 1024);
    expect(plain(ledgerOf(stored(item))).pairStrikes.size).toBe(10_000);
  });
});

/** Whether it is what the rest of the code takes it for. */
function isSound(one: Ledger): boolean {
  const time = (value: unknown) => value === undefined || (Number.isFinite(value) && (value as number) >= 0);
  const number = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
  const strikes = (value: Strikes | undefined) =>
    value === undefined ||
    (time(value.count) &&
      time(value.restUntil) &&
      typeof value.reason === 'string' &&
      number(value.revision) &&
      value.strikers.every(({ by, at }) => typeof by === 'string' && time(at)));
  return (
    [one.episode, one.version, one.revision].every(number) &&
    [one.position, one.rank, one.state].every((text) => typeof text === 'string') &&
    time(one.revisedAt) &&
    one.researched.bytes instanceof Uint8Array &&
    strikes(one.episodeStrikes) &&
    [...one.pairStrikes].every(([clip, value]) => number(clip) && strikes(value)) &&
    [...one.parked].every(([clip, revision]) => number(clip) && number(revision)) &&
    one.leases.every(
      ({ id, clips, left, created, signed, lastSign, lastResult, lastWord, researcher }) =>
        [id, researcher].every((text) => typeof text === 'string') &&
        created !== undefined &&
        [created, signed, lastSign, lastResult, lastWord].every(time) &&
        clips.every(number) &&
        left.every((clip) => clips.includes(clip)),
    )
  );
}

const wrong = fc.constantFrom<unknown>(
  null,
  '',
  'x',
  '1#NOWHERE#0',
  -1,
  0,
  0.5,
  2 ** 53,
  true,
  [],
  [1],
  [null],
  [[]],
  {},
  { id: 'x' },
  new Uint8Array(0),
  Uint8Array.from([3, 0]),
  new Uint8Array(deflateRawSync('{"a":1}')),
  new Uint8Array(deflateRawSync('[[1,2]]')),
  new Uint8Array(deflateRawSync('[["x",{},null]]')),
  new Uint8Array(deflateRawSync(Buffer.alloc(8 * 1024 * 1024))),
  new Uint8Array(deflateRawSync(Buffer.alloc(3 * 1024 * 1024, '[]'))),
);

/** Puts `value` at a place in the item that `seed` chooses: an attribute, or one of a lease or the strikes. */
function damaged(item: Item, seed: number, value: unknown, remove: boolean): Item {
  const copy = structuredClone(item);
  const places: [Item, string][] = Object.keys(copy).map((key) => [copy, key]);
  for (const inner of [...((copy.leases ?? []) as Item[]), copy.work, copy.leasedRecordings, copy.episodeStrikes]) {
    if (typeof inner === 'object' && inner !== null) {
      for (const key of Object.keys(inner)) places.push([inner as Item, key]);
    }
  }
  const [where, key] = places[seed % places.length] ?? [copy, 'pk'];
  if (remove) delete where[key];
  else where[key] = value;
  return copy;
}

/** One bit of one of the packed attributes, turned. */
function flipped(item: Item, seed: number): Item {
  const copy = structuredClone(item);
  const packed = [copy.researched, copy.pairStrikes, copy.parked, ...Object.values(copy.work ?? {})].filter(
    (value): value is Uint8Array => value instanceof Uint8Array && value.length > 0,
  );
  const bytes = packed[seed % Math.max(1, packed.length)];
  if (bytes !== undefined) {
    const bit = Math.floor(seed / 8) % (bytes.length * 8);
    bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
  }
  return copy;
}

function readable(item: Item): void {
  let read: Ledger;
  try {
    read = decoded('The ledger', () => ledgerOf(item));
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableItem);
    expect((error as Error).message).toMatch(/^The ledger cannot be read: ./);
    return;
  }
  expect(isSound(read)).toBe(true);
}

describe('STORED-4: a damaged ledger is unreadable or sound, and neither hangs nor takes all memory', () => {
  test('any attribute removed or replaced', () => {
    fc.assert(
      fc.property(ledger, fc.nat(), wrong, fc.boolean(), (one, seed, value, remove) => {
        readable(damaged(stored(ledgerItem(one)), seed, value, remove));
      }),
      { numRuns: 600 },
    );
  });

  test('any bit of what is packed turned', () => {
    fc.assert(
      fc.property(ledger, fc.nat(), (one, seed) => readable(flipped(stored(ledgerItem(one)), seed))),
      { numRuns: 600 },
    );
  });

  test('64 leases that would inflate to gigabytes', () => {
    const bomb = new Uint8Array(deflateRawSync(Buffer.alloc(4 * 1024 * 1024 - 1)));
    const ids = upTo(LEASES_AT_MOST).map(String);
    const leases = ids.map((id) => ({ id, made: NOW, left: new Uint8Array(13) }));
    const item = { ...stored(ledgerItem(aLedger())), leases, work: Object.fromEntries(ids.map((id) => [id, bomb])) };
    expect(() => decoded('It', () => ledgerOf(item))).toThrow(UnreadableItem);
  });

  test.each<[string, Item, string]>([
    ['no version', { version: undefined }, 'its version must be an integer from 1, but is nothing'],
    ['a version that is text', { version: '7' }, 'its version must be an integer from 1, but is string 7'],
    ['a state from the future', { stateKey: '1#ASLEEP#0' }, 'its state is none of OPEN, STRUCK'],
    ['a lease without its clips', { work: {} }, 'its lease must be bytes, but is nothing'],
    [
      'recordings of a lease that are none',
      { leasedRecordings: { [aLease().id]: [{ number: 0, at: new Uint8Array(1) }] } },
      'its number must be an integer from 1, but is number 0',
    ],
    ['leases that are text', { leases: 'x' }, 'its leases must be a list of maps or lists, but is string x'],
  ])('%s: the reason says so', (_, difference, reason) => {
    const item = { ...stored(ledgerItem(aLedger({ leases: [aLease()] }))), ...difference };
    expect(() => decoded('The ledger of episode 1', () => ledgerOf(item))).toThrow(
      `The ledger of episode 1 cannot be read: ${reason}`,
    );
  });

  test('the summaries of leases are refused as the ledger is', () => {
    expect(leaseSummaries(stored(ledgerItem(aLedger())))).toEqual([]);
    for (const leases of ['x', [{}], [{ id: 'a', made: 1 }], [{ id: 'a', made: 'x', left: new Uint8Array(1) }]]) {
      expect(() => leaseSummaries({ leases })).toThrow(/must be/);
    }
  });
});

describe('STORED-5: entries', () => {
  const full: ClipEntry = {
    ...aClip(7, { priority: -(2 ** 31), revision: 2, revisedAt: NOW, strikes: someStrikes(), retired: true }),
    facts: { hash: 'f'.repeat(64), durationNs: 2 ** 53 },
    unknowns: { analyzer: 'a@1', notJudged: 'too quiet', unheard: [{ from: 0, to: 2 ** 53, why: 'damaged' }] },
  };
  const item = () => stored({ ...entryKey('clip', 7), ...entryAttributes(full), version: 3 });

  test('a clip with everything is read back', () => {
    expect(entryOf('clip', item())).toEqual({ ...full, version: 3 });
  });

  test.each<[string, Item, string]>([
    ['no version', { version: undefined }, 'its version must be an integer from 1'],
    ['a key that is none', { sk: 'x' }, 'its ordinal must be an integer from 1, but is number NaN'],
    ['no date', { initialDateCurated: undefined }, 'its initialDateCurated must be text, but is nothing'],
    ['no real date', { lastDateCurated: '2024-02-30T00:00:00Z' }, 'its lastDateCurated is no canonical timestamp'],
    ['a priority beyond 32 bits', { priority: 2 ** 31 }, 'its priority is no 32-bit integer'],
    ['a title that is a number', { title: 7 }, 'its title must be text, but is number 7'],
    [
      'more stretches than are kept',
      { unknowns: { analyzer: '', unheard: Array(101).fill([0, 1, '']) } },
      '101 stretches',
    ],
    ['a stretch without an end', { unknowns: { analyzer: '', unheard: [[0]] } }, 'its to must be a number from 0'],
    ['strikes without a count', { strikes: { reason: '' } }, 'its count must be a number from 0, but is nothing'],
  ])('%s: unreadable, with the reason', (_, difference, reason) => {
    expect(() => decoded('The clip', () => entryOf('clip', { ...item(), ...difference }))).toThrow(reason);
  });

  test('a damaged one is unreadable or sound', () => {
    fc.assert(
      fc.property(fc.nat(), wrong, fc.boolean(), (seed, value, remove) => {
        let read: ClipEntry;
        try {
          read = decoded('The clip', () => entryOf('clip', damaged(item(), seed, value, remove)));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableItem);
          return;
        }
        const { info } = read;
        for (const date of [info.initialDateCurated, info.lastDateCurated]) expect(canonicalTimestamp(date)).toBe(date);
        for (const field of [info.title, info.mediaUri, info.description, info.mediaType, info.curatorInformation])
          expect(typeof field).toBe('string');
        for (const number of [read.ordinal, read.version, read.revision, info.priority])
          expect(Number.isSafeInteger(number)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

describe('STORED-6: the counter, which says how many entries there are', () => {
  const client = new DynamoDBClient({});
  const dynamoDb = mockClient(client);
  const counterOf = (item: Item | undefined) => {
    dynamoDb.reset();
    dynamoDb.on(GetItemCommand).resolves(item === undefined ? {} : { Item: marshalled(item) });
    return new DynamoCollection(client, 'Collection').counter('clip');
  };

  test.each<[string, Item | undefined, object]>([
    ['none yet', undefined, { lastOrdinal: 0, assignableVersion: 0, catalogueVersion: 0 }],
    ['no ordinals yet', { members: 1, content: 2 }, { lastOrdinal: 0, assignableVersion: 1, catalogueVersion: 2 }],
    ['all', { lastOrdinal: 7, members: 8, content: 9 }, { lastOrdinal: 7, assignableVersion: 8, catalogueVersion: 9 }],
  ])('%s', async (_, item, counter) => expect(await counterOf(item)).toEqual(counter));

  test.each<[string, Item, string]>([
    ['text', { lastOrdinal: 'four' }, 'its lastOrdinal must be a number from 0, but is string four'],
    ['negative', { lastOrdinal: 4, members: -1 }, 'its members must be a number from 0, but is number -1'],
  ])('%s: unreadable, rather than an empty collection', async (_, item, reason) => {
    const read = counterOf(item);
    await expect(read).rejects.toThrow(UnreadableItem);
    await expect(read).rejects.toThrow(`The counter of clips cannot be read: ${reason}`);
  });
});
