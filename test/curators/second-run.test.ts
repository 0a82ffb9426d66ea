import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { curate } from '../../curators/curate.ts';
import { FolderCurationStore } from '../../curators/curation-store.ts';
import type { EpisodeInfo } from '../../domain/messages.ts';
import { CollectionOf } from '../domain/support/collection-of.ts';
import { curated, NOW, onlyOne, scratch, titles } from './support/curating.ts';
import { enclosed, item, rss } from './support/feeds.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';

const { path, write } = scratch();

const named = (title: string, more = '') => item({ title, guid: title, enclosure: enclosed(`${title}.mp3`), more });
const feed = (...items: string[]) => write('feed.xml', rss(items.join('')));
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

test('without a store every run gives the same messages', async () => {
  const source = feed(named('1'), item({ title: '2', pubDate: '', enclosure: enclosed('2.mp3') }));
  const first = await curated(source);
  expect(first.infos).toHaveLength(2);
  expect(await curated(source, { now: later(60) })).toEqual(first);
});

test('with a folder to remember in, a second run gives nothing, for this kind and source', async () => {
  const options = { stateDir: path('state') };
  const source = feed(named('1'), named('2'));
  expect((await curated(source, options)).infos).toHaveLength(2);
  expect((await curated(source, options)).infos).toEqual([]);
  expect((await curated(source, { ...options, kind: 'clips' })).infos).toHaveLength(2);
  expect((await curated(write('copy.xml', rss(named('1'))), options)).infos).toHaveLength(1);
  expect((await curated(source, { stateDir: path('of another archive') })).infos).toHaveLength(2);
});

test('only a new entry is given', async () => {
  const store = new InMemoryCurationStore();
  await curated(feed(named('1')), { store });
  expect(titles((await curated(feed(named('2'), named('1')), { store })).infos)).toEqual(['2']);
});

test.each([
  ['title', item({ title: 'Corrected', guid: 'g' })],
  ['description', item({ guid: 'g', more: '<description>new</description>' })],
  ['media URI', item({ guid: 'g', enclosure: enclosed('moved.mp3') })],
  ['date aired', item({ guid: 'g', pubDate: 'Wed, 01 May 2024 11:00:00 GMT' })],
])('a corrected %s comes with a newer lastDateCurated although the feed changed no date', async (_, corrected) => {
  const store = new InMemoryCurationStore();
  const before = await onlyOne(feed(item({ guid: 'g' })), { store });
  const after = await onlyOne(feed(corrected), { store, now: later(5) });
  expect(after.lastDateCurated).toBe('2025-06-01T12:05:00Z');
  expect(after.lastDateCurated > before.lastDateCurated).toBe(true);
  expect((await curated(feed(corrected), { store, now: later(10) })).infos).toEqual([]);
});

describe('what a later run finds where another entry was is there, and the other one is gone, whatever their own dates', () => {
  async function entriesAfter(...runs: (() => Promise<{ readonly infos: EpisodeInfo[] }>)[]) {
    const collection = new CollectionOf();
    for (const run of runs) collection.take(...(await run()).infos);
    return [...collection.entries.values()].map(({ info, gone }) => [
      info.sourceId,
      info.mediaUri.slice(-5),
      gone === true,
    ]);
  }

  test('a guid that changed', async () => {
    const store = new InMemoryCurationStore();
    const guid = (name: string) => feed(item({ guid: name }), named('Two'));
    const runs = ['1', 'a', 'b', 'c'].map((name, n) => () => curated(guid(name), { store, now: later(n) }));
    expect(await entriesAfter(...runs)).toEqual([
      ['1', 'e.mp3', true],
      ['Two', 'o.mp3', false],
      ['a', 'e.mp3', true],
      ['b', 'e.mp3', true],
      ['c', 'e.mp3', false],
    ]);
  });

  test('an address that one hands to another, whose date was corrected to one before', async () => {
    const store = new InMemoryCurationStore();
    const dated = (guid: string, file: string, day: number) =>
      item({ title: guid, guid, enclosure: enclosed(`${file}.mp3`), pubDate: `0${day} May 2024 10:00:00 GMT` });
    const before = () => curated(feed(dated('x', '1', 1), dated('y', '2', 5)), { store });
    const after = () => curated(feed(dated('x', '2', 3), dated('y', '1', 5)), { store, now: later(5) });
    expect(await entriesAfter(before, after)).toEqual([
      ['x', '2.mp3', false],
      ['y', '1.mp3', false],
    ]);
  });

  test('a file with its old times, under the name of one that was renamed', async () => {
    const store = new InMemoryCurationStore();
    mkdirSync(path('show'));
    write('show/1.mp3', 'first', new Date('2024-03-01'));
    const before = () => curated(path('show'), { store });
    const after = () => {
      renameSync(path('show/1.mp3'), path('show/2.mp3'));
      write('show/1.mp3', 'another', new Date('2020-01-01'));
      return curated(path('show'), { store, now: later(5) });
    };
    expect(await entriesAfter(before, after)).toEqual([
      ['1.mp3', '2.mp3', false],
      [expect.stringMatching(/1\.mp3/), '1.mp3', false],
    ]);
  });
});

test('what a new entry makes another message of is sent whole, though it was sent before: its id is one no more', async () => {
  const store = new InMemoryCurationStore();
  const old = item({
    title: 'old',
    guid: 'g',
    enclosure: enclosed('old.mp3'),
    more: '<description>of it</description>',
  });
  const others = ['1', '2'].map((title) => named(title, '<description>the same</description>'));
  const before = await curated(feed(...others, old), { store });
  expect(before.infos.map(({ sourceId }) => sourceId)).toEqual(['1', '2', 'g']);
  const twin = item({ title: 'new', guid: 'g', enclosure: enclosed('new.mp3') });
  const after = await curated(feed(...others, old, twin), { store, now: later(5) });
  expect(after.infos).toMatchObject([
    { title: 'old', description: 'of it', lastDateCurated: '2025-06-01T12:05:00Z' },
    { title: 'new' },
  ]);
  expect(after.infos.every(({ sourceId }) => sourceId === undefined)).toBe(true);
  expect((await curated(feed(...others, old, twin), { store, now: later(10) })).infos).toEqual([]);
});

test('two corrections within a millisecond, and a clock that went back, still give newer dates', async () => {
  const store = new InMemoryCurationStore();
  const dates: string[] = [];
  for (const [title, now] of [
    ['a', NOW],
    ['b', NOW],
    ['c', NOW],
    ['d', later(-60)],
  ] as const) {
    dates.push((await onlyOne(feed(item({ title, guid: 'g' })), { store, now })).lastDateCurated);
  }
  expect(dates).toEqual([
    '2024-06-01T00:00:00Z',
    '2025-06-01T12:00:00Z',
    '2025-06-01T12:00:00.001Z',
    '2025-06-01T12:00:00.002Z',
  ]);
});

test('a feed that only says that it was built anew gives nothing', async () => {
  const store = new InMemoryCurationStore();
  const built = (date: string) => write('feed.xml', rss(named('1'), `<lastBuildDate>${date}</lastBuildDate>`));
  await curated(built('Thu, 02 Jan 2025 00:00:00 GMT'), { store });
  expect((await curated(built('Fri, 03 Jan 2025 00:00:00 GMT'), { store })).infos).toEqual([]);
});

test('what was not confirmed comes again', async () => {
  const store = new InMemoryCurationStore();
  const source = feed(named('1'), named('2'), named('3'));
  const curation = curate(source, { kind: 'episodes', now: NOW, store });
  for await (const result of curation) if (result.ok && result.info.title === '2') curation.confirm([result.info]);
  await curation.save();
  expect(titles((await curated(source, { store })).infos)).toEqual(['1', '3']);
});

test('a run that breaks off remembers what was confirmed and saved', async () => {
  const store = new InMemoryCurationStore();
  const source = feed(named('1'), named('2'));
  const curation = curate(source, { kind: 'episodes', now: NOW, store });
  const { value } = await curation.next();
  if (value?.ok) curation.confirm([value.info]);
  await curation.save();
  expect(titles((await curated(source, { store })).infos)).toEqual(['2']);
});

test('an entry that fell out of the feed and comes back is still known', async () => {
  const store = new InMemoryCurationStore();
  await curated(feed(named('1'), named('2')), { store });
  await curated(feed(named('2')), { store });
  expect((await curated(feed(named('1'), named('2')), { store })).infos).toEqual([]);
});

test.each(['', '{', '[]', '{"settings":1}', '{"settings":"x","entries":[["a"]]}'])(
  'a memory that reads %j counts as none',
  async (memory) => {
    const source = feed(named('1'));
    const store = { load: async () => memory, save: async () => {} };
    expect((await curated(source, { store })).infos).toHaveLength(1);
  },
);

test('the folder store keeps one private file a source and leaves no half-written ones', async () => {
  const folder = join(path('state'), 'deep');
  const store = new FolderCurationStore(folder);
  expect(await store.load('a')).toBeUndefined();
  await store.save('a', 'one');
  await store.save('a', 'two');
  await store.save('b', 'three');
  expect(await store.load('a')).toBe('two');
  expect(readdirSync(folder)).toHaveLength(2);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});

test('a folder that cannot be written is an error, not silence', async () => {
  writeFileSync(path('file'), '');
  mkdirSync(path('other'));
  await expect(new FolderCurationStore(path('file')).save('a', 'x')).rejects.toThrow(/EEXIST|ENOTDIR/);
});
