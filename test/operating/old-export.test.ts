import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { curate } from '../../curators/curate.ts';
import { episodeNames } from '../../domain/identity.ts';
import type { EpisodeInfo } from '../../domain/messages.ts';
import { archiveEntries } from '../../functions/curation/archive-entries.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import {
  aClipInfo,
  anEpisodeInfo,
  archived,
  run,
  startTestArchive,
  type TestArchive,
} from './support/local-archive.ts';

/** `export-without-sources` was written by the version before messages had sources, and curated from the feed beside it. */
const FIXTURES = join(__dirname, '..', 'fixtures');

jest.setTimeout(240_000);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive();
});
afterAll(async () => {
  await archive?.stop();
  removeFreshFolders();
});

const stored = async (kind: 'clip' | 'episode', ...ordinals: number[]) =>
  (await archive.client.collection.entries(kind, ordinals)) as ReadonlyMap<
    number,
    { info: EpisodeInfo; also?: unknown }
  >;

test('OLD-1: an archive from before there were sources is imported as it was', async () => {
  const folder = join(freshFolder(), 'export');
  cpSync(join(FIXTURES, 'export-without-sources'), folder, { recursive: true });
  expect(await run(archive, 'import', folder, '--yes')).toMatchObject({ code: 0 });
  const episodes = await stored('episode', 1, 6);
  expect(episodes.get(1)?.info).toMatchObject({ title: 'Episode 1, corrected' });
  expect(episodes.get(6)?.info).toMatchObject({ title: 'Monday' });
  expect(episodes.get(6)?.info.source).toBeUndefined();
  expect((await archive.client.ledgers.read(5))?.held).toBe('paused');
});

test('OLD-2: messages without a source go on as before, under names that it had', async () => {
  const { collection } = archive.client;
  const before = await collection.counter('episode');
  await archived(
    archive,
    [aClipInfo(2, { priority: 3, lastDateCurated: '2025-07-01T00:00:00Z' })],
    [anEpisodeInfo(1, { priority: 2, lastDateCurated: '2025-07-01T00:00:00Z' })],
  );
  // Its old address finds the clip and does not move it back.
  expect((await stored('clip', 2)).get(2)?.info).toMatchObject({
    priority: 3,
    mediaUri: 'https://elsewhere.example.org/2.mp3',
  });
  expect((await stored('episode', 1)).get(1)?.info).toMatchObject({ priority: 2, title: 'Episode 1, corrected' });
  expect(await collection.counter('episode')).toEqual(before);
});

const ofFeed = async (change: (info: EpisodeInfo) => EpisodeInfo = (info) => info): Promise<EpisodeInfo[]> => {
  const infos: EpisodeInfo[] = [];
  const source = join(FIXTURES, 'feed-of-export-without-sources.xml');
  for await (const one of curate(source, { kind: 'episodes', now: new Date('2026-06-07T00:00:00Z') })) {
    if (one.ok) infos.push(change({ source: 'feed://morning', sourceId: one.info.title, ...one.info }));
  }
  return infos;
};

test('OLD-3: its entries take over their source from the feed that they came from, whatever its tokens are now', async () => {
  const { collection, ledgers } = archive.client;
  const [monday, tuesday] = await ofFeed();
  const other = { ...tuesday!, mediaUri: 'https://cdn.example.org/morning/2.mp3?token=b7' };
  const dependencies = { collection, ledgers, clock: Date.now };
  expect(await archiveEntries('episode', [monday!, other], dependencies)).toEqual([
    { kind: 'updated', ordinal: 6 },
    { kind: 'updated', ordinal: 7 },
  ]);
  const { source, sourceId } = monday!;
  expect((await stored('episode', 6)).get(6)?.info).toMatchObject({ source, sourceId });
  const { id = '' } = episodeNames(other);
  expect(await collection.owners('episode', [id])).toEqual(new Map([[id, 7]]));
  expect(await archiveEntries('episode', [monday!], dependencies)).toEqual([{ kind: 'unchanged', ordinal: 6 }]);
});

test('OLD-4: another show’s entry of the same title and date does not', async () => {
  const [monday] = await ofFeed((info) => ({
    ...info,
    source: 'feed://evening',
    sourceId: 'evening-1',
    curatorInformation: 'feed “Evening Show”',
    mediaUri: 'https://evening.example.org/1.mp3',
  }));
  const { collection, ledgers } = archive.client;
  expect(await archiveEntries('episode', [monday!], { collection, ledgers, clock: Date.now })).toEqual([
    { kind: 'inserted', ordinal: 8 },
  ]);
});

test('OLD-5: what is exported now carries sources, recordings and who is gone, and is imported with them', async () => {
  const { collection, ledgers } = archive.client;
  const dependencies = { collection, ledgers, clock: Date.now };
  const bulletin = (n: number) =>
    anEpisodeInfo(n, {
      source: 'feed://bulletins',
      sourceId: `b${n}`,
      mediaUri: 'https://bulletins.example.org/latest.mp3',
      revision: `recording ${n}`,
      show: 'Bulletins',
      lastDateCurated: `2025-08-${n}T00:00:00Z`,
    });
  await archiveEntries('episode', [bulletin(11), bulletin(12)], dependencies);
  await archiveEntries(
    'episode',
    [{ ...bulletin(12), revision: 'again', lastDateCurated: '2025-09-01T00:00:00Z' }],
    dependencies,
  );
  const folder = join(freshFolder(), 'export');
  expect(await run(archive, 'export', '--out', folder)).toMatchObject({ code: 0 });
  const target = await startTestArchive();
  try {
    expect(await run(target, 'import', folder, '--yes')).toMatchObject({ code: 0 });
    const ordinals = [6, 9, 10];
    const [there, here] = [target.client, archive.client];
    const without = (entries: ReadonlyMap<number, object>) =>
      [...entries].sort(([a], [b]) => a - b).map(([, entry]) => ({ ...entry, version: 0 }));
    const entries = without(await there.collection.entries('episode', ordinals));
    expect(entries).toEqual(without(await here.collection.entries('episode', ordinals)));
    expect(entries).toMatchObject([{}, { gone: true }, { recording: { number: 2 } }]);
    const { uri } = episodeNames(bulletin(12));
    expect(await there.collection.claims('episode', [uri])).toEqual(await here.collection.claims('episode', [uri]));
    expect(await there.ledgers.read(9)).toMatchObject({ gone: true, state: 'HELD' });
    expect(await there.ledgers.read(10)).toMatchObject({ recording: { number: 2, revision: 'again' } });
  } finally {
    await target.stop();
  }
});
