import { Bitset } from '../../domain/bitset.ts';
import type { ClipEntry } from '../../domain/collection.ts';
import type { Lease, Ledger } from '../../domain/ledger.ts';
import type { ReportCounts } from '../../domain/report-counts.ts';
import { type Report, reported } from '../../domain/reports.ts';
import {
  aClip,
  aLease,
  aLedger,
  aReport,
  clipsOf,
  HOUR,
  MINUTE,
  NOW,
  RANK,
  settings,
  someStrikes,
} from '../support/research.ts';

const leasedLedger = aLedger({ leases: [aLease()] });
const CLIPS = [aClip(1), aClip(2), aClip(3)];

const report = (ledger: Ledger, reports: readonly Report[], clips: readonly ClipEntry[] = CLIPS) =>
  reported(ledger, reports, clipsOf(...clips), settings);
const result = (clip: number, difference: Partial<Report> = {}) => aReport({ kind: 'result', clip, ...difference });
const clipFailure = (clip: number, difference: Partial<Report> = {}) =>
  aReport({ kind: 'clipFailure', clip, reason: 'HTTP 404', ...difference });
const episodeFailure = (difference: Partial<Report> = {}) =>
  aReport({ kind: 'episodeFailure', reason: 'HTTP 404', lastWord: true, ...difference });

const byWhom = ({ foundBy }: Ledger) =>
  Object.fromEntries([...(foundBy ?? [])].map(([name, clips]) => [name, [...clips]]));

const counted = (counts: Partial<ReportCounts>) => ({
  researched: 0,
  negatives: 0,
  duplicates: 0,
  outdated: 0,
  late: 0,
  failuresCounted: 0,
  pairsStruck: 0,
  clipsStruck: 0,
  episodesStruck: 0,
  parked: 0,
  ...counts,
});
const strike = {
  count: 1,
  restUntil: NOW + 15 * MINUTE,
  reason: 'HTTP 404',
  strikers: [{ by: 'anna', at: NOW }],
  revision: 1,
};
const signedNow = { signed: NOW, lastSign: NOW, researcher: 'anna' };

describe('REPORT-1: what each kind of message does', () => {
  test('a result with offsets: its pair is researched, and leaves its lease', () => {
    const step = report(leasedLedger, [result(2, { found: true })]);
    expect(step.ledger).toEqual({
      ...leasedLedger,
      researched: Bitset.of([2]),
      found: Bitset.of([2]),
      foundBy: new Map([['', Bitset.of([2])]]),
      foundAt: NOW,
      leases: [aLease({ ...signedNow, lastResult: NOW, left: [1, 3] })],
    });
    expect(step.counts).toEqual(counted({ researched: 1 }));
  });

  test('a finding is kept in the ledger, also after a negative, and twice is once', () => {
    const negative = report(leasedLedger, [result(2)]).ledger;
    expect([...(negative.found ?? [])]).toEqual([]);
    const found = report(negative, [result(2, { found: true })]).ledger;
    expect([...(found.found ?? [])]).toEqual([2]);
    expect(report(found, [result(2, { found: true })]).ledger.found).toBe(found.found);
  });

  test('a finding says when the last one came; a negative, and one that is known, do not', () => {
    const at = (sentAt: number, difference: Partial<Report> = {}) => result(2, { found: true, sentAt, ...difference });
    expect(report(leasedLedger, [result(2)]).ledger.foundAt).toBeUndefined();
    const first = report(leasedLedger, [at(NOW)]).ledger;
    expect(first.foundAt).toBe(NOW);
    expect(report(first, [at(NOW + 1, { leaseId: '' })]).ledger).toBe(first);
    expect(report(first, [at(NOW + 1, { newFinding: true })]).ledger.foundAt).toBe(NOW + 1);
    expect(report(first, [result(3, { found: true, sentAt: NOW - 1 })]).ledger.foundAt).toBe(NOW);
  });

  test('a ledger that had results before findings were kept in it goes on without', () => {
    const old = { ...leasedLedger, researched: Bitset.of([1]), found: undefined };
    const after = report(old, [result(2, { found: true })]).ledger;
    expect([after.found, after.foundBy]).toEqual([undefined, undefined]);
  });

  test('by whom it is found is kept beside, again by another one too; it is not, where it was not of earlier findings', () => {
    const by = (analyzer: string, clip = 2) => result(clip, { found: true, analyzer });
    const first = report(leasedLedger, [by('waves@1'), by('waves@1', 3)]).ledger;
    expect(byWhom(first)).toEqual({ 'waves@1': [2, 3] });
    expect(report(first, [by('waves@1')]).ledger.foundBy).toBe(first.foundBy);
    const both = report(first, [by('waves@2'), result(3, { analyzer: 'waves@2' })]).ledger;
    expect(byWhom(both)).toEqual({ 'waves@1': [2, 3], 'waves@2': [2] });
    const unknown = { ...first, foundBy: undefined };
    expect(report(unknown, [by('waves@2', 1)]).ledger.foundBy).toBeUndefined();
  });

  test('who found an older recording of a clip is not told any more when the new one is researched', () => {
    const first = report(leasedLedger, [result(2, { found: true, analyzer: 'waves@1' })]).ledger;
    const replaced = aClip(2, { recording: { number: 2, at: NOW } });
    const revisions = { clip: replaced.info.revision ?? '' };
    const again = (difference: Partial<Report>) =>
      byWhom(report(first, [result(2, { revisions, ...difference })], [replaced]).ledger);
    expect(again({ found: true, analyzer: 'waves@2' })).toEqual({ 'waves@2': [2] });
    expect(again({ analyzer: 'waves@2' })).toEqual({});
  });

  test('a result without offsets: the same, a negative', () => {
    const step = report(leasedLedger, [result(2)]);
    expect([...step.ledger.researched]).toEqual([2]);
    expect(step.counts).toEqual(counted({ researched: 1, negatives: 1 }));
  });

  test('a sign of life: its lease is signed, nothing else', () => {
    const step = report(leasedLedger, [aReport()]);
    expect(step).toEqual({
      ledger: { ...leasedLedger, leases: [aLease(signedNow)] },
      clips: [],
      parkedReasons: [],
      counts: counted({}),
    });
  });

  test('a clip failure: the clip is struck, its pair rests and leaves the lease, and is not researched', () => {
    const step = report(leasedLedger, [clipFailure(2)]);
    expect(step.clips).toEqual([{ ...aClip(2), strikes: strike }]);
    expect(step.ledger.leases).toEqual([aLease({ ...signedNow, lastResult: NOW, left: [1, 3] })]);
    expect(step.ledger.pairStrikes).toEqual(
      new Map([[2, { count: 0, restUntil: NOW + 15 * MINUTE, reason: '', strikers: [], revision: 1 }]]),
    );
    expect([...step.ledger.researched]).toEqual([]);
    expect(step.counts).toEqual(counted({ failuresCounted: 1, clipsStruck: 1 }));
  });

  test('an episode failure: the episode is struck, and it is the last word of the lease', () => {
    const step = report(leasedLedger, [episodeFailure()]);
    expect(step.ledger.episodeStrikes).toEqual(strike);
    expect(step.ledger.leases).toEqual([aLease({ ...signedNow, lastResult: NOW, lastWord: NOW })]);
    expect(step.clips).toEqual([]);
    expect(step.counts).toEqual(counted({ failuresCounted: 1, episodesStruck: 1 }));
  });

  test.each<[string, Report]>([
    ['a sign of life', aReport()],
    ['a result', result(1)],
    ['a clip failure', clipFailure(1)],
  ])('%s with a last word: noted with its time, and the lease stays until the drain has passed it', (_, one) => {
    const step = report(leasedLedger, [{ ...one, lastWord: true }]);
    expect(step.ledger.leases).toMatchObject([{ id: 'lease', lastWord: NOW }]);
  });
});

describe('REPORT-2: signs are dated by the queue, in whatever order they come', () => {
  test('the first and the last one count', () => {
    const at = (ms: number) => aReport({ sentAt: NOW + ms });
    const step = report(leasedLedger, [at(50), at(10), at(90), at(30)]);
    expect(step.ledger.leases).toMatchObject([{ signed: NOW + 10, lastSign: NOW + 90 }]);
  });

  test('a late delivery of an earlier sign moves nothing back', () => {
    const ledger = aLedger({
      leases: [aLease({ signed: NOW, lastSign: NOW + 9, lastResult: NOW + 9, lastWord: NOW + 9 })],
    });
    const step = report(ledger, [result(1, { sentAt: NOW + 5, lastWord: true })]);
    expect(step.ledger.leases).toMatchObject([{ lastSign: NOW + 9, lastResult: NOW + 9, lastWord: NOW + 9 }]);
  });

  test('who does not say his name does not take it from the lease', () => {
    const step = report(leasedLedger, [aReport(), aReport({ researcher: '', sentAt: NOW + 1 })]);
    expect(step.ledger.leases).toMatchObject([{ researcher: 'anna', lastSign: NOW + 1 }]);
  });
});

describe('REPORT-3: a repetition changes nothing', () => {
  test('of a result: it is counted, and leaves researched and left as they were', () => {
    const once = report(leasedLedger, [result(2)]).ledger;
    const twice = report(once, [result(2)]);
    expect(twice.ledger).toEqual(once);
    expect(twice.counts).toEqual(counted({ duplicates: 1 }));
  });

  test('of another finding: no duplicate, and the pair is not researched twice', () => {
    const once = report(leasedLedger, [result(2)]).ledger;
    const other = report(once, [result(2, { found: true, newFinding: true })]);
    expect(other.ledger).toMatchObject({ ...once, found: Bitset.of([2]), foundAt: NOW });
    expect(other.counts).toEqual(counted({}));
  });

  test('of a clip failure: the pair has left the lease', () => {
    const once = report(leasedLedger, [clipFailure(2)]);
    const twice = report(once.ledger, [clipFailure(2)], [...once.clips]);
    expect(twice.ledger).toEqual(once.ledger);
    expect([twice.clips, twice.counts]).toEqual([[], counted({})]);
  });

  test('of an episode failure: the lease has had its last word', () => {
    const once = report(leasedLedger, [episodeFailure()]).ledger;
    const twice = report(once, [episodeFailure()]);
    expect(twice.ledger).toEqual(once);
    expect(twice.counts).toEqual(counted({}));
  });

  test('everything three times and in reverse is everything once', () => {
    const all = [
      aReport(),
      result(1, { sentAt: NOW + 1 }),
      clipFailure(2, { sentAt: NOW + 2 }),
      episodeFailure({ sentAt: NOW + 3 }),
    ];
    const once = report(leasedLedger, all);
    const thrice = report(leasedLedger, [...all, ...all, ...all].reverse());
    expect(thrice.ledger).toEqual(once.ledger);
    expect(thrice.clips).toEqual(once.clips);
    expect(thrice.counts).toEqual({ ...once.counts, duplicates: 2 });
  });
});

describe('REPORT-4: late and lease-less results are recorded', () => {
  test.each([
    ['of a lease that has ended', 'gone'],
    ['without a lease', ''],
  ])('%s', (_, leaseId) => {
    const step = report(leasedLedger, [result(2, { leaseId })]);
    expect(step.counts).toEqual(counted({ researched: 1, negatives: 1, late: 1 }));
    expect([...step.ledger.researched]).toEqual([2]);
    // Whoever holds the pair need not do it again, and has given no sign of life by it.
    expect(step.ledger.leases).toEqual([aLease({ left: [1, 3] })]);
  });

  test('of a pair that another live lease holds', () => {
    const ledger = aLedger({ leases: [aLease({ id: 'first', clips: [1] }), aLease({ id: 'second', clips: [2] })] });
    const step = report(ledger, [result(2, { leaseId: 'first' })]);
    expect(step.ledger.leases).toMatchObject([{ left: [1], signed: NOW }, { left: [] }]);
    expect(step.ledger.leases[1]?.signed).toBeUndefined();
    expect(step.counts.late).toBe(0);
  });

  test('of a parked episode, which stays parked', () => {
    const parked = aLedger({ state: 'PARKED', episodeStrikes: someStrikes({ count: 4 }) });
    const step = report(parked, [result(2, { leaseId: '' })]);
    expect(step.ledger).toMatchObject({ state: 'PARKED', episodeStrikes: { count: 4 } });
    expect([...step.ledger.researched]).toEqual([2]);
  });

  test('of a parked pair, which is then researched', () => {
    const step = report(aLedger({ parked: new Map([[2, 1]]) }), [result(2, { leaseId: '' })]);
    expect(step.ledger.parked).toEqual(new Map());
    expect([...step.ledger.researched]).toEqual([2]);
  });
});

describe('REPORT-5: a sign of life for a lease that has ended changes no lease', () => {
  test.each<[string, Report]>([
    ['a sign', aReport({ leaseId: 'gone' })],
    ['a last word', aReport({ leaseId: 'gone', lastWord: true })],
    ['a sign without a lease', aReport({ leaseId: '' })],
  ])('%s', (_, one) => {
    const step = report(leasedLedger, [one]);
    expect(step.ledger).toBe(leasedLedger);
    expect(step.counts).toEqual(counted({}));
  });
});

describe('REPORT-6: a failure counts only while its lease holds that clip', () => {
  test.each<[string, Ledger, Report]>([
    ['its lease has ended', leasedLedger, clipFailure(1, { leaseId: 'gone' })],
    ['it names no lease', leasedLedger, clipFailure(1, { leaseId: '' })],
    ['its lease never had the clip', aLedger({ leases: [aLease({ clips: [2, 3] })] }), clipFailure(1)],
    ['the clip was reported before', aLedger({ leases: [aLease({ left: [2, 3] })] }), clipFailure(1)],
    ['the lease of the episode failure has ended', leasedLedger, episodeFailure({ leaseId: 'gone' })],
    ['the episode failure names no lease', leasedLedger, episodeFailure({ leaseId: '' })],
    ['the lease had its last word', aLedger({ leases: [aLease({ lastWord: NOW })] }), episodeFailure()],
  ])('not when %s', (_, ledger, one) => {
    const step = report(ledger, [one]);
    expect(step.counts).toEqual(counted({}));
    expect([step.clips, step.ledger.pairStrikes.size, step.ledger.episodeStrikes]).toEqual([[], 0, undefined]);
  });

  test('a failure after the result of the same clip in one batch counts nothing', () => {
    const step = report(leasedLedger, [clipFailure(1, { sentAt: NOW + 1 }), result(1)]);
    expect(step.counts).toEqual(counted({ researched: 1, negatives: 1 }));
    expect(step.clips).toEqual([]);
  });

  test('a failure counts as a result for lastResult and clears nothing', () => {
    const ledger = { ...leasedLedger, episodeStrikes: someStrikes() };
    const step = report(ledger, [clipFailure(1)]);
    expect(step.ledger.leases).toMatchObject([{ lastResult: NOW }]);
    expect(step.ledger.episodeStrikes).toEqual(someStrikes());
  });

  test('one that is not counted as a strike still takes the clip out of the lease and rests the pair', () => {
    const struckByAnna = aClip(1, { strikes: someStrikes({ restUntil: 0 }) });
    const step = report(leasedLedger, [clipFailure(1)], [struckByAnna]);
    expect(step.counts).toEqual(counted({ failuresCounted: 1 }));
    expect(step.clips).toEqual([]);
    expect(step.ledger.leases).toMatchObject([{ left: [2, 3] }]);
    expect(step.ledger.pairStrikes.get(1)?.restUntil).toBe(NOW + 15 * MINUTE);
  });

  test('it frees its pair, so the ledger opens; a parked one does not', () => {
    expect(report({ ...leasedLedger, state: 'WAITING', position: 'x' }, [clipFailure(1)]).ledger).toMatchObject({
      state: 'OPEN',
      position: RANK,
    });
    expect(report({ ...leasedLedger, state: 'PARKED' }, [clipFailure(1)]).ledger.state).toBe('PARKED');
  });
});

describe('REPORT-7: a failure of another file than the present one does not count, whenever that came', () => {
  test.each([
    ['of the file before, leased before this one came', undefined, MINUTE, 0],
    ['of the file before, leased by a run that had not read of this one', undefined, -MINUTE, 0],
    ['of this file', 2, 0, 1],
    ['of this file, leased by a function whose clock is behind', 2, MINUTE, 1],
  ])('%s', (_, leasedRevision, late, count) => {
    const named = leasedRevision === undefined ? {} : { clipRevisions: new Map([[1, leasedRevision]]) };
    const ledger = aLedger({ leases: [aLease(named)] });
    const clips = [aClip(1, { revision: 2, revisedAt: NOW + late })];
    const failed = report(ledger, [clipFailure(1)], clips);
    expect([failed.counts.failuresCounted, failed.counts.clipsStruck]).toEqual([1, count]);
    const refused = report(ledger, [aReport({ kind: 'refused', clip: 1, reason: 'no' })], clips);
    expect(refused.ledger.pairStrikes.get(1)).toMatchObject({ count, revision: 2 });
  });

  test.each([
    ['the lease is a millisecond older than the episode’s medium', 1, 0],
    ['the lease is as old', 0, 1],
    ['the lease is younger', -1, 1],
  ])('%s', (_, late, count) => {
    const ofEpisode = report({ ...leasedLedger, revision: 2, revisedAt: NOW + late }, [episodeFailure()]);
    expect(ofEpisode.counts.episodesStruck).toBe(count);
  });
});

describe('REPORT-8: parking', () => {
  const threeStrikes = someStrikes({ count: 3, restUntil: NOW, strikers: [] });

  test('the fourth strike of a clip parks it', () => {
    const step = report(leasedLedger, [clipFailure(1)], [aClip(1, { strikes: threeStrikes })]);
    expect(step.clips).toMatchObject([{ strikes: { count: 4, reason: 'HTTP 404' } }]);
    expect(step.counts).toEqual(counted({ failuresCounted: 1, clipsStruck: 1, parked: 1 }));
  });

  test('the fourth strike of the episode parks it, with its reason', () => {
    const step = report({ ...leasedLedger, episodeStrikes: threeStrikes }, [episodeFailure()]);
    expect(step.ledger).toMatchObject({ state: 'PARKED', position: RANK });
    expect(step.parkedReasons).toEqual([{ clip: 0, reason: 'HTTP 404' }]);
    expect(step.counts).toEqual(counted({ failuresCounted: 1, episodesStruck: 1, parked: 1 }));
  });
});

describe('REPORT-9: a result clears the strikes and the rest of its clip and episode, not the memory', () => {
  const strikes = someStrikes({ count: 3 });
  const clearedStrikes = { ...strikes, count: 0, restUntil: 0, reason: '' };

  test('of the clip, the episode, and the pair', () => {
    const ledger = {
      ...leasedLedger,
      episodeStrikes: strikes,
      pairStrikes: new Map([
        [1, strikes],
        [2, strikes],
      ]),
    };
    const step = report(ledger, [result(1)], [aClip(1, { strikes })]);
    expect(step.clips).toEqual([aClip(1, { strikes: clearedStrikes })]);
    expect(step.ledger.episodeStrikes).toEqual(clearedStrikes);
    expect(step.ledger.pairStrikes).toEqual(new Map([[2, strikes]]));
  });

  test('a repetition clears nothing', () => {
    const ledger = { ...leasedLedger, researched: Bitset.of([1]), episodeStrikes: strikes };
    const step = report(ledger, [result(1)], [aClip(1, { strikes })]);
    expect(step.clips).toEqual([]);
    expect(step.ledger.episodeStrikes).toBe(strikes);
  });

  test('a parked clip stays parked', () => {
    const parked = aClip(1, { strikes: someStrikes({ count: 4 }) });
    expect(report(leasedLedger, [result(1)], [parked]).clips).toEqual([]);
  });

  test('strikes and clearing of one clip in one batch go in the order of sending, as one entry', () => {
    const second = aLease({ id: 'second', clips: [1], researcher: 'bert' });
    const ledger = aLedger({ leases: [aLease(), second] });
    const failures = [clipFailure(1), result(1, { leaseId: 'second', researcher: 'bert', sentAt: NOW + 1 })];
    const step = report(ledger, failures);
    expect(step.clips).toEqual([{ ...aClip(1), strikes: { ...strike, count: 0, restUntil: 0, reason: '' } }]);
  });
});

test('REPORT-10: reports of clips that are not known are ignored but for their sign of life', () => {
  const step = report(leasedLedger, [result(77), clipFailure(78)]);
  expect(step.ledger.leases).toMatchObject([{ left: [1, 2, 3], signed: NOW }]);
  expect(step.counts).toEqual(counted({}));
});

test('REPORT-11: an unnamed researcher that fails everything for a day strikes each clip once', () => {
  let clip = aClip(1);
  for (let hour = 0; hour < 24; hour++) {
    const sentAt = NOW + hour * HOUR;
    const ledger = aLedger({ leases: [aLease({ created: sentAt, clips: [1] })] });
    const step = report(ledger, [clipFailure(1, { researcher: '', sentAt })], [clip]);
    clip = step.clips[0] ?? clip;
  }
  expect(clip.strikes?.count).toBe(1);
});

describe('REPORT-10: a result of an older recording', () => {
  const recording = { number: 2, at: NOW, revision: 'new' };
  const old = (difference: Partial<Report> = {}) => result(2, { revisions: { episode: 'old' }, ...difference });

  test('is not recorded, and its pair is free again', () => {
    const step = report({ ...leasedLedger, recording, state: 'WAITING', position: 'x' }, [old()]);
    expect(step.ledger.researched).toBe(Bitset.empty);
    expect(step.ledger).toMatchObject({ state: 'OPEN', position: RANK, leases: [{ left: [1, 3] }] });
    expect(step.counts).toEqual(counted({ outdated: 1 }));
  });

  test.each(['', 'ended'])('leaves the pair to the lease that has it by now (its own: "%s")', (leaseId) => {
    const ledger = { ...leasedLedger, recording, state: 'WAITING', position: 'x' } as const;
    const step = report(ledger, [old({ leaseId })]);
    expect(step.ledger).toBe(ledger);
    expect(step.counts).toEqual(counted({ outdated: 1 }));
  });
});

test('RECORDING-9: who knows a clip as it was takes it out of leases for what it was, and of none for what came since', () => {
  const [forSecond, forThird] = [2, 3].map((number) =>
    aLease({ id: `for recording ${number}`, clips: [1], clipRecordings: new Map([[1, number]]) }),
  ) as [Lease, Lease];
  const asRead = aClip(1, { recording: { number: 2, at: NOW - HOUR } });
  const late = result(1, { leaseId: 'ended', revisions: { clip: asRead.info.revision ?? '' } });
  const ledger = aLedger({ leases: [forSecond, forThird] });
  const step = report(ledger, [late], [asRead]);
  expect(step.ledger.leases).toEqual([{ ...forSecond, left: [] }, forThird]);
  expect(step.ledger.clipRecordings).toEqual(new Map([[1, 2]]));
});

describe('REPORT-13: what the present file of a clip has struck is cleared by a result of that file alone', () => {
  const clip = aClip(1, { revision: 2, strikes: someStrikes({ revision: 2 }) });
  const ofBefore = (sentAt: number) => result(1, { leaseId: 'ended', sentAt });
  const ofNow = (sentAt: number) => result(1, { sentAt });
  const ledger = aLedger({ leases: [aLease({ clipRevisions: new Map([[1, 2]]) })] });

  test.each([
    ['the late one of the file of before comes first', [ofBefore(NOW), ofNow(NOW + 1)], 0],
    ['it comes last', [ofNow(NOW), ofBefore(NOW + 1)], 0],
    ['nothing comes with it', [ofBefore(NOW)], undefined],
    ['nothing but its repetition comes with it', [ofBefore(NOW), ofBefore(NOW + 1)], undefined],
  ])('%s', (_, reports, count) => {
    const step = report(ledger, reports, [clip]);
    expect(step.clips[0]?.strikes?.count).toBe(count);
    expect([...step.ledger.researched]).toEqual([1]);
  });
});
