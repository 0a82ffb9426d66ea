import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import type { ArchiveData, EpisodeChunk } from '../../report/shared/report-data.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import {
  aClipInfo,
  anEpisodeInfo,
  archived,
  drain,
  foundAt,
  nextItem,
  reported,
  run,
  startTestArchive,
  type TestArchive,
} from '../operating/support/local-archive.ts';

jest.setTimeout(180_000);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive();
});
afterAll(async () => {
  await archive?.stop();
  removeFreshFolders();
});

function dataOf(folder: string, name: string): unknown {
  let value: unknown;
  const script = readFileSync(join(folder, 'data', `${name}.js`), 'utf8');
  runInNewContext(script, { archivistReport: (_: string, given: unknown) => (value = given) });
  return value;
}

test('COMMAND-1: `report` shows what was found, under the name that one gives it', async () => {
  await archived(archive, [aClipInfo(1), aClipInfo(2)], [anEpisodeInfo(1)]);
  const item = await nextItem(archive);
  await reported(archive, item!, ({ title }) => (title === 'Clip 1' ? foundAt(5e9, 65.5e9) : {}));
  await drain(archive);
  const out = join(freshFolder(), 'report');
  const { code, out: said, err } = await run(archive, 'report', '--out', out, '--title', 'The Tides', '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(said)).toMatchObject({ index: join(out, 'index.html') });

  const { title, counts, pairs } = dataOf(out, 'archive') as ArchiveData;
  expect({ title, counts, pairs }).toMatchObject({
    title: 'The Tides',
    counts: { episodes: 1, clips: 2, findings: 1, plays: 2, episodesComplete: 1 },
    pairs: { total: 2, researched: 2, toDo: 0 },
  });
  const { entries } = dataOf(out, 'episodes/0') as EpisodeChunk;
  expect(entries[1]?.plays).toMatchObject([{ of: 1, at: [5, 65.5], scores: [0.9, 0.9] }]);
  for (const asset of ['report.js', 'theme.js', 'report.css', 'icon.svg'])
    expect(existsSync(join(out, 'assets', asset))).toBe(true);

  const again = await run(archive, 'report', '--out', out);
  expect(again.out).toMatch(/^\d+ files, \d+\.\d MB\. Open file:\/\/\/.*index\.html\n$/);
});

test('COMMAND-2: a folder with something else is refused before anything is read', async () => {
  expect(await run(archive, 'report', '--out', archive.dataDir)).toMatchObject({
    code: 1,
    err: expect.stringContaining('holds something else than a report'),
  });
});
