import fc from 'fast-check';
import { cleanDescription, cleanLine } from '../../report/shared/clean-text.ts';
import { about, day, daysOf, duration, percent, position } from '../../report/shared/format.ts';
import { byNumber, containing, orderedRows, ranks, wordsOf } from '../../report/shared/rows.ts';
import { safeMedia } from '../../report/shared/safe-media.ts';

test('POSITION-1: a play at a whole second is shown in it, however few microseconds it was found early', () => {
  for (const seconds of [4.999998236, 5, 5.0004]) expect(position(seconds)).toBe('0:05');
  expect(position(4.9994)).toBe('0:04');
});

test('ROWS-1: rows that match come in order, and equal ones as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 5 }))), fc.boolean(), (column, descending) => {
      const matches = (row: number) => column[row] !== 3;
      const rows = [...orderedRows(column.length, matches, { compare: byNumber(column), descending })];
      const value = (row: number) => column[row] ?? Number.NEGATIVE_INFINITY;
      const expected = column
        .map((_, row) => row)
        .filter(matches)
        .sort((a, b) => (descending ? -1 : 1) * (value(a) - value(b) || 0) || a - b);
      expect(rows).toEqual(expected);
    }),
  );
});

test('ROWS-2: names are ranked and searched without case and accents', () => {
  expect([...ranks(['Clip 10', 'clip 2', 'Ábaco'])]).toEqual([2, 1, 0]);
  expect(wordsOf('  Ábaco  GULL ')).toEqual(['abaco', 'gull']);
  expect(containing(['abaco', 'gulls'], ['gull']).map((found) => [...found])).toEqual([[0, 1]]);
});

test.each([
  ['https://media.example.org/a.mp3', 'web'],
  ['HTTP://media.example.org/a.mp3', 'web'],
  ['file:///music/a.mp3', 'file'],
  ['javascript:alert(1)', undefined],
  ['JaVaScRiPt:alert(1)', undefined],
  ['java\nscript:alert(1)', undefined],
  ['\u0001javascript:alert(1)', undefined],
  ['data:text/html,<script>alert(1)</script>', undefined],
  ['blob:https://example.org/1', undefined],
  ['vbscript:msgbox(1)', undefined],
  ['file://share.example.org/a.mp3', undefined],
  ['file:////share/a.mp3', undefined],
  ['file:///\\share\\a.mp3', undefined],
  ['https://bank.example@evil.example/a.mp3', undefined],
  ['//media.example.org/a.mp3', undefined],
  ['a.mp3', undefined],
  ['', undefined],
])('MEDIA-1: of %j a page may load %s', (uri, kind) => {
  expect(safeMedia(uri)?.kind).toBe(kind);
});

test('TEXT-1: text of a feed has no controls, no overrides of direction, no half characters, and descriptions an end', () => {
  expect(cleanLine(' a\u0000b\n\tc\u202egpj.exe\ud800 ')).toBe('a b c gpj.exe\ufffd');
  expect(cleanDescription('a\r\nb')).toBe('a\nb');
  expect(cleanDescription('😀'.repeat(1000))).toHaveLength(2000);
  expect(cleanDescription(`x${'😀'.repeat(1000)}`)).toMatch(/^x(😀)+\ufffd…$/u);
});

test('FORMAT-1: positions, lengths, days and shares as people write them', () => {
  expect([0, 59.9, 60, 3599, 3600, 36_061].map(position)).toEqual([
    '0:00',
    '0:59',
    '1:00',
    '59:59',
    '1:00:00',
    '10:01:01',
  ]);
  expect([0, 2.54, 59, 60, 3600, 7500].map(duration)).toEqual(['', '2.5 s', '59 s', '1 min', '1 h', '2 h 5 min']);
  expect([day(0), day(null), day(daysOf('2019-03-04T23:59:59Z'))]).toEqual(['1 Jan 1970', '', '4 Mar 2019']);
  expect([daysOf(undefined), daysOf('1969-12-31T23:59:59Z')]).toEqual([null, -1]);
  const shares: [number, number][] = [
    [0, 0],
    [0, 9],
    [1, 99_999],
    [99_998, 99_999],
    [9, 9],
  ];
  expect(shares.map(([part, whole]) => percent(part, whole))).toEqual(['–', '0 %', '0.1 %', '99.9 %', '100 %']);
  expect([1, 90 * 60_000, 72 * 3_600_000].map(about)).toEqual(['1 minute', '2 hours', '3 days']);
});
