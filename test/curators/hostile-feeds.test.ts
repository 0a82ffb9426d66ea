import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { SourceUnusable } from '../../curators/curated.ts';
import { bodyOf, parseClipInfo, parseEpisodeInfo } from '../../domain/messages.ts';
import { curated, onlyOne, scratch, titles } from './support/curating.ts';
import { enclosed, item, rss } from './support/feeds.ts';

const { path, write } = scratch();

const failure = (source: string, options = {}) =>
  curated(source, options).then(
    () => 'it did not fail',
    (error: unknown) => (error instanceof SourceUnusable ? error.message : `unexpected ${error}`),
  );

test.each([
  ['nothing', '', /is empty/],
  ['white space', '  \n ', /is empty/],
  ['a feed without entries', rss(''), /is a feed without any entry/],
  ['an HTML page', '<!DOCTYPE html><html><body>404</body></html>', /is an HTML page.*RSS or Atom feed was expected/],
  ['HTML without a document type', '<html><rss version="2.0"></rss></html>', /is an HTML page/],
  ['other XML', '<?xml version="1.0"?><opml></opml>', /RSS or Atom feed was expected, but it begins with "<\?xml/],
  ['prose', 'Dear reader', /RSS or Atom feed was expected/],
  ['a broken gzip', gzipSync(rss(item())).subarray(0, 60), /gzip is broken/],
])('%s instead of a feed is refused, naming the file and what came', async (_, content, expected) => {
  const message = await failure(write('feed.xml', content));
  expect(message).toMatch(expected);
  expect(message).toContain('feed.xml');
});

test('of an HTML page that names its feed this is said, but not where it is', async () => {
  const link = '<link rel="alternate" type="application/rss+xml" href="/podcast.xml">';
  const message = await failure(write('feed.xml', `<!doctype html><html><head>${link}</head></html>`));
  expect(message).toMatch(/is an HTML page.*the page names one in a <link> of its head$/);
});

test('a file that does not exist, a folder without audio, an audio file and a foreign scheme are refused', async () => {
  expect(await failure(path('no.xml'))).toBe(`${path('no.xml')} does not exist`);
  expect(await failure(path('.'))).toMatch(/no audio files.*\.mp3/);
  expect(await failure(write('a.mp3', 'ID3'))).toMatch(/is an audio file; give the folder/);
  expect(await failure('ftp://x.example/feed')).toMatch(/http, https or file URL or a path was expected/);
  expect(await failure('http://')).toMatch(/no address of a feed/);
});

test.each([
  ['never closes a tag', '<item><title>Broken</item>'],
  ['is never closed itself', `<item><title>Broken</title>${enclosed('b.mp3')}`],
  ['breaks off in its enclosure', '<item><title>Broken</title><enclosure url="b.mp3"</item>'],
  ['is empty', '<item/>'],
  ['is nested without end', `<item>${'<a>'.repeat(100_000)}</item>`],
])('an entry that %s is a problem of its own', async (_, broken) => {
  const before = item({ title: 'Before', enclosure: enclosed('1.mp3') });
  const after = item({ title: 'After', enclosure: enclosed('2.mp3') });
  const { infos, problems } = await curated(write('feed.xml', rss(before + broken + after)));
  expect(titles(infos)).toEqual(['Before', 'After']);
  expect(problems).toMatchObject([
    { what: 'entry 2', reason: expect.stringMatching(/not closed, or not well-formed/) },
  ]);
});

test('a feed that breaks off gives what it has', async () => {
  const whole = rss(item({ enclosure: enclosed('1.mp3') }) + item({ title: 'Two' }));
  const { infos, problems } = await curated(write('feed.xml', whole.slice(0, -60)));
  expect(titles(infos)).toEqual(['One']);
  expect(problems).toHaveLength(1);
});

test.each(Object.getOwnPropertyNames(Object.prototype))(
  'an enclosure of the type "%s" is no audio by its name',
  async (name) => {
    const enclosure = (file: string) => `<enclosure url="http://x.example/${file}" type="${name}"/>`;
    const { infos } = await curated(
      write(
        'feed.xml',
        rss(item({ enclosure: enclosure('a.mp3') }) + item({ title: 'Two', enclosure: enclosure('a.pdf') })),
      ),
    );
    expect(infos.map(({ mediaType }) => mediaType)).toEqual(['audio/mpeg']);
  },
);

test('tags of entries in CDATA and comments are no entries', async () => {
  const more = '<description><![CDATA[the </item><item> tag]]></description><!-- </item><item> -->';
  expect((await onlyOne(write('feed.xml', rss(item({ more }))))).title).toBe('One');
});

test('entities of a document type are not expanded, and files that it names are not read', async () => {
  const secret = write('secret.txt', 'the secret');
  const levels = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`);
  const type = `<!DOCTYPE x [<!ENTITY l0 "${'ha'.repeat(50)}">${levels.join('')}<!ENTITY file SYSTEM "file://${secret}">]>`;
  const text = rss(item({ title: 'Lol &l9; &file;' })).replace('<rss', `${type}<rss`);
  const { title } = await onlyOne(write('feed.xml', text));
  expect(title.length).toBeLessThan(30);
  expect(title).not.toContain('secret');
});

test('a gzip bomb ends at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(2_000_000, ' '));
  expect(await failure(write('feed.xml', bomb), { limits: { maxDocumentBytes: 1_000_000 } })).toMatch(
    /unpacks to more than 1000000 bytes/,
  );
});

test('a file of the limit is read, one byte more is refused with both figures', async () => {
  const source = write('feed.xml', rss(item()));
  const size = Buffer.byteLength(rss(item()));
  expect((await curated(source, { limits: { maxDocumentBytes: size } })).infos).toHaveLength(1);
  expect(await failure(source, { limits: { maxDocumentBytes: size - 1 } })).toContain(`at most ${size - 1} are read`);
});

test('a gzipped feed and one in another encoding are read', async () => {
  expect((await onlyOne(write('feed.xml.gz', gzipSync(rss(item()))))).title).toBe('One');
  const latin = rss(item({ title: 'Grüße' })).replace('UTF-8', 'ISO-8859-1');
  expect((await onlyOne(write('latin.xml', Buffer.from(latin, 'latin1')))).title).toBe('Grüße');
  const utf16 = Buffer.from(`\ufeff${rss(item({ title: 'Grüße' }))}`, 'utf16le');
  expect((await onlyOne(write('utf16.xml', utf16))).title).toBe('Grüße');
});

test('more entries than the limit end with a problem', async () => {
  const items = ['1', '2', '3'].map((name) => item({ title: name, enclosure: enclosed(`${name}.mp3`) })).join('');
  const read = (maxEntries: number) => curated(write('feed.xml', rss(items)), { limits: { maxEntries } });
  expect(await read(3)).toMatchObject({ infos: [{}, {}, {}], problems: [] });
  expect(await read(2)).toMatchObject({
    infos: [{}, {}],
    problems: [{ reason: expect.stringContaining('2 entries') }],
  });
});

test('more broken entries than the limit end with a problem', async () => {
  const source = write(
    'feed.xml',
    rss(`${item()}<item/><item/>${item({ title: 'Two', enclosure: enclosed('2.mp3') })}`),
  );
  const read = (maxBroken: number) => curated(source, { limits: { maxBroken } });
  expect(titles((await read(3)).infos)).toEqual(['One', 'Two']);
  const { infos, problems } = await read(2);
  expect(titles(infos)).toEqual(['One']);
  expect(problems.at(-1)?.reason).toMatch(/more than 2 broken entries/);
});

test('HTML nested without end costs seconds at most and gives some text or none', async () => {
  const more = `<description><![CDATA[${'<div><table><tr><td>'.repeat(50_000)}deep]]></description>`;
  const start = process.cpuUsage();
  expect((await onlyOne(write('feed.xml', rss(item({ more }))))).title).toBe('One');
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(5);
}, 60_000);

test('whatever the entries hold, what is given is what the archivists take', async () => {
  let given = 0;
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom('<', '>', '&amp;', '"', "'", ']]>', '\0', '\ud83d', '😀', ' ', 'a', '/', '\n'),
      maxLength: 600,
    }),
    fc.constantFrom('', 'http://x.example/a.mp3', 'javascript:1', 'Thu, 31 Feb 2024 00:00:00 GMT', '0001-01-01'),
  );
  const entry = fc.record({
    title: anything,
    guid: anything,
    pubDate: anything,
    url: anything,
    type: anything,
    description: anything,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('clips', 'episodes'),
      async (entries, kind) => {
        const items = entries.map(({ title, guid, pubDate, url, type, description }) =>
          item({
            title,
            guid,
            pubDate,
            enclosure: enclosed(url, type) + enclosed('ok.mp3'),
            more: `<description>${description}</description>`,
          }),
        );
        const outcome = await curated(write('feed.xml', rss(items.join(''))), { kind }).catch((error: unknown) => {
          if (error instanceof SourceUnusable) return { infos: [] };
          throw error;
        });
        given += outcome.infos.length;
        for (const info of outcome.infos) {
          const body = bodyOf(info);
          expect(kind === 'clips' ? parseClipInfo(body) : parseEpisodeInfo(body)).toEqual(info);
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(given).toBeGreaterThan(50);
}, 60_000);

test('any bytes whatsoever end in entries, problems or a clear refusal', async () => {
  const pieces = fc.constantFrom(
    '<rss version="2.0">',
    '<channel>',
    '<item>',
    '</item>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE x [',
    '<',
    '>',
    '"',
    '<feed>',
    '<entry',
    '/>',
    '<?',
    '?>',
    enclosed('a.mp3'),
    '\0',
    ' ',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (parts) => {
      const outcome = await failure(write('feed.xml', parts.join('')));
      expect(outcome).not.toMatch(/^unexpected/);
    }),
    { numRuns: 300 },
  );
}, 60_000);
