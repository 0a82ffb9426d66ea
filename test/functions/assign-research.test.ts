import { UnreadableItem } from '../../functions/ports.ts';
import { HOUR, MINUTE, SECOND, TriedArchive } from './tried-archive.ts';

/** An archive with one signed lease of three clips, drained. */
async function signedLease() {
  const tried = await new TriedArchive().filled(1, 3);
  await tried.assign();
  const item = tried.take();
  tried.say(item);
  await tried.record();
  return { tried, item, signedAt: tried.now };
}

test('ASSIGN-1: without clips nothing is leased, and no episode is complete', async () => {
  const tried = await new TriedArchive().filled(2, 0);
  expect(await tried.assign()).toMatchObject({ end: 'no clips', published: 0 });
  expect(tried.ledger(1).state).toBe('OPEN');
});

test('ASSIGN-2: with nobody there, one work item waits; a second run adds none', async () => {
  const tried = await new TriedArchive().filled(5, 3);
  expect(await tried.assign()).toMatchObject({ end: 'capacity used', published: 1, clipsLeased: 3 });
  expect(await tried.assign()).toMatchObject({ published: 0, wanted: 0, sentAgain: 1 });
  expect(tried.archive.pendingMessages.messages).toHaveLength(1);
});

test('ASSIGN-3: each researcher at work is matched by a waiting item, and one more waits', async () => {
  const tried = await new TriedArchive().filled(9, 3);
  await tried.assign();
  tried.say(tried.take());
  await tried.record();
  expect(await tried.assign()).toMatchObject({ researchers: 1, waiting: 0, published: 2 });
});

test.each([
  ['before', 5 * MINUTE - 1, 0],
  ['at', 5 * MINUTE, 1],
])(
  'ASSIGN-4: an item that was taken and lost without a word stops counting after 5 minutes (%s)',
  async (_when, ms, published) => {
    const tried = await new TriedArchive().filled(5, 3);
    await tried.assign();
    tried.take();
    tried.pass(ms);
    expect(await tried.assign()).toMatchObject({ published });
  },
);

test.each([
  ['before', 3 * MINUTE - 1, 1],
  ['at', 3 * MINUTE, 0],
])('ASSIGN-5: an unsigned lease is sent again for 3 minutes (%s)', async (_when, ms, sentAgain) => {
  const tried = await new TriedArchive().filled(1, 3);
  await tried.assign();
  tried.pass(ms);
  expect(await tried.assign()).toMatchObject({ sentAgain });
  expect(tried.archive.pendingMessages.messages).toHaveLength(1);
});

test('ASSIGN-6: the lease is stored before its work item is sent, and stands when sending fails', async () => {
  const tried = await new TriedArchive().filled(1, 3);
  const failing = { ...tried.archive.pendingQueue, send: async () => Promise.reject(new Error('The queue is away')) };
  Object.assign(tried.archive, { pendingQueue: failing });
  const summary = await tried.assign();
  expect(summary).toMatchObject({ published: 1, failures: [expect.stringContaining('The queue is away')] });
  expect(tried.ledger().leases).toHaveLength(1);
});

test('ASSIGN-7: episodes come by rank, clips by priority', async () => {
  const tried = new TriedArchive({ clipsPerItem: 2 });
  await tried.clips(tried.clipInfo(), tried.clipInfo({ priority: 5 }), tried.clipInfo({ priority: 3 }));
  await tried.episodes(tried.episodeInfo(), tried.episodeInfo({ priority: 1 }));
  await tried.assign();
  const item = tried.take();
  expect(item.episode.id).toBe('2');
  expect(item.clips.map(({ id }) => id)).toEqual(['2', '3']);
});

test('ASSIGN-8: the item carries its deadline, heartbeat and the ordinals', async () => {
  const tried = await new TriedArchive().filled(1, 1);
  await tried.assign();
  expect(tried.take()).toMatchObject({
    deadline: '2026-01-01T02:00:00Z',
    heartbeatSeconds: 300,
    episode: { id: '1' },
    clips: [{ id: '1' }],
  });
});

test.each([
  ['before', 2 * HOUR - 1, 0],
  ['at', 2 * HOUR, 1],
])(
  'ASSIGN-9: a lease that nobody signed ends after leaseDuration, and nobody is charged (%s)',
  async (_when, ms, unclaimed) => {
    const tried = await new TriedArchive().filled(1, 3);
    await tried.assign();
    tried.take();
    tried.pass(ms + 5 * SECOND);
    await tried.record();
    expect((await tried.assign()).ended).toMatchObject({ unclaimed, lapsed: 0 });
    expect(tried.ledger().pairStrikes.size).toBe(0);
  },
);

test.each([
  ['before', 15 * MINUTE - 1, 0],
  ['at', 15 * MINUTE, 1],
])('ASSIGN-10: a signed lease lapses after silenceLimit without a sign of life (%s)', async (_when, ms, lapsed) => {
  const { tried } = await signedLease();
  tried.pass(ms + 5 * SECOND);
  await tried.record();
  expect((await tried.assign()).ended).toMatchObject({ lapsed });
});

test('ASSIGN-11: silence is judged by what is drained, not by the clock', async () => {
  const { tried } = await signedLease();
  tried.pass(5 * HOUR);
  expect((await tried.assign()).ended).toMatchObject({ lapsed: 0 });
  await tried.record();
  tried.pass(5 * SECOND);
  expect((await tried.assign()).ended).toMatchObject({ lapsed: 1 });
});

test('ASSIGN-12: a lapse strikes the first pair not reported, its clip, and without any result the episode', async () => {
  const { tried } = await signedLease();
  tried.pass(16 * MINUTE);
  await tried.record();
  await tried.assign();
  expect([...tried.ledger().pairStrikes.keys()]).toEqual([1]);
  expect(tried.archive.state.clip.get(1)?.strikes).toMatchObject({ count: 1 });
  expect(tried.archive.state.clip.get(2)?.strikes).toBeUndefined();
  expect(tried.ledger().episodeStrikes).toMatchObject({ count: 1 });
});

test('ASSIGN-13: after a result the lapse strikes the next pair, and not the episode', async () => {
  const { tried, item } = await signedLease();
  tried.say(item, { clipInfo: item.clips[0]! });
  await tried.record();
  tried.pass(16 * MINUTE);
  await tried.record();
  await tried.assign();
  expect([...tried.ledger().pairStrikes.keys()]).toEqual([2]);
  expect(tried.ledger().episodeStrikes).toBeUndefined();
});

test('ASSIGN-14: who ticks without any result lapses after leaseDuration', async () => {
  const { tried, item } = await signedLease();
  for (let tick = 0; tick < 24; tick++) {
    expect((await tried.assign()).ended.lapsed).toBe(0);
    tried.pass(5 * MINUTE);
    tried.say(item);
    await tried.record();
  }
  await tried.drainedUntilNow();
  expect((await tried.assign()).ended.lapsed).toBe(1);
});

test('ASSIGN-15: a last word ends the lease once everything of its time is drained; what it does not report rests', async () => {
  const { tried, item } = await signedLease();
  tried.pass(MINUTE);
  tried.say(item, { clipInfo: item.clips[1]!, revokeLease: true });
  await tried.record();
  expect((await tried.assign()).ended.revoked).toBe(0);
  await tried.drainedUntilNow();
  expect(await tried.assign()).toMatchObject({ ended: { revoked: 1 }, published: 0 });
  expect(tried.ledger().pairStrikes.size).toBe(0);
  expect([...(tried.ledger().handedBack?.clips ?? [])]).toEqual([1, 3]);
  tried.pass(tried.settings.retryRest * 1000);
  expect(await tried.assign()).toMatchObject({ published: 1 });
  expect(tried.ledger().leases[0]?.clips).toEqual([1, 3]);
});

test('ASSIGN-16: an episode is complete when its pairs are, at the assignable version of the catalogue', async () => {
  const { tried, item } = await signedLease();
  for (const clipInfo of item.clips) tried.say(item, { clipInfo });
  await tried.drainedUntilNow();
  await tried.assign();
  expect(tried.ledger()).toMatchObject({ state: 'COMPLETE', position: expect.stringMatching(/^0+3#/) });
});

test.each([
  ['before', HOUR - 1, 0],
  ['at', HOUR, 1],
])('ASSIGN-17: complete episodes re-open for a new clip once a reopenInterval (%s)', async (_when, ms, published) => {
  const { tried, item } = await signedLease();
  for (const clipInfo of item.clips) tried.say(item, { clipInfo });
  await tried.drainedUntilNow();
  await tried.assign();
  const { at } = tried.archive.state.control.reopening;
  await tried.clips(tried.clipInfo());
  tried.now = at + ms;
  expect(await tried.assign()).toMatchObject({ published });
});

test('ASSIGN-18: a struck pair rests, then comes after all others of its episode, in a work item of its own', async () => {
  const { tried } = await signedLease();
  tried.pass(16 * MINUTE);
  await tried.record();
  expect(await tried.assign()).toMatchObject({ published: 0, end: 'nothing left to assign' });
  expect(tried.ledger().state).toBe('WAITING');
  tried.pass(15 * MINUTE);
  expect(await tried.assign()).toMatchObject({ published: 1, lookedAgain: 1 });
  expect(tried.ledger()).toMatchObject({ state: 'STRUCK', leases: [{ clips: [2, 3] }] });
  tried.say(tried.take());
  await tried.record();
  expect(await tried.assign()).toMatchObject({ published: 1 });
  expect(tried.ledger().leases[1]).toMatchObject({ clips: [1], struck: true });
  expect(tried.take()).toMatchObject({ clips: [{ id: '1' }], reportEach: true });
});

test('ASSIGN-19: an episode whose ledger cannot be read rests and blocks no other', async () => {
  const tried = await new TriedArchive().filled(2, 3);
  tried.archive.state.unreadable.add(1);
  const summary = await tried.assign();
  expect(summary).toMatchObject({ published: 1, failures: [expect.stringContaining('damaged')] });
  expect(tried.ledger(1).state).toBe('WAITING');
  expect(tried.ledger(2).leases).toHaveLength(1);
  await expect(tried.archive.ledgers.read(1)).rejects.toThrow(UnreadableItem);
});

test('ASSIGN-20: a run with no time left takes up nothing and says so', async () => {
  const tried = await new TriedArchive().filled(2, 3);
  tried.timeLeft = 4 * SECOND;
  expect(await tried.assign()).toMatchObject({ end: 'time nearly up', published: 0 });
});

test('ASSIGN-21: a paused archive leases nothing, and leases go on ending', async () => {
  const { tried } = await signedLease();
  await tried.archive.ledgers.changeControl((control) => ({ ...control, paused: true }));
  tried.pass(16 * MINUTE);
  await tried.record();
  expect(await tried.assign()).toMatchObject({ end: 'paused', published: 0, ended: { lapsed: 1 } });
});

test('ASSIGN-22: every fifth work item goes to struck episodes while open ones wait', async () => {
  const tried = new TriedArchive({ minimumWaiting: 10 });
  await tried.clips(tried.clipInfo());
  for (let index = 0; index < 12; index++) await tried.episodes(tried.episodeInfo({ priority: index === 11 ? 9 : 0 }));
  await tried.allTried();
  // The episode of the highest rank has a strike.
  const strikes = { count: 1, restUntil: tried.now, reason: 'silent', strikers: [], revision: 1 };
  const state = 'STRUCK' as const;
  await tried.archive.ledgers.write({ ledger: { ...tried.ledger(12), episodeStrikes: strikes, state } });
  expect(await tried.assign()).toMatchObject({ published: 10 });
  const order = tried.archive.pendingMessages.messages.map(({ body }) => JSON.parse(body).episode.id);
  expect(order.indexOf('12')).toBe(4);
});

test('ASSIGN-23: two runs at once never lease a pair twice', async () => {
  const tried = new TriedArchive({ minimumWaiting: 3, clipsPerItem: 1 });
  await tried.filled(2, 4);
  await Promise.all([tried.assign(), tried.assign()]);
  for (const episode of [1, 2]) {
    const held = tried.ledger(episode).leases.flatMap(({ left }) => left);
    expect(new Set(held).size).toBe(held.length);
  }
});

test('ASSIGN-24: an episode has at most 64 leases at a time, and waits then', async () => {
  const tried = await new TriedArchive({ minimumWaiting: 70, clipsPerItem: 1 }).filled(1, 66);
  await tried.allTried();
  expect(await tried.assign()).toMatchObject({ published: 64, end: 'nothing left to assign' });
  expect(tried.ledger()).toMatchObject({ state: 'WAITING' });
});

test('ASSIGN-25: a run passes over a hundred episodes in which nothing can be leased; the next one goes on behind them', async () => {
  const tried = await new TriedArchive().filled(102, 1);
  const episodeStrikes = { count: 1, restUntil: tried.now + HOUR, reason: 'silent', strikers: [], revision: 1 };
  for (let episode = 1; episode <= 101; episode++)
    await tried.archive.ledgers.write({ ledger: { ...tried.ledger(episode), episodeStrikes } });
  expect(await tried.assign()).toMatchObject({ end: 'enough passed over', published: 0 });
  const states = Map.groupBy(tried.archive.state.ledgers.values(), ({ state }) => state);
  expect([states.get('WAITING')?.length, states.get('OPEN')?.length]).toEqual([100, 2]);
  // There may be work behind them, so there still is a backlog.
  expect(tried.archive.state.control.backlogSince).toBe(tried.now);
  expect(await tried.assign()).toMatchObject({ end: 'capacity used', published: 1 });
  expect(tried.ledger(102).leases).toHaveLength(1);
});
