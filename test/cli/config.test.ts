import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import { runWithout } from '../operating/support/local-archive.ts';

const home = process.cwd();
afterEach(() => process.chdir(home));
afterAll(removeFreshFolders);

/** A folder with these files, in which the command line runs. */
function inFolder(files: Readonly<Record<string, unknown>>): string {
  const folder = freshFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  process.chdir(folder);
  return folder;
}

test('CONFIG-1: options are kept in archivist.config.json under the names of the flags, and the help says so', async () => {
  inFolder({ 'archivist.config.json': { data: './kept', 'allow-private': true, report: { out: './pages' } } });
  expect((await runWithout('report', '--help')).out.replace(/\s+/g, ' ')).toMatch(
    /--data <dir> a local archive, by its folder \("kept", from archivist.config.json\).*\("pages", from archivist.config.json\)/,
  );
  expect((await runWithout('status', '--help')).out).not.toContain('pages');
  expect(await runWithout('status')).toMatchObject({
    code: 1,
    err: expect.stringContaining('No archive is running in kept'),
  });
});

test('CONFIG-2: what is typed wins, also over another way to name the archive', async () => {
  inFolder({ 'archivist.config.json': { stack: 'Kept' } });
  expect((await runWithout('status', '--data', './typed')).err).toContain('./typed');
});

test('CONFIG-3: the field of package.json counts where there is no file, and --config before both', async () => {
  const folder = inFolder({
    'package.json': { name: 'mine', archivist: { data: './of-package' } },
    'elsewhere/mine.json': { data: './beside' },
  });
  expect((await runWithout('status')).err).toContain('of-package');
  expect((await runWithout('status', '--config', 'elsewhere/mine.json')).err).toContain('elsewhere/beside');
  writeFileSync(join(folder, 'archivist.config.json'), JSON.stringify({ data: './of-file' }));
  expect((await runWithout('status')).err).toContain('of-file');
});

test.each([
  [{ status: { evry: 3 } }, 'status has no option evry. Did you mean every?'],
  [{ status: { every: 0 } }, 'every 0 is invalid. It must be a number of seconds'],
  [{ dta: './archive' }, 'no command has an option dta. Did you mean data?'],
  [{ json: 'yes' }, 'json must be true or false, not "yes"'],
  [{ data: ['a'] }, 'data must be a path, not ["a"]'],
  [{ data: 5 }, 'data must be a path, not 5'],
  [{ yes: true }, 'yes cannot be kept in a config file'],
  ['[]', 'must be an object of options'],
  ['{', 'is no JSON'],
])('CONFIG-4: %j is bad usage, and it says what is wrong', async (content, said) => {
  inFolder({ 'archivist.config.json': content });
  expect(await runWithout('status')).toMatchObject({ code: 2, err: expect.stringContaining(said) });
});

test('CONFIG-6: what only other commands have is no mistake', async () => {
  inFolder({
    'archivist.config.json': { data: './kept', workers: 2, 'allow-private': true, report: { out: './pages' } },
  });
  expect((await runWithout('status')).err).toMatch(/No archive is running in kept/);
});

test('CONFIG-5: a config that was named must be there', async () => {
  expect(await runWithout('status', '--config', '/nowhere.json')).toMatchObject({
    code: 2,
    err: expect.stringContaining('there is no file /nowhere.json'),
  });
});
