import { Bitset } from '../../domain/bitset.ts';
import type { ClipEntry, Finding } from '../../domain/collection.ts';
import { drainBegun } from '../../domain/control.ts';
import { clipNames, episodeNames } from '../../domain/identity.ts';
import { leased, summaryOf } from '../../domain/leases.ts';
import { type Ledger, waitingPosition } from '../../domain/ledger.ts';
import type { ClipInfo, EpisodeInfo } from '../../domain/messages.ts';
import { episodeRank } from '../../domain/order.ts';
import { archiveEntries } from '../../functions/curation/archive-entries.ts';
import { type Collection, type Ledgers, type Nominee, VersionConflict } from '../../functions/ports.ts';
import { perfectClip, perfectEpisode } from '../support/perfect-messages.ts';

export interface Stores {
  readonly collection: Collection;
  readonly ledgers: Ledgers;
  /** The same tables through another process's cache. */
  another(): Collection;
}

const NOW = Date.parse('2026-01-01T12:00:00Z');

function clip(n: number, overrides: Partial<ClipInfo> = {}): ClipInfo {
  const { id: _, ...info } = perfectClip({ title: `Clip ${n}`, mediaUri: `https://media.example.org/clips/${n}.mp3` });
  return { ...info, ...overrides };
}

function episode(n: number, overrides: Partial<EpisodeInfo> = {}): EpisodeInfo {
  const { id: _, ...info } = perfectEpisode({ title: `Episode ${n}`, mediaUri: `https://media.example.org/${n}.mp3` });
  return { ...info, ...overrides };
}

const finding = (overrides: Partial<Finding> = {}): Finding => ({
  episode: 1,
  clip: 2,
  offsetsNs: [1_000_000_000, 2 ** 53],
  scores: [0.5, 0.123456789012345],
  episodeFacts: { hash: 'e'.repeat(64), durationNs: 3_600_000_000_000 },
  clipFacts: { hash: 'c'.repeat(64), durationNs: 2_000_000_000 },
  researcher: 'anna',
  analyzer: 'waves@1',
  researchDate: '2026-01-01T10:00:00Z',
  ...overrides,
});

async function all(nominees: AsyncIterable<Nominee>): Promise<number[]> {
  const episodes: number[] = [];
  for await (const nominee of nominees) episodes.push(nominee.episode);
  return episodes;
}

/** What every implementation of the collection and the ledgers promises. */
export function storesContract(fresh: () => Promise<Stores>): void {
  let stores: Stores;

  beforeEach(async () => {
    stores = await fresh();
  });

  const archive = (kind: 'clip' | 'episode', ...infos: (ClipInfo | EpisodeInfo)[]) =>
    archiveEntries(kind, infos, { ...stores, clock: () => NOW });

  async function insertedLedger(): Promise<Ledger> {
    await archive('episode', episode(1));
    const ledger = await stores.ledgers.read(1);
    if (ledger === undefined) throw new Error('no ledger');
    return ledger;
  }

  describe('collection', () => {
    test('COLLECTION-1: an empty collection has no names, no entries and counters at zero', async () => {
      const { collection } = stores;
      expect(await collection.owners('clip', [clipNames(clip(1)).uri])).toEqual(new Map());
      expect(await collection.entries('episode', [1])).toEqual(new Map());
      expect(await collection.counter('clip')).toEqual({ lastOrdinal: 0, assignableVersion: 0, catalogueVersion: 0 });
      expect((await collection.catalogue()).clips).toEqual([]);
    });

    test('COLLECTION-2: an inserted clip is found by both names and read back as it came', async () => {
      expect(await archive('clip', clip(1))).toEqual([{ kind: 'inserted', ordinal: 1 }]);
      const { uri, title = '' } = clipNames(clip(1));
      expect(await stores.collection.owners('clip', [uri, title])).toEqual(
        new Map([
          [uri, 1],
          [title, 1],
        ]),
      );
      expect((await stores.collection.entries('clip', [1])).get(1)).toMatchObject({
        ordinal: 1,
        version: 1,
        revision: 1,
        info: clip(1),
      });
      expect(await stores.collection.counter('clip')).toEqual({
        lastOrdinal: 1,
        assignableVersion: 1,
        catalogueVersion: 1,
      });
    });

    test('COLLECTION-3: an inserted episode has a ledger that is OPEN by its rank', async () => {
      const ledger = await insertedLedger();
      expect(ledger).toMatchObject({
        episode: 1,
        version: 1,
        state: 'OPEN',
        rank: episodeRank(episode(1), 1),
        leases: [],
      });
      expect(await all(stores.ledgers.nominees('OPEN'))).toEqual([1]);
    });

    test('COLLECTION-4: a name that exists refuses the whole transaction', async () => {
      await archive('clip', clip(1));
      const entry: ClipEntry = { ordinal: 2, version: 0, info: clip(2), revision: 1, revisedAt: NOW };
      const change = {
        kind: 'clip' as const,
        entries: [entry],
        names: [{ name: clipNames(clip(1)).uri, ordinal: 2 }],
        ordinals: { before: 1, after: 2 },
        raisesAssignable: true,
        raisesCatalogue: true,
        ledgers: [],
      };
      await expect(stores.collection.change(change)).rejects.toThrow(VersionConflict);
      expect(await stores.collection.entries('clip', [2])).toEqual(new Map());
      expect((await stores.collection.counter('clip')).lastOrdinal).toBe(1);
    });

    test('COLLECTION-4b: an address goes to another entry if it is still whose it was, and keeps since when', async () => {
      const sourced = (n: number, overrides: Partial<ClipInfo>) =>
        clip(n, { source: 'a', sourceId: `${n}`, ...overrides });
      const mediaUri = 'https://media.example.org/latest.mp3';
      const later = { lastDateCurated: '2024-04-01T00:00:00Z' };
      await archive('clip', sourced(1, { mediaUri }));
      expect(await archive('clip', sourced(2, { mediaUri, ...later }))).toEqual([{ kind: 'inserted', ordinal: 2 }]);
      const { collection } = stores;
      const { uri, id = '' } = clipNames(sourced(2, { mediaUri }));
      expect(await collection.claims('clip', [uri, id])).toEqual(
        new Map([
          [uri, { ordinal: 2 }],
          [id, { ordinal: 2 }],
        ]),
      );
      const entries = await collection.entries('clip', [1, 2]);
      expect(entries.get(1)).toMatchObject({ gone: true, info: { source: 'a', sourceId: '1' } });
      // Its entry leaves it.
      const moved = sourced(2, { lastDateCurated: '2024-04-02T00:00:00Z', revision: 'x' });
      await archive('clip', moved);
      const claims = await collection.claims('clip', [uri]);
      expect(claims.get(uri)).toEqual({ ordinal: 2, at: later.lastDateCurated, by: id });
      const change = {
        kind: 'clip' as const,
        entries: [],
        raisesAssignable: false,
        raisesCatalogue: false,
        ledgers: [],
      };
      // Whose it is not, and whose it is but was read before it was left.
      for (const from of [{ ordinal: 1 }, { ordinal: 2 }]) {
        const names = [{ name: uri, ordinal: 1, from }];
        await expect(collection.change({ ...change, names })).rejects.toThrow(VersionConflict);
      }
      await archive('clip', { ...moved, revision: 'y', lastDateCurated: '2024-04-03T00:00:00Z' });
      const other = clip(2, { source: 'b', sourceId: 'x' });
      await archive('clip', other);
      expect((await collection.entries('clip', [2])).get(2)).toMatchObject({
        recording: { number: 2, at: NOW },
        also: [['b', 'x']],
        info: { revision: 'y' },
      });
    });

    test('COLLECTION-4c: an episode that is gone from its address is held, and another recording is researched anew', async () => {
      const sourced = (overrides: Partial<EpisodeInfo>) => episode(1, { source: 'a', sourceId: '1', ...overrides });
      await archive('episode', sourced({ revision: 'x' }));
      const { ledgers } = stores;
      const before = await ledgers.read(1);
      await ledgers.write({ ledger: { ...before!, researched: Bitset.of([1, 2]), clipRecordings: new Map([[2, 3]]) } });
      expect((await ledgers.read(1))?.clipRecordings).toEqual(new Map([[2, 3]]));
      await archive('episode', sourced({ revision: 'y', lastDateCurated: '2024-04-01T00:00:00Z' }));
      const after = await ledgers.read(1);
      expect(after).toMatchObject({ recording: { number: 2, revision: 'y' }, revision: 2, state: 'OPEN' });
      expect(after?.researched.size).toBe(0);
      await archive('episode', sourced({ sourceId: '2', title: 'Next', lastDateCurated: '2024-04-02T00:00:00Z' }));
      expect(await ledgers.read(1)).toMatchObject({ gone: true, state: 'HELD' });
      await archive('episode', sourced({ mediaUri: 'https://a/1.mp3', lastDateCurated: '2024-04-03T00:00:00Z' }));
      const back = await ledgers.read(1);
      expect(back).toMatchObject({ state: 'OPEN' });
      expect(back?.gone).toBeUndefined();
    });

    test('COLLECTION-5: ordinals are taken once; who read an older counter conflicts', async () => {
      await archive('clip', clip(1));
      const entry: ClipEntry = { ordinal: 1, version: 0, info: clip(2), revision: 1, revisedAt: NOW };
      const change = {
        kind: 'clip' as const,
        entries: [{ ...entry, ordinal: 7 }],
        names: [],
        ordinals: { before: 0, after: 7 },
        raisesAssignable: true,
        raisesCatalogue: true,
        ledgers: [],
      };
      await expect(stores.collection.change(change)).rejects.toThrow(VersionConflict);
    });

    test('COLLECTION-6: concurrent insertions of one clip give one entry', async () => {
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => archive('clip', clip(1))));
      const ordinals = new Set(outcomes.flat().map((outcome) => ('ordinal' in outcome ? outcome.ordinal : -1)));
      expect(ordinals.size).toBe(1);
      expect((await stores.collection.catalogue()).clips).toHaveLength(1);
    });

    test('COLLECTION-7: touching sets lastDateCurated alone, under the version read', async () => {
      await archive('clip', clip(1));
      const entry = (await stores.collection.entries('clip', [1])).get(1);
      if (entry === undefined) throw new Error('no entry');
      const newer = { ...entry, info: { ...entry.info, lastDateCurated: '2025-01-01T00:00:00Z' } };
      await stores.collection.touch('clip', newer);
      expect((await stores.collection.entries('clip', [1])).get(1)?.info.lastDateCurated).toBe('2025-01-01T00:00:00Z');
      expect((await stores.collection.counter('clip')).catalogueVersion).toBe(1);
      await expect(stores.collection.touch('clip', newer)).rejects.toThrow(VersionConflict);
    });

    test('COLLECTION-8: the catalogue is in order and renewed when catalogueVersion is raised', async () => {
      const other = stores.another();
      await archive('clip', clip(1, { priority: 1 }), clip(2, { priority: 3 }), clip(3, { priority: 2 }));
      expect((await other.catalogue()).clips.map(({ ordinal }) => ordinal)).toEqual([2, 3, 1]);
      await archive('clip', clip(4, { priority: 9 }));
      const renewed = await other.catalogue();
      expect(renewed.clips.map(({ ordinal }) => ordinal)).toEqual([4, 2, 3, 1]);
      expect(await other.catalogue()).toBe(renewed);
      expect(renewed).toMatchObject({ assignableVersion: 2, catalogueVersion: 2 });
    });

    test('COLLECTION-9: a moved clip has a new media revision, and both URIs lead to it', async () => {
      await archive('clip', clip(1));
      const moved = clip(1, {
        mediaUri: 'https://elsewhere.example.org/1.mp3',
        lastDateCurated: '2025-01-01T00:00:00Z',
      });
      expect(await archive('clip', moved)).toEqual([{ kind: 'updated', ordinal: 1 }]);
      const owners = await stores.collection.owners('clip', [clipNames(clip(1)).uri, clipNames(moved).uri]);
      expect([...owners.values()]).toEqual([1, 1]);
      expect((await stores.collection.entries('clip', [1])).get(1)).toMatchObject({ revision: 2, revisedAt: NOW });
      expect(await stores.collection.counter('clip')).toEqual({
        lastOrdinal: 1,
        assignableVersion: 2,
        catalogueVersion: 2,
      });
    });

    test('COLLECTION-10: a change of priority rewrites the rank of the ledger in the same transaction', async () => {
      await archive('episode', episode(1), episode(2));
      const raised = episode(2, { priority: 100, lastDateCurated: '2025-01-01T00:00:00Z' });
      await archive('episode', raised);
      expect(await all(stores.ledgers.nominees('OPEN'))).toEqual([2, 1]);
    });

    test('COLLECTION-11: a batch of ten clips and the same entry twice are one transaction', async () => {
      const infos = [...Array.from({ length: 10 }, (_, n) => clip(n + 1)), clip(3)];
      const outcomes = await archive('clip', ...infos);
      expect(outcomes.map(({ kind }) => kind)).toEqual([...Array(10).fill('inserted'), 'unchanged']);
      expect(await stores.collection.counter('clip')).toEqual({
        lastOrdinal: 10,
        assignableVersion: 1,
        catalogueVersion: 1,
      });
    });

    test('COLLECTION-12: clips beyond one partition of the table are all in the catalogue', async () => {
      const entry = (ordinal: number): ClipEntry => ({
        ordinal,
        version: 0,
        info: clip(ordinal),
        revision: 1,
        revisedAt: 0,
      });
      await stores.collection.change({
        kind: 'clip',
        entries: [1, 1000, 1001, 2000, 2001].map(entry),
        names: [],
        ordinals: { before: 0, after: 2001 },
        raisesAssignable: true,
        raisesCatalogue: true,
        ledgers: [],
      });
      const ordinals = (await stores.another().catalogue()).clips.map(({ ordinal }) => ordinal);
      expect(ordinals).toEqual([1, 1000, 1001, 2000, 2001]);
    });
  });

  describe('findings', () => {
    test('FINDING-1: the first stands, the same again is a duplicate, two others are variants, more are surplus', async () => {
      const { collection } = stores;
      expect(await collection.recordFinding(finding())).toBe('recorded');
      expect(await collection.recordFinding(finding({ researcher: 'bert' }))).toBe('duplicate');
      expect(await collection.recordFinding(finding({ offsetsNs: [5] }))).toBe('variant');
      expect(await collection.recordFinding(finding({ offsetsNs: [5] }))).toBe('duplicate');
      expect(await collection.recordFinding(finding({ offsetsNs: [6] }))).toBe('variant');
      expect(await collection.recordFinding(finding({ offsetsNs: [7] }))).toBe('surplus');
      expect(await collection.recordFinding(finding())).toBe('duplicate');
    });

    test('FINDING-7: a finding is known by what it says, of which recordings, by whom and when', async () => {
      const { collection } = stores;
      const variant = finding({ offsetsNs: [5], researcher: 'bert', clipRecording: 2 });
      expect(await collection.hasFinding(finding())).toBe(false);
      for (const one of [finding({ clipRecording: 2 }), variant]) await collection.recordFinding(one);
      expect(await collection.hasFinding(finding({ clipRecording: 2 }))).toBe(true);
      expect(await collection.hasFinding(variant)).toBe(true);
      const others = [
        finding(),
        finding({ clipRecording: 2, clip: 3 }),
        finding({ clipRecording: 2, episodeRecording: 2 }),
        finding({ clipRecording: 2, offsetsNs: [6] }),
        finding({ clipRecording: 2, researcher: 'bert' }),
        finding({ clipRecording: 2, researchDate: '2026-01-01T10:00:01Z' }),
      ];
      for (const other of others) expect(await collection.hasFinding(other)).toBe(false);
    });

    test('FINDING-2: ten thousand offsets with scores fit', async () => {
      const offsetsNs = Array.from({ length: 10_000 }, (_, index) => 2 ** 53 - 10_000 + index);
      const scores = offsetsNs.map((_, index) => 0.123456789012345 + index / 100_000);
      expect(await stores.collection.recordFinding(finding({ offsetsNs, scores }))).toBe('recorded');
      expect(await stores.collection.recordFinding(finding({ offsetsNs, scores }))).toBe('duplicate');
    });

    test('FINDING-3: the first facts of a medium stay', async () => {
      await archive('clip', clip(1));
      const { mediaUri } = clip(1);
      await stores.collection.describe('clip', 1, { hash: 'first', durationNs: 1, mediaUri });
      await stores.another().describe('clip', 1, { hash: 'second', durationNs: 2, mediaUri });
      await stores.collection.describe('clip', 99, { hash: 'of nothing', durationNs: 2, mediaUri });
      const entries = await stores.collection.entries('clip', [1, 99]);
      expect(entries.get(1)?.facts).toEqual({ hash: 'first', durationNs: 1 });
      expect(entries.has(99)).toBe(false);
    });

    test('FINDING-4: after a move the facts of the old medium are gone, come back by no late result, and those of the new one are kept', async () => {
      const before = clip(1);
      await archive('clip', before);
      await stores.collection.describe('clip', 1, { hash: 'old', durationNs: 1, mediaUri: before.mediaUri });
      const moved = { ...before, mediaUri: 'https://c/moved', lastDateCurated: '2030-01-01T00:00:00Z' };
      await archive('clip', moved);
      const factsNow = async () => (await stores.collection.entries('clip', [1])).get(1)?.facts;
      expect(await factsNow()).toBeUndefined();
      await stores.collection.describe('clip', 1, { hash: 'old', durationNs: 1, mediaUri: before.mediaUri });
      expect(await factsNow()).toBeUndefined();
      await stores.collection.describe('clip', 1, { hash: 'new', durationNs: 2, mediaUri: moved.mediaUri });
      expect(await factsNow()).toEqual({ hash: 'new', durationNs: 2 });
    });

    test.each(['clip', 'episode'] as const)(
      'FINDING-6: facts of another recording of a %s are not kept, whoever knows which',
      async (kind) => {
        const before = { ...(kind === 'clip' ? clip(1) : episode(1)), source: 's', sourceId: 'x.mp3', revision: 'one' };
        const { mediaUri } = before;
        const [one, two] = [undefined, 2];
        const tell = (hash: string, recording: number | undefined) =>
          stores.another().describe(kind, 1, {
            ...{ hash, durationNs: 1, mediaUri, recording },
            unknowns: { analyzer: `by ${hash}`, notJudged: hash },
          });
        const kept = async () => (await stores.another().entries(kind, [1])).get(1);
        await archive(kind, before);
        await tell('of two', two);
        expect(await kept()).not.toHaveProperty('facts');
        await tell('of one', one);
        expect(await kept()).toMatchObject({ facts: { hash: 'of one' }, unknowns: { notJudged: 'of one' } });
        await archive(kind, { ...before, revision: 'two', lastDateCurated: '2030-01-01T00:00:00Z' });
        await tell('of one', one);
        expect(await kept()).toMatchObject({ recording: { number: 2 } });
        expect(await kept()).not.toHaveProperty('facts');
        expect(await kept()).not.toHaveProperty('unknowns');
        await tell('of two', two);
        expect(await kept()).toMatchObject({ facts: { hash: 'of two' }, unknowns: { notJudged: 'of two' } });
      },
    );

    test('FINDING-5: which part is heard is kept with the finding and its variants', async () => {
      const heard = { heardFromNs: [0, 2 ** 53], heardToNs: [1, 2 ** 53] };
      expect(await stores.collection.recordFinding(finding(heard))).toBe('recorded');
      expect(await stores.collection.recordFinding(finding({ offsetsNs: [5], scores: [], ...heard }))).toBe('variant');
      expect(await stores.collection.recordFinding(finding({ ...heard, heardFromNs: [7, 8] }))).toBe('duplicate');
    });

    const stretch = { from: 0, to: 2 ** 53, why: 'damaged' };
    const whatIsUnknown = async (kind: 'clip' | 'episode') =>
      (await stores.another().entries(kind, [1])).get(1)?.unknowns;

    test('UNKNOWN-1: of an episode a hundred stretches are kept; another analyzer takes them back, an older version does not', async () => {
      const { mediaUri } = episode(1);
      await archive('episode', episode(1));
      const facts = { hash: 'h', durationNs: 1, mediaUri };
      const unheard = Array.from({ length: 100 }, () => stretch);
      await stores.collection.describe('episode', 1, { ...facts, unknowns: { analyzer: 'a@1.9', unheard: [] } });
      expect(await whatIsUnknown('episode')).toBeUndefined();
      await stores.collection.describe('episode', 1, { ...facts, unknowns: { analyzer: 'a@1.9', unheard } });
      expect(await whatIsUnknown('episode')).toEqual({ analyzer: 'a@1.9', unheard });
      await stores.another().describe('episode', 1, { ...facts, unknowns: { analyzer: 'a@1.8', unheard: [] } });
      await stores.another().describe('episode', 1, { ...facts, unknowns: { analyzer: 'a@1.9', unheard: [stretch] } });
      expect(await whatIsUnknown('episode')).toEqual({ analyzer: 'a@1.9', unheard });
      await stores.another().describe('episode', 1, { ...facts, unknowns: { analyzer: 'a@1.10', unheard: [] } });
      expect(await whatIsUnknown('episode')).toEqual({ analyzer: 'a@1.10' });
      await stores.another().describe('episode', 1, { ...facts, unknowns: { analyzer: 'a@1.9', unheard } });
      expect(await whatIsUnknown('episode')).toEqual({ analyzer: 'a@1.10' });
    });

    test('UNKNOWN-2: why a clip cannot be judged goes with its medium, comes back by no late result, and every cache sees it', async () => {
      const before = clip(1);
      await archive('clip', before);
      const another = stores.another();
      await another.catalogue();
      const said = { hash: '', durationNs: 0, unknowns: { analyzer: 'a@1', notJudged: 'too quiet' } };
      await stores.collection.describe('clip', 1, { ...said, mediaUri: before.mediaUri });
      expect(await whatIsUnknown('clip')).toEqual(said.unknowns);
      expect((await another.catalogue()).byOrdinal.get(1)?.unknowns).toEqual(said.unknowns);
      await archive('clip', { ...before, description: 'newer', lastDateCurated: '2029-01-01T00:00:00Z' });
      expect(await whatIsUnknown('clip')).toEqual(said.unknowns);
      const moved = { ...before, mediaUri: 'https://c/moved', lastDateCurated: '2030-01-01T00:00:00Z' };
      await archive('clip', moved);
      expect(await whatIsUnknown('clip')).toBeUndefined();
      await another.describe('clip', 1, { ...said, mediaUri: before.mediaUri });
      expect(await whatIsUnknown('clip')).toBeUndefined();
      await another.describe('clip', 1, { ...said, mediaUri: moved.mediaUri });
      expect(await whatIsUnknown('clip')).toEqual(said.unknowns);
      await another.describe('clip', 1, {
        ...{ hash: 'h', durationNs: 5, mediaUri: moved.mediaUri },
        unknowns: { analyzer: 'b@1' },
      });
      expect(await whatIsUnknown('clip')).toEqual({ analyzer: 'b@1' });
      expect((await stores.collection.entries('clip', [1])).get(1)?.facts).toEqual({ hash: 'h', durationNs: 5 });
    });
  });

  describe('ledgers', () => {
    test('LEDGER-1: a ledger with everything in it is read back equal', async () => {
      const ledger = await insertedLedger();
      const strikes = {
        count: 2,
        restUntil: NOW + 5,
        reason: 'fell silent ☹',
        strikers: [
          { by: 'anna', at: NOW },
          { by: '', at: NOW + 1 },
        ],
        revision: 1,
      };
      const full: Ledger = {
        ...leased(
          ledger,
          [
            { id: 'lease-1', clips: [900, 3, 70_000, 4] },
            { id: 'lease-2', clips: [1] },
          ],
          NOW,
        ),
        state: 'WAITING',
        position: waitingPosition(NOW + 60_000, ledger.rank),
        researched: Bitset.of([2, 9_999, 64]),
        pairStrikes: new Map([
          [7, strikes],
          [8, { ...strikes, count: 0, strikers: [] }],
        ]),
        episodeStrikes: strikes,
        parked: new Map([
          [11, 1],
          [12, 3],
        ]),
        revision: 2,
        revisedAt: NOW,
      };
      const [first, second] = full.leases;
      if (first === undefined || second === undefined) throw new Error('no leases');
      const signed = {
        ...first,
        left: [3, 4],
        signed: NOW,
        lastSign: NOW + 2,
        lastResult: NOW + 1,
        lastWord: NOW + 2,
        researcher: 'anna',
      };
      const change = { ...full, leases: [signed, { ...second, left: [] }] };
      const stored = await stores.ledgers.write({ ledger: change });
      expect(stored.version).toBe(2);
      const read = await stores.ledgers.read(1);
      const plain = (one: Ledger | undefined) =>
        one && {
          ...one,
          researched: [...one.researched],
          found: one.found && [...one.found],
          foundBy: one.foundBy && [...one.foundBy].map(([analyzer, clips]) => [analyzer, [...clips]]),
        };
      expect(plain(read)).toEqual(plain({ ...change, version: 2 }));
    });

    test('LEDGER-2: a write under an older version conflicts and changes nothing', async () => {
      const ledger = await insertedLedger();
      await stores.ledgers.write({ ledger: { ...ledger, researched: Bitset.of([1]) } });
      await expect(stores.ledgers.write({ ledger: { ...ledger, researched: Bitset.of([2]) } })).rejects.toThrow(
        VersionConflict,
      );
      expect([...((await stores.ledgers.read(1))?.researched ?? [])]).toEqual([1]);
    });

    test('LEDGER-3: clip strikes change with the ledger or not at all, and raise catalogueVersion', async () => {
      const ledger = await insertedLedger();
      await archive('clip', clip(1));
      const entry = (await stores.collection.entries('clip', [1])).get(1);
      if (entry === undefined) throw new Error('no clip');
      const strikes = { count: 1, restUntil: NOW, reason: 'gone', strikers: [{ by: 'anna', at: NOW }], revision: 1 };
      const stale = { ...entry, version: 9, strikes };
      await expect(stores.ledgers.write({ ledger, clips: [stale] })).rejects.toThrow(VersionConflict);
      expect((await stores.ledgers.read(1))?.version).toBe(1);
      await stores.ledgers.write({
        ledger,
        clips: [{ ...entry, strikes }],
        parkedReasons: [{ clip: 1, reason: 'why' }],
      });
      expect((await stores.collection.entries('clip', [1])).get(1)).toMatchObject({ version: 2, strikes });
      expect(await stores.collection.counter('clip')).toEqual({
        lastOrdinal: 1,
        assignableVersion: 1,
        catalogueVersion: 2,
      });
    });

    test('LEDGER-4: the index of leases lists every episode that has some, with what ends them', async () => {
      const ledger = await insertedLedger();
      await archive('episode', episode(2));
      expect(await stores.ledgers.withLeases()).toEqual([]);
      const stored = await stores.ledgers.write({ ledger: leased(ledger, [{ id: 'lease', clips: [1, 2] }], NOW) });
      expect(await stores.ledgers.withLeases()).toEqual([{ episode: 1, leases: stored.leases.map(summaryOf) }]);
      await stores.ledgers.write({ ledger: { ...stored, leases: [] } });
      expect(await stores.ledgers.withLeases()).toEqual([]);
    });

    test('LEDGER-5: nominees come by ascending position, over more than one page, before the bound', async () => {
      for (let n = 1; n <= 40; n += 10)
        await archive('episode', ...Array.from({ length: 10 }, (_, k) => episode(n + k)));
      for (let n = 1; n <= 40; n++) {
        const ledger = await stores.ledgers.read(n);
        if (ledger === undefined) throw new Error(`no ledger ${n}`);
        const position = waitingPosition(1_000 - n, ledger.rank);
        await stores.ledgers.write({ ledger: { ...ledger, state: 'WAITING', position } });
      }
      expect(await all(stores.ledgers.nominees('OPEN'))).toEqual([]);
      expect(await all(stores.ledgers.nominees('WAITING'))).toEqual(Array.from({ length: 40 }, (_, k) => 40 - k));
      const before = waitingPosition(962, '');
      expect(await all(stores.ledgers.nominees('WAITING', { before }))).toEqual([40, 39]);
    });

    test('LEDGER-6: setting aside makes WAITING without touching the rest; a parked episode stays parked', async () => {
      const ledger = await insertedLedger();
      await stores.ledgers.setAside(1, waitingPosition(NOW, ''));
      expect(await stores.ledgers.read(1)).toMatchObject({ state: 'WAITING', rank: ledger.rank, version: 2 });
      const parked = await stores.ledgers.write({ ledger: { ...ledger, version: 2, state: 'PARKED' } });
      await stores.ledgers.setAside(1, waitingPosition(NOW, '')).catch(() => undefined);
      expect(await stores.ledgers.read(1)).toMatchObject({ state: 'PARKED', version: parked.version });
      await stores.ledgers.setAside(77, waitingPosition(NOW, '')).catch(() => undefined);
      expect(await stores.ledgers.read(77)).toBeUndefined();
    });

    test('LEDGER-7: names of an episode lead to its ordinal', async () => {
      await archive('episode', episode(1));
      const { uri, title = '' } = episodeNames(episode(1));
      expect([...(await stores.collection.owners('episode', [uri, title])).values()]).toEqual([1, 1]);
    });

    test('LEDGER-8: concurrent changes of the control item all happen', async () => {
      const change = (n: number) =>
        stores.ledgers.changeControl((control) =>
          drainBegun({ ...control, workItems: control.workItems + 1 }, `run-${n}`, NOW + 1, NOW),
        );
      await Promise.all([1, 2, 3, 4, 5].map(change));
      const control = await stores.ledgers.control();
      expect(control.workItems).toBe(5);
      expect(Object.keys(control.drains).sort()).toEqual(['run-1', 'run-2', 'run-3', 'run-4', 'run-5']);
    });
  });
}
