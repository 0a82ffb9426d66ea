import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAtomFeed, parseRssFeed } from 'feedsmith';
import { documentText } from '../../curators/document-text.ts';
import { elementIn } from '../../curators/feed-elements.ts';
import { openedFeed } from '../../curators/feed-entry.ts';
import { entryTexts, feedMarkup } from '../../curators/feed-markup.ts';
import { FeedNames } from '../../curators/feed-names.ts';
import { TextScan } from '../../curators/text-scan.ts';
import { item, rss } from './support/feeds.ts';

const SMALL = join(__dirname, '..', 'fixtures', 'feeds', 'small');
const opened = (feed: string) => {
  const document = documentText([new Uint8Array(Buffer.from(feed))], '', 1e9);
  return openedFeed(document, feedMarkup(document, 1_000));
};

test.each(readdirSync(SMALL).filter((name) => name.endsWith('.xml') && !name.startsWith('says')))(
  '%s is read as another parser reads it',
  (name) => {
    const text = readFileSync(join(SMALL, name), 'utf8');
    const ours = [...opened(text).entries()].map((entry) => [entry?.title, entry?.guid]);
    const theirs = text.includes('<rss')
      ? parseRssFeed(text).items?.map(({ title, guid }) => [title ?? '', guid?.value])
      : parseAtomFeed(text).entries?.map(({ title, id }) => [title?.value ?? '', id]);
    expect(ours).toEqual(theirs);
  },
);

test.each([
  ['entities and CDATA', 'a &amp; b <![CDATA[& <i>c</i>]]> &eacute;'],
  ['a comment', 'a<!-- not <b>this</b> -->b'],
  ['markup', 'x <p title="a > b">y</p> z'],
  ['a closing tag in CDATA', '<![CDATA[</description>]]> behind'],
  ['an element of its own name', 'a <description>b</description> c'],
  ['numbers of characters', '&#252;&#xfc;'],
])('a description with %s is read as another parser reads it', (_, description) => {
  const text = rss(item({ more: `<description>${description}</description>` }));
  expect([...opened(text).entries()][0]?.description).toBe(parseRssFeed(text).items?.[0]?.description);
});

test('prefixes are what a document says, or what everybody means by them', () => {
  const itunes = 'http://www.itunes.com/DTDs/Podcast-1.0.dtd';
  const read = (xml: string) => elementIn(xml, new FeedNames(''))?.element.children.map(({ name }) => name);
  expect(read(`<item xmlns:i="${itunes}"><i:Title>x</i:Title></item>`)).toEqual(['itunes:title']);
  expect(read('<item><itunes:title>x</itunes:title></item>')).toEqual(['itunes:title']);
  expect(read('<item><link xmlns="http://www.w3.org/2005/Atom/" href="x"/></item>')).toEqual(['atom:link']);
  expect(read(`<item><i:title xmlns:i="${itunes}">x</i:title></item>`)).toEqual(['itunes:title']);
});

test('nothing that an element is called is anything but a name', () => {
  const read = elementIn('<item><__proto__>x</__proto__><constructor a="1"/></item>', new FeedNames(''));
  expect(read?.element.children.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
  expect(read?.element.attribute('constructor')).toBeUndefined();
});

/** Each repeated to half a megabyte inside of an entry; whoever looked again and again would need minutes. */
test.each([
  '<a>',
  '<a ',
  '<a "',
  '<a x="',
  '</a>',
  '<!--',
  '<![CDATA[',
  '<!',
  '<?',
  '<',
  '&',
  '<title ',
  '<title>',
  '<x>1</x>',
  ' x="1"',
])('%j without end in an entry takes as long as it is long', (part) => {
  const start = process.cpuUsage();
  elementIn(`<item><title>${part.repeat(500_000 / part.length)}</item>`, new FeedNames(''));
  elementIn(`<item ${part.repeat(500_000 / part.length)}></item>`, new FeedNames(''));
  expect(process.cpuUsage(start).user / 1e6).toBeLessThan(8);
});

test('a text that comes in parts is the same text', () => {
  const text = rss(item({ title: 'Grüße 😀' }).repeat(3));
  const whole = feedMarkup({ size: 0, pieces: () => [text].values() as never, lastPieces: () => [] as never }, 100);
  const inParts = (length: number) =>
    (text.match(new RegExp(`[\\s\\S]{1,${length}}`, 'g')) ?? []).values() as unknown as Generator<string>;
  for (const length of [1, 2, 7, 100]) {
    const pieces = () => inParts(length);
    expect(feedMarkup({ size: 0, pieces, lastPieces: pieces }, 100)).toEqual(whole);
  }
  const long = rss(
    Array.from({ length: 2_000 }, (_, at) => `${item({ title: `Entry ${at}` })}${' '.repeat(at % 50)}`).join(''),
  );
  for (const length of [1_000, 1_001, 16_384]) {
    const pieces = () =>
      (long.match(new RegExp(`[\\s\\S]{1,${length}}`, 'g')) ?? []).values() as unknown as Generator<string>;
    const document = { size: 0, pieces, lastPieces: pieces };
    const texts = [...entryTexts(document, feedMarkup(document, 10_000).entries)];
    expect(texts.map((text) => /<title>(.*?)</.exec(text ?? '')?.[1])).toEqual(texts.map((_, at) => `Entry ${at}`));
  }
  const scan = new TextScan(inParts(3));
  expect(scan.between(10, 20)).toBe(text.slice(10, 20));
});
