import type { Timeline } from './report-data.ts';

const DAY_MS = 86_400_000;
/** What spans fewer years is shown by months. */
const YEARS_FROM = 3;

type Bucket = { -readonly [Name in keyof Timeline['buckets'][number]]: number };

/** Years or months without gaps, each with zeros to count in. */
export interface Calendar {
  readonly unit: Timeline['unit'];
  /** In order. */
  readonly buckets: readonly Bucket[];
  /** The bucket of a day; undefined of one that is out of all proportion. */
  bucketOf(days: number): Bucket | undefined;
}

/** So far from the middle a date is a mistake: one episode of the year 1 must not shrink all others to a line. */
const DAYS_FROM_MIDDLE = 75 * 365;

/** @param all days since 1970-01-01, in any order */
export function calendar(all: readonly number[]): Calendar {
  const middle = [...all].sort((a, b) => a - b)[all.length >> 1] ?? 0;
  const days = all.filter((day) => Math.abs(day - middle) <= DAYS_FROM_MIDDLE);
  const first = days.reduce((least, day) => Math.min(least, day), Number.POSITIVE_INFINITY);
  const last = days.reduce((most, day) => Math.max(most, day), Number.NEGATIVE_INFINITY);
  const unit = yearOf(last) - yearOf(first) + 1 < YEARS_FROM ? 'month' : 'year';
  const buckets = new Map<number, Bucket>();
  const longest = unit === 'year' ? 366 : 31;
  for (let from = startOf(unit, first); from <= last; from = startOf(unit, from + longest)) {
    buckets.set(from, { from, complete: 0, begun: 0, untouched: 0, plays: 0 });
  }
  return { unit, buckets: [...buckets.values()], bucketOf: (day) => buckets.get(startOf(unit, day)) };
}

const yearOf = (days: number): number => new Date(days * DAY_MS).getUTCFullYear();

/** The first day of the year or month that the day is in. */
function startOf(unit: Timeline['unit'], days: number): number {
  const date = new Date(days * DAY_MS);
  date.setUTCDate(1);
  if (unit === 'year') date.setUTCMonth(0);
  return date.getTime() / DAY_MS;
}
