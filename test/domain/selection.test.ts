import { Bitset } from '../../domain/bitset.ts';
import { completePosition, LEASES_AT_MOST, type Ledger, waitingPosition } from '../../domain/ledger.ts';
import { assignable, isDone, isGivenUp, judged } from '../../domain/selection.ts';
import {
  aCatalogue,
  aClip,
  aLease,
  aLedger,
  HOUR,
  MINUTE,
  NOW,
  RANK,
  settings,
  someStrikes,
} from '../support/research.ts';

const three = aCatalogue([aClip(1), aClip(2), aClip(3)], 5);
const offered = (ledger: Ledger, catalogue = three, now = NOW) =>
  assignable(ledger, catalogue, now).map(({ ordinal }) => ordinal);
const judgedAs = (ledger: Ledger, catalogue = three, now = NOW) => {
  const { state, position } = judged(ledger, catalogue, now, settings);
  return { state, position };
};

describe('SELECTION-1: the order of work in an episode', () => {
  test('priority, then ordinal, among clips without strikes', () => {
    const catalogue = aCatalogue([aClip(1), aClip(2, { priority: 7 }), aClip(3), aClip(4, { priority: -7 })]);
    expect(offered(aLedger(), catalogue)).toEqual([2, 1, 3, 4]);
  });

  test('clips that struck after all others, and strikes of the clip and of the pair together, ascending, before any priority', () => {
    const of = (count: number) => someStrikes({ count, restUntil: 0 });
    const catalogue = aCatalogue([
      aClip(1, { priority: 99, strikes: of(3) }),
      aClip(2, { priority: 50, strikes: of(1) }),
      aClip(3, { priority: 50, strikes: of(1) }),
      aClip(4, { priority: 10 }),
      aClip(5, { priority: -10 }),
    ]);
    const ledger = aLedger({
      pairStrikes: new Map([
        [2, of(1)],
        [4, of(2)],
      ]),
    });
    // 5 has none; of 4 the pair alone struck; of clips, 3 has one, 2 two with its pair's, 1 three.
    expect(offered(ledger, catalogue)).toEqual([5, 4, 3, 2, 1]);
  });

  test('strikes that a result cleared, or of an older media revision, count nothing', () => {
    const cleared = someStrikes({ count: 0, restUntil: 0 });
    const catalogue = aCatalogue([
      aClip(1, { strikes: cleared }),
      aClip(2, { strikes: someStrikes({ count: 3 }), revision: 2 }),
    ]);
    const ledger = aLedger({
      pairStrikes: new Map([
        [1, cleared],
        [2, someStrikes()],
      ]),
    });
    expect(offered(ledger, catalogue)).toEqual([1, 2]);
  });
});

describe('SELECTION-2: what is not offered', () => {
  test.each<[string, Partial<Ledger>, number[]]>([
    ['researched pairs', { researched: Bitset.of([2]) }, [1, 3]],
    ['pairs that a lease still holds', { leases: [aLease({ clips: [1, 2], left: [1] })] }, [2, 3]],
    ['parked pairs', { parked: new Map([[3, 1]]) }, [1, 2]],
    ['anything of a parked episode', { state: 'PARKED' }, []],
    ['anything of a held episode', { state: 'HELD' }, []],
  ])('%s', (_, difference, clips) => expect(offered(aLedger(difference))).toEqual(clips));

  test('parked and retired clips', () => {
    const parked = aClip(1, { strikes: someStrikes({ count: 4 }) });
    expect(offered(aLedger(), aCatalogue([parked, aClip(2, { retired: true }), aClip(3)]))).toEqual([3]);
  });
});

describe('SELECTION-3: rests end at their time', () => {
  const restUntil = NOW + MINUTE;
  const strikes = someStrikes({ restUntil });
  const resting: [string, Ledger, ReturnType<typeof aCatalogue>, number[]][] = [
    ['of a pair', aLedger({ pairStrikes: new Map([[1, strikes]]) }), three, [2, 3]],
    ['of a pair that is not struck', aLedger({ pairStrikes: new Map([[1, { ...strikes, count: 0 }]]) }), three, [2, 3]],
    ['of a clip', aLedger(), aCatalogue([aClip(1, { strikes }), aClip(2), aClip(3)]), [2, 3]],
    ['of the episode', aLedger({ episodeStrikes: strikes }), three, []],
  ];

  test.each(resting)('%s', (_, ledger, catalogue, others) => {
    expect(offered(ledger, catalogue, restUntil - 1)).toEqual(others);
    expect([...offered(ledger, catalogue, restUntil)].sort()).toEqual([1, 2, 3]);
    expect([...offered(ledger, catalogue, restUntil + 1)].sort()).toEqual([1, 2, 3]);
  });

  test('of pair and clip: the later one counts', () => {
    const ledger = aLedger({ pairStrikes: new Map([[1, strikes]]) });
    const catalogue = aCatalogue([aClip(1, { strikes: someStrikes({ restUntil: restUntil + 1 }) })]);
    expect(offered(ledger, catalogue, restUntil)).toEqual([]);
    expect(offered(ledger, catalogue, restUntil + 1)).toEqual([1]);
  });

  test('of an older media revision: none', () => {
    const ledger = aLedger({ revision: 2, episodeStrikes: strikes, pairStrikes: new Map([[1, strikes]]) });
    expect(offered(ledger, aCatalogue([aClip(1, { revision: 2, strikes })]))).toEqual([1]);
  });
});

describe('SELECTION-4: a pair is given up for the media it was parked at', () => {
  test.each([
    ['the same revision', 2, true],
    ['a newer one of the clip', 3, false],
    ['an older one: the cache is behind', 1, true],
  ])('%s', (_, revision, givenUp) => {
    expect(isGivenUp(aLedger({ parked: new Map([[1, 2]]) }), aClip(1, { revision }))).toBe(givenUp);
  });
});

describe('SELECTION-5: an episode is done when every pair is researched or given up', () => {
  test.each<[string, Partial<Ledger>, boolean]>([
    ['all researched', { researched: Bitset.of([1, 2, 3]) }, true],
    ['researched and parked', { researched: Bitset.of([1, 2]), parked: new Map([[3, 1]]) }, true],
    ['one is leased', { researched: Bitset.of([1, 2]), leases: [aLease({ clips: [3] })] }, false],
    ['one rests', { researched: Bitset.of([1, 2]), pairStrikes: new Map([[3, someStrikes()]]) }, false],
  ])('%s: %s', (_, difference, done) => expect(isDone(aLedger(difference), three)).toBe(done));

  test('never while there are no clips', () => expect(isDone(aLedger(), aCatalogue([]))).toBe(false));
});

describe('SELECTION-6: the state that a ledger deserves', () => {
  const done = { researched: Bitset.of([1, 2, 3]) };
  const complete = completePosition(5, RANK);
  const elsewhere = { state: 'WAITING' as const, position: waitingPosition(NOW - 1, RANK) };
  const parkedClips = aCatalogue(
    [1, 2, 3].map((n) => aClip(n, { strikes: someStrikes({ count: 4 }) })),
    5,
  );

  test.each<[string, Partial<Ledger>, string, string]>([
    ['something without strikes is assignable', elsewhere, 'OPEN', RANK],
    ['all researched', done, 'COMPLETE', complete],
    [
      'all researched, with a lease that has not ended',
      { ...done, leases: [aLease({ left: [] })] },
      'COMPLETE',
      complete,
    ],
    ['the episode was struck', { ...elsewhere, episodeStrikes: someStrikes({ restUntil: 0 }) }, 'STRUCK', RANK],
    [
      'only struck pairs are left',
      { researched: Bitset.of([1, 2]), pairStrikes: new Map([[3, someStrikes({ restUntil: 0 })]]) },
      'STRUCK',
      RANK,
    ],
    [
      'a pair that rested and is not struck is left',
      { researched: Bitset.of([1, 2]), pairStrikes: new Map([[3, someStrikes({ count: 0, restUntil: 0 })]]) },
      'OPEN',
      RANK,
    ],
    ['the fourth strike of the episode', { episodeStrikes: someStrikes({ count: 4 }) }, 'PARKED', RANK],
  ])('%s: %3$s', (_, difference, state, position) => {
    expect(judgedAs(aLedger(difference))).toEqual({ state, position });
  });

  test('all clips parked: complete', () => {
    expect(judgedAs(aLedger(), parkedClips)).toEqual({ state: 'COMPLETE', position: complete });
  });

  test.each(['PARKED', 'HELD'] as const)('%s stays, even when all is researched', (state) => {
    const ledger = aLedger({ state, ...done });
    expect(judged(ledger, three, NOW, settings)).toBe(ledger);
  });

  test('without any clip it stays open, or opens again', () => {
    expect(judgedAs(aLedger(), aCatalogue([]))).toEqual({ state: 'OPEN', position: RANK });
    expect(judgedAs(aLedger({ state: 'COMPLETE', position: complete }), aCatalogue([])).state).toBe('OPEN');
  });

  test('what it is already is no change', () => {
    for (const ledger of [aLedger(), aLedger({ state: 'COMPLETE', position: complete, ...done })]) {
      expect(judged(ledger, three, NOW, settings)).toBe(ledger);
    }
  });

  test('complete ones are complete of the newer members once they are judged again', () => {
    const ledger = aLedger({ state: 'COMPLETE', position: completePosition(4, RANK), ...done });
    expect(judgedAs(ledger)).toEqual({ state: 'COMPLETE', position: complete });
  });
});

describe('SELECTION-7: when nothing is assignable it waits until the time to look again', () => {
  const leasedAll = { leases: [aLease()] };
  const waits = (until: number) => ({ state: 'WAITING', position: waitingPosition(until, RANK) });
  const restingUntil = (restUntil: number, clip = 1) => new Map([[clip, someStrikes({ restUntil })]]);

  test('all leased: the re-opening interval', () => {
    expect(judgedAs(aLedger(leasedAll))).toEqual(waits(NOW + HOUR));
  });

  test('the interval is shortened: a minute at least', () => {
    const { state, position } = judged(aLedger(leasedAll), three, NOW, { ...settings, reopenInterval: 0 });
    expect({ state, position }).toEqual(waits(NOW + MINUTE));
  });

  test('the earliest rest, of pairs, clips or the episode', () => {
    const two = { researched: Bitset.of([3]) };
    const strikes = someStrikes({ restUntil: NOW + 5 * MINUTE });
    const catalogue = aCatalogue([aClip(1), aClip(2, { strikes }), aClip(3)], 5);
    expect(judgedAs(aLedger({ ...two, pairStrikes: restingUntil(NOW + 9 * MINUTE) }), catalogue)).toEqual(
      waits(NOW + 5 * MINUTE),
    );
    expect(judgedAs(aLedger({ episodeStrikes: someStrikes({ restUntil: NOW + 7 }) }))).toEqual(waits(NOW + 7));
  });

  test('a rest longer than the interval does not put off the look: clips may have come', () => {
    const strikes = someStrikes({ restUntil: NOW + 24 * HOUR });
    expect(judgedAs(aLedger({ episodeStrikes: strikes }))).toEqual(waits(NOW + HOUR));
  });

  test('64 leases, however much is free', () => {
    const leases = Array.from({ length: LEASES_AT_MOST }, (_, n) => aLease({ id: `lease-${n}`, clips: [n + 100] }));
    expect(judgedAs(aLedger({ leases })).state).toBe('WAITING');
    expect(judgedAs(aLedger({ leases: leases.slice(1) })).state).toBe('OPEN');
  });

  test.each([
    ['an earlier look than needed stays as it stands', NOW + MINUTE, NOW + MINUTE],
    ['a look that is due now is put off', NOW, NOW + HOUR],
    ['a later look than needed is brought forward', NOW + HOUR + 1, NOW + HOUR],
  ])('%s', (_, before, after) => {
    const ledger = aLedger({ state: 'WAITING', position: waitingPosition(before, RANK), ...leasedAll });
    expect(judgedAs(ledger)).toEqual(waits(after));
  });

  test('at the end of the rest it is assignable', () => {
    const ledger = aLedger({ researched: Bitset.of([2, 3]), pairStrikes: restingUntil(NOW + MINUTE) });
    expect(judgedAs(ledger, three, NOW + MINUTE - 1)).toEqual(waits(NOW + MINUTE));
    expect(judgedAs(ledger, three, NOW + MINUTE).state).toBe('STRUCK');
  });
});
