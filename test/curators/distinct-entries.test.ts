import fc from 'fast-check';
import { namesOf } from '../../domain/identity.ts';
import { curated, scratch, titles } from './support/curating.ts';
import { enclosed, item, rss } from './support/feeds.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';

const { write } = scratch();
const feed = (...items: string[]) => write('feed.xml', rss(items.join('')));
const entry = (title: string, file: string, pubDate = '') =>
  item({ title, guid: file, pubDate, enclosure: enclosed(file) });

test('episodes with the same title and date get the names of their files added, all of them', async () => {
  const { infos } = await curated(feed(entry('Bonus', 'a.mp3'), entry('Bonus', 'b.mp3'), entry('Other', 'c.mp3')));
  expect(titles(infos)).toEqual(['Bonus (a.mp3)', 'Bonus (b.mp3)', 'Other']);
});

test('episodes with the same title and different dates stay as they are, clips do not', async () => {
  const source = feed(entry('Bonus', 'a.mp3', '1 May 2024'), entry('Bonus', 'b.mp3', '2 May 2024'));
  expect(titles((await curated(source)).infos)).toEqual(['Bonus', 'Bonus']);
  expect(titles((await curated(source, { kind: 'clips' })).infos)).toEqual(['Bonus (a.mp3)', 'Bonus (b.mp3)']);
});

test('episodes without titles have no name and stay without', async () => {
  expect(titles((await curated(feed(entry('', 'a.mp3'), entry('', 'b.mp3')))).infos)).toEqual(['', '']);
});

test('where the files have one name too, a hash tells them apart, the same at every run', async () => {
  const source = feed(entry('Bonus', '1/media.mp3'), entry('Bonus', '2/media.mp3'));
  const { infos } = await curated(source);
  expect(titles(infos)).toEqual(['Bonus (media.mp3)', expect.stringMatching(/^Bonus \([\da-f]{10}\)$/)]);
  expect((await curated(source)).infos).toEqual(infos);
});

test('titles of 250 characters are cut to make room for what tells them apart', async () => {
  const { infos } = await curated(feed(entry('😀'.repeat(250), 'a.mp3'), entry('😀'.repeat(250), 'b.mp3')));
  expect(infos.map(({ title }) => [...title].length)).toEqual([250, 250]);
  expect(infos[0]?.title).toMatch(/… \(a\.mp3\)$/);
});

test('a new entry does not take the title, and so the place, of one that was sent before', async () => {
  const store = new InMemoryCurationStore();
  await curated(feed(entry('Bonus', 'old.mp3')), { store });
  expect(titles((await curated(feed(entry('Bonus', 'new.mp3'), entry('Bonus', 'old.mp3')), { store })).infos)).toEqual([
    'Bonus (new.mp3)',
  ]);
  // The old one leaves the feed: the new one keeps its name.
  expect((await curated(feed(entry('Bonus', 'new.mp3')), { store })).infos).toEqual([]);
});

test('the same media twice is a problem that names the one that counts', async () => {
  const { infos, problems } = await curated(feed(entry('One', 'a.mp3'), entry('Two', 'a.mp3')));
  expect(titles(infos)).toEqual(['One']);
  expect(problems).toEqual([
    { ok: false, what: 'entry 2 “Two”', reason: 'it has the same media as entry 1 “One”, which counts' },
  ]);
});

test('of the same media the one that was aired last counts, wherever it stands, run after run', async () => {
  const [nine, ten, eleven] = [9, 10, 11].map((hour) =>
    item({
      title: `Bulletin of ${hour}`,
      guid: `${hour}`,
      pubDate: `1 May 2024 ${String(hour).padStart(2, '0')}:00 GMT`,
      enclosure: enclosed('latest.mp3'),
    }),
  );
  const store = new InMemoryCurationStore();
  const first = await curated(feed(nine!, ten!), { store });
  expect(titles(first.infos)).toEqual(['Bulletin of 10']);
  expect(first.problems).toMatchObject([{ what: 'entry 1 “Bulletin of 9”' }]);
  const second = await curated(feed(nine!, ten!, eleven!), { store });
  expect(titles(second.infos)).toEqual(['Bulletin of 11']);
  expect((await curated(feed(eleven!, ten!, nine!), { store })).infos).toEqual([]);
});

test('one guid with one name is a repeat, one guid for all entries is not', async () => {
  const shared = (title: string, file: string) => item({ title, guid: 'g', enclosure: enclosed(file) });
  const { infos, problems } = await curated(feed(shared('1', 'a.mp3'), shared('2', 'b.mp3'), shared('1', 'c.mp3')));
  expect(titles(infos)).toEqual(['1', '2']);
  expect(problems).toMatchObject([{ reason: expect.stringMatching(/same guid and name as entry 1/) }]);
  const store = new InMemoryCurationStore();
  await curated(feed(shared('1', 'a.mp3'), shared('2', 'b.mp3')), { store });
  expect((await curated(feed(shared('1', 'a.mp3'), shared('2', 'b.mp3')), { store })).infos).toEqual([]);
});

test('no two entries of a source ever share a name or a URI, and a second run gives nothing', async () => {
  const few = fc.constantFrom('A', 'B', 'A (x.mp3)', '');
  const file = fc.constantFrom('x.mp3', 'y.mp3', '1/x.mp3', '2/x.mp3', '3/x.mp3');
  const day = fc.constantFrom('', '1 May 2024', '2 May 2024');
  const entries = fc.array(fc.tuple(few, file, day), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(entries, fc.constantFrom('clips', 'episodes'), async (parts, kind) => {
      const store = new InMemoryCurationStore();
      const source = feed(...parts.map(([title, name, date]) => entry(title, name, date)));
      const { infos } = await curated(source, { kind, store });
      const names = infos.map((info) => namesOf(kind === 'clips' ? 'clip' : 'episode', info));
      const given = names.flatMap(({ uri, title }) => (title ? [uri, title] : [uri]));
      expect(new Set(given).size).toBe(given.length);
      expect((await curated(source, { kind, store })).infos).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
