import fc from 'fast-check';
import { Bitset } from '../../domain/bitset.ts';
import type { Catalogue, ClipEntry } from '../../domain/collection.ts';
import { type Ledger, newLedger } from '../../domain/ledger.ts';
import { episodeRank, inOrder } from '../../domain/order.ts';
import { assignable, judged } from '../../domain/selection.ts';
import type { Strikes } from '../../domain/strikes.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import { compareEpisodes, free, inOrderOfWork, isDone, pairRestEnd } from '../simulation/invariants/oracle.ts';
import { settingsDivided } from '../simulation/world/plan.ts';
import { perfectClip, perfectEpisode } from '../support/perfect-messages.ts';

/** Selection compared with a brute-force oracle that shares no code with it. */

const NOW = Date.UTC(2026, 0, 1);
const settings = settingsDivided(1, 100);

const strikes: fc.Arbitrary<Strikes> = fc.record({
  count: fc.integer({ min: 0, max: 4 }),
  restUntil: fc.constantFrom(0, NOW - 1, NOW, NOW + 1, NOW + 900_000),
  reason: fc.constant('struck'),
  strikers: fc.constant([]),
  revision: fc.integer({ min: 1, max: 3 }),
});
const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });

const clipAt = (ordinal: number): fc.Arbitrary<ClipEntry> =>
  fc.record({
    ordinal: fc.constant(ordinal),
    version: fc.constant(1),
    info: fc
      .record({
        priority: fc.constantFrom(-(2 ** 31), -1, 0, 0, 1, 2 ** 31 - 1),
        initialDateCurated: fc.constantFrom('2024-03-01T08:00:00Z', '2024-03-01T08:00:00.500Z', '2025-01-01T00:00:00Z'),
      })
      .map((fields) => perfectClip(fields)),
    revision: fc.integer({ min: 1, max: 3 }),
    revisedAt: fc.constant(0),
    strikes: sometimes(strikes),
    retired: fc.constantFrom(false, false, false, true),
  });

const catalogues: fc.Arbitrary<Catalogue> = fc
  .uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 14 })
  .chain((ordinals) => fc.tuple(...ordinals.map(clipAt)))
  .map((entries) => {
    const clips = inOrder(entries);
    return {
      assignableVersion: 3,
      catalogueVersion: 9,
      clips,
      byOrdinal: new Map(clips.map((clip) => [clip.ordinal, clip])),
    };
  });

const ordinals = fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 12 });

const ledgers: fc.Arbitrary<Ledger> = fc
  .record({
    researched: ordinals,
    left: ordinals,
    pairStrikes: fc.dictionary(fc.integer({ min: 1, max: 40 }).map(String), strikes),
    parked: fc.dictionary(fc.integer({ min: 1, max: 40 }).map(String), fc.integer({ min: 1, max: 3 })),
    episodeStrikes: sometimes(strikes),
    revision: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom('OPEN', 'STRUCK', 'WAITING', 'COMPLETE', 'PARKED', 'HELD'),
  })
  .map(({ researched, left, pairStrikes, parked, ...rest }) => {
    const lease = {
      id: 'l',
      clips: left,
      left: left.filter((one) => !researched.includes(one)),
      created: 0,
      researcher: '',
    };
    const numbered = <T>(record: Record<string, T>) =>
      new Map(Object.entries(record).map(([key, value]) => [Number(key), value]));
    return {
      ...newLedger(1, 'rank', 0),
      ...rest,
      researched: Bitset.of(researched),
      leases: left.length === 0 ? [] : [lease],
      pairStrikes: numbered(pairStrikes),
      parked: numbered(parked),
    } as Ledger;
  });

test('ORACLE-1: what may be leased, and its order, is what brute force finds (2,000 catalogues)', () => {
  let offered = 0;
  fc.assert(
    fc.property(ledgers, catalogues, (ledger, catalogue) => {
      const chosen = assignable(ledger, catalogue, NOW).map(({ ordinal }) => ordinal);
      expect(chosen).toEqual(inOrderOfWork(ledger, catalogue.clips, NOW).map(({ ordinal }) => ordinal));
      offered += chosen.length;
    }),
    { numRuns: 2_000, seed: 7 },
  );
  expect(offered).toBeGreaterThan(1_000);
});

test('ORACLE-2: the order is total: it does not depend on the order of the catalogue', () => {
  fc.assert(
    fc.property(catalogues, fc.array(fc.nat()), ({ clips }, shuffle) => {
      const shuffled = [...clips].sort((a, b) => (shuffle[a.ordinal] ?? 0) - (shuffle[b.ordinal] ?? 0));
      expect(inOrder(shuffled).map(({ ordinal }) => ordinal)).toEqual(clips.map(({ ordinal }) => ordinal));
    }),
    { numRuns: 1_000, seed: 7 },
  );
});

test('ORACLE-3: a ledger is judged by what brute force finds (2,000 catalogues)', () => {
  const states = new Set<string>();
  fc.assert(
    fc.property(ledgers, catalogues, (ledger, catalogue) => {
      const { state, position } = judged(ledger, catalogue, NOW, settings);
      states.add(state);
      if (ledger.state === 'PARKED' || ledger.state === 'HELD') return expect(state).toBe(ledger.state);
      const parked = ledger.episodeStrikes !== undefined && ledger.episodeStrikes.revision >= ledger.revision;
      if (parked && (ledger.episodeStrikes?.count ?? 0) >= 4) return expect(state).toBe('PARKED');
      if (catalogue.clips.length === 0) return expect(state).toBe('OPEN');
      if (isDone(ledger, catalogue.clips)) return expect(state).toBe('COMPLETE');
      const may = inOrderOfWork({ ...ledger, state: 'OPEN' }, catalogue.clips, NOW);
      if (may.length > 0) return expect(['OPEN', 'STRUCK']).toContain(state);
      expect(state).toBe('WAITING');
      const rests = free(ledger, catalogue.clips).map((clip) => pairRestEnd(ledger, clip));
      expect(Number(position.split('#')[0])).toBeLessThanOrEqual(Math.min(...rests, NOW + 3_600_000));
    }),
    { numRuns: 2_000, seed: 7 },
  );
  expect([...states].sort()).toEqual(['COMPLETE', 'HELD', 'OPEN', 'PARKED', 'STRUCK', 'WAITING']);
});

test('ORACLE-4: ranks sort as priority, date aired, initial curation date, all descending, then the ordinal', () => {
  const dates = fc.constantFrom(
    '0001-01-01T00:00:00Z',
    '2024-01-01T00:00:00Z',
    '2024-01-01T00:00:00.001Z',
    timestampOf(NOW),
  );
  const infos = fc.record({
    priority: fc.constantFrom(-(2 ** 31), -1, 0, 7, 2 ** 31 - 1),
    dateAired: sometimes(dates),
    initialDateCurated: dates,
  });
  fc.assert(
    fc.property(fc.array(infos, { maxLength: 12 }), (all) => {
      const entries = all.map(({ dateAired, ...fields }, index) => {
        const { dateAired: _, ...plain } = perfectEpisode(fields);
        const info = dateAired === undefined ? plain : { ...plain, dateAired };
        return { ordinal: index + 1, version: 1, info, revision: 1, revisedAt: 0 };
      });
      const ranked = entries.map((entry) => [episodeRank(entry.info, entry.ordinal), entry.ordinal] as const);
      const byRank = ranked.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, ordinal]) => ordinal);
      expect(byRank).toEqual([...entries].sort(compareEpisodes).map(({ ordinal }) => ordinal));
    }),
    { numRuns: 1_000, seed: 7 },
  );
});
