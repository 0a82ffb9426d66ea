/**
 * Instants as the messages carry them: canonical RFC 3339 strings in UTC with 0, 3, 6 or 9 fraction digits, as
 * proto3 JSON writes them. Strings, because a JavaScript date would lose what is finer than a millisecond.
 */

/** Four-digit years only; `T` and `Z` in either case; no second 60: Protobuf smears leap seconds, nobody can send one. */
const RFC_3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59Z');

/**
 * The canonical form of an RFC 3339 timestamp: any offset and up to nine fraction digits come in; UTC with `Z` and
 * 0, 3, 6 or 9 fraction digits, as few as possible, goes out.
 *
 * @returns undefined for what is no real instant of the years 0001–9999 in UTC (30 February, hour 24, second 60 …).
 */
export function canonicalTimestamp(text: string): string | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours, offsetMinutes] = match;
  // Date.UTC would take the years 0–99 for 1900–1999; the ISO form does not.
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(local) || new Date(local).getUTCDate() !== Number(day)) return undefined;
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60_000;
  const utc = sign === '-' ? local + offset : local - offset;
  if (utc < FIRST_MS || utc > LAST_MS) return undefined;
  return `${new Date(utc).toISOString().slice(0, 19)}${canonicalFraction(fraction)}Z`;
}

/** Most that are stored: whole seconds, of a day that every month has. */
const PLAIN = /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** Whether the text is what `canonicalTimestamp` makes; at once of most, since large archives have a hundred thousand of them. */
export const isCanonical = (text: string): boolean => PLAIN.test(text) || canonicalTimestamp(text) === text;

/** @param digits 0 to 9 of them. */
function canonicalFraction(digits: string): string {
  const nanos = digits.padEnd(9, '0');
  if (nanos === '000000000') return '';
  if (nanos.endsWith('000000')) return `.${nanos.slice(0, 3)}`;
  if (nanos.endsWith('000')) return `.${nanos.slice(0, 6)}`;
  return `.${nanos}`;
}

/**
 * A canonical timestamp in the one width whose alphabetical order is the order in time: always nine fraction digits.
 * (Canonical strings themselves do not sort: `…00.5Z` comes before `…00Z`.)
 */
export function sortableTimestamp(canonical: string): string {
  return `${canonical.slice(0, 19)}.${canonical.slice(20, -1).padEnd(9, '0')}Z`;
}

/** Negative when `a` is earlier than `b`, 0 when they are the same instant, else positive. Both canonical. */
export function compareTimestamps(a: string, b: string): number {
  if (a === b) return 0;
  return sortableTimestamp(a) < sortableTimestamp(b) ? -1 : 1;
}

/** Milliseconds since 1970 of a canonical timestamp; what is finer is cut off. */
export function epochMs(canonical: string): number {
  return Date.parse(`${canonical.slice(0, 19)}.${canonical.slice(20, 23).padEnd(3, '0')}Z`);
}

/** @param ms milliseconds since 1970, within the years 0001–9999. */
export function timestampOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
