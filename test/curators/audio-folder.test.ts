import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bodyOf, parseClipInfo } from '../../domain/messages.ts';
import { curated, MODIFIED, onlyOne, scratch, titles } from './support/curating.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';
import { taggedMp3 } from './support/tagged-mp3.ts';

const { path, write } = scratch();
const read = (options = {}) => curated(path('.'), { kind: 'clips', ...options });

test('audio files of all folders come in the order of their paths, the rest is left out', async () => {
  mkdirSync(path('b/deep'), { recursive: true });
  for (const name of ['c.mp3', 'a.WAV', 'b/deep/x.flac', 'b/y.ogg', 'cover.jpg', 'notes.txt', '._c.mp3', '.hidden.mp3'])
    write(name, '');
  const { infos, problems } = await read();
  expect(titles(infos)).toEqual(['a', 'b/deep/x', 'b/y', 'c']);
  expect(infos.map(({ mediaType }) => mediaType)).toEqual(['audio/wav', 'audio/flac', 'audio/ogg', 'audio/mpeg']);
  expect(problems).toEqual([]);
});

test('a file counts as curated when it was modified', async () => {
  write('a.mp3', '', new Date('2024-02-29T23:59:59.123Z'));
  const info = await onlyOne(path('.'));
  expect(info.initialDateCurated).toBe('2024-02-29T23:59:59.123Z');
  expect(info.lastDateCurated).toBe('2024-02-29T23:59:59.123Z');
  expect(info).not.toHaveProperty('dateAired');
});

test('a file from the future counts as curated now', async () => {
  write('a.mp3', '', new Date('2030-01-01T00:00:00Z'));
  expect((await onlyOne(path('.'))).lastDateCurated).toBe('2025-06-01T12:00:00Z');
});

test('titles come from the tags, dates aired too where they name a day', async () => {
  write('a.mp3', taggedMp3({ TIT2: ' A  tagged title ', TDRC: '2019-05-04' }));
  expect(await onlyOne(path('.'))).toMatchObject({ title: 'A tagged title', dateAired: '2019-05-04T00:00:00Z' });
  write('a.mp3', taggedMp3({ TIT2: 'Only a year', TDRC: '2019' }));
  expect(await onlyOne(path('.'))).not.toHaveProperty('dateAired');
});

test('a file that is broken, empty or something else is still curated: researchers report what cannot be decoded', async () => {
  write('broken.mp3', taggedMp3({ TIT2: 'Cut' }).subarray(0, 14));
  write('html.mp3', '<html></html>');
  write('zeros.wav', new Uint8Array(1_000));
  const { infos, problems } = await read();
  expect(titles(infos)).toEqual(['broken', 'html', 'zeros']);
  expect(problems).toEqual([]);
});

test.each(['a b.mp3', 'hash#1.mp3', 'what?.mp3', '100%.mp3', 'ümlaut 😀.mp3', 'it\'s "it".mp3', 'back\\slash.mp3'])(
  'the URI of %s leads back to it',
  async (name) => {
    write(name, '');
    const { mediaUri } = await onlyOne(path('.'));
    expect(new URL(mediaUri).href).toBe(mediaUri);
    expect(fileURLToPath(mediaUri)).toBe(path(name));
  },
);

test('what has a name that is not UTF-8 is a problem of its own; the rest is read, also under U+FFFD', async () => {
  const latin1 = (name: string) => Buffer.concat([Buffer.from(`${path('.')}/`), Buffer.from(name, 'latin1')]);
  writeFileSync(latin1('caf\xe9.mp3'), '');
  writeFileSync(latin1('caf\xe9.jpg'), '');
  writeFileSync(latin1('.caf\xe9.mp3'), '');
  mkdirSync(latin1('d\xe9j\xe0'));
  writeFileSync(latin1('d\xe9j\xe0/vu.mp3'), '');
  for (const name of ['a.mp3', 'café.mp3', 'z\ufffd.mp3']) write(name, '');
  const { infos, problems } = await read();
  expect(titles(infos)).toEqual(['a', 'café', 'z\ufffd']);
  const reason = 'its name is not UTF-8, so no URI that others can read leads to it: rename it';
  expect(problems).toEqual([
    { ok: false, what: 'caf\\xe9.mp3', reason },
    { ok: false, what: 'd\\xe9j\\xe0', reason },
  ]);
});

test('clips with the same title are told apart by their paths, all of them', async () => {
  for (const folder of ['x', 'y']) {
    mkdirSync(path(folder));
    write(`${folder}/laugh.mp3`, taggedMp3({ TIT2: 'Laugh' }));
  }
  expect(titles((await read()).infos)).toEqual(['Laugh (x/laugh.mp3)', 'Laugh (y/laugh.mp3)']);
});

test('a clip that was sent under its bare title keeps it when another one of that title comes, and later on', async () => {
  const store = new InMemoryCurationStore();
  write('m.mp3', taggedMp3({ TIT2: 'Laugh' }));
  expect(titles((await read({ store })).infos)).toEqual(['Laugh']);
  write('a.mp3', taggedMp3({ TIT2: 'Laugh' }));
  expect(titles((await read({ store })).infos)).toEqual(['Laugh (a.mp3)']);
  renameSync(path('m.mp3'), path('m.old'));
  expect((await read({ store })).infos).toEqual([]);
});

test('links that lead in a circle end, links to files and folders are followed once', async () => {
  mkdirSync(path('real'));
  write('real/a.mp3', '');
  symlinkSync(path('.'), path('real/up'));
  symlinkSync(path('real'), path('zlink'));
  symlinkSync(path('self.mp3'), path('self.mp3'));
  symlinkSync(path('real/a.mp3'), path('b.mp3'));
  symlinkSync(path('gone'), path('broken-folder'));
  const { infos, problems } = await read();
  expect(titles(infos)).toEqual(['b', 'real/a']);
  expect(problems).toEqual([{ ok: false, what: 'self.mp3', reason: expect.stringMatching(/leads in a circle/) }]);
});

test('what is named like audio and is no file is a problem', async () => {
  write('a.mp3', '');
  execFileSync('mkfifo', [path('pipe.mp3')]);
  const { infos, problems } = await read();
  expect(titles(infos)).toEqual(['a']);
  expect(problems).toEqual([{ ok: false, what: 'pipe.mp3', reason: 'it is no regular file' }]);
});

test('folders deeper than the limit are a problem', async () => {
  mkdirSync(path('1/2/3'), { recursive: true });
  write('1/2/a.mp3', '');
  write('1/2/3/b.mp3', '');
  expect(await read({ limits: { maxDepth: 3 } })).toMatchObject({ infos: [{}, {}], problems: [] });
  expect(await read({ limits: { maxDepth: 2 } })).toMatchObject({ infos: [{}], problems: [{ what: '1/2/3' }] });
});

test('more files than the limit end with a problem', async () => {
  for (const name of ['a.mp3', 'b.mp3']) write(name, '');
  expect(await read({ limits: { maxEntries: 2 } })).toMatchObject({ infos: [{}, {}], problems: [] });
  expect(await read({ limits: { maxEntries: 1 } })).toMatchObject({ infos: [{}], problems: [{}] });
});

test('a second run gives nothing, a file that was tagged anew comes again with a newer date', async () => {
  const store = new InMemoryCurationStore();
  write('a.mp3', taggedMp3({ TIT2: 'Old' }));
  write('b.mp3', taggedMp3({ TIT2: 'Same' }));
  await read({ store });
  expect((await read({ store })).infos).toEqual([]);
  write('a.mp3', taggedMp3({ TIT2: 'New' }), MODIFIED);
  const { infos } = await read({ store });
  expect(infos).toMatchObject([{ title: 'New', lastDateCurated: '2025-06-01T12:00:00Z' }]);
});

test('a second run opens only the files that were written to', async () => {
  const store = new InMemoryCurationStore();
  for (const name of ['a.mp3', 'b.mp3', 'c.mp3']) write(name, '');
  const opened: string[] = [];
  const readTags = async (file: string) => {
    opened.push(basename(file));
    return { title: `&amp;amp; ${basename(file)}`, date: '2020-01-02' };
  };
  const first = await read({ store, readTags, kind: 'episodes' });
  expect(titles(first.infos)).toEqual(['&amp; a.mp3', '&amp; b.mp3', '&amp; c.mp3']);
  write('b.mp3', '');
  expect((await read({ store, readTags, kind: 'episodes' })).infos).toEqual([]);
  expect(opened).toEqual(['a.mp3', 'b.mp3', 'c.mp3', 'b.mp3']);
  await read({ store, readTags, kind: 'episodes' });
  expect(opened).toHaveLength(4);
});

test('names of files are made into titles that the archivists take', async () => {
  write(`${'ä'.repeat(120)}.mp3`, '');
  write('tab\tnew\nline\u0007.mp3', '');
  const { infos, problems } = await read();
  expect(problems).toEqual([]);
  for (const info of infos) expect(parseClipInfo(bodyOf(info))).toEqual(info);
  expect(titles(infos)).toContain('tab new line');
});
