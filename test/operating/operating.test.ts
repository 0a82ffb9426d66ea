import { Bitset } from '../../domain/bitset.ts';
import { NO_CONTROL, paced, pairsAMinute } from '../../domain/control.ts';
import { ended } from '../../domain/leases.ts';
import { completePosition, type LedgerState, reranked, waitingPosition } from '../../domain/ledger.ts';
import {
  archivePaused,
  archiveResumed,
  clipRestored,
  clipRetired,
  clipUnparked,
  entryRemoved,
  episodeUnparked,
  held,
  leaseRevoked,
  pairsUnparked,
  prioritised,
  released,
  reopenedAtOnce,
  requeued,
} from '../../domain/operating.ts';
import { inOrder, rankOf } from '../../domain/order.ts';
import { isOfOldRecording } from '../../domain/reports.ts';
import { assignable, isGivenUp, judged } from '../../domain/selection.ts';
import { oneStep } from '../../operating/requeue.ts';
import { selected, selectedOne } from '../../operating/select.ts';
import { perfectEpisode, without } from '../support/perfect-messages.ts';
import {
  aCatalogue,
  aClip,
  aLease,
  aLedger,
  clipsOf,
  HOUR,
  MINUTE,
  NOW,
  RANK,
  settings,
  someStrikes,
} from '../support/research.ts';

const parkedStrikes = someStrikes({ count: 4, restUntil: 0 });

describe('holding episodes', () => {
  const states: [LedgerState, string][] = [
    ['OPEN', RANK],
    ['STRUCK', RANK],
    ['WAITING', waitingPosition(NOW, RANK)],
    ['COMPLETE', completePosition(3, RANK)],
    ['PARKED', RANK],
  ];
  test.each(states)(
    'HOLD-1: a paused %s episode offers nothing, and is judged anew when it is resumed',
    (state, position) => {
      const episodeStrikes = state === 'PARKED' ? parkedStrikes : undefined;
      const paused = held(aLedger({ state, position, episodeStrikes }), 'paused');
      expect(paused).toMatchObject({ state: 'HELD', held: 'paused', position: RANK });
      expect(assignable(paused, aCatalogue([aClip(1)]), NOW)).toEqual([]);
      expect(judged(paused, aCatalogue([aClip(1)]), NOW, settings)).toBe(paused);
      const resumed = released(paused, 'paused');
      expect(resumed).toMatchObject({ state: state === 'PARKED' ? 'PARKED' : 'OPEN', position: RANK });
      expect(resumed.held).toBeUndefined();
    },
  );

  test('HOLD-2: what holds already is left alone, and retired beats paused', () => {
    const retired = held(held(aLedger(), 'paused'), 'retired');
    expect(retired.held).toBe('retired');
    expect(held(retired, 'retired')).toBe(retired);
    expect(held(retired, 'paused')).toBe(retired);
    expect(released(retired, 'paused')).toBe(retired);
    expect(released(retired, 'retired').state).toBe('OPEN');
    const open = aLedger();
    expect(released(open, 'paused')).toBe(open);
  });

  test('HOLD-5: removed beats both, turns results away, and ends by its own name alone', () => {
    const removed = held(held(aLedger(), 'retired'), 'removed');
    expect(removed).toMatchObject({ state: 'HELD', held: 'removed' });
    expect(held(removed, 'retired')).toBe(removed);
    expect(released(removed, 'retired')).toBe(removed);
    expect(released(removed, 'removed').state).toBe('OPEN');
    const report = { leaseId: 'none' };
    expect(isOfOldRecording(report, removed, aClip(1))).toBe(true);
    expect(isOfOldRecording(report, aLedger(), entryRemoved(aClip(1)))).toBe(true);
    expect(isOfOldRecording(report, aLedger(), aClip(1))).toBe(false);
    expect(clipRestored(entryRemoved(aClip(1))).removed).toBeUndefined();
    expect(isGivenUp(aLedger(), entryRemoved(aClip(1)))).toBe(true);
  });

  test('HOLD-3: leases of a held episode go on', () => {
    const ledger = aLedger({ leases: [aLease()] });
    expect(held(ledger, 'retired').leases).toBe(ledger.leases);
  });

  test('HOLD-4: the rank of a held episode is kept true', () => {
    const raised = reranked(held(aLedger(), 'paused'), '0');
    expect(released(raised, 'paused')).toMatchObject({ state: 'OPEN', position: '0', rank: '0' });
  });
});

describe('clips', () => {
  test('CLIP-1: a retired clip is given up in every episode until it is restored', () => {
    const retired = clipRetired(aClip(1));
    expect(isGivenUp(aLedger(), retired)).toBe(true);
    expect(clipRetired(retired)).toBe(retired);
    const restored = clipRestored(retired);
    expect(isGivenUp(aLedger(), restored)).toBe(false);
    expect(clipRestored(restored)).toBe(restored);
  });

  test('CLIP-2: unparking forgets strikes, rests, and who struck', () => {
    const clip = clipUnparked(aClip(1, { strikes: parkedStrikes }));
    expect(clip.strikes).toBeUndefined();
    expect(clipUnparked(clip)).toBe(clip);
  });

  test("CLIP-3: an operator's priority beats the curated one, and that comes back when it is cleared", () => {
    const high = aClip(2, { priority: 5 });
    const low = prioritised(aClip(1, { priority: 0 }), 6);
    expect(inOrder([high, low]).map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    expect(prioritised(low, 6)).toBe(low);
    expect(inOrder([high, prioritised(low, undefined)]).map(({ ordinal }) => ordinal)).toEqual([2, 1]);
  });

  test('CLIP-4: it does so for episodes too', () => {
    const info = without(perfectEpisode({ priority: 3 }), 'id');
    const episode = { ordinal: 1, version: 1, info, revision: 1, revisedAt: 0 };
    expect(rankOf(prioritised(episode, 4)) < rankOf(episode)).toBe(true);
    expect(rankOf(prioritised(episode, 3))).toBe(rankOf(episode));
    expect(rankOf(prioritised(episode, 0)) > rankOf(episode)).toBe(true);
  });
});

describe('requeueing', () => {
  test('REQUEUE-1: pairs are not researched any more and their episode is open; others stay', () => {
    const ledger = aLedger({
      state: 'COMPLETE',
      position: completePosition(1, RANK),
      researched: Bitset.of([1, 2, 3]),
      found: Bitset.of([1, 3]),
    });
    const next = requeued(ledger, [2, 3, 4]);
    expect([...next.researched]).toEqual([1]);
    expect([...(next.found ?? [])]).toEqual([1]);
    expect(next).toMatchObject({ state: 'OPEN', position: RANK });
  });

  test('REQUEUE-4: nobody has found what is not found any more', () => {
    const foundBy = new Map([
      ['waves@1', Bitset.of([1, 3])],
      ['waves@2', Bitset.of([3])],
    ]);
    const ledger = aLedger({ researched: Bitset.of([1, 2, 3]), found: Bitset.of([1, 3]), foundBy });
    const left = requeued(ledger, [3]).foundBy;
    expect([...(left ?? [])].map(([analyzer, clips]) => [analyzer, [...clips]])).toEqual([['waves@1', [1]]]);
    expect(requeued(ledger, [1, 3]).foundBy).toBeUndefined();
    expect(requeued(ledger, [2]).foundBy).toEqual(foundBy);
  });

  test.each(['PARKED', 'HELD'] as const)('REQUEUE-2: a %s episode stays so', (state) => {
    expect(requeued(aLedger({ state, researched: Bitset.of([1]) }), [1]).state).toBe(state);
  });

  test('REQUEUE-3: without a researched pair nothing changes, and leases never do', () => {
    const ledger = aLedger({ researched: Bitset.of([1]), leases: [aLease()] });
    expect(requeued(ledger, [2])).toBe(ledger);
    expect(requeued(ledger, [1]).leases).toBe(ledger.leases);
  });

  const finding = (clip: number, variant = 0, offsets = 1) => ({
    episode: 1,
    clip,
    variant,
    offsetsNs: Array.from({ length: offsets }, (_, n) => n),
    scores: [],
    episodeFacts: { hash: '', durationNs: 0 },
    clipFacts: { hash: '', durationNs: 0 },
    researcher: '',
    analyzer: '',
    researchDate: '',
  });

  test('REQUEUE-4: a step takes every pair without findings, and of the others what fits into one transaction', () => {
    const clips = Array.from({ length: 200 }, (_, n) => n + 1);
    const findings = clips.slice(0, 60).map((clip) => finding(clip));
    const step = oneStep(clips, findings);
    expect(step.findings).toHaveLength(49);
    expect(step.clips).toHaveLength(200 - 60 + 49);
  });

  test('REQUEUE-5: a pair goes with all of its variants or not at all, also when they are large', () => {
    const variants = (clip: number) => [0, 1, 2].map((variant) => finding(clip, variant, 10_000));
    const step = oneStep([1, 2], [...variants(1), ...variants(2)]);
    expect(step.clips).toEqual([1]);
    expect(step.findings).toHaveLength(3);
  });
});

describe('unparking', () => {
  test('UNPARK-1: pairs are free again, only those that are named, and a complete episode opens', () => {
    const ledger = aLedger({
      state: 'COMPLETE',
      position: completePosition(1, RANK),
      parked: new Map([
        [1, 1],
        [2, 1],
      ]),
      pairStrikes: new Map([[3, someStrikes()]]),
    });
    const next = pairsUnparked(ledger, (clip) => clip !== 2);
    expect([...next.parked.keys()]).toEqual([2]);
    expect(next.pairStrikes.size).toBe(0);
    expect(next.state).toBe('OPEN');
    expect(pairsUnparked(next, (clip) => clip === 9)).toBe(next);
  });

  test('UNPARK-2: a parked episode opens without its strikes; a held one stays held', () => {
    const ledger = aLedger({ state: 'PARKED', episodeStrikes: parkedStrikes });
    const next = episodeUnparked(ledger);
    expect(next.state).toBe('OPEN');
    expect(next.episodeStrikes).toBeUndefined();
    expect(judged(next, aCatalogue([aClip(1)]), NOW, settings).state).toBe('OPEN');
    expect(episodeUnparked(next)).toBe(next);
    expect(episodeUnparked({ ...ledger, state: 'HELD' })).toMatchObject({ state: 'HELD' });
  });
});

describe('revoking leases', () => {
  const live = aLease({ signed: NOW - MINUTE, lastSign: NOW - MINUTE, researcher: 'anna' });

  test.each([
    ['before', NOW - 1, []],
    ['at', NOW, []],
    ['after', NOW + 1, ['revoked']],
  ] as const)('REVOKE-1: drained until %s the revocation', (_when, horizon, endings) => {
    const ledger = leaseRevoked(aLedger({ leases: [live] }), 'lease', NOW);
    const step = ended(ledger, clipsOf(aClip(1)), horizon, horizon, settings);
    expect(step.endings).toEqual(endings);
    expect(step.clips).toEqual([]);
    expect(step.ledger.pairStrikes.size).toBe(0);
  });

  test('REVOKE-2: a lease that is unknown, or has had its last word, stays as it is', () => {
    const ledger = aLedger({ leases: [aLease({ lastWord: NOW - HOUR })] });
    expect(leaseRevoked(ledger, 'other', NOW)).toBe(ledger);
    expect(leaseRevoked(ledger, 'lease', NOW)).toBe(ledger);
  });
});

describe('the control item', () => {
  test('CONTROL-1: pausing and resuming leave nothing behind', () => {
    const paused = archivePaused(NO_CONTROL);
    expect(paused.paused).toBe(true);
    expect(archivePaused(paused)).toBe(paused);
    expect(archiveResumed(paused)).toEqual(NO_CONTROL);
    expect(archiveResumed(NO_CONTROL)).toBe(NO_CONTROL);
  });

  test('CONTROL-2: re-opening at once follows the members, and never goes back', () => {
    const open = reopenedAtOnce({ ...NO_CONTROL, reopening: { assignableVersion: 3, at: NOW - 1 } }, 4, NOW);
    expect(open.reopening).toEqual({ assignableVersion: 4, at: NOW });
    expect(reopenedAtOnce(open, 4, NOW + 1)).toBe(open);
    expect(reopenedAtOnce(open, 3, NOW + 1)).toBe(open);
  });

  test('CONTROL-3: the pace is of the last hour, a few entries long, and none when nothing is done', () => {
    let control = NO_CONTROL;
    for (let minute = 0; minute < 120; minute++) control = paced(control, 10, NOW + minute * MINUTE);
    expect(control.pace?.length).toBeLessThanOrEqual(13);
    const now = NOW + 119 * MINUTE;
    expect(pairsAMinute(control, now)).toBeGreaterThan(9);
    expect(pairsAMinute(control, now)).toBeLessThan(11);
    expect(pairsAMinute(control, now + 2 * HOUR)).toBe(0);
    expect(pairsAMinute(NO_CONTROL, now)).toBe(0);
    expect(paced(control, 0, now)).toBe(control);
  });

  test('CONTROL-4: one drain is the work of a minute at the shortest', () => {
    expect(pairsAMinute(paced(NO_CONTROL, 100, NOW), NOW + 1)).toBe(100);
  });
});

describe('naming entries', () => {
  const clips = [aClip(1), aClip(12), { ...aClip(3), info: { ...aClip(3).info, title: 'What * a day' } }];

  test.each([
    ['an id', ['12'], [12]],
    ['a title in any case', ['clip 1'], [1]],
    ['a media URI', ['https://c/3'], [3]],
    ['a pattern', ['Clip*'], [1, 12]],
    ['a pattern within', ['*i*2'], [12]],
    ['a title with a star', ['what * a day'], [3]],
    ['everything', ['*'], [1, 3, 12]],
    ['several', ['12', 'Clip 1', '1'], [1, 12]],
  ])('SELECT-1: by %s', (_what, selectors, ordinals) => {
    expect(selected('clip', clips, selectors).map(({ ordinal }) => ordinal)).toEqual(ordinals);
  });

  test('SELECT-2: what does not exist is refused with what is like it, and what is not one with all it could be', () => {
    expect(() => selected('clip', clips, ['1', 'lip 1'])).toThrow(/no clip “lip 1”.*\n {2}Clip 1 \[1\]/s);
    expect(() => selected('clip', clips, ['ab*ba'])).toThrow(/no clip/);
    expect(() => selectedOne('clip', clips, 'Clip *')).toThrow(/is 2 clips.*Clip 12 \[12\]/s);
  });
});
