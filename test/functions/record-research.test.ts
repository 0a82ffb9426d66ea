import type { Ledger } from '../../domain/ledger.ts';
import { bodyOf, completedItem } from '../../domain/messages.ts';
import { VersionConflict } from '../../functions/ports.ts';
import { HOUR, MINUTE, NOTHING_SAID, SECOND, START, TriedArchive } from './tried-archive.ts';

/** An archive with one work item of three clips taken. */
async function taken() {
  const tried = await new TriedArchive().filled(1, 3);
  await tried.assign();
  return { tried, item: tried.take() };
}

const facts = { episodeHash: 'e', clipHash: 'c', episodeDuration: 60, clipDuration: 3 };

test('RECORD-1: a negative is recorded in the ledger and makes no finding', async () => {
  const { tried, item } = await taken();
  tried.say(item, { clipInfo: item.clips[0]!, ...facts });
  expect(await tried.record()).toMatchObject({
    received: 1,
    researched: 1,
    negatives: 1,
    findings: 0,
    end: 'queue empty',
  });
  expect([...tried.ledger().researched]).toEqual([1]);
  expect(tried.archive.completedMessages.messages).toEqual([]);
});

test('RECORD-2: a finding is stored with all that was said of it', async () => {
  const { tried, item } = await taken();
  tried.say(item, { clipInfo: item.clips[0]!, clipOffsets: [70, 5], clipScores: [0.5, 1], analyzer: 'a@1', ...facts });
  expect(await tried.record()).toMatchObject({ researched: 1, findings: 1, negatives: 0 });
  expect(tried.archive.state.findings.get('1/1')).toEqual([
    expect.objectContaining({ offsetsNs: [5, 70], scores: [1, 0.5], researcher: 'ann', analyzer: 'a@1' }),
  ]);
});

test('RECORD-3: the first finding stands; two that differ are kept beside it, a third is surplus; repetitions change nothing', async () => {
  const { tried, item } = await taken();
  for (const offset of [1, 2, 1, 3, 4, 2]) {
    tried.say(item, { clipInfo: item.clips[0]!, clipOffsets: [offset] });
    await tried.record();
  }
  expect(tried.archive.state.findings.get('1/1')?.map(({ offsetsNs }) => offsetsNs)).toEqual([[1], [2], [3]]);
});

test('RECORD-4: a finding that comes after a negative is recorded', async () => {
  const { tried, item } = await taken();
  tried.say(item, { clipInfo: item.clips[0]! });
  await tried.record();
  tried.say(item, { clipInfo: item.clips[0]!, clipOffsets: [8] });
  expect(await tried.record()).toMatchObject({ researched: 0, findings: 1, duplicates: 0 });
  expect(tried.archive.state.findings.get('1/1')).toHaveLength(1);
});

test('RECORD-5: a late result is recorded, and changes no other lease', async () => {
  const { tried, item } = await taken();
  tried.pass(2 * HOUR + 6 * SECOND);
  await tried.record();
  await tried.assign();
  const [lease] = tried.ledger().leases;
  tried.say(item, { clipInfo: item.clips[1]! });
  expect(await tried.record()).toMatchObject({ researched: 1, late: 1 });
  expect(tried.ledger().leases).toEqual([{ ...lease, left: [1, 3] }]);
});

test('RECORD-6: a result without a lease, by names alone, is recorded', async () => {
  const { tried, item } = await taken();
  const { id: _clip, ...clipInfo } = item.clips[0]!;
  const { id: _episode, ...episode } = item.episode;
  tried.archive.completedMessages.send(bodyOf(completedItem(episode, { clipInfo })));
  expect(await tried.record()).toMatchObject({ researched: 1, late: 1 });
});

test('RECORD-7: a repetition is acknowledged, counted and changes nothing', async () => {
  const { tried, item } = await taken();
  for (let times = 0; times < 3; times++) tried.say(item, { clipInfo: item.clips[0]! });
  await tried.record();
  const { version } = tried.ledger();
  tried.say(item, { clipInfo: item.clips[0]!, leaseId: '' });
  expect(await tried.record()).toMatchObject({ duplicates: 1, researched: 0 });
  expect(tried.ledger().version).toBe(version);
  expect(tried.archive.completedMessages.messages).toEqual([]);
});

test('RECORD-8: a sign of life is dated by the queue', async () => {
  const { tried, item } = await taken();
  tried.pass(MINUTE);
  tried.say(item, { researchDate: '2031-01-01T00:00:00Z' });
  tried.pass(40 * SECOND);
  expect(await tried.record()).toMatchObject({ signsOfLife: 1 });
  expect(tried.ledger().leases[0]).toMatchObject({
    signed: START + MINUTE,
    lastSign: START + MINUTE,
    researcher: 'ann',
  });
});

test('RECORD-9: the drain never ends a lease, not even at its last word', async () => {
  const { tried, item } = await taken();
  for (const clipInfo of item.clips) tried.say(item, { clipInfo, revokeLease: true });
  tried.pass(5 * HOUR);
  await tried.record();
  expect(tried.ledger().leases).toHaveLength(1);
});

test('RECORD-10: a clip failure takes the clip out of the lease, strikes it once, and lets the pair rest', async () => {
  const { tried, item } = await taken();
  for (let times = 0; times < 3; times++) tried.say(item, { clipInfo: item.clips[0]!, failure: 'no such file' });
  expect(await tried.record()).toMatchObject({ failuresCounted: 1, clipsStruck: 1 });
  expect(tried.archive.state.clip.get(1)?.strikes).toMatchObject({ count: 1, reason: 'no such file' });
  expect(tried.ledger().leases[0]?.left).toEqual([2, 3]);
  expect(tried.ledger().pairStrikes.get(1)).toMatchObject({ count: 0, restUntil: START + 15 * MINUTE });
  expect(tried.archive.state.counters.clip.catalogueVersion).toBe(4);
});

test('RECORD-11: an episode failure is the last word of its lease and strikes the episode once', async () => {
  const { tried, item } = await taken();
  for (let times = 0; times < 2; times++) tried.say(item, { failure: 'no such episode' });
  expect(await tried.record()).toMatchObject({ episodesStruck: 1, failuresCounted: 1 });
  expect(tried.ledger()).toMatchObject({ episodeStrikes: { count: 1 }, leases: [{ lastWord: START }] });
});

test('RECORD-12: a result clears the strikes of its clip, but not who struck', async () => {
  const { tried, item } = await taken();
  tried.say(item, { clipInfo: item.clips[0]!, failure: 'flaky' });
  await tried.record();
  tried.say(item, { clipInfo: item.clips[0]! });
  await tried.record();
  expect(tried.archive.state.clip.get(1)?.strikes).toEqual(
    expect.objectContaining({ count: 0, restUntil: 0, strikers: [{ by: 'ann', at: START }] }),
  );
});

test('RECORD-13: what cannot be understood goes to the dead letters with its reason, at once', async () => {
  const { tried } = await taken();
  tried.archive.completedMessages.send('{');
  expect(await tried.record()).toMatchObject({ deadLettered: 1, failures: [] });
  expect(tried.archive.dead).toEqual([{ body: '{', reason: expect.stringContaining('JSON') }]);
  expect(tried.archive.completedMessages.messages).toEqual([]);
});

test.each([
  ['before', 5 * MINUTE - 1, { kept: 1, deadLettered: 0 }],
  ['at', 5 * MINUTE, { kept: 0, deadLettered: 1 }],
])('RECORD-14: a result of an unknown clip waits for curation for unknownRetry (%s)', async (_when, ms, counts) => {
  const { tried, item } = await taken();
  tried.say(item, { clipInfo: tried.clipInfo() });
  tried.pass(ms);
  expect(await tried.record()).toMatchObject(counts);
});

test('RECORD-15: a kept message gives its sign of life at once, holds nothing up, and is recorded when its clip comes', async () => {
  const { tried, item } = await taken();
  const clipInfo = tried.clipInfo();
  tried.say(item, { clipInfo });
  await tried.drainedUntilNow();
  expect(tried.ledger().leases[0]).toMatchObject({ signed: START });
  expect(tried.archive.state.control.drainedUntil).toBe(START + SECOND);
  await tried.clips(clipInfo);
  tried.pass(MINUTE);
  expect(await tried.record()).toMatchObject({ researched: 1 });
});

test('RECORD-16: a result is found by an old URI of a clip that has moved', async () => {
  const { tried, item } = await taken();
  const { id: _, ...clipInfo } = item.clips[0]!;
  await tried.clips({
    ...tried.clipInfo(),
    ...clipInfo,
    mediaUri: 'https://other.example.org/1.mp3',
    lastDateCurated: '2025-03-01T00:00:00Z',
  });
  tried.say(item, { clipInfo: { ...clipInfo, title: 'unknown title' } });
  expect(await tried.record()).toMatchObject({ researched: 1 });
});

test('RECORD-17: a failure of media that is gone strikes nothing', async () => {
  const { tried, item } = await taken();
  const { id: _, ...clipInfo } = item.clips[0]!;
  tried.pass(SECOND);
  await tried.clips({
    ...tried.clipInfo(),
    ...clipInfo,
    mediaUri: 'https://other.example.org/1.mp3',
    lastDateCurated: '2025-03-01T00:00:00Z',
  });
  tried.say(item, { clipInfo: item.clips[0]!, failure: 'gone' });
  expect(await tried.record()).toMatchObject({ failuresCounted: 1, clipsStruck: 0 });
  expect(tried.archive.state.clip.get(1)?.strikes).toBeUndefined();
});

test('RECORD-18: drainedUntil is the start of the receive that came back empty, less what clocks may differ', async () => {
  const { tried } = await taken();
  tried.pass(HOUR);
  await tried.record();
  expect(tried.archive.state.control.drainedUntil).toBe(START + HOUR - 5 * SECOND);
});

test.each([
  ['a result', 1],
  ['a result of an unknown clip: it is a sign of life', 0],
])(
  'RECORD-19: drainedUntil stands still while a message is not recorded, and as long as that is hidden (%s)',
  async (_what, researched) => {
    const { tried, item } = await taken();
    await tried.record();
    const before = tried.archive.state.control.drainedUntil;
    tried.pass(HOUR);
    tried.say(item, { clipInfo: researched === 1 ? item.clips[0]! : tried.clipInfo() });
    const write = tried.archive.ledgers.write.bind(tried.archive.ledgers);
    tried.archive.ledgers.write = async () => Promise.reject(new Error('Throttled'));
    expect(await tried.record()).toMatchObject({ undeleted: 1, failures: [expect.stringContaining('Throttled')] });
    tried.archive.ledgers.write = write;
    tried.pass(MINUTE - 1);
    await tried.record();
    expect(tried.archive.state.control.drainedUntil).toBe(before);
    tried.pass(MINUTE);
    expect(await tried.record()).toMatchObject({ researched });
    expect(tried.archive.state.control.drainedUntil).toBeGreaterThan(before);
  },
);

test.each([
  ['before', 110 * SECOND + 10 * SECOND - 1, false],
  ['at', 110 * SECOND + 10 * SECOND, true],
])(
  'RECORD-20: a drain that never finished holds drainedUntil until it can hide nothing (%s)',
  async (_when, ms, advances) => {
    const { tried } = await taken();
    const { completedQueue } = tried.archive;
    const control = tried.archive.ledgers.changeControl.bind(tried.archive.ledgers);
    let calls = 0;
    tried.archive.ledgers.changeControl = async (change) => {
      if (++calls === 2) throw new Error('killed');
      return control(change);
    };
    await expect(tried.record()).rejects.toThrow('killed');
    expect(completedQueue).toBeDefined();
    tried.pass(ms);
    await tried.record();
    expect(tried.archive.state.control.drainedUntil > 0).toBe(advances);
  },
);

test('RECORD-21: a conflict is met by reading again', async () => {
  const { tried, item } = await taken();
  tried.say(item, { clipInfo: item.clips[0]! });
  const write = tried.archive.ledgers.write.bind(tried.archive.ledgers);
  let conflicts = 0;
  tried.archive.ledgers.write = async (change) => {
    if (conflicts++ < 2) throw new VersionConflict('somebody was first');
    return write(change);
  };
  expect(await tried.record()).toMatchObject({ researched: 1, failures: [] });
});

test('RECORD-22: a finding that cannot be stored leaves its own message behind, and no other', async () => {
  const { tried, item } = await taken();
  const [one, two] = item.clips;
  tried.say(item, { clipInfo: one!, clipOffsets: [1] });
  tried.say(item, { clipInfo: two!, clipOffsets: [2] });
  const record = tried.archive.collection.recordFinding.bind(tried.archive.collection);
  tried.archive.collection.recordFinding = async (finding) => {
    if (finding.clip === 1) throw new Error('Throttled');
    return record(finding);
  };
  expect(await tried.record()).toMatchObject({ researched: 1, findings: 1, undeleted: 1 });
  expect([...tried.ledger().researched]).toEqual([2]);
  expect(tried.archive.completedMessages.messages).toHaveLength(1);
});

test('RECORD-23: hash and duration are kept as first reported', async () => {
  const { tried, item } = await taken();
  tried.say(item, { clipInfo: item.clips[0]!, ...facts });
  tried.say(item, { clipInfo: item.clips[1]!, ...facts, episodeHash: 'other' });
  await tried.record();
  expect(tried.archive.state.episode.get(1)?.facts).toEqual({ hash: 'e', durationNs: 60 });
  expect(tried.archive.state.clip.get(2)?.facts).toEqual({ hash: 'c', durationNs: 3 });
});

test('RECORD-41: what could not be known is kept of episode and clip, not of the pair; another analyzer that judges the clip takes it back, found or not', async () => {
  const { tried, item } = await taken();
  const unheard = [{ from: 10, to: 30, why: 'damaged' }];
  const notJudged = 'it is not distinctive';
  const [one, two, three] = item.clips;
  tried.pass(SECOND);
  tried.say(item, { clipInfo: one!, analyzer: 'a@1', unheard, notJudged, ...facts });
  tried.say(item, { analyzer: 'a@1', results: [{ ...NOTHING_SAID, clipInfo: { id: two!.id! }, notJudged }] });
  await tried.record();
  expect(tried.archive.state.episode.get(1)?.unknowns).toEqual({ analyzer: 'a@1', unheard });
  for (const clip of [1, 2]) {
    expect(tried.archive.state.clip.get(clip)?.unknowns).toEqual({ analyzer: 'a@1', notJudged });
  }
  tried.say(item, { analyzer: 'a@2', notFound: ['1-2'], ...facts });
  tried.say(item, {
    clipInfo: three!,
    clipOffsets: [7],
    clipHeardFrom: [1],
    clipHeardTo: [3],
    analyzer: 'a@2',
    ...facts,
  });
  await tried.record();
  expect(tried.archive.state.episode.get(1)?.unknowns).toEqual({ analyzer: 'a@2' });
  for (const clip of [1, 2]) expect(tried.archive.state.clip.get(clip)?.unknowns).toEqual({ analyzer: 'a@2' });
  expect(tried.archive.state.clip.get(3)?.unknowns).toBeUndefined();
  expect(tried.archive.state.findings.get('1/3')?.[0]).toMatchObject({ heardFromNs: [1], heardToNs: [3] });
});

test('RECORD-24: everything three times and backwards gives what once gives', async () => {
  const once = await taken();
  const thrice = await taken();
  const says = ({ tried, item }: typeof once) => {
    tried.say(item);
    tried.say(item, { clipInfo: item.clips[0]!, clipOffsets: [4] });
    tried.say(item, { clipInfo: item.clips[1]!, failure: 'gone' });
    tried.say(item, { clipInfo: item.clips[2]!, revokeLease: true });
  };
  says(once);
  for (let times = 0; times < 3; times++) says(thrice);
  thrice.tried.archive.completedMessages.messages.reverse();
  await once.tried.record();
  await thrice.tried.record();
  const { version: _a, ...ledger } = once.tried.ledger();
  const { version: _b, ...other } = thrice.tried.ledger();
  const plain = (one: Omit<Ledger, 'version'>) => ({
    ...one,
    researched: [...one.researched],
    found: one.found && [...one.found],
  });
  expect(plain(other)).toEqual(plain(ledger));
  expect(thrice.tried.archive.state.findings).toEqual(once.tried.archive.state.findings);
  expect(thrice.tried.archive.state.clip.get(2)?.strikes).toEqual(once.tried.archive.state.clip.get(2)?.strikes);
});
