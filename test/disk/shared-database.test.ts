import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SharedDatabase } from '../../disk/shared-database.ts';

let folder: string;
const opened: SharedDatabase<DatabaseSync>[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archivist-disk-'));
});

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
  rmSync(folder, { recursive: true, force: true });
});

function shared(version = 1): SharedDatabase<DatabaseSync> {
  const one = new SharedDatabase({
    ...{ file: join(folder, 'sub', 'shared.sqlite'), version },
    schema: 'CREATE TABLE words (word TEXT)',
    tables: (database) => database,
  });
  opened.push(one);
  return one;
}

const add = (to: SharedDatabase<DatabaseSync>, word: string) =>
  to.use((database) => database.prepare('INSERT INTO words VALUES (?)').run(word));
const wordsOf = (of: SharedDatabase<DatabaseSync>) =>
  of.use((database) =>
    database
      .prepare('SELECT word FROM words')
      .all()
      .map(({ word }) => word),
  );

test('What one writes another one reads', () => {
  const [one, other] = [shared(), shared()];
  add(one, 'a');
  add(other, 'b');
  expect(wordsOf(one)).toEqual(['a', 'b']);
});

test('A transaction that fails leaves nothing', () => {
  const one = shared();
  const failing = () =>
    one.transaction((database) => {
      database.exec("INSERT INTO words VALUES ('half')");
      throw new Error('broken off');
    });
  expect(failing).toThrow('broken off');
  expect(wordsOf(one)).toEqual([]);
});

test('A file of another version is emptied', () => {
  const one = shared();
  add(one, 'old');
  one.close();
  expect(wordsOf(shared(2))).toEqual([]);
});

test.each([
  ['its header is gone', (bytes: Buffer) => bytes.fill(0x78, 0, 100)],
  ['a page in the middle is something else', (bytes: Buffer) => bytes.fill(0xee, 4_096)],
])('A damaged file is made anew: %s', (_, damage) => {
  const first = shared();
  for (let i = 0; i < 500; i++) add(first, 'word'.repeat(20));
  first.close();
  const file = join(folder, 'sub', 'shared.sqlite');
  writeFileSync(file, damage(readFileSync(file)));
  const one = shared();
  expect(wordsOf(one)).toEqual([]);
  add(one, 'again');
  expect(wordsOf(shared())).toEqual(['again']);
});

test('It is made anew by the first who finds it damaged; the others go over to the new one', () => {
  const [one, other] = [shared(), shared()];
  for (let i = 0; i < 500; i++) add(one, 'word'.repeat(20));
  one.use((database) => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  add(other, 'seen');
  one.use((database) => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  const file = join(folder, 'sub', 'shared.sqlite');
  writeFileSync(file, readFileSync(file).fill(0xee, 4_096));
  truncateSync(file, statSync(file).size);
  one.close();
  add(one, 'new');
  expect(wordsOf(one)).toEqual(['new']);
  other.close();
  expect(wordsOf(other)).toEqual(['new']);
});

test('A writer that is killed leaves whole transactions, and nobody waits for it', async () => {
  const one = shared();
  add(one, 'first');
  const script = join(folder, 'writer.mjs');
  writeFileSync(
    script,
    `import { DatabaseSync } from 'node:sqlite';
     const database = new DatabaseSync(process.argv[2]);
     for (let i = 0; ; i++) {
       database.exec('BEGIN IMMEDIATE');
       for (const half of ['a', 'b']) database.prepare('INSERT INTO words VALUES (?)').run(half + i);
       if (i === 50) { process.send('half'); for (;;); }
       database.exec('COMMIT');
     }`,
  );
  const writer = fork(script, [join(folder, 'sub', 'shared.sqlite')]);
  await new Promise((resolve) => writer.once('message', resolve));
  writer.kill('SIGKILL');
  await new Promise((resolve) => writer.once('exit', resolve));
  add(one, 'last');
  const words = wordsOf(one);
  expect(words).toHaveLength(102);
  expect(words.at(-1)).toBe('last');
});
