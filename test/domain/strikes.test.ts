import { cleared, isParked, isResting, type Strike, strikeCount, struck, valid } from '../../domain/strikes.ts';
import { HOUR, MINUTE, NOW, settings, someStrikes } from '../support/research.ts';

const DAY = 24 * HOUR;
const strike = (difference: Partial<Strike> = {}): Strike => ({
  by: 'bert',
  at: NOW,
  reason: 'HTTP 404',
  revision: 1,
  ...difference,
});
/** `count` strikes of long ago, by others, whose rest ends now. */
const restedUntilNow = (count: number) =>
  someStrikes({ count, restUntil: NOW, strikers: [{ by: 'anna', at: NOW - 9 * DAY }] });

describe('STRIKE-1: rests are 15 min, 2 h and 24 h; the fourth parks', () => {
  test.each([
    [1, 15 * MINUTE],
    [2, 2 * HOUR],
    [3, DAY],
    [4, 0],
  ])('strike %i rests %i ms', (count, rest) => {
    const before = count === 1 ? undefined : restedUntilNow(count - 1);
    const after = struck(before, strike(), settings);
    expect(after).toMatchObject({ count, restUntil: NOW + rest, reason: 'HTTP 404', revision: 1 });
    expect(isParked(after, 1)).toBe(count === 4);
  });

  test('a fifth changes nothing', () => {
    const parked = restedUntilNow(4);
    expect(struck(parked, strike(), settings)).toBe(parked);
  });
});

describe('STRIKE-2: never while the thing rests', () => {
  test.each([
    ['a millisecond before the end', -1, 1],
    ['at the end', 0, 2],
    ['a millisecond after', 1, 2],
  ])('%s', (_, late, count) => {
    const before = restedUntilNow(1);
    const after = struck(before, strike({ at: NOW + late }), settings);
    expect(after?.count).toBe(count);
    if (count === 1) expect(after).toBe(before);
  });
});

describe('STRIKE-3: once a researcher in 24 h', () => {
  test.each([
    ['a millisecond before', -1, 1],
    ['at 24 h', 0, 2],
    ['a millisecond after', 1, 2],
  ])('%s', (_, late, count) => {
    const before = someStrikes({ restUntil: 0, strikers: [{ by: 'bert', at: NOW }] });
    const after = struck(before, strike({ at: NOW + DAY + late }), settings);
    expect(after?.count).toBe(count);
  });

  test('unnamed researchers count as one', () => {
    const before = someStrikes({ restUntil: 0, strikers: [{ by: '', at: NOW - HOUR }] });
    expect(struck(before, strike({ by: '' }), settings)).toBe(before);
    expect(struck(before, strike(), settings)?.count).toBe(2);
  });

  test('a result in between clears the count, not the memory', () => {
    const after = cleared(struck(undefined, strike(), settings));
    expect(struck(after, strike({ at: NOW + DAY - 1 }), settings)).toBe(after);
    expect(struck(after, strike({ at: NOW + DAY }), settings)?.count).toBe(1);
  });
});

test('STRIKE-4: an outage of 12 h at which ten researchers fail every minute parks nothing', () => {
  let strikes: ReturnType<typeof cleared>;
  for (let minute = 0; minute < 12 * 60; minute++) {
    for (let researcher = 0; researcher < 10; researcher++) {
      strikes = struck(strikes, strike({ by: `r${researcher}`, at: NOW + minute * MINUTE }), settings);
    }
  }
  expect(strikes?.count).toBe(3);
});

describe('STRIKE-5: strikes of an older media revision are void', () => {
  test.each([
    ['the same revision', 1, true],
    ['a newer one of the medium', 2, false],
    ['an older one than was struck (a cache that is behind)', 0, true],
  ])('%s', (_, revision, counts) => {
    const strikes = someStrikes({ count: 4 });
    expect(valid(strikes, revision)).toBe(counts);
    expect(isParked(strikes, revision)).toBe(counts);
    expect(isResting(strikes, revision, NOW)).toBe(counts);
    expect(strikeCount(strikes, revision)).toBe(counts ? 4 : 0);
  });

  test('a strike at the new revision is the first one, even by the same researcher, even in an old rest', () => {
    const before = someStrikes({ count: 3, restUntil: NOW + DAY, strikers: [{ by: 'bert', at: NOW - 1 }] });
    expect(struck(before, strike({ revision: 2 }), settings)).toEqual({
      count: 1,
      restUntil: NOW + 15 * MINUTE,
      reason: 'HTTP 404',
      strikers: [{ by: 'bert', at: NOW }],
      revision: 2,
    });
  });

  test('nothing is valid, parked, resting or counted without strikes', () => {
    expect([valid, isParked].map((ask) => ask(undefined, 1))).toEqual([false, false]);
    expect([isResting(undefined, 1, NOW), strikeCount(undefined, 1)]).toEqual([false, 0]);
  });
});

describe('STRIKE-6: a rest ends at its time', () => {
  test.each([
    [-1, true],
    [0, false],
    [1, false],
  ])('%i ms from it: %s', (late, resting) => {
    expect(isResting(someStrikes(), 1, NOW + 15 * MINUTE + late)).toBe(resting);
  });
});

test('STRIKE-7: the last eight strikers are remembered', () => {
  const strikers = Array.from({ length: 8 }, (_, n) => ({ by: `r${n}`, at: NOW - 2 * DAY }));
  const after = struck(someStrikes({ count: 0, restUntil: 0, strikers }), strike(), settings);
  expect(after?.strikers.map(({ by }) => by)).toEqual(['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'bert']);
});

describe('STRIKE-8: what a result clears', () => {
  test('count, rest and reason go; strikers and revision stay', () => {
    const before = someStrikes({ count: 3 });
    expect(cleared(before)).toEqual({ ...before, count: 0, restUntil: 0, reason: '' });
  });

  test('a rest without a count goes too', () => expect(cleared(someStrikes({ count: 0 }))?.restUntil).toBe(0));

  test.each([
    ['nothing to clear', undefined],
    ['cleared before', someStrikes({ count: 0, restUntil: 0, reason: '' })],
    ['parked', someStrikes({ count: 4 })],
  ])('%s stays as it is', (_, strikes) => expect(cleared(strikes)).toBe(strikes));
});
