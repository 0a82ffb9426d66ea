import type { Ledger } from '../../domain/ledger.ts';
import type { UnheardStretch } from '../../domain/messages.ts';
import { removeFreshFolders } from '../local/support/fixture-assembly.ts';
import { someStrikes } from '../support/research.ts';
import {
  aClipInfo,
  anEpisodeInfo,
  archived,
  assign,
  drain,
  foundAt,
  nextItem,
  reported,
  run,
  sent,
  startTestArchive,
  type TestArchive,
  taken,
} from './support/local-archive.ts';

jest.setTimeout(180_000);

/*
 * One archive for all: each test uses episodes and clips of its own and leaves none of them in line for the next one.
 */
let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive();
});
afterAll(async () => {
  await archive?.stop();
  removeFreshFolders();
});

/** A command whose outcome is JSON. */
async function json(...args: string[]) {
  const { code, out, err } = await run(archive, ...args, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
}

const done = (...args: string[]) => json(...args, '--yes', '--reason', 'a test', '--by', 'tester');

const verdict = async (...args: string[]) => (await json('explain', ...args)).verdict;

async function changeLedger(episode: number, change: (ledger: Ledger) => Ledger): Promise<void> {
  const { ledgers } = archive.client;
  const ledger = await ledgers.read(episode);
  await ledgers.write({ ledger: change(ledger!) });
}

/** Researches whatever is in line, with negatives where the test says nothing else. */
async function researchedAll(outcomeOf?: Parameters<typeof reported>[2]) {
  const titles: string[] = [];
  for (;;) {
    const item = await nextItem(archive);
    if (item === undefined) return titles;
    titles.push(item.episode.title);
    await reported(archive, item, outcomeOf);
    await drain(archive);
  }
}

test('CHANGE-1: without --yes nothing changes, and it says how to do it', async () => {
  await archived(archive, [aClipInfo(1)], [anEpisodeInfo(1), anEpisodeInfo(2)]);
  const { code, out } = await run(archive, 'pause', '--episode', 'Episode *');
  expect(code).toBe(0);
  expect(out).toMatch(
    /This would pause 2 episodes:\n {2}Episode 1 \[1\]\n {2}Episode 2 \[2\]\nNothing is changed yet. Add --yes/,
  );
  expect(await json('pause', '--all')).toEqual({ what: 'pause the whole archive', count: 1, changed: null });
  expect((await json('status')).episodes.paused).toBe(0);
  expect(await json('audit')).toEqual([]);
});

test('CHANGE-2: a filter is needed, must be one, and must name something', async () => {
  expect(await run(archive, 'pause')).toMatchObject({ code: 2, err: expect.stringContaining('--all, --episode') });
  expect(await run(archive, 'pause', '--all', '--episode', '1')).toMatchObject({ code: 2 });
  expect(await run(archive, 'retire', '--clip', 'nothing')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no clip “nothing”'),
  });
  expect(await run(archive, 'unpark')).toMatchObject({ code: 2, err: expect.stringContaining('--clip') });
  expect(await run(archive, 'requeue', '--all', '--clip', '1')).toMatchObject({ code: 2 });
  expect(await run(archive, 'revoke')).toMatchObject({ code: 2 });
  expect(await run(archive, 'prioritise', '--clip', '1')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--priority'),
  });
  expect(await run(archive, 'prioritise', '--clip', '1', '--priority', '1.5')).toMatchObject({ code: 2 });
});

test.each([
  'status',
  'explain',
  'pause',
  'resume',
  'retire',
  'restore',
  'prioritise',
  'requeue',
  'unpark',
  'revoke',
  'redrive',
  'audit',
])('HELP-1: %s has examples', async (command) => {
  expect(await run(archive, command, '--help')).toMatchObject({
    code: 0,
    out: expect.stringMatching(new RegExp(`Examples:\\n  \\$ npm run -s archivist -- ${command} `)),
  });
});

test('PAUSE-1: a paused archive gives out nothing until it is resumed', async () => {
  expect(await done('pause', '--all')).toMatchObject({ count: 1, changed: 1 });
  expect(await assign(archive)).toMatchObject({ end: 'paused', published: 0 });
  expect(await verdict('--episode', '1', '--clip', '1')).toBe('archive paused');
  expect(await json('status')).toMatchObject({ paused: true });
  expect((await run(archive, 'status')).out).toContain('PAUSED');
  expect(await done('pause', '--all')).toMatchObject({ count: 0, changed: null });
  await done('resume', '--all');
  expect(await assign(archive)).toMatchObject({ end: expect.not.stringContaining('paused') });
});

test('PAUSE-2: of a paused episode nothing new is given out, and what was out is recorded', async () => {
  const [item] = await taken(archive);
  expect(item?.episode.id).toBe('1');
  const { out } = await run(archive, 'pause', '--episode', '1', '--yes');
  expect(out).toMatch(/Done: pause 1 episode\..*\n1 lease of them go on/);
  expect(await verdict('--episode', '1', '--clip', '1')).toBe('episode paused');
  await reported(archive, item!);
  await drain(archive);
  expect(await verdict('--episode', '1', '--clip', '1')).toBe('researched');
  await archived(archive, [aClipInfo(2)], []);
  expect(await researchedAll()).toEqual(['Episode 2']);
  await done('resume', '--episode', '1');
  expect(await researchedAll()).toEqual(['Episode 1']);
});

test('RETIRE-1: a retired clip is in no work item, and comes to complete episodes at the next run when it is restored', async () => {
  await archived(archive, [aClipInfo(3)], []);
  expect(await done('retire', '--clip', 'Clip 3')).toMatchObject({ count: 1, changed: 1 });
  await done('requeue', '--episode', '2', '--clip', '1');
  const item = await nextItem(archive);
  expect(item?.clips.map(({ title }) => title)).toEqual(['Clip 1']);
  await reported(archive, item!);
  await drain(archive);
  expect(await verdict('--episode', '2', '--clip', '3')).toBe('clip retired');
  expect(await json('status')).toMatchObject({ clips: { retired: 1 }, pairs: { givenUp: 2, toDo: 0 } });
  await done('restore', '--clip', 'Clip 3');
  expect((await researchedAll()).sort()).toEqual(['Episode 1', 'Episode 2']);
});

test('RETIRE-2: a retired episode costs nothing, its pairs are given up, and it comes back', async () => {
  await archived(archive, [], [anEpisodeInfo(3)]);
  await done('retire', '--episode', 'Episode 3');
  expect(await done('pause', '--episode', 'Episode 3')).toMatchObject({ count: 0 });
  expect(await nextItem(archive)).toBeUndefined();
  expect(await json('status')).toMatchObject({ episodes: { retired: 1 }, pairs: { givenUp: 3, toDo: 0 } });
  await done('restore', '--episode', 'Episode 3');
  expect(await researchedAll()).toEqual(['Episode 3']);
});

test("PRIORITISE-1: an operator's priority decides, and outlives newer messages of curators", async () => {
  await archived(archive, [], [anEpisodeInfo(4, { priority: 5 }), anEpisodeInfo(5, { priority: 1 })]);
  const { out } = await run(archive, 'prioritise', '--episode', 'Episode 5', '--priority', '9');
  expect(out).toContain('Episode 5 [5]: 1 → 9');
  await done('prioritise', '--episode', 'Episode 5', '--priority', '9');
  await archived(archive, [], [anEpisodeInfo(5, { priority: 2, lastDateCurated: '2025-05-05T00:00:00Z' })]);
  expect((await json('explain', '--episode', '5')).because.join()).toContain('the first in line');
  expect((await json('explain', '--episode', '4', '--clip', '1')).because.join()).toContain('1 episode before it');
  await done('prioritise', '--episode', 'Episode 5', '--clear');
  expect((await json('explain', '--episode', '5')).because.join()).toContain('1 episode before it');
  await done('prioritise', '--episode', 'Episode 5', '--priority', '9');
  expect((await researchedAll())[0]).toBe('Episode 5');
});

test('PRIORITISE-2: of clips too', async () => {
  await done('prioritise', '--clip', 'Clip 3', '--priority', '-3');
  await done('prioritise', '--clip', 'Clip 2', '--priority', '7');
  await archived(archive, [], [anEpisodeInfo(6)]);
  const item = await nextItem(archive);
  expect(item?.clips.map(({ title }) => title)).toEqual(['Clip 2', 'Clip 1', 'Clip 3']);
  await reported(archive, item!, ({ title }) => (title === 'Clip 1' ? foundAt(1e9, 2e9) : {}));
  await drain(archive);
  await done('prioritise', '--clip', '*', '--clear');
});

test('REQUEUE-1: what is researched again is found again as the first, and what was found before is history', async () => {
  expect(await verdict('--episode', '6', '--clip', '1')).toBe('researched');
  expect(await json('requeue', '--analyzer', 'listener@9')).toMatchObject({ count: 0 });
  const { out } = await run(archive, 'requeue', '--analyzer', 'listener@1.2.0');
  expect(out).toMatch(/research 1 pair of 1 episode again:\n {2}1 pair of them with findings/);
  expect(await done('requeue', '--analyzer', 'listener@1.2.0')).toMatchObject({ count: 1, changed: 1 });
  expect(await json('findings', '--variants')).toEqual([]);
  expect(await verdict('--episode', '6', '--clip', '1')).toBe('in line');

  const item = await nextItem(archive);
  expect(item?.clips.map(({ title }) => title)).toEqual(['Clip 1']);
  await reported(archive, item!, () => ({ ...foundAt(1e9), analyzer: 'listener@2' }));
  expect(await drain(archive)).toMatchObject({ findings: 1, researched: 1, duplicates: 0 });
  expect(await json('findings', '--variants')).toMatchObject([{ offsetsNs: [1e9], analyzer: 'listener@2' }]);
  const { because } = await json('explain', '--episode', '6', '--clip', '1');
  expect(because.join('\n')).toMatch(
    /played at 00:00:01.*listener@2.*\nUntil .* played at 00:00:01, 00:00:02, by listener@1\.2\.0/s,
  );
});

test('REQUEUE-3: by an analyzer also what it could not judge, or did not hear', async () => {
  const { collection } = archive.client;
  const said = async (kind: 'clip' | 'episode', unknowns: { notJudged?: string; unheard?: UnheardStretch[] }) => {
    const { mediaUri } = (await collection.entries(kind, [2])).get(2)!.info;
    const facts = { hash: 'h', durationNs: 1, mediaUri };
    await collection.describe(kind, 2, { ...facts, unknowns: { analyzer: 'deaf@1', ...unknowns } });
  };
  const chosen = async (...args: string[]) => (await json('requeue', '--analyzer', 'deaf@1', ...args)).count;
  const all = async (...args: string[]) => (await json('requeue', ...args)).count;
  expect(await chosen()).toBe(0);
  await said('clip', { notJudged: 'too quiet' });
  expect(await chosen()).toBe(await all('--clip', '2'));
  await said('episode', { unheard: [{ from: 0, to: 1, why: 'damaged' }] });
  expect(await chosen()).toBe((await all('--clip', '2')) + (await all('--episode', '2')) - 1);
  expect(await chosen('--clip', '1')).toBe(1);
});

test('REQUEUE-2: all pairs of a clip, in all episodes, and then everything', async () => {
  expect(await done('requeue', '--clip', 'Clip 1')).toMatchObject({ count: 6, changed: 6 });
  expect(await researchedAll()).toHaveLength(6);
  expect(await json('requeue', '--all')).toMatchObject({ count: 18 });
});

test('UNPARK-1: clips, episodes and pairs that were given up are researched again', async () => {
  await archived(archive, [aClipInfo(7)], [anEpisodeInfo(7)]);
  const parked = someStrikes({ count: 4, restUntil: 0 });
  await changeLedger(7, (ledger) => ({ ...ledger, state: 'PARKED', position: ledger.rank, episodeStrikes: parked }));
  const { collection, ledgers } = archive.client;
  const clip = (await collection.entries('clip', [4])).get(4)!;
  const first = (await ledgers.read(1))!;
  await ledgers.write({
    ledger: { ...first, parked: new Map([[4, 1]]) },
    clips: [{ ...clip, strikes: parked }],
    parkedReasons: [{ clip: 4, reason: 'it \u001b[31mhangs' }],
  });
  expect(await json('status')).toMatchObject({
    clips: { parked: 1 },
    episodes: { parked: 1 },
    pairs: { parked: 1, toDo: 0 },
  });
  const { out } = await run(archive, 'explain', '--episode', '1', '--clip', 'Clip 7');
  expect(out).toMatch(/clip parked\n.*everywhere: no such file.*\n.*given up: it {2}\[31mhangs/);
  expect(out).not.toContain('\u001b');
  expect(await verdict('--episode', '7', '--clip', '1')).toBe('episode parked');
  expect(await nextItem(archive)).toBeUndefined();

  const { out: given } = await run(archive, 'unpark', '--all');
  expect(given).toContain('  Clips that were given up:\n    Clip 7 [4]\n');
  expect(given).toContain('  Episodes that were given up:\n    Episode 7 [7]\n');
  expect(given).toContain('  Episodes with pairs that were given up:\n    Episode 1 [1]\n');

  expect(await json('unpark', '--episode', '1', '--clip', '4')).toMatchObject({ count: 1 });
  expect(await json('unpark', '--episode', '7')).toMatchObject({ count: 1 });
  expect(await done('unpark', '--clip', 'Clip 7')).toMatchObject({ count: 2, changed: 2 });
  expect((await researchedAll()).sort()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `Episode ${n}`));
  expect(await done('unpark', '--all')).toMatchObject({ count: 1, changed: 1 });
  expect(await researchedAll()).toEqual(['Episode 7']);
  expect(await done('unpark', '--all')).toMatchObject({ count: 0, changed: null });
});

test('REVOKE-1: a revoked lease ends by the next runs, its pairs come again, and nobody is struck', async () => {
  await archived(archive, [], [anEpisodeInfo(8)]);
  const item = (await nextItem(archive))!;
  expect(await verdict('--episode', 'Episode 8', '--clip', '1')).toBe('leased');
  expect(await run(archive, 'revoke', 'no-such', '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no live lease'),
  });
  const { out } = await run(archive, 'revoke', item.leaseId);
  expect(out).toContain(`Lease ${item.leaseId}: nobody yet`);
  expect(await done('revoke', item.leaseId)).toMatchObject({ count: 1, changed: 1 });
  expect(await json('status')).toMatchObject({ leases: [{ id: item.leaseId, ending: true }] });

  // Clocks may differ by five seconds, so the drain vouches for what is that old.
  let again: typeof item | undefined;
  for (const until = Date.now() + 30_000; again === undefined && Date.now() < until; ) {
    await drain(archive);
    again = await nextItem(archive);
  }
  expect(again?.episode.title).toBe('Episode 8');
  expect(again?.clips.map(({ title }) => title)).toEqual(item.clips.map(({ title }) => title));
  expect((await archive.client.ledgers.read(8))!.pairStrikes.size).toBe(0);
  await reported(archive, again!);
  await drain(archive);
});

test('REDRIVE-1: dead letters go back, those that match, and the others stay with their reasons', async () => {
  const body = (n: number) => JSON.stringify(aClipInfo(n));
  await sent(archive, 'CuratedClipsDeadLetters', body(90), 'The table was gone');
  await sent(archive, 'CuratedClipsDeadLetters', body(91), 'The table was gone');
  await sent(archive, 'CuratedClipsDeadLetters', 'no JSON', 'Not JSON at all\u001b[2J');
  const { out } = await run(archive, 'redrive', 'CuratedClips');
  expect(out).toMatch(/send 3 dead letters back to CuratedClips:\n {2}2 × The table was gone\n {2}1 × Not JSON at all/);
  expect(out).not.toContain('\u001b');
  expect(await json('status')).toMatchObject({ queues: { CuratedClips: { deadLetters: 3 } } });

  expect(await done('redrive', 'CuratedClips', '--matching', 'TABLE')).toMatchObject({ count: 2, changed: 2 });
  for (const until = Date.now() + 20_000; Date.now() < until; ) if ((await json('status')).clips.total === 6) break;
  expect(await json('status')).toMatchObject({ clips: { total: 6 }, queues: { CuratedClips: { deadLetters: 1 } } });
  expect(await json('redrive', 'CuratedClips')).toMatchObject({ count: 1 });
});

test('REDRIVE-2: dead work items do not go back, nor do letters of a queue that is none', async () => {
  expect(await run(archive, 'redrive', 'PendingResearch')).toMatchObject({
    code: 2,
    err: expect.stringContaining('their leases have ended'),
  });
  expect(await run(archive, 'redrive', 'Nothing')).toMatchObject({
    code: 2,
    err: expect.stringContaining('CuratedClips'),
  });
});

test('AUDIT-1: every change is listed with who, when, what, why and how it ended, the latest first', async () => {
  const entries = await json('audit', '--limit', '5');
  expect(entries).toHaveLength(5);
  expect(entries[0]).toMatchObject({
    who: 'tester',
    command: 'redrive',
    what: 'send 2 dead letters back to CuratedClips',
    why: 'a test',
    outcome: '2 changed',
  });
  const times = entries.map(({ at }: { at: string }) => at);
  expect(times).toEqual([...times].sort().reverse());
  expect((await run(archive, 'audit')).out).toMatch(
    /UTC {2}tester {2}redrive: send 2 .*\n {2}2 changed; because: a test/,
  );
});

test('AUDIT-2: what failed is listed as failed', async () => {
  await changeLedger(8, (ledger) => ledger);
  const { ledgers } = archive.client;
  const spy = jest.spyOn(Object.getPrototypeOf(ledgers), 'write').mockRejectedValue(new Error('the table is gone'));
  try {
    expect(await run(archive, 'pause', '--episode', '8', '--yes')).toMatchObject({
      code: 1,
      err: expect.stringContaining('episode 8: the table is gone'),
    });
  } finally {
    spy.mockRestore();
  }
  expect((await json('audit', '--limit', '1'))[0].outcome).toContain('the table is gone');
});

test('EXPLAIN-1: what is not one episode is refused with the choice', async () => {
  expect(await run(archive, 'explain', '--episode', 'Episode *')).toMatchObject({
    code: 1,
    err: expect.stringContaining('Episode 1 [1]'),
  });
  expect(await run(archive, 'explain')).toMatchObject({ code: 2 });
});
