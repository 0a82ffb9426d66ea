import type { ClipInfo, EpisodeInfo, PendingResearchItem } from '../../domain/messages.ts';
import { WatchedStatus } from '../../operating/reading/watched-status.ts';
import { collected } from '../../report/collected.ts';
import { readReportFacts } from '../../report/report-facts.ts';
import { removeFreshFolders } from '../local/support/fixture-assembly.ts';
import {
  aClipInfo,
  anEpisodeInfo,
  archived,
  drain,
  emptied,
  foundAt,
  nextItem,
  reported,
  run,
  startTestArchive,
  type TestArchive,
} from './support/local-archive.ts';

/** A file of a folder that is replaced under its name: what was researched was another recording. */

jest.setTimeout(240_000);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive();
});
afterEach(() => emptied(archive));
afterAll(async () => {
  await archive?.stop();
  removeFreshFolders();
});

const FOLDER = { source: 'folder:show/x', show: 'show' };
const clip = (revision: string, day: number) =>
  aClipInfo(1, { ...FOLDER, sourceId: 'clip.mp3', revision, lastDateCurated: `2025-05-0${day}T00:00:00Z` });
const other = aClipInfo(2, { ...FOLDER, sourceId: 'other.mp3', revision: 'other' });
const episode = (revision: string, day: number) =>
  anEpisodeInfo(1, { ...FOLDER, sourceId: 'episode.mp3', revision, lastDateCurated: `2025-05-0${day}T00:00:00Z` });

const take = (clips: ClipInfo[], episodes: EpisodeInfo[]) => archived(archive, clips, episodes);
const findings = async () => JSON.parse((await run(archive, 'findings', '--json')).out) as { offsetsNs?: unknown }[];
const explained = async () =>
  JSON.parse((await run(archive, 'explain', '--episode', '1', '--clip', '1', '--json')).out) as {
    verdict: string;
    because: string[];
  };

/** Everything found at one second; what is not of the recording is of nobody. */
async function researched(item: PendingResearchItem, second: number): Promise<Record<string, unknown>> {
  await reported(archive, item, () => foundAt(second * 1e9));
  return drain(archive);
}

const withoutRevision = <I extends { revision?: string }>({ revision: _, ...rest }: I) => rest;

/** As a researcher sends it back that knows no such field. */
const forgotten = (item: PendingResearchItem): PendingResearchItem => ({
  ...item,
  episode: withoutRevision(item.episode) as EpisodeInfo,
  clips: item.clips.map((one) => withoutRevision(one) as PendingResearchItem['clips'][number]),
});

test('RECORDING-1: a work item says which recording it is for', async () => {
  await take([clip('c1', 1)], [episode('e1', 1)]);
  const item = (await nextItem(archive))!;
  expect([item.episode.revision, item.clips[0]?.revision]).toEqual(['e1', 'c1']);
  expect(item.episode).not.toHaveProperty('source');
});

test('RECORDING-2: another recording of an episode is researched again, and what was found is history', async () => {
  await take([clip('c1', 1), other], [episode('e1', 1)]);
  await researched((await nextItem(archive))!, 1);
  expect(await findings()).toHaveLength(2);
  await take([], [episode('e2', 2)]);
  expect(await findings()).toEqual([]);
  const before = await explained();
  expect(before.verdict).not.toBe('researched');
  expect(before.because.join('\n')).toMatch(/episode was replaced by another recording .*\(number 2\)/);
  expect(before.because.join('\n')).toMatch(/In the recording before that it was played at 00:00:01/);

  const again = (await nextItem(archive))!;
  expect(again.episode.revision).toBe('e2');
  await researched(again, 5);
  expect(JSON.stringify(await findings())).toContain('5000000000');
  const after = await explained();
  expect(after.verdict).toBe('researched');
  expect(after.because.join('\n')).toMatch(/It is played at 00:00:05/);
  expect(after.because.join('\n')).toMatch(/Until .* it was played at 00:00:01/);
});

/** How many findings each command that counts them knows of. */
async function counts() {
  const json = async (...words: string[]) => JSON.parse((await run(archive, ...words, '--json')).out);
  const found = (rows: { found: number }[]) => rows.reduce((sum, row) => sum + row.found, 0);
  const report = collected(await readReportFacts(archive.client));
  const foundInReport = [...report.episodes.values()].map((one) => one.found);
  return {
    status: (await json('status')).findings,
    watched: (await new WatchedStatus(archive.client).read()).findings,
    clips: found(await json('list', 'clips')),
    episodes: found(await json('list', 'episodes')),
    findings: (await findings()).length,
    report: foundInReport.reduce((sum, count) => sum + count, 0),
  };
}

test('RECORDING-11: every command counts the same findings: those of the recordings of now, whether ledgers keep them or not', async () => {
  await take([clip('c1', 1), other], [episode('e1', 1)]);
  await researched((await nextItem(archive))!, 1);
  const all = (count: number) =>
    Object.fromEntries(['status', 'watched', 'clips', 'episodes', 'findings', 'report'].map((name) => [name, count]));
  const bothWays = async (count: number) => {
    expect(await counts()).toEqual(all(count));
    const { ledgers } = archive.client;
    const ledger = (await ledgers.read(1))!;
    const old = await ledgers.write({ ledger: { ...ledger, found: undefined } });
    expect(await counts()).toEqual(all(count));
    await ledgers.write({ ledger: { ...ledger, version: old.version } });
  };
  await bothWays(2);
  const watched = new WatchedStatus(archive.client);
  expect((await watched.read()).findings).toBe(2);
  await take([clip('c2', 2)], []);
  expect((await watched.read()).findings).toBe(1);
  await bothWays(1);
  const { err } = await run(archive, 'findings', '--clip', '1');
  expect(err).toContain('so far: 0 of 1 episode researched for it');
  await take([], [episode('e2', 2)]);
  await bothWays(0);
});

test('RECORDING-3: another recording of a clip is researched again everywhere, and only it', async () => {
  await take([clip('c1', 1), other], [episode('e1', 1)]);
  await researched((await nextItem(archive))!, 1);
  await take([clip('c2', 2)], []);
  expect((await findings()).length).toBe(1);
  const listed = async (what: string) => JSON.parse((await run(archive, 'list', what, '--json')).out) as unknown[];
  const replaced = { found: 0, researched: 0, state: 'not begun' };
  expect(await listed('clips')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: 1, ...replaced }),
      expect.objectContaining({ id: 2, found: 1 }),
    ]),
  );
  expect(await listed('episodes')).toMatchObject([{ found: 1, researched: 1 }]);
  await run(archive, 'unpark', '--clip', '1', '--yes');
  // Complete episodes are looked at again for it as for a new clip.
  const { ledgers, collection } = archive.client;
  const { assignableVersion } = await collection.counter('clip');
  await ledgers.changeControl((control) => ({
    ...control,
    reopening: { ...control.reopening, assignableVersion, at: 1 },
  }));
  const again = (await nextItem(archive))!;
  expect(again.clips.map(({ id, revision }) => [id, revision])).toEqual([['1', 'c2']]);
  await researched(again, 7);
  expect((await findings()).length).toBe(2);
  expect((await explained()).because.join('\n')).toMatch(/clip was replaced by another recording/);
});

test.each([
  ['that says so', (item: PendingResearchItem) => item],
  ['of a researcher that sends no revision back', forgotten],
])('RECORDING-4: a late result of an old recording %s never becomes a finding of the new one', async (_, sentBack) => {
  await take([clip('c1', 1)], [episode('e1', 1)]);
  const item = (await nextItem(archive))!;
  await take([], [episode('e2', 2)]);
  expect(await researched(sentBack(item), 1)).toMatchObject({ outdated: 1, researched: 0, findings: 0 });
  expect(await findings()).toEqual([]);
  // With a lease that is over, or none.
  expect(await researched({ ...sentBack(item), leaseId: '' }, 1)).toMatchObject({ outdated: 1, findings: 0 });
  const again = (await nextItem(archive))!;
  expect(again.episode.revision).toBe('e2');
  expect(await researched(sentBack(again), 2)).toMatchObject({ researched: 1, findings: 1, outdated: 0 });
});

test('RECORDING-5: an episode that is gone from its address gets no results any more, and keeps what it has', async () => {
  await take([clip('c1', 1), other], [episode('e1', 1)]);
  const item = (await nextItem(archive))!;
  await reported(archive, item, ({ id }) => (id === '1' ? foundAt(1e9) : undefined));
  await drain(archive);
  const next = { ...episode('e9', 3), sourceId: 'next.mp3', title: 'Next' };
  await take([], [next]);
  await reported(archive, item, ({ id }) => (id === '2' ? foundAt(9e9) : undefined));
  expect(await drain(archive)).toMatchObject({ outdated: 1, findings: 0 });
  expect(await findings()).toHaveLength(1);
  expect((await explained()).because.join('\n')).toMatch(/researched/);
  const { out } = await run(archive, 'explain', '--episode', '1', '--clip', '2', '--json');
  expect(JSON.parse(out)).toMatchObject({ verdict: 'episode gone' });
  expect((await run(archive, 'explain', '--episode', '1')).out).toContain('It is gone from its address.');
  expect((await run(archive, 'status')).out).toMatch(/^Episodes +2 \(1 gone from their addresses\)$/m);
  const listed = (await run(archive, 'list', 'episodes')).out;
  expect(listed).toMatch(/^1 .*given up; gone from its address, where another entry is now$/m);
  expect(listed).not.toContain('Show');
  // Shows have titles and dates in common.
  await take([], [{ ...next, source: 'folder:news/x', show: 'News', mediaUri: 'https://news.example.org/1.mp3' }]);
  expect((await run(archive, 'list', 'episodes')).out).toMatch(/^2 +show +Next .*\n3 +News +Next /m);
});
