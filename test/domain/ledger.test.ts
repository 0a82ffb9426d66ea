import { Bitset } from '../../domain/bitset.ts';
import {
  completePosition,
  type LedgerState,
  newLedger,
  opened,
  positionNumber,
  reRecorded,
  reranked,
  revised,
  waitingPosition,
} from '../../domain/ledger.ts';
import { aLease, aLedger, NOW, RANK, someStrikes } from '../support/research.ts';

test('LEDGER-1: a new ledger is open at its rank and has nothing', () => {
  expect(newLedger(7, RANK, NOW)).toEqual({
    episode: 7,
    version: 0,
    state: 'OPEN',
    position: RANK,
    rank: RANK,
    researched: Bitset.empty,
    found: Bitset.empty,
    leases: [],
    pairStrikes: new Map(),
    parked: new Map(),
    revision: 1,
    revisedAt: NOW,
  });
});

const positions: Record<LedgerState, string> = {
  OPEN: RANK,
  STRUCK: RANK,
  WAITING: waitingPosition(NOW, RANK),
  COMPLETE: completePosition(17, RANK),
  PARKED: RANK,
  HELD: RANK,
};
const states = Object.entries(positions) as [LedgerState, string][];
const OTHER = RANK.replace(/^./, '9');

describe('LEDGER-2: a change of rank is written whatever the state', () => {
  test.each(states)('%s', (state, position) => {
    const ledger = reranked(aLedger({ state, position }), OTHER);
    const prefix = position.includes('#') ? `${position.split('#')[0]}#` : '';
    expect(ledger).toMatchObject({ state, rank: OTHER, position: `${prefix}${OTHER}` });
  });

  test('the same rank is no change', () => {
    const ledger = aLedger();
    expect(reranked(ledger, RANK)).toBe(ledger);
  });
});

describe('LEDGER-3: opening never brings back what was given up or held', () => {
  test.each(states)('%s', (state, position) => {
    const ledger = aLedger({ state, position });
    const stays = state === 'PARKED' || state === 'HELD';
    if (stays) expect(opened(ledger)).toBe(ledger);
    else expect(opened(ledger)).toMatchObject({ state: 'OPEN', position: RANK });
  });
});

describe('LEDGER-4: a new media URI of the episode voids strikes and parking; what is researched stays', () => {
  const spoilt = {
    researched: Bitset.of([1, 2]),
    leases: [aLease({ clips: [3], created: NOW - 1 })],
    pairStrikes: new Map([[4, someStrikes()]]),
    episodeStrikes: someStrikes({ count: 4 }),
    parked: new Map([[5, 1]]),
  };

  test.each(states)('%s', (state, position) => {
    const ledger = revised(aLedger({ state, position, ...spoilt }), 2, NOW);
    expect(ledger).toEqual(
      aLedger({
        state: state === 'HELD' ? 'HELD' : 'OPEN',
        researched: spoilt.researched,
        leases: spoilt.leases,
        revision: 2,
        revisedAt: NOW,
      }),
    );
    expect(ledger.episodeStrikes).toBeUndefined();
  });

  test('came after every lease that there is, whatever the clock of who made it said', () => {
    const ledger = aLedger({ leases: [aLease({ created: NOW + 5_000 }), aLease({ created: NOW - 1 })] });
    expect(revised(ledger, 2, NOW).revisedAt).toBe(NOW + 5_001);
  });
});

describe('LEDGER-5: positions', () => {
  test('sort as their numbers do, then by rank', () => {
    const inOrder = [
      waitingPosition(0, OTHER),
      waitingPosition(9, RANK),
      waitingPosition(10, RANK),
      waitingPosition(10, OTHER),
      waitingPosition(NOW, RANK),
    ];
    expect([...inOrder].reverse().sort()).toEqual(inOrder);
    expect([completePosition(9, OTHER), completePosition(10, RANK)].sort()[0]).toBe(completePosition(9, OTHER));
  });

  test('a bound without a rank is before every position of its number and after every one below', () => {
    expect(waitingPosition(NOW - 1, OTHER) < waitingPosition(NOW, '')).toBe(true);
    expect(waitingPosition(NOW, '') < waitingPosition(NOW, RANK)).toBe(true);
  });

  test('give their number back; a broken millisecond is looked at after it, not before', () => {
    expect(positionNumber(waitingPosition(NOW, RANK))).toBe(NOW);
    expect(positionNumber(completePosition(17, RANK))).toBe(17);
    expect(positionNumber(waitingPosition(NOW + 0.2, RANK))).toBe(NOW + 1);
  });
});

describe('LEDGER-6: another recording of the episode', () => {
  const before = aLedger({ researched: Bitset.of([1, 2]), found: Bitset.of([2]), clipRecordings: new Map([[1, 2]]) });

  test('no pair of the older one is researched or found', () => {
    const recording = { number: 2, at: NOW, revision: 'new' };
    expect(reRecorded(before, recording)).toEqual(
      aLedger({ researched: Bitset.empty, found: Bitset.empty, recording }),
    );
  });

  test('came after every lease that there is, whatever the clock of who made it said', () => {
    const ledger = { ...before, leases: [aLease({ created: NOW + 5_000 }), aLease({ created: NOW - 1 })] };
    expect(reRecorded(ledger, { number: 2, at: NOW, revision: 'new' }).recording).toEqual({
      number: 2,
      at: NOW + 5_001,
      revision: 'new',
    });
  });
});
