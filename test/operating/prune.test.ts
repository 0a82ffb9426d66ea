import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import { aClipInfo, archived, run, startTestArchive, type TestArchive } from './support/local-archive.ts';

/** `curate --prune`: what a folder does not have any more is retired, and nothing else. */

jest.setTimeout(240_000);

let archive: TestArchive;
let folder: string;
beforeAll(async () => {
  archive = await startTestArchive();
  folder = join(freshFolder(), 'drops');
  mkdirSync(folder);
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, `${name}.mp3`), name);
});
afterAll(async () => {
  await archive?.stop();
  removeFreshFolders();
});

const curateClips = (...options: string[]) => run(archive, 'curate', 'clips', folder, ...options);
const retired = async () =>
  (await archive.client.collection.catalogue()).clips.filter((clip) => clip.retired).map(({ info }) => info.title);

/** The archivist of clips takes in what was sent. */
async function taken(): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { clips } = await archive.client.collection.catalogue();
    if (clips.length >= 3) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the clips were not taken in');
}

test('PRUNE-1: without --yes it only counts; a renamed file is not missing', async () => {
  await curateClips();
  await taken();
  await archived(archive, [aClipInfo(9)], []);
  rmSync(join(folder, 'b.mp3'));
  renameSync(join(folder, 'c.mp3'), join(folder, 'renamed.mp3'));
  const { code, out } = await curateClips('--prune');
  expect({ code, out }).toEqual({
    code: 0,
    out: expect.stringMatching(/would retire 1 clip that the source does not have any more[\s\S]*b \[2\]/),
  });
  expect(await retired()).toEqual([]);
});

test('PRUNE-2: with --yes it is retired, not deleted, and noted in the audit', async () => {
  const { code } = await curateClips('--prune', '--yes', '--reason', 'thrown away', '--by', 'keeper');
  expect(code).toBe(0);
  expect(await retired()).toEqual(['b']);
  const { out } = await run(archive, 'audit', '--json');
  expect(JSON.parse(out)[0]).toMatchObject({ command: 'curate --prune', who: 'keeper', why: 'thrown away' });
  expect((await curateClips('--prune')).out).toContain('Nothing to do');
});

test('PRUNE-3: a source that was not read to its end retires nothing', async () => {
  mkdirSync(join(folder, 'locked'));
  writeFileSync(join(folder, 'locked', 'x.mp3'), 'x');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xe9]), Buffer.from('.mp3')]), 'y');
  rmSync(join(folder, 'a.mp3'));
  expect(await curateClips('--prune', '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('not read to its end'),
  });
  expect(await retired()).toEqual(['b']);
});

test('PRUNE-4: --yes is for --prune', async () => {
  expect(await curateClips('--yes')).toMatchObject({ code: 2, err: expect.stringContaining('--prune') });
});
