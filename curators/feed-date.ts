const ISO =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/** A time of day and its zone, as RFC 822 and its misspellings have them: "10:00:00 GMT+0200". */
const TIME =
  '(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.\\d{1,9})?)?\\s*([ap]m(?![a-z]))?\\s*((?:gmt|utc|ut)?[+-]\\d{1,2}:?\\d{2}|[a-z]{1,5})?(?:\\s*\\([^)]*\\))?';
const WEEKDAY = '(?:[a-z]+\\.?(?:\\s*,\\s*|\\s+))?';
const RFC_822 = new RegExp(
  `^${WEEKDAY}(\\d{1,2})[\\s-]+([a-z]{3})[a-z]*\\.?[\\s-]+(\\d{4}|\\d{2})(?:,?\\s+${TIME})?$`,
  'i',
);
/** Month first: "Jun 3, 2025 10:00 GMT". */
const MONTH_FIRST = new RegExp(`^${WEEKDAY}([a-z]{3})[a-z]*\\.?\\s+(\\d{1,2}),?\\s+(\\d{4})(?:,?\\s+${TIME})?$`, 'i');
/** As asctime writes it, the year at the end: "Tue Jun  3 10:00:00 2025"; `date` puts a zone before it. */
const ASCTIME = new RegExp(`^${WEEKDAY}([a-z]{3})[a-z]*\\.?\\s+(\\d{1,2})\\s+${TIME}\\s+(\\d{4})$`, 'i');
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Hours of the zones that RFC 822 names, and of a few that feeds use; others count as UTC. */
const ZONE_HOURS: Readonly<Record<string, number>> = {
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  bst: 1,
  cet: 1,
  cest: 2,
};

/** RFC 822 had two digits of the year: below 70 they are of this century. */
const PIVOT = 70;

/**
 * The instant that a date of a feed names: RFC 822 with its usual misspellings, asctime, month first, or RFC 3339 and
 * shorter ISO 8601.
 * A date without a zone is taken as UTC, so that every machine reads the same.
 *
 * @returns milliseconds since 1970, undefined for what is no real date of the years 1–9999.
 */
export function feedDateMs(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed.length > 80) return undefined;
  const iso = ISO.exec(trimmed);
  if (iso) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    return instant(Number(year), Number(month), Number(day), [hour, minute, second, fraction], zone);
  }
  const { day, month = '', year = '', time = [], zone } = partsOf(trimmed) ?? {};
  const century = year.length > 2 ? 0 : Number(year) < PIVOT ? 2000 : 1900;
  const monthNumber = MONTHS.indexOf(month.toLowerCase()) + 1;
  return instant(century + Number(year), monthNumber, Number(day), time, zone);
}

interface Parts {
  readonly day?: string | undefined;
  readonly month?: string | undefined;
  readonly year?: string | undefined;
  /** Hour, minute and second. */
  readonly time?: readonly (string | undefined)[];
  readonly zone?: string | undefined;
}

function partsOf(text: string): Parts | undefined {
  const rfc = RFC_822.exec(text);
  if (rfc) {
    const [, day, month, year, ...time] = rfc;
    return { day, month, year, ...timeOf(time) };
  }
  const first = MONTH_FIRST.exec(text);
  if (first) {
    const [, month, day, year, ...time] = first;
    return { day, month, year, ...timeOf(time) };
  }
  const [, month, day, ...rest] = ASCTIME.exec(text) ?? [];
  return month === undefined ? undefined : { day, month, year: rest.at(-1), ...timeOf(rest.slice(0, -1)) };
}

function timeOf([hour, minute, second, half, zone]: readonly (string | undefined)[]): Pick<Parts, 'time' | 'zone'> {
  if (half === undefined || hour === undefined) return { time: [hour, minute, second], zone };
  // 12 am is midnight, 13 pm no hour.
  const hours = Number(hour) > 12 ? 24 : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return { time: [String(hours), minute, second], zone };
}

function instant(
  year: number,
  month: number,
  day: number,
  [hour = '0', minute = '0', second = '0', fraction = '0']: readonly (string | undefined)[],
  zone: string | undefined,
): number | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Math.min(Number(second), 59)];
  if (year < 1 || month < 1 || h > 23 || m > 59 || Number(second) > 60) return undefined;
  const date = new Date(0);
  // Unlike Date.UTC, this takes the years 1–99 as they stand.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(h, m, s, Number(fraction.slice(0, 3).padEnd(3, '0')));
  const utc = date.getTime() - offsetMs(zone);
  const utcYear = new Date(utc).getUTCFullYear();
  return utcYear >= 1 && utcYear <= 9999 ? utc : undefined;
}

function offsetMs(zone: string | undefined): number {
  const numeric = /^(?:gmt|utc|ut)?([+-])(\d{1,2}):?(\d{2})$/i.exec(zone ?? '');
  if (!numeric) return (ZONE_HOURS[zone?.toLowerCase() ?? ''] ?? 0) * 3_600_000;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  return (numeric[1] === '-' ? -minutes : minutes) * 60_000;
}
