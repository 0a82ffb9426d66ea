import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATOR } from '../../report/html-document.ts';
import { writeReport } from '../../report/write-report.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';

afterAll(removeFreshFolders);

const report = (word: string) => [
  { path: 'index.html', content: `<meta name="generator" content="${GENERATOR}">${word}` },
  { path: 'data/episodes/0.js', content: 'é' },
];

test('WRITE-1: a report goes into a folder that does not exist, is empty, or holds an earlier one, which it replaces', async () => {
  const folder = join(freshFolder(), 'a', 'report');
  const written = await writeReport(folder, report('first'));
  expect(written).toEqual({ files: 2, bytes: report('first')[0]!.content.length + 2 });
  writeFileSync(join(folder, 'data', 'left-over.js'), '');
  await writeReport(folder, report('second'));
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toMatch(/second$/);
  expect(existsSync(join(folder, 'data', 'left-over.js'))).toBe(false);
  const empty = freshFolder();
  await writeReport(empty, report('third'));
  expect(readdirSync(empty).sort()).toEqual(['data', 'index.html']);
});

test('WRITE-2: a folder with anything else, or a file, is left alone', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'index.html'), 'the home page of somebody');
  await expect(writeReport(folder, report('never'))).rejects.toThrow(
    /holds something else than a report; nothing was written/,
  );
  await expect(writeReport(join(folder, 'index.html'), report('never'))).rejects.toThrow(/it is a file/);
  expect(readdirSync(folder)).toEqual(['index.html']);
});

test('WRITE-3: a report that fails on the way leaves the earlier one whole, and nothing beside it', async () => {
  const parent = freshFolder();
  const folder = join(parent, 'report');
  mkdirSync(folder);
  await writeReport(folder, report('first'));
  function* failing() {
    yield* report('second').slice(0, 1);
    throw new Error('the disk is full');
  }
  await expect(writeReport(folder, failing())).rejects.toThrow('the disk is full');
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toMatch(/first$/);
  expect(readdirSync(parent)).toEqual(['report']);
});
