import { pathToFileURL } from 'node:url';
import { curated, NOW, onlyOne, onlyProblem, scratch, titles } from './support/curating.ts';
import { atom, enclosed, item, rss } from './support/feeds.ts';

const { path, write } = scratch();

const feed = (items: string, channel = '') => write('feed.xml', rss(items, channel));

test('an entry of an RSS feed becomes a message with all that the feed says', async () => {
  const info = await onlyOne(
    feed(item({ title: 'A &amp; B', guid: 'g', more: '<description>About it</description>' })),
  );
  expect(info).toEqual({
    initialDateCurated: '2024-05-01T10:00:00Z',
    lastDateCurated: '2024-06-01T00:00:00Z',
    curatorInformation: 'feed “A show”',
    title: 'A & B',
    description: 'About it',
    mediaUri: pathToFileURL(path('one.mp3')).href,
    mediaType: 'audio/mpeg',
    priority: 0,
    source: expect.stringMatching(/^feed:\/\/\/[\w-]{16}$/),
    sourceId: 'g',
    show: 'A show',
    dateAired: '2024-05-01T10:00:00Z',
  });
});

test('an entry of an Atom feed becomes a message, with its own updated date and xml:base', async () => {
  const entry = `<entry xml:base="http://media.example/a/"><id>1</id><title type="html">&lt;b&gt;Bold&lt;/b&gt; one</title>
    <published>2024-02-03T04:05:06.7+02:00</published><updated>2024-07-01T00:00:00Z</updated>
    <link rel="alternate" href="page.html"/><link rel="enclosure" type="audio/mpeg" href="../x.mp3"/>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hello <i>you</i></p></div></content></entry>`;
  expect(await onlyOne(write('feed.xml', atom(entry)))).toMatchObject({
    title: 'Bold one',
    description: 'Hello you',
    mediaUri: 'http://media.example/x.mp3',
    dateAired: '2024-02-03T02:05:06.700Z',
    initialDateCurated: '2024-02-03T02:05:06.700Z',
    lastDateCurated: '2024-07-01T00:00:00Z',
  });
});

test('an Atom feed with a prefix is read like one without', async () => {
  const text = `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title><a:entry><a:id>1</a:id><a:title>One</a:title>
    <a:link rel="enclosure" href="http://x.example/1.mp3"/></a:entry></a:feed>`;
  expect((await onlyOne(write('feed.xml', text))).title).toBe('One');
});

test('an entry of Atom 0.3 has the dates of its own words', async () => {
  const text = `<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>T</title><entry><id>1</id><title>One</title>
    <created>2004-04-19T07:45:00Z</created><issued>2004-04-20T00:23:47Z</issued><modified>2024-07-21T11:56:34Z</modified>
    <link rel="enclosure" type="audio/mpeg" href="http://x.example/1.mp3"/></entry></feed>`;
  expect(await onlyOne(write('feed.xml', text))).toMatchObject({
    dateAired: '2004-04-20T00:23:47Z',
    lastDateCurated: '2024-07-21T11:56:34Z',
  });
});

test('iTunes tags stand in for what RSS leaves out', async () => {
  const more = '<itunes:title>From iTunes</itunes:title><itunes:summary>Sum</itunes:summary>';
  expect(await onlyOne(feed(item({ title: '', more })))).toMatchObject({ title: 'From iTunes', description: 'Sum' });
});

test('an entry without a date is an episode without dateAired, curated when its feed was modified', async () => {
  const info = await onlyOne(feed(item({ pubDate: '' })));
  expect(info).not.toHaveProperty('dateAired');
  expect(info.initialDateCurated).toBe('2024-06-01T00:00:00Z');
});

test('a date that is none counts as no date', async () => {
  expect(await onlyOne(feed(item({ pubDate: 'soon' })))).not.toHaveProperty('dateAired');
});

test('curation dates are never in the future, the date aired may be', async () => {
  expect(await onlyOne(feed(item({ pubDate: 'Tue, 01 Jan 2030 00:00:00 GMT' })))).toMatchObject({
    initialDateCurated: '2025-06-01T12:00:00Z',
    lastDateCurated: '2025-06-01T12:00:00Z',
    dateAired: '2030-01-01T00:00:00Z',
  });
});

test('lastDateCurated is the latest of the dates of entry, feed and file', async () => {
  const modified = '<dcterms:modified>2024-08-01T00:00:00Z</dcterms:modified>';
  expect((await onlyOne(feed(item({ more: modified })))).lastDateCurated).toBe('2024-08-01T00:00:00Z');
  const built = '<lastBuildDate>Sun, 01 Sep 2024 00:00:00 GMT</lastBuildDate>';
  expect((await onlyOne(feed(item({ more: modified }), built))).lastDateCurated).toBe('2024-09-01T00:00:00Z');
});

test('HTML in a description becomes text: paragraphs apart, links by their words, no scripts', async () => {
  const html = '<p>One &amp;amp; two</p><p>See <a href="http://x">this</a><script>alert(1)</script></p>';
  const escaped = html.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const inCdata = `<description><![CDATA[${html.replace('&amp;amp;', '&amp;')}]]></description>`;
  const expected = 'One & two\n\nSee this';
  expect((await onlyOne(feed(item({ more: inCdata })))).description).toBe(expected);
  expect((await onlyOne(feed(item({ more: `<description>${escaped}</description>` })))).description).toBe(expected);
});

test.each([
  [16_384, 16_384, 'x'],
  [16_385, 16_384, '…'],
])('a description of %i characters has %i in the message', async (length, expected, last) => {
  const { description } = await onlyOne(feed(item({ more: `<description>${'😀'.repeat(length - 1)}x</description>` })));
  const points = [...description];
  expect(points).toHaveLength(expected);
  expect(points.at(-1)).toBe(last);
});

test.each([
  [250, 'x'],
  [251, '…'],
])('a title of %i characters is cut to 250 with an ellipsis where it is longer', async (length, last) => {
  const { title } = await onlyOne(feed(item({ title: `${'😀'.repeat(length - 1)}x` })));
  expect([...title]).toHaveLength(250);
  expect([...title].at(-1)).toBe(last);
});

test('a media URI of 2,048 characters is taken, one of 2,049 is refused with the limit and what came', async () => {
  const uri = (length: number) => `http://x.example/${'a'.repeat(length - 'http://x.example/.mp3'.length)}.mp3`;
  expect((await onlyOne(feed(item({ enclosure: enclosed(uri(2_048)) })))).mediaUri).toHaveLength(2_048);
  const { reason } = await onlyProblem(feed(item({ enclosure: enclosed(uri(2_049)) })));
  expect(reason).toMatch(/mediaUri.*1–2048 characters.*2049/);
});

test('among several enclosures the audio is chosen, MP3 before others', async () => {
  const several = enclosed('v.mp4', 'video/mp4') + enclosed('a.ogg', 'audio/ogg') + enclosed('a.mp3', 'audio/mpeg');
  expect((await onlyOne(feed(item({ enclosure: several })))).mediaUri).toMatch(/a\.mp3$/);
});

test('Media RSS and alternate enclosures are asked only where no enclosure is audio', async () => {
  const media = '<media:content url="http://m.example/preview.mp3" type="audio/mpeg"/>';
  const other =
    '<podcast:alternateEnclosure type="audio/opus"><podcast:source uri="http://m.example/b.opus"/></podcast:alternateEnclosure>';
  const video = enclosed('v.mp4', 'video/mp4');
  expect((await onlyOne(feed(item({ more: media + other })))).mediaUri).toMatch(/one\.mp3$/);
  expect((await onlyOne(feed(item({ enclosure: video, more: media + other })))).mediaUri).toMatch(/preview\.mp3$/);
  expect(await onlyOne(feed(item({ enclosure: video, more: other })))).toMatchObject({
    mediaUri: 'http://m.example/b.opus',
    mediaType: 'audio/opus',
  });
});

test.each([
  ['audio/mp3; codecs=x', 'a.bin', 'audio/mpeg'],
  ['', 'a.WAV?x=1', 'audio/wav'],
  ['application/octet-stream', 'a.flac', 'audio/flac'],
  ['audio/x-m4a', 'a', 'audio/mp4'],
  ['audio/vnd.dlna.adts-and-more', 'a.aac', 'audio/aac'],
  ['audio/vnd.dlna.adts-and-more', 'a', 'audio/*'],
])('an enclosure of type "%s" named %s is %s', async (type, name, expected) => {
  expect((await onlyOne(feed(item({ enclosure: enclosed(name, type) })))).mediaType).toBe(expected);
});

test.each([
  ['no enclosure', '', /no enclosure/],
  ['a video', enclosed('v.mp4', 'video/mp4'), /"video\/mp4", not audio: .*v\.mp4/],
  ['a playlist', enclosed('l.m3u', 'audio/x-mpegurl'), /not audio/],
  ['a page', enclosed('a.php', 'text/html'), /"text\/html", not audio/],
  ['a video named like audio', enclosed('a.mp3', 'video/mp4'), /"video\/mp4", not audio/],
  ['no type and no known name', enclosed('download', ''), /of no known type/],
  ['no address', enclosed('http://'), /is no address/],
  ['a foreign scheme', enclosed('ftp://x.example/a.mp3'), /scheme ftp:.*http, https or file/],
])('an entry with %s is skipped with the reason, and the others are not', async (_, enclosure, reason) => {
  const { infos, problems } = await curated(feed(item({ title: 'Bad', enclosure }) + item({ title: 'Good' })));
  expect(titles(infos)).toEqual(['Good']);
  expect(problems).toEqual([{ ok: false, what: 'entry 1 “Bad”', reason: expect.stringMatching(reason) }]);
});

test('relative enclosures refer to baseUri where one is given, and spaces are escaped', async () => {
  const info = await onlyOne(feed(item({ enclosure: enclosed('a b.mp3') })), { baseUri: 'https://cdn.example/dir/' });
  expect(info.mediaUri).toBe('https://cdn.example/dir/a%20b.mp3');
});

test('a clip without a title is named by its file, an episode stays without', async () => {
  const source = feed(item({ title: '', enclosure: enclosed('big%20laugh.mp3') }));
  expect((await onlyOne(source, { kind: 'clips' })).title).toBe('big laugh.mp3');
  expect((await onlyOne(source)).title).toBe('');
});

test('a clip has no date aired', async () => {
  expect(await onlyOne(feed(item()), { kind: 'clips' })).not.toHaveProperty('dateAired');
});

test('the first matching rule gives the priority', async () => {
  const items = ['News', 'Talk', 'Rest'].map((title) =>
    item({ title, guid: title, enclosure: enclosed(`${title}.mp3`) }),
  );
  const { infos } = await curated(feed(items.join('')), {
    priorityRules: [
      { match: /^news/i, priority: 5 },
      { match: /talk\.mp3$/i, priority: -3 },
      { match: /news|talk/i, priority: 1 },
    ],
  });
  expect(infos.map(({ priority }) => priority)).toEqual([5, -3, 0]);
});

test('nothing that is stored names a folder of the user, and now is only used where nothing else is known', async () => {
  const info = await onlyOne(feed(item()));
  expect(info.curatorInformation).not.toContain(path(''));
  expect(Date.parse(info.lastDateCurated)).toBeLessThan(NOW.getTime());
});
