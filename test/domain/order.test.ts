import fc from 'fast-check';
import type { EpisodeInfo } from '../../domain/messages.ts';
import { clipRank, episodeRank, inOrder } from '../../domain/order.ts';
import { compareTimestamps } from '../../domain/timestamp.ts';
import { aClip } from '../support/research.ts';

const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;

type Ranked = Pick<EpisodeInfo, 'priority' | 'initialDateCurated'> & {
  dateAired: string | undefined;
  ordinal: number;
};

/** The order in words: priority, date aired, initial curation date, all descending, then the ordinal. */
function plainly(a: Ranked, b: Ranked): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.dateAired !== b.dateAired) {
    if (a.dateAired === undefined) return 1;
    if (b.dateAired === undefined) return -1;
    return compareTimestamps(b.dateAired, a.dateAired);
  }
  return compareTimestamps(b.initialDateCurated, a.initialDateCurated) || a.ordinal - b.ordinal;
}

const date = fc.constantFrom(
  '0001-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999999999Z',
  '2024-02-29T00:00:00Z',
  '2024-02-29T00:00:00.000000001Z',
  '2024-02-29T00:00:00.500Z',
  '2024-02-29T00:00:00.500001Z',
  '9999-12-31T23:59:59.999999999Z',
);
const priority = fc.oneof(fc.constantFrom(LOWEST, LOWEST + 1, -1, 0, 1, HIGHEST - 1, HIGHEST), fc.integer());
const ordinal = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 ** 31 }));
const ranked = fc.record({
  priority,
  dateAired: fc.option(date, { nil: undefined }),
  initialDateCurated: date,
  ordinal,
});

const rankOf = ({ ordinal, dateAired, ...rest }: Ranked) =>
  episodeRank({ ...rest, ...(dateAired === undefined ? {} : { dateAired }) }, ordinal);

test('ORDER-1: episodes sort by rank as by a plain comparison', () => {
  fc.assert(
    fc.property(ranked, ranked, (a, b) => {
      const [first, second] = [rankOf(a), rankOf(b)];
      const byRank = first < second ? -1 : Number(first > second);
      expect(byRank).toBe(Math.sign(plainly(a, b)));
    }),
    { numRuns: 2_000 },
  );
});

test('ORDER-2: every rank has the same width and only digits, so text order is its order', () => {
  fc.assert(fc.property(ranked, (one) => expect(rankOf(one)).toMatch(/^\d{68}$/)));
  expect(clipRank({ priority: LOWEST, initialDateCurated: '0001-01-01T00:00:00Z' }, 1)).toMatch(/^\d{45}$/);
});

describe('ORDER-3: what decides, one difference at a time', () => {
  const base: Ranked = {
    priority: 0,
    dateAired: '2024-01-01T00:00:00Z',
    initialDateCurated: '2024-01-01T00:00:00Z',
    ordinal: 5,
  };
  test.each<[string, Partial<Ranked>]>([
    ['higher priority, whatever else', { priority: 1, dateAired: undefined, ordinal: 99 }],
    ['aired a nanosecond later', { dateAired: '2024-01-01T00:00:00.000000001Z' }],
    ['curated a nanosecond later', { initialDateCurated: '2024-01-01T00:00:00.000000001Z' }],
    ['a lower ordinal, even where text order differs', { ordinal: 4 }],
  ])('%s comes first', (_, difference) => expect(rankOf({ ...base, ...difference }) < rankOf(base)).toBe(true));

  test('without a date aired it comes after the earliest date there is', () => {
    expect(rankOf({ ...base, dateAired: '0001-01-01T00:00:00Z' }) < rankOf({ ...base, dateAired: undefined })).toBe(
      true,
    );
  });

  test('ordinal 9 comes before 10', () =>
    expect(rankOf({ ...base, ordinal: 9 }) < rankOf({ ...base, ordinal: 10 })).toBe(true));
});

test('ORDER-4: clips go by priority and initial curation date, descending, then the ordinal', () => {
  const clip = (n: number, priorityOf: number, curated: string) => {
    const { info, ...entry } = aClip(n, { priority: priorityOf });
    return { ...entry, info: { ...info, initialDateCurated: curated } };
  };
  const clips = [
    clip(1, LOWEST, '9999-12-31T23:59:59Z'),
    clip(10, 0, '2024-01-01T00:00:00Z'),
    clip(9, 0, '2024-01-01T00:00:00Z'),
    clip(3, 0, '2024-01-01T00:00:00.000001Z'),
    clip(4, HIGHEST, '0001-01-01T00:00:00Z'),
  ];
  expect(inOrder(clips).map(({ ordinal }) => ordinal)).toEqual([4, 3, 9, 10, 1]);
});
