import { type FeedMarkup, markupIn } from '../../curators/feed-markup.ts';
import { TextScan } from '../../curators/text-scan.ts';
import { HOSTILE_MARKUP } from '../hostile/markup.ts';

const ENTRIES = 100_000;
const SHORTER = 100_000;

function stepsOf(document: string): number {
  const scan = new TextScan(document.match(/[\s\S]{1,65536}/g) ?? []);
  let markup: FeedMarkup | undefined;
  try {
    markup = markupIn(scan, ENTRIES);
  } catch (error) {
    expect(error).toMatchObject({ name: 'SourceUnusable' });
  }
  expect(markup?.entries.length ?? 0).toBeLessThanOrEqual(ENTRIES + 1);
  return scan.steps;
}

test.each(HOSTILE_MARKUP)('%s: each part is looked at a few times, however long the document is', (_, document) => {
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
