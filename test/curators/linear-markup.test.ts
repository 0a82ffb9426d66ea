import { type FeedMarkup, markupIn } from '../../curators/feed-markup.ts';
import { TextScan } from '../../curators/text-scan.ts';

const ENTRIES = 100_000;
const RSS = '<rss version="2.0"><channel><title>t</title>';

/** Documents of about a length, each made to be looked at again and again by somebody. */
const HOSTILE: readonly [string, (repeat: (text: string) => string) => string][] = [
  ['a channel that is never closed', (repeat) => `<rss version="2.0">${repeat('<channel ')}`],
  ['links of a page that are never closed', (repeat) => `<html>${repeat('<link type=')}`],
  ['links of a page with much space', (repeat) => `<html>${repeat('<link type                         x ')}`],
  ['links of a page to no feed', (repeat) => `<html>${repeat('<link type="application/rss">')}`],
  ['declarations', (repeat) => repeat('<!x>')],
  ['declarations with brackets', (repeat) => repeat('<![x>')],
  ['declarations with closed brackets', (repeat) => repeat('<![]>')],
  ['short declarations', (repeat) => repeat('<!>')],
  ['instructions', (repeat) => repeat('<?x?>')],
  ['instructions that are never closed', (repeat) => repeat('<?')],
  ['comments', (repeat) => `${repeat('<!---->')}${RSS}`],
  ['comments that are never closed', (repeat) => `${RSS}${repeat('<!--')}`],
  ['CDATA that is never closed', (repeat) => `${RSS}${repeat('<![CDATA[')}`],
  ['document types of pages', (repeat) => repeat('<!doctype htm>')],
  ['names without end', (repeat) => `<${repeat('a')}`],
  ['many names', (repeat) => repeat('<a-b.c:')],
  ['prefixes', (repeat) => repeat('<a:')],
  ['white space', (repeat) => repeat(' \n\t')],
  ['entries', (repeat) => `${RSS}${repeat('<item/>')}`],
  ['entries that are never closed', (repeat) => `${RSS}${repeat('<item>')}`],
  ['tags of entries that are never closed', (repeat) => `${RSS}${repeat('<item ')}`],
  ['ends of entries', (repeat) => `${RSS}${repeat('</item>')}`],
  ['ends of entries that are never closed', (repeat) => `${RSS}${repeat('</item ')}`],
  ['quotes in tags of entries', (repeat) => `${RSS}${repeat('<item ">')}`],
  ['quotes of both kinds', (repeat) => `${RSS}${repeat(`<item "'>`)}`],
  ['quotes that are never closed', (repeat) => `${RSS}${repeat(`<item x="${'y'.repeat(5_000)}>`)}`],
  ['attributes of the root', (repeat) => `<rss ${repeat('a="b" ')}`],
  ['quotes in the root', (repeat) => `<rss ${repeat('"')}`],
  ['less-than signs', (repeat) => repeat('<')],
];

const SHORTER = 100_000;

function stepsOf(document: string): number {
  const scan = new TextScan(document);
  let markup: FeedMarkup | undefined;
  try {
    markup = markupIn(scan, ENTRIES);
  } catch (error) {
    expect(error).toMatchObject({ name: 'SourceUnusable' });
  }
  expect(markup?.entries.length ?? 0).toBeLessThanOrEqual(ENTRIES + 1);
  return scan.steps;
}

test.each(HOSTILE)('%s: each part is looked at a few times, however long the document is', (_, document) => {
  const ofLength = (length: number) => document((text) => text.repeat(Math.ceil(length / text.length)));
  const [short, long] = [ofLength(SHORTER), ofLength(8 * SHORTER)];
  expect(stepsOf(short)).toBeLessThan(16 * short.length);
  expect(stepsOf(long)).toBeLessThan(16 * long.length);
});

test('what is counted is what is looked at', () => {
  const scan = new TextScan('abc<d>ef');
  expect(scan.find(/</g, 0)?.index).toBe(3);
  expect(scan.steps).toBe(4);
  expect(scan.behind('>', 3)).toBe(6);
  expect(scan.steps).toBe(7);
  expect(scan.find(/x/g, 6)).toBeUndefined();
  expect(scan.steps).toBe(9);
  expect(scan.part(0, 3)).toBe('abc');
  expect(scan.steps).toBe(12);
});
