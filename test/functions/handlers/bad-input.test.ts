import type { Kind } from '../../../domain/collection.ts';
import {
  bodyOf,
  InvalidMessage,
  type Message,
  parseClipInfo,
  parseEpisodeInfo,
  toJson,
} from '../../../domain/messages.ts';
import { recordResearch } from '../../../functions/completed-research-archivist/drain.ts';
import { understand } from '../../../functions/completed-research-archivist/understand.ts';
import { archiveMessages } from '../../../functions/curation/archive-messages.ts';
import { type MemoryArchive, memoryArchive } from '../../support/memory/memory-archive.ts';
import { perfectClip, perfectEpisode, perfectResult, without } from '../../support/perfect-messages.ts';
import { MINUTE, NOW, settings } from '../../support/research.ts';

/** What is wrong; the body; and what its reason must name: the field, the limit, and what came. */
type Case = readonly [what: string, body: string, ...names: string[]];

type Fields = Record<string, unknown>;
const changed = (message: Message, fields: Fields) => JSON.stringify({ ...toJson(message), ...fields });
const clip = (fields: Fields) => changed(perfectClip(), fields);
const episode = (fields: Fields) => changed(perfectEpisode(), fields);
const result = (fields: Fields) => changed(perfectResult(), fields);

const INSTANT =
  'must be an RFC 3339 timestamp of a real instant (years 0001–9999, no leap second, ≤ 9 fraction digits)';
const INT32 = 'must be an integer from -2147483648 to 2147483647';

/** Wrong in clips and episodes alike. */
const curated = (message: (fields: Fields) => string): Case[] => [
  ['not JSON', 'hello', 'must be JSON', '5 characters', '"hello"'],
  ['nothing at all', '', 'must be JSON', '0 characters'],
  ['JSON that ends too early', message({}).slice(0, -1), 'must be JSON', 'characters came'],
  ['a list', '[]', 'must be an object', 'a list of 0 came'],
  ['a number', '42', 'must be an object', 'the number 42 came'],
  ['null', 'null', 'must be an object', 'nothing came'],
  ['an empty object', '{}', 'initialDateCurated', INSTANT, 'nothing came'],
  ['no mediaUri', message({ mediaUri: undefined }), 'mediaUri', 'must be text of 1–2048 characters', 'nothing came'],
  ['an empty mediaUri', message({ mediaUri: '' }), 'mediaUri', '1–2048', '0 ("") came'],
  ['mediaUri over its limit', message({ mediaUri: 'u'.repeat(2049) }), 'mediaUri', '1–2048', '2049 ("uuu'],
  ['mediaUri a list', message({ mediaUri: ['x'] }), 'mediaUri', 'must be text', 'a list of 1 came'],
  ['no mediaType', message({ mediaType: '' }), 'mediaType', '1–16', '0 ("") came'],
  ['mediaType over its limit', message({ mediaType: 'm'.repeat(17) }), 'mediaType', '1–16', '17 ("mmm'],
  ['title over its limit', message({ title: 't'.repeat(251) }), 'title', '250 characters', '251 ("ttt'],
  ['title a number', message({ title: 7 }), 'title', 'must be text', 'the number 7 came'],
  [
    'title with half a character',
    message({ title: '\ud800' }),
    'title',
    'must be well-formed Unicode',
    'lone surrogate',
  ],
  ['description over its limit', message({ description: 'd'.repeat(16_385) }), 'description', '0–16384', '16385 ("ddd'],
  [
    'curatorInformation over its limit',
    message({ curatorInformation: 'c'.repeat(251) }),
    'curatorInformation',
    '0–250',
    '251 ("ccc',
  ],
  ['priority above', message({ priority: 2 ** 31 }), 'priority', INT32, 'the number 2147483648 came'],
  ['priority below', message({ priority: -(2 ** 31) - 1 }), 'priority', INT32, 'the number -2147483649 came'],
  ['priority broken', message({ priority: 1.5 }), 'priority', INT32, 'the number 1.5 came'],
  ['priority in words', message({ priority: 'high' }), 'priority', INT32, '"high" came'],
  ['no lastDateCurated', message({ lastDateCurated: undefined }), 'lastDateCurated', INSTANT, 'nothing came'],
  [
    'a day that is none',
    message({ lastDateCurated: '2024-02-30T00:00:00Z' }),
    'lastDateCurated',
    INSTANT,
    '"2024-02-30T00:00:00Z" came',
  ],
  [
    'a date in milliseconds',
    message({ initialDateCurated: 1704067200000 }),
    'initialDateCurated',
    INSTANT,
    'the number 1704067200000 came',
  ],
  [
    'a date without a zone',
    message({ initialDateCurated: '2024-01-01T00:00:00' }),
    'initialDateCurated',
    INSTANT,
    '"2024-01-01T00:00:00" came',
  ],
  [
    'curated last before it was curated first',
    message({ initialDateCurated: '2024-05-01T00:00:00Z', lastDateCurated: '2024-04-30T23:59:59Z' }),
    'lastDateCurated: must not be before initialDateCurated (2024-05-01T00:00:00Z)',
    '2024-04-30T23:59:59Z came',
  ],
  ['two faults', message({ title: 7, priority: 'x' }), 'title: must be text', 'priority: must be an integer'],
];

const clipCases: Case[] = [
  ...curated(clip),
  ['an empty title', clip({ title: '' }), 'title', '1–250', '0 ("") came'],
  [
    'an id that is no ordinal',
    clip({ id: 'seven' }),
    'id',
    'must be an ordinal of the collection in decimal digits',
    '"seven" came',
  ],
];
const episodeCases: Case[] = [
  ...curated(episode),
  ['dateAired that is none', episode({ dateAired: 'yesterday' }), 'dateAired', INSTANT, '"yesterday" came'],
  [
    'dateAired a leap second',
    episode({ dateAired: '2016-12-31T23:59:60Z' }),
    'dateAired',
    INSTANT,
    '"2016-12-31T23:59:60Z" came',
  ],
];

const tables: [Kind, string, Case[]][] = [
  ['clip', 'ClipInfo', clipCases],
  ['episode', 'EpisodeInfo', episodeCases],
];

async function archiveBatch(kind: Kind, bodies: readonly string[], archive: MemoryArchive) {
  const refused: string[] = [];
  const outcome = await archiveMessages(
    kind,
    bodies.map((body, index) => ({ messageId: `m${index}`, body })),
    {
      ...archive,
      readers: async () => ({ parseClipInfo, parseEpisodeInfo, InvalidMessage }),
      clock: () => NOW,
      refused: (messageId) => refused.push(messageId),
      failed: (_id, error) => {
        throw error;
      },
    },
  );
  return { ...outcome, refused };
}

const good = (kind: Kind, n: number) => {
  const fields = { title: `Good ${n}`, mediaUri: `https://good.example.org/${n}` };
  return bodyOf(kind === 'clip' ? perfectClip(fields) : perfectEpisode(fields));
};

describe.each(tables)('BAD-1: %s messages', (kind, name, cases) => {
  test.each(cases)(
    '%s: in the dead letters with its reason, and the good ones beside it go in',
    async (_, body, ...names) => {
      const archive = memoryArchive();
      const outcome = await archiveBatch(kind, [good(kind, 1), body, good(kind, 2)], archive);
      expect(outcome.summary).toMatchObject({ received: 3, inserted: 2, refused: 1, failed: 0 });
      expect(outcome.batchItemFailures).toEqual([]);
      expect(outcome.refused).toEqual(['m1']);
      expect(archive.dead).toEqual([
        { body, reason: expect.stringMatching(new RegExp(`^(${name}|A new entry) refused: `)) },
      ]);
      for (const part of names) expect(archive.dead[0]?.reason).toContain(part);
      expect([...archive.state[kind].values()].map(({ info }) => info.title)).toEqual(['Good 1', 'Good 2']);
    },
  );
});

describe('BAD-2: curated messages that can be understood and yet cannot stand', () => {
  test.each(['clip', 'episode'] as const)('%s names in conflict: both entries stay as they are', async (kind) => {
    const archive = memoryArchive();
    await archiveBatch(kind, [good(kind, 1), good(kind, 2)], archive);
    const before = [...archive.state[kind].values()];
    const clash = JSON.stringify({
      ...JSON.parse(good(kind, 1)),
      mediaUri: 'https://good.example.org/2',
      lastDateCurated: '2025-01-01T00:00:00Z',
    });
    const outcome = await archiveBatch(kind, [clash, good(kind, 3)], archive);
    expect(outcome.summary).toMatchObject({ refused: 1, inserted: 1 });
    expect(archive.dead).toEqual([
      {
        body: clash,
        reason:
          'Names in conflict: its mediaUri is known as entry 2 and its title as entry 1; correct one of the two names.',
      },
    ]);
    expect([...archive.state[kind].values()].slice(0, 2)).toEqual(before);
  });

  test.each(['clip', 'episode'] as const)(
    'one %s twice, and older again, is no failure and changes nothing',
    async (kind) => {
      const archive = memoryArchive();
      const older = JSON.stringify({
        ...JSON.parse(good(kind, 1)),
        lastDateCurated: '2024-03-01T09:00:00Z',
        priority: 99,
      });
      const newer = JSON.stringify({ ...JSON.parse(good(kind, 1)), lastDateCurated: '2024-06-01T09:00:00Z' });
      const outcome = await archiveBatch(kind, [newer, newer, older, good(kind, 1)], archive);
      expect(outcome.summary).toMatchObject({ inserted: 1, unchanged: 3, refused: 0 });
      expect(archive.state[kind].get(1)?.info.priority).toBe(JSON.parse(newer).priority);
      expect(archive.dead).toEqual([]);
    },
  );
});

const AMOUNT = 'must be an integer from 0 to 9007199254740992';
const many = Array.from({ length: 10_001 }, (_, n) => n);

const resultCases: Case[] = [
  ['not JSON', 'hello', 'must be JSON', '"hello"'],
  [
    'a work item instead of a result',
    '{"leaseId":"0f8fad5b-d9cb-469f-a165-70867728950e","clips":[]}',
    'episodeInfo',
    'must be an object',
    'nothing came',
  ],
  ['no episodeInfo', result({ episodeInfo: undefined }), 'episodeInfo', 'must be an object', 'nothing came'],
  ['episodeInfo text', result({ episodeInfo: 'Episode 12' }), 'episodeInfo', 'must be an object', '"Episode 12" came'],
  [
    'an episode title over its limit',
    result({ episodeInfo: toJson(perfectEpisode({ title: 'e'.repeat(251) })) }),
    'episodeInfo.title',
    '0–250',
    '251 ("eee',
  ],
  [
    'a clip title over its limit',
    result({ clipInfo: toJson(perfectClip({ title: 'c'.repeat(251) })) }),
    'clipInfo.title',
    '1–250',
    '251 ("ccc',
  ],
  [
    'a clip that nothing names',
    result({ clipInfo: {} }),
    'clipInfo',
    'must have an id, a mediaUri or a title',
    'has none',
  ],
  ['a lease that is no UUID', result({ leaseId: 'lease-7' }), 'leaseId', 'must be a UUID or nothing', '"lease-7" came'],
  [
    'an offset before the beginning',
    result({ clipOffsets: ['-1'], clipScores: [] }),
    'clipOffsets[0]',
    AMOUNT,
    '"-1" came',
  ],
  [
    'an offset that is not exact',
    result({ clipOffsets: ['9007199254740993'], clipScores: [] }),
    'clipOffsets[0]',
    AMOUNT,
    '"9007199254740993" came',
  ],
  ['an offset in words', result({ clipOffsets: [0, 'soon'], clipScores: [] }), 'clipOffsets[1]', AMOUNT, '"soon" came'],
  [
    'too many offsets',
    result({ clipOffsets: many, clipScores: [] }),
    'clipOffsets',
    'must be a list of 0–10000 elements',
    'a list of 10001 came',
  ],
  [
    'offsets that are no list',
    result({ clipOffsets: 5, clipScores: [] }),
    'clipOffsets',
    'a list of 0–10000',
    'the number 5 came',
  ],
  [
    'fewer scores than offsets',
    result({ clipScores: [0.5] }),
    'clipScores',
    'must be as many as clipOffsets (2) or none',
    '1 came',
  ],
  [
    'a score above 1',
    result({ clipScores: [0.5, 1.0001] }),
    'clipScores[1]',
    'must be a number from 0 to 1',
    'the number 1.0001 came',
  ],
  [
    'a score below 0',
    result({ clipScores: [-0.1, 1] }),
    'clipScores[0]',
    'must be a number from 0 to 1',
    'the number -0.1 came',
  ],
  ['a duration below 0', result({ episodeDuration: '-5' }), 'episodeDuration', AMOUNT, '"-5" came'],
  [
    'a duration too long',
    result({ clipDuration: '9223372036854775807' }),
    'clipDuration',
    AMOUNT,
    '"9223372036854775807" came',
  ],
  ['a hash over its limit', result({ episodeHash: 'h'.repeat(129) }), 'episodeHash', '0–128', '129 ("hhh'],
  ['a researcher over its limit', result({ researcher: 'r'.repeat(129) }), 'researcher', '0–128', '129 ("rrr'],
  ['an analyzer over its limit', result({ analyzer: 'a'.repeat(129) }), 'analyzer', '0–128', '129 ("aaa'],
  ['revokeLease in words', result({ revokeLease: 'yes' }), 'revokeLease', 'must be true or false', '"yes" came'],
  ['failure a number', result({ failure: 404 }), 'failure', 'must be text', 'the number 404 came'],
  ['a research date that is none', result({ researchDate: 'today' }), 'researchDate', INSTANT, '"today" came'],
];

/** An archive with one episode and two clips, known by the ids and names that `goodResult` uses. */
async function archiveWithPairs(clock: () => number) {
  const archive = memoryArchive({ clock });
  await archiveBatch('episode', [good('episode', 1)], archive);
  await archiveBatch('clip', [good('clip', 1), good('clip', 2)], archive);
  return archive;
}

const goodEpisode = without(perfectEpisode({ title: 'Good 1', mediaUri: 'https://good.example.org/1' }), 'id');
const goodClip = (n: number) =>
  without(perfectClip({ title: `Good ${n}`, mediaUri: `https://good.example.org/${n}` }), 'id');
const goodResult = (n: number) =>
  bodyOf(perfectResult({ episodeInfo: goodEpisode, clipInfo: goodClip(n), leaseId: '' }));

const drain = (archive: MemoryArchive, clock: () => number) =>
  recordResearch({
    ...archive,
    understanding: async () => ({ understand }),
    settings,
    clock,
    timeLeft: () => 60_000,
    runId: 'run',
    visibilityMs: 60_000,
    receivers: 1,
  });

describe('BAD-3: of a result', () => {
  test.each(resultCases)(
    '%s: in the dead letters with its reason, and the good ones beside it are recorded',
    async (_, body, ...names) => {
      const clock = () => NOW;
      const archive = await archiveWithPairs(clock);
      for (const one of [goodResult(1), body, goodResult(2)]) archive.completedMessages.send(one);
      expect(await drain(archive, clock)).toMatchObject({
        end: 'queue empty',
        received: 3,
        researched: 2,
        deadLettered: 1,
        undeleted: 0,
        failures: [],
      });
      expect(archive.dead).toEqual([{ body, reason: expect.stringMatching(/^CompletedResearchItem refused: /) }]);
      for (const part of names) expect(archive.dead[0]?.reason).toContain(part);
      expect([...(archive.state.ledgers.get(1)?.researched ?? [])]).toEqual([1, 2]);
      expect(archive.completedMessages.messages).toEqual([]);
      expect(archive.state.control.drainedUntil).toBeGreaterThan(0);
    },
  );
});

describe('BAD-4: results of what is not known are kept for curation to catch up, then are dead letters', () => {
  const nowhere = { title: 'Nowhere', mediaUri: 'https://nowhere.example.org/' };
  const stray = { id: '99', ...nowhere };
  const unknown: [string, string, string][] = [
    [
      'episode',
      bodyOf(perfectResult({ episodeInfo: perfectEpisode(stray), clipInfo: goodClip(1), leaseId: '' })),
      'Unknown episode: ',
    ],
    [
      'clip',
      bodyOf(perfectResult({ episodeInfo: goodEpisode, clipInfo: perfectClip(stray), leaseId: '' })),
      'Unknown clip: ',
    ],
  ];

  test.each(unknown)('an unknown %s', async (_, body, reason) => {
    let now = NOW;
    const clock = () => now;
    const archive = await archiveWithPairs(clock);
    archive.completedMessages.send(body);
    archive.completedMessages.send(goodResult(2));
    now = NOW + 5 * MINUTE - 1;
    expect(await drain(archive, clock)).toMatchObject({
      researched: 1,
      kept: 1,
      deadLettered: 0,
      undeleted: 0,
      failures: [],
    });
    expect(archive.dead).toEqual([]);
    now = NOW + 6 * MINUTE;
    expect(await drain(archive, clock)).toMatchObject({ kept: 0, deadLettered: 1, failures: [] });
    expect(archive.dead).toEqual([
      {
        body,
        reason: `${reason}the collection has none with title "Nowhere", mediaUri "https://nowhere.example.org/", or with the id that came.`,
      },
    ]);
    expect(archive.completedMessages.messages).toEqual([]);
  });

  test('one that curation brings in time is recorded', async () => {
    let now = NOW;
    const clock = () => now;
    const archive = await archiveWithPairs(clock);
    archive.completedMessages.send(
      bodyOf(perfectResult({ episodeInfo: goodEpisode, clipInfo: perfectClip(stray), leaseId: '' })),
    );
    expect(await drain(archive, clock)).toMatchObject({ kept: 1 });
    await archiveBatch('clip', [bodyOf(perfectClip(nowhere))], archive);
    now = NOW + 2 * MINUTE;
    expect(await drain(archive, clock)).toMatchObject({ kept: 0, researched: 1, findings: 1 });
    expect(archive.dead).toEqual([]);
  });

  test('the same result three times is recorded once and acknowledged', async () => {
    const clock = () => NOW;
    const archive = await archiveWithPairs(clock);
    for (let n = 0; n < 3; n++) archive.completedMessages.send(goodResult(1));
    expect(await drain(archive, clock)).toMatchObject({ researched: 1, findings: 1, duplicates: 2, undeleted: 0 });
    expect(archive.state.findings.get('1/1')).toHaveLength(1);
  });
});
