import type { ClipEntry } from '../../domain/collection.ts';
import { type Ending, ended, endingOf, leased, rested, summaryOf } from '../../domain/leases.ts';
import { completePosition, LEASES_AT_MOST, type Lease, type Ledger } from '../../domain/ledger.ts';
import {
  aClip,
  aLease,
  aLedger,
  clipsOf,
  HOUR,
  MINUTE,
  NOW,
  RANK,
  SECOND,
  settings,
  someStrikes,
} from '../support/research.ts';

const ending = (difference: Partial<Lease>, horizon: number) =>
  endingOf(summaryOf(aLease(difference)), horizon, settings);

/** Each ending with the lease that has it and the time since `NOW` from which it has it. */
const endings: [string, Partial<Lease>, Ending, number][] = [
  ['unsigned: leaseDuration after its creation', {}, 'unclaimed', 2 * HOUR],
  ['signed: silenceLimit after its only sign', { signed: NOW + 1 }, 'lapsed', 15 * MINUTE + 1],
  [
    'signed: silenceLimit after its last sign',
    { signed: NOW, lastSign: NOW + HOUR, lastResult: NOW },
    'lapsed',
    75 * MINUTE,
  ],
  [
    'ticking: leaseDuration after it was signed, without any result',
    { signed: NOW + MINUTE, lastSign: NOW + 2 * HOUR },
    'lapsed',
    2 * HOUR + MINUTE,
  ],
  [
    'ticking: leaseDuration after its last result',
    { signed: NOW, lastResult: NOW + HOUR, lastSign: NOW + 3 * HOUR },
    'lapsed',
    3 * HOUR,
  ],
  ['the horizon has passed its last word', { signed: NOW, lastSign: NOW, lastWord: NOW + 30 }, 'revoked', 31],
];

describe('LEASE-1: a lease ends at its time', () => {
  describe.each(endings)('%s', (_, difference, kind, after) => {
    test.each([
      ['a millisecond before', -1, undefined],
      ['at it', 0, kind],
      ['a millisecond after', 1, kind],
    ])('%s', (_when, late, expected) => expect(ending(difference, NOW + after + late)).toBe(expected));
  });

  test('nothing left: at once, even at a horizon before its creation', () => {
    expect(ending({ left: [] }, 0)).toBe('finished');
  });
});

describe('LEASE-2: of two reasons the one that charges nobody counts', () => {
  test('finished before lapsed', () => {
    expect(ending({ left: [], signed: NOW }, NOW + 9 * HOUR)).toBe('finished');
  });

  test('a last word before a lapse, also when it has been passed long ago', () => {
    expect(ending({ signed: NOW, lastSign: NOW, lastWord: NOW }, NOW + 9 * HOUR)).toBe('revoked');
  });

  test('a last word that the horizon has not passed yet before a lapse, be it one that an operator said meanwhile', () => {
    const [signed, late] = [{ signed: NOW, lastSign: NOW }, NOW + 9 * HOUR];
    expect(ending({ ...signed, lastWord: late }, late)).toBeUndefined();
    expect(ending({ ...signed, lastWord: late }, late + 1)).toBe('revoked');
  });

  test('who never signed is not charged, however late', () => {
    expect(ending({}, NOW + 48 * HOUR)).toBe('unclaimed');
  });
});

test('LEASE-3: a late drain ends none: what counts is the horizon, not now', () => {
  const ledger = aLedger({ leases: [aLease({ signed: NOW }), aLease({ id: 'other' })] });
  const step = ended(ledger, clipsOf(), NOW + 15 * MINUTE - 1, NOW + 9 * HOUR, settings);
  expect(step).toEqual({ ledger, clips: [], parkedReasons: [], endings: [], more: false });
  expect(step.ledger).toBe(ledger);
});

describe('LEASE-4: what ends without a charge returns its pairs clean', () => {
  test.each<[Ending, Partial<Lease>]>([
    ['finished', { left: [] }],
    ['revoked', { signed: NOW, lastSign: NOW, lastWord: NOW }],
    ['unclaimed', {}],
  ])('%s', (kind, difference) => {
    const ledger = aLedger({ state: 'WAITING', position: completePosition(1, RANK), leases: [aLease(difference)] });
    const at = NOW + 9 * HOUR;
    const step = ended(ledger, clipsOf(aClip(1)), at, at, settings);
    expect(step.endings).toEqual([kind]);
    const { handedBack: _resting, ...rest } = step.ledger;
    expect(rest).toEqual({ ...ledger, state: 'OPEN', position: RANK, leases: [] });
    expect([step.clips, step.parkedReasons]).toEqual([[], []]);
  });
});

test.each<[string, Partial<Lease>, number[] | undefined]>([
  ['what a researcher hands back without a report rests', { signed: NOW, lastSign: NOW, lastWord: NOW }, [1, 2, 3]],
  [
    'so does what it passed over, and what it had not come to',
    { left: [1, 3], signed: NOW, lastSign: NOW, lastResult: NOW, lastWord: NOW },
    [1, 3],
  ],
  [
    'so does all of it where nothing but repetitions of others came',
    { signed: NOW, lastSign: NOW, lastResult: NOW, lastWord: NOW },
    [1, 2, 3],
  ],
  [
    'what an operator revokes a moment after a sign is free',
    { signed: NOW, lastSign: NOW, lastWord: NOW + 1 },
    undefined,
  ],
  ['what an operator revokes before anybody took it is free', { lastWord: NOW }, undefined],
])('LEASE-11: %s', (_, difference, rests) => {
  const step = ended(aLedger({ leases: [aLease(difference)] }), clipsOf(aClip(1)), NOW + HOUR, NOW + HOUR, settings);
  expect(step.endings).toEqual(['revoked']);
  expect(step.ledger.handedBack && [...step.ledger.handedBack.clips]).toEqual(rests);
});

/** When Anna's lease lapses, and what `ended` makes of it then. */
const LAPSE = NOW + 15 * MINUTE;
const annas = (difference: Partial<Lease> = {}) =>
  aLease({ signed: NOW, lastSign: NOW, researcher: 'anna', ...difference });
const lapse = (ledger: Ledger, ...clips: ClipEntry[]) => ended(ledger, clipsOf(...clips), LAPSE, LAPSE, settings);

describe('LEASE-5: a lapse strikes exactly one pair, the first that was not reported, and that pair’s clip', () => {
  const strike = {
    count: 1,
    restUntil: LAPSE + 15 * MINUTE,
    reason: 'anna fell silent at it',
    strikers: [{ by: 'anna', at: LAPSE }],
    revision: 1,
  };
  const lease = annas({ clips: [5, 3, 9], left: [3, 9], lastResult: NOW });

  test('others return clean', () => {
    const step = lapse(aLedger({ leases: [lease] }), aClip(3), aClip(5), aClip(9));
    expect(step.endings).toEqual(['lapsed']);
    expect(step.clips).toEqual([{ ...aClip(3), strikes: strike }]);
    expect(step.ledger).toEqual(aLedger({ pairStrikes: new Map([[3, strike]]) }));
    expect(step.parkedReasons).toEqual([]);
  });

  test('an unnamed researcher is charged as one', () => {
    const step = lapse(aLedger({ leases: [{ ...lease, researcher: '' }] }), aClip(3));
    expect(step.ledger.pairStrikes.get(3)).toMatchObject({
      reason: 'an unnamed researcher fell silent at it',
      strikers: [{ by: '' }],
    });
  });

  test('a strike that does not count (the same researcher within 24 h) still rests the pair', () => {
    const earlier = someStrikes({ restUntil: LAPSE - 1, strikers: [{ by: 'anna', at: LAPSE - HOUR }] });
    const ledger = aLedger({ leases: [lease], pairStrikes: new Map([[3, earlier]]) });
    const step = lapse(ledger, aClip(3, { strikes: earlier }));
    expect(step.ledger.pairStrikes.get(3)).toEqual({ ...earlier, restUntil: LAPSE + 15 * MINUTE });
    // So that it does not end at it all day: until it is forgotten.
    const rests = { ...earlier, restUntil: LAPSE - HOUR + 24 * HOUR };
    expect(step.clips).toEqual([expect.objectContaining({ ordinal: 3, strikes: rests })]);
  });

  test('a pair’s own rest is never cut short by it', () => {
    const earlier = someStrikes({ restUntil: LAPSE + 9 * HOUR });
    const step = lapse(aLedger({ leases: [lease], pairStrikes: new Map([[3, earlier]]) }), aClip(3));
    expect(step.ledger.pairStrikes.get(3)).toEqual(earlier);
  });

  test('two lapses at once at the same clip strike it once', () => {
    const second = annas({ id: 'second', clips: [3], lastResult: NOW, researcher: 'bert' });
    const step = lapse(aLedger({ leases: [lease, second] }), aClip(3));
    expect(step.endings).toEqual(['lapsed', 'lapsed']);
    expect(step.clips.map(({ ordinal, strikes }) => [ordinal, strikes?.count])).toEqual([[3, 1]]);
  });

  test('a clip that is not in the collection charges nobody, and the lease ends', () => {
    const step = lapse(aLedger({ leases: [lease] }));
    expect(step.ledger).toEqual(aLedger());
    expect(step.endings).toEqual(['lapsed']);
  });
});

describe('LEASE-6: the episode is struck only by a lapse without any result', () => {
  test.each([
    ['without a result', undefined, 1],
    ['after one result', NOW, undefined],
  ])('%s', (_, lastResult, count) => {
    const { ledger } = lapse(aLedger({ leases: [annas({ lastResult })] }), aClip(1));
    expect(ledger.episodeStrikes?.count).toBe(count);
    expect(ledger.pairStrikes.get(1)?.count).toBe(1);
  });

  test('the fourth parks it with its reason', () => {
    const episodeStrikes = someStrikes({ count: 3, restUntil: LAPSE, strikers: [] });
    const step = lapse(aLedger({ leases: [annas()], episodeStrikes }), aClip(1));
    expect(step.ledger).toMatchObject({ state: 'PARKED', position: RANK, leases: [], episodeStrikes: { count: 4 } });
    expect(step.parkedReasons).toEqual([{ clip: 0, reason: 'anna fell silent without any result' }]);
  });

  test('a held one stays held, whatever strikes it', () => {
    const episodeStrikes = someStrikes({ count: 3, restUntil: LAPSE, strikers: [] });
    const step = lapse(aLedger({ state: 'HELD', leases: [annas()], episodeStrikes }), aClip(1));
    expect(step.ledger.state).toBe('HELD');
  });
});

describe('LEASE-7: the fourth strike of a pair parks it for the clip’s media', () => {
  test('with its reason; the pair’s strikes are no longer needed', () => {
    const before = someStrikes({ count: 3, restUntil: LAPSE, strikers: [] });
    const ledger = aLedger({ leases: [annas({ lastResult: NOW })], pairStrikes: new Map([[1, before]]) });
    const step = lapse(ledger, aClip(1, { revision: 1 }));
    expect(step.ledger.parked).toEqual(new Map([[1, 1]]));
    expect(step.ledger.pairStrikes).toEqual(new Map());
    expect(step.parkedReasons).toEqual([{ clip: 1, reason: 'anna fell silent at it' }]);
  });
});

describe('LEASE-8: who fell silent at another file charges nobody', () => {
  test.each([
    ['the file before, leased before this one came', undefined, MINUTE, undefined],
    ['the file before, leased by a run that had not read of this one', undefined, -MINUTE, undefined],
    ['this file', 2, 0, 1],
    ['this file, leased by a function whose clock is behind', 2, MINUTE, 1],
  ])('%s', (_, leasedRevision, late, count) => {
    const named = leasedRevision === undefined ? {} : { clipRevisions: new Map([[1, leasedRevision]]) };
    const clip = aClip(1, { revision: 2, revisedAt: NOW + late });
    const step = lapse(aLedger({ leases: [annas({ lastResult: NOW, ...named })] }), clip);
    expect(step.clips[0]?.strikes?.count).toBe(count);
    expect(step.ledger.pairStrikes.get(1)).toMatchObject({ count: count ?? 0, revision: 2 });
  });

  test.each([
    ['leased a millisecond before the episode’s media came', 1, undefined],
    ['leased when it came', 0, 1],
  ])('%s', (_, late, count) => {
    const { ledger } = lapse(aLedger({ leases: [annas()], revision: 2, revisedAt: NOW + late }), aClip(1));
    expect(ledger.episodeStrikes?.count).toBe(count);
  });
});

describe('LEASE-9: a pair that failed or was struck rests', () => {
  test('without strikes: the rest alone, which counts nothing', () => {
    expect(rested(undefined, 3, NOW)).toEqual({ count: 0, restUntil: NOW, reason: '', strikers: [], revision: 3 });
  });

  test('strikes of an older media revision are forgotten', () => {
    expect(rested(someStrikes({ count: 3 }), 2, NOW)).toMatchObject({ count: 0, restUntil: NOW, revision: 2 });
  });
});

describe('LEASE-10: new leases', () => {
  test('stand behind the others, unsigned, with everything left, in the order of their items', () => {
    const before = aLedger({ leases: [aLease()] });
    const after = leased(
      before,
      [
        { id: 'second', clips: [9, 4] },
        { id: 'third', clips: [7] },
      ],
      NOW + SECOND,
    );
    expect(after.leases).toEqual([
      aLease(),
      aLease({ id: 'second', clips: [9, 4], created: NOW + SECOND }),
      aLease({ id: 'third', clips: [7], created: NOW + SECOND }),
    ]);
    expect(after.version).toBe(before.version);
  });

  test.each([
    ['medium', { revision: 2, revisedAt: NOW + 5_000 }],
    ['recording', { recording: { number: 2, at: NOW + 5_000, revision: 'new' } }],
  ])('are for the %s that is there, although the clock of who said when that came was ahead', (_, came) => {
    expect(leased(aLedger(came), [{ id: 'second', clips: [9] }], NOW).leases[0]?.created).toBe(NOW + 5_000);
  });

  test('forget rests that are over and that nobody is remembered for', () => {
    const over = { count: 0, restUntil: NOW, reason: '', strikers: [], revision: 1 };
    const kept = new Map([
      [2, { ...over, restUntil: NOW + 1 }],
      [3, { ...over, count: 1 }],
      [4, { ...over, strikers: [{ by: 'anna', at: NOW }] }],
    ]);
    expect(leased(aLedger({ pairStrikes: new Map([[1, over], ...kept]) }), [], NOW).pairStrikes).toEqual(kept);
  });
});

test('LEASE-11: of 64 leases each ends for itself, and the others stay as they are', () => {
  const leases = Array.from({ length: LEASES_AT_MOST }, (_, n) =>
    aLease({ id: `lease-${n}`, clips: [n + 1], signed: NOW, lastSign: NOW + n * MINUTE, researcher: `r${n}` }),
  );
  const clips = leases.map((_, n) => aClip(n + 1));
  const at = NOW + 30 * MINUTE;
  const step = ended(aLedger({ leases, researched: aLedger().researched }), clipsOf(...clips), at, at, settings);
  expect(step.endings).toEqual(Array(16).fill('lapsed'));
  expect(step.ledger.leases).toEqual(leases.slice(16));
  expect([...step.ledger.pairStrikes.keys()]).toEqual(Array.from({ length: 16 }, (_, n) => n + 1));
  expect(step.clips).toHaveLength(16);
  // The first lapse rests the episode, and nothing counts while it rests.
  expect(step.ledger.episodeStrikes?.count).toBe(1);
});
