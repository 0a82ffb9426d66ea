import {
  canonicalTimestamp,
  compareTimestamps,
  epochMs,
  sortableTimestamp,
  timestampOf,
} from '../../domain/timestamp.ts';

describe('canonical timestamps', () => {
  it.each([
    ['stays as it is', '2024-03-01T08:00:00Z', '2024-03-01T08:00:00Z'],
    ['gets three digits for one', '2024-03-01T08:00:00.5Z', '2024-03-01T08:00:00.500Z'],
    ['gets six digits for four', '2024-03-01T08:00:00.1234Z', '2024-03-01T08:00:00.123400Z'],
    ['gets nine digits for seven', '2024-03-01T08:00:00.1234567Z', '2024-03-01T08:00:00.123456700Z'],
    ['keeps nine digits', '2024-03-01T08:00:00.123456789Z', '2024-03-01T08:00:00.123456789Z'],
    ['loses digits that are all zero', '2024-03-01T08:00:00.000000000Z', '2024-03-01T08:00:00Z'],
    ['loses trailing zeros in threes', '2024-03-01T08:00:00.120000000Z', '2024-03-01T08:00:00.120Z'],
    ['is brought to UTC from the east', '2024-03-01T00:30:00+01:00', '2024-02-29T23:30:00Z'],
    ['is brought to UTC from the west', '2024-12-31T23:30:00.25-00:45', '2025-01-01T00:15:00.250Z'],
    ['may have an unknown local offset', '2024-03-01T08:00:00-00:00', '2024-03-01T08:00:00Z'],
    ['may have the widest offset', '2024-03-01T23:59:00+23:59', '2024-03-01T00:00:00Z'],
    ['may be written in lower case', '2024-03-01t08:00:00z', '2024-03-01T08:00:00Z'],
    ['may be a leap day', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['may be a leap day of a fourth century', '2000-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
    ['may be the first instant', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['may be the last instant', '9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
    ['may come into the range by its offset', '0001-01-01T01:00:00+01:00', '0001-01-01T00:00:00Z'],
  ])('a timestamp %s', (_, input, canonical) => {
    expect(canonicalTimestamp(input)).toBe(canonical);
  });

  it.each([
    ['30 February', '2024-02-30T00:00:00Z'],
    ['29 February of a common year', '2023-02-29T00:00:00Z'],
    ['29 February of a common century', '1900-02-29T00:00:00Z'],
    ['31 April', '2024-04-31T00:00:00Z'],
    ['day 0', '2024-04-00T00:00:00Z'],
    ['month 13', '2024-13-01T00:00:00Z'],
    ['month 0', '2024-00-01T00:00:00Z'],
    ['hour 24', '2024-04-01T24:00:00Z'],
    ['minute 60', '2024-04-01T23:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['year 0', '0000-12-31T23:59:59Z'],
    ['an instant before year 1 in UTC', '0001-01-01T00:59:59+01:00'],
    ['an instant after year 9999 in UTC', '9999-12-31T23:59:59-00:01'],
    ['a year of five digits', '12024-04-01T00:00:00Z'],
    ['a signed year', '+002024-04-01T00:00:00Z'],
    ['ten fraction digits', '2024-04-01T00:00:00.1234567890Z'],
    ['a point without digits', '2024-04-01T00:00:00.Z'],
    ['a comma', '2024-04-01T00:00:00,5Z'],
    ['no offset', '2024-04-01T00:00:00'],
    ['an offset without a colon', '2024-04-01T00:00:00+0100'],
    ['an offset of 24 hours', '2024-04-01T00:00:00+24:00'],
    ['an offset of 60 minutes', '2024-04-01T00:00:00+00:60'],
    ['a space for the T', '2024-04-01 00:00:00Z'],
    ['only a date', '2024-04-01'],
    ['a line end after it', '2024-04-01T00:00:00Z\n'],
    ['a space before it', ' 2024-04-01T00:00:00Z'],
    ['digits of another script', '２０２４-04-01T00:00:00Z'],
    ['nothing', ''],
  ])('%s is refused', (_, input) => {
    expect(canonicalTimestamp(input)).toBeUndefined();
  });

  it('is canonical once and for all', () => {
    const once = canonicalTimestamp('2024-03-01T00:30:00.1200+01:00')!;
    expect(canonicalTimestamp(once)).toBe(once);
  });
});

describe('the order of timestamps', () => {
  const ascending = [
    '0001-01-01T00:00:00Z',
    '2024-03-01T08:00:00Z',
    '2024-03-01T08:00:00.000000001Z',
    '2024-03-01T08:00:00.500Z',
    '2024-03-01T08:00:00.500001Z',
    '2024-03-01T08:00:00.500001001Z',
    '2024-03-01T08:00:01Z',
    '9999-12-31T23:59:59.999999999Z',
  ];

  it('is the order in time, whatever the number of digits', () => {
    for (const [i, a] of ascending.entries())
      for (const [j, b] of ascending.entries()) expect(Math.sign(compareTimestamps(a, b))).toBe(Math.sign(i - j));
  });

  it('is the alphabetical order of the sortable form, which has one width', () => {
    const sortable = ascending.map(sortableTimestamp);
    expect([...sortable].sort()).toEqual(sortable);
    expect(new Set(sortable.map(({ length }) => length))).toEqual(new Set([30]));
  });
});

describe('milliseconds', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [1_709_280_000_250, '2024-03-01T08:00:00.250Z'],
  ])('%d become %s and back', (ms, timestamp) => {
    expect(timestampOf(ms)).toBe(timestamp);
    expect(epochMs(timestamp)).toBe(ms);
  });

  it('cut off what is finer', () => {
    expect(epochMs('2024-03-01T08:00:00.250999999Z')).toBe(1_709_280_000_250);
    expect(epochMs('1969-12-31T23:59:59.999999999Z')).toBe(-1);
  });
});
