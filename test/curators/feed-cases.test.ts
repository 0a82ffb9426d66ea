import { cpSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EpisodeInfo } from '../../domain/messages.ts';
import { CollectionOf } from '../domain/support/collection-of.ts';
import { curated, type Options, scratch, titles } from './support/curating.ts';
import { InMemoryCurationStore } from './support/in-memory-curation-store.ts';

/** Small inputs that were read wrongly once, each for a kind, and what is right. */

const FEEDS = join(__dirname, '..', 'fixtures', 'feeds');
const { path, write } = scratch();
const AIRED = '2025-06-03T10:00:00Z';

const small = (name: string, options: Options = {}) => curated(join(FEEDS, 'small', name), later(options));
/** After everything in the cases. */
const later = (options: Options): Options => ({ now: new Date('2025-07-01T00:00:00Z'), ...options });

async function only(name: string, options: Options = {}): Promise<EpisodeInfo> {
  const { infos, problems } = await small(name, options);
  expect(problems).toEqual([]);
  expect(infos).toHaveLength(1);
  return infos[0]!;
}

describe('CASES-1: what an enclosure is', () => {
  test.each(['type-image.xml', 'type-x-audio.xml'])('%s: a wrong type of an .mp3 does not matter', async (name) => {
    expect(await only(name)).toMatchObject({ mediaUri: 'https://example.org/a.mp3', mediaType: 'audio/mpeg' });
  });

  test('atom-media-group.xml: a group of Media RSS counts in Atom, too', async () => {
    expect((await only('atom-media-group.xml')).mediaUri).toBe('https://example.org/a.mp3');
  });

  test('rss1-enclosure.rdf: the enclosure module of RSS 1.0; what an item is about is its id', async () => {
    expect(await only('rss1-enclosure.rdf')).toMatchObject({
      title: 'T',
      show: 'S',
      mediaUri: 'https://example.org/a.mp3',
      sourceId: 'http://example.org/1',
    });
  });

  test('RSS 1.0 with Media RSS, dates, and an item with nothing to listen to', async () => {
    const source = write(
      'feed.rdf',
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:m="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>S</title></channel>
        <item rdf:about="https://example.org/?a=1&amp;b=2"><title>One</title><dc:date>2025-06-03T10:00:00Z</dc:date><m:content url="https://example.org/1.mp3" type="audio/mpeg"/></item>
        <item rdf:about="y"><title>Two</title></item></rdf:RDF>`,
    );
    const { infos, problems } = await curated(source);
    expect(infos).toMatchObject([{ title: 'One', dateAired: AIRED, sourceId: 'https://example.org/?a=1&b=2' }]);
    expect(problems).toMatchObject([{ what: 'entry 2 “Two”', reason: expect.stringContaining('no enclosure') }]);
  });
});

describe('CASES-2: what a document is written in', () => {
  test.each(['says-utf16-is-utf8.xml', 'says-utf8-is-latin1.xml'])('%s', async (name) => {
    expect((await only(name)).title).toBe('Grüße');
  });

  const feedIn = (label: string) =>
    `<?xml version="1.0" encoding="${label}"?><rss version="2.0"><channel><title>S</title><item><title>Grüße</title><enclosure url="https://example.org/a.mp3" type="audio/mpeg"/></item></channel></rss>`;

  test.each([
    ['an encoding that nobody knows', Buffer.from(feedIn('klingon'))],
    ['UTF-16 that says so and has no mark', Buffer.from(feedIn('utf-16'), 'utf16le')],
    ['UTF-16 that says nothing', Buffer.from(feedIn('utf-8').replace(/<\?.*\?>/, ''), 'utf16le')],
    ['a byte order mark before everything', Buffer.from(`\ufeff${feedIn('windows-1252')}`)],
    ['what it says', Buffer.from(feedIn('iso-8859-1'), 'latin1')],
  ])('%s', async (_, bytes) => {
    expect((await curated(write('feed.xml', bytes))).infos).toMatchObject([{ title: 'Grüße' }]);
  });
});

describe('CASES-3: dates', () => {
  test.each([
    ['date-no-space.xml', AIRED],
    ['date-asctime.xml', AIRED],
    ['date-gmt-offset.xml', '2025-06-03T08:00:00Z'],
    ['atom-updated-only.xml', AIRED],
  ])('%s', async (name, dateAired) => {
    expect((await only(name)).dateAired).toBe(dateAired);
  });

  test('one that is there and not understood is said', async () => {
    const item =
      '<item><title>T</title><pubDate>the day before</pubDate><enclosure url="https://example.org/a.mp3"/></item>';
    const { infos, notices } = await curated(write('feed.xml', `<rss version="2.0"><channel>${item}</channel></rss>`));
    expect(infos[0]?.dateAired).toBeUndefined();
    expect(notices).toEqual([
      expect.stringMatching(/^1 of its entries.*not understood.*entry 1 “T”, “the day before”/),
    ]);
  });
});

describe('CASES-4: titles', () => {
  test('atom-text-title.xml: text is text', async () => {
    expect((await only('atom-text-title.xml')).title).toBe('The <b> tag');
  });

  test('title-markup.xml: RSS says nothing, and a tag that formats nothing is none', async () => {
    expect((await only('title-markup.xml')).title).toBe('The <audio> element');
  });

  test.each([
    ['&lt;i&gt;Live&lt;/i&gt; &amp;amp; loud', 'Live & loud'],
    ['Use &lt;b&gt; and &lt;i&gt;', 'Use <b> and <i>'],
    ['1 &lt; 2', '1 < 2'],
  ])('%s', async (title, expected) => {
    const item = `<item><title>${title}</title><enclosure url="https://example.org/a.mp3"/></item>`;
    const source = write('feed.xml', `<rss version="2.0"><channel>${item}</channel></rss>`);
    expect(titles((await curated(source)).infos)).toEqual([expected]);
  });
});

/** One archive, and what its curator remembers. */
class Archive {
  readonly collection = new CollectionOf();
  readonly store = new InMemoryCurationStore();

  async takes(source: string, options: Options = {}): Promise<string[]> {
    const { infos } = await curated(source, later({ store: this.store, ...options }));
    return this.collection.take(...infos).map(({ kind }) => kind);
  }

  titles = () => this.collection.standing.map(({ info, gone }) => `${info.title}${gone === true ? ' (gone)' : ''}`);
}

describe('CASES-5: which entry an entry is', () => {
  test('daily-a.xml, daily-b.xml: one title and date in two feeds', async () => {
    const archive = new Archive();
    await archive.takes(join(FEEDS, 'small', 'daily-a.xml'));
    expect(await archive.takes(join(FEEDS, 'small', 'daily-b.xml'))).toEqual(['inserted']);
    expect(archive.collection.standing.map(({ info }) => info.show)).toEqual(['Daily a', 'Daily b']);
  });

  test('atom-a.xml, atom-b.xml: two shows with like titles and dates are four episodes', async () => {
    const archive = new Archive();
    await archive.takes(join(FEEDS, 'two-shows', 'atom-a.xml'));
    await archive.takes(join(FEEDS, 'two-shows', 'atom-b.xml'));
    expect(archive.collection.standing).toHaveLength(4);
  });

  /** What stands at one address in round after round. */
  const rounds = async (folder: string, archive: Archive, ...names: string[]) => {
    const outcomes: string[][] = [];
    for (const [at, name] of names.entries()) {
      cpSync(join(FEEDS, folder, name), path('feed.xml'));
      utimesSync(path('feed.xml'), new Date(), new Date(Date.parse('2025-06-04T00:00:00Z') + at * 3_600_000));
      outcomes.push(await archive.takes(path('feed.xml')));
    }
    return outcomes;
  };

  test('latest: another guid at one address is a second episode, and the first is gone from there', async () => {
    const archive = new Archive();
    expect(await rounds('latest', archive, 'round1.xml', 'round2.xml')).toEqual([['inserted'], ['inserted']]);
    expect(archive.titles()).toEqual(["Bulletin of 9 o'clock (gone)", "Bulletin of 10 o'clock"]);
  });

  test('token: a corrected title or date is no other episode, and a token alone is nothing', async () => {
    const archive = new Archive();
    expect(await rounds('token', archive, 'round1.xml', 'round2.xml', 'round3.xml')).toEqual([
      ['inserted', 'inserted'],
      ['updated'],
      ['updated'],
    ]);
    expect(archive.titles()).toEqual(['Pilot (corrected)', '']);
    expect(archive.collection.entries.get(1)?.info.dateAired).toBe('2025-06-03T09:30:00Z');
    // Two names an entry, and one for each address that a correction came with.
    expect(archive.collection.claims.size).toBe(6);
  });

  test('a guid that several entries of a feed have tells none from the others', async () => {
    const item = (n: number) =>
      `<item><title>${n}</title><guid>same</guid><enclosure url="https://example.org/${n}.mp3"/></item>`;
    const source = write('feed.xml', `<rss version="2.0"><channel>${item(1)}${item(2)}</channel></rss>`);
    const { infos } = await curated(source);
    expect(infos.map(({ sourceId }) => sourceId)).toEqual([undefined, undefined]);
    expect(new Set(infos.map(({ source: from }) => from)).size).toBe(1);
  });
});

describe('CASES-6: folders', () => {
  const NAMES = ['001', '002'];
  const folder = (name: string, files: Readonly<Record<string, string>>, modified = '2024-06-01T00:00:00Z') => {
    mkdirSync(path(name), { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(join(path(name), file, '..'), { recursive: true });
      writeFileSync(join(path(name), file), content);
      utimesSync(join(path(name), file), new Date(modified), new Date(modified));
    }
    return path(name);
  };

  test.each(['episodes', 'clips'] as const)('two folders with files of one name are two shows (%s)', async (kind) => {
    const archive = new Archive();
    await archive.takes(folder('folder-a', { '001.mp3': 'a' }), { kind });
    expect(await archive.takes(folder('folder-b', { '001.mp3': 'b' }), { kind })).toEqual(['inserted']);
    expect(archive.collection.standing.map(({ info }) => info.show)).toEqual(['folder-a', 'folder-b']);
  });

  test('a file that was renamed, or moved into a folder, stays what it was, moved', async () => {
    const archive = new Archive();
    const root = folder('show', Object.fromEntries(NAMES.map((name) => [`${name}.mp3`, name])));
    await archive.takes(root);
    mkdirSync(join(root, 'season 1'));
    renameSync(join(root, '001.mp3'), join(root, 'season 1', 'one.mp3'));
    expect(await archive.takes(root)).toEqual(['updated']);
    expect(await archive.takes(root)).toEqual([]);
    expect(archive.collection.standing).toHaveLength(2);
    const moved = archive.collection.entries.get(1);
    expect(moved?.info).toMatchObject({ sourceId: '001.mp3', mediaUri: expect.stringContaining('season%201/one.mp3') });
    expect(moved?.recording).toBeUndefined();
  });

  test('two files that took each other’s names are still the same two', async () => {
    const archive = new Archive();
    const root = folder('show', { 'a.mp3': 'a', 'b.mp3': 'b' });
    await archive.takes(root);
    folder('show', { 'a.mp3': 'b', 'b.mp3': 'a' }, '2024-06-02T00:00:00Z');
    await archive.takes(root);
    expect(archive.collection.standing.map(({ info, recording, gone }) => [info.sourceId, recording, gone])).toEqual([
      ['a.mp3', undefined, undefined],
      ['b.mp3', undefined, undefined],
    ]);
    expect(archive.collection.entries.get(1)?.info.mediaUri).toContain('b.mp3');
  });

  test('a file that was replaced under its name is another recording, even where size and time are as they were', async () => {
    const archive = new Archive();
    const root = folder('show', { 'a.mp3': 'old' });
    await archive.takes(root);
    folder('show', { 'a.mp3': 'new' });
    expect(await archive.takes(root)).toEqual(['updated']);
    expect(archive.collection.entries.get(1)).toMatchObject({ recording: { number: 2 }, revision: 2 });
  });

  test('one that was only touched is not', async () => {
    const archive = new Archive();
    const root = folder('show', { 'a.mp3': 'old' });
    await archive.takes(root);
    folder('show', { 'a.mp3': 'old' }, '2024-07-01T00:00:00Z');
    await archive.takes(root);
    expect(archive.collection.entries.get(1)?.recording).toBeUndefined();
  });

  test('a new file under the name of one that moved away is an entry of its own', async () => {
    const archive = new Archive();
    const root = folder('show', { 'a.mp3': 'old' });
    await archive.takes(root);
    renameSync(join(root, 'a.mp3'), join(root, 'b.mp3'));
    folder('show', { 'a.mp3': 'new' });
    expect((await archive.takes(root)).sort()).toEqual(['inserted', 'updated']);
    expect(archive.collection.entries.get(1)?.info.mediaUri).toContain('b.mp3');
  });

  test('tags: a day of ID3v2.3, two titles in one frame, containers of the web', async () => {
    const { infos, notices } = await curated(join(FEEDS, 'folder'), later({}));
    expect(infos.map(({ title, dateAired, mediaType }) => [title, dateAired, mediaType])).toEqual([
      ['ff v23', '2025-03-04T00:00:00Z', 'audio/mpeg'],
      ['First / Second', '2025-03-04T10:11:12Z', 'audio/mpeg'],
      ['MKA title', undefined, 'audio/x-matroska'],
      ['s', undefined, 'audio/ogg'],
    ]);
    expect(notices).toEqual([]);
  });

  test('every file that is left out is counted, by its reason', async () => {
    const root = folder('show', {
      'a.aifc': 'a',
      'b.wave': 'b',
      'c.webm': 'c',
      'c.TXT': '',
      'd.txt': '',
      cover: '',
      '.hidden.mp3': '',
    });
    const { infos, notices } = await curated(root);
    expect(infos).toHaveLength(3);
    expect(notices).toEqual(['files were left out: 2 with the ending .txt, 1 hidden, 1 with the ending (none)']);
  });

  test('what vanishes while it is read is said, and stops no other', async () => {
    const root = folder('show', { 'a.mp3': 'a', 'b.mp3': 'b' });
    const readTags = async (file: string) => {
      rmSync(join(root, 'b.mp3'), { force: true });
      return { title: file.endsWith('a.mp3') ? 'A' : '', date: '' };
    };
    const { infos, problems } = await curated(root, { readTags });
    expect(titles(infos)).toEqual(['A']);
    expect(problems).toEqual([{ ok: false, what: 'b.mp3', reason: 'it does not exist' }]);
  });
});
