import { capacity, isSentAgain } from '../../domain/capacity.ts';
import { summaryOf } from '../../domain/leases.ts';
import type { Lease } from '../../domain/ledger.ts';
import { aLease, MINUTE, NOW, settings } from '../support/research.ts';

const leases = (count: number, difference: Partial<Lease> = {}) =>
  Array.from({ length: count }, (_, n) => summaryOf(aLease({ id: `lease-${n}`, ...difference })));
const signed = (count: number) => leases(count, { signed: NOW });

describe('CAPACITY-1: as many wait as there are researchers, and one more', () => {
  test.each([
    [3, 4, 0],
    [1, 1, 1],
    [5, 2, 4],
    [0, 0, 1],
    [0, 1, 0],
    [0, 9, 0],
    [300, 0, 301],
  ])('%i researchers and %i waiting: %i to add', (researchers, waiting, toAdd) => {
    expect(capacity(signed(researchers), waiting, NOW, settings)).toEqual({ researchers, waiting, toAdd });
    const unsigned = leases(waiting);
    expect(capacity([...signed(researchers), ...unsigned], 0, NOW, settings)).toEqual({ researchers, waiting, toAdd });
  });
});

describe('CAPACITY-2: waiting is the larger of the queue’s count and the young unsigned leases', () => {
  test.each([
    [4, 2, 4],
    [2, 4, 4],
    [3, 3, 3],
  ])('%i visible and %i unsigned: %i', (visible, unsigned, waiting) => {
    expect(capacity(leases(unsigned), visible, NOW, settings).waiting).toBe(waiting);
  });

  test.each([
    ['a millisecond before 5 min', -1, 1, 0],
    ['at 5 min: somebody took it and was lost', 0, 0, 1],
    ['a millisecond after', 1, 0, 1],
  ])('%s', (_, late, waiting, toAdd) => {
    const now = NOW + 5 * MINUTE + late;
    expect(capacity(leases(1), 0, now, settings)).toEqual({ researchers: 0, waiting, toAdd });
  });

  test('a lease that is signed is a researcher however old it is, and waits no more', () => {
    expect(capacity(signed(1), 0, NOW + 90 * MINUTE, settings)).toEqual({ researchers: 1, waiting: 0, toAdd: 2 });
  });
});

describe('CAPACITY-3: at least minimumWaiting wait', () => {
  test.each([
    [0, 0, 0, 1],
    [1, 0, 0, 1],
    [2, 0, 0, 2],
    [5, 0, 2, 3],
    [5, 3, 0, 5],
    [5, 4, 0, 5],
    [5, 5, 0, 6],
    [5, 0, 6, 0],
  ])('minimum %i, %i researchers, %i waiting: %i to add', (minimumWaiting, researchers, waiting, toAdd) => {
    expect(capacity(signed(researchers), waiting, NOW, { ...settings, minimumWaiting }).toAdd).toBe(toAdd);
  });
});

describe('CAPACITY-4: an unsigned lease is sent again for 3 min', () => {
  test.each([
    ['a millisecond before', -1, true],
    ['at 3 min', 0, false],
    ['a millisecond after', 1, false],
  ])('%s: %3$s', (_, late, sent) => {
    const [lease] = leases(1);
    expect(lease && isSentAgain(lease, NOW + 3 * MINUTE + late)).toBe(sent);
  });

  test('a signed one never', () => expect(signed(1).map((lease) => isSentAgain(lease, NOW))).toEqual([false]));
});
