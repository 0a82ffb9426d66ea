const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `1:02:03`, or `2:03` in what is shorter than an hour. */
export function position(seconds: number): string {
  // Rounded to the millisecond first: what is 2 µs short of a second is that second.
  const whole = Math.floor(Math.round(seconds * 1000) / 1000);
  const two = (n: number) => n.toString().padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `2 h 5 min`, `4 min`, `2.5 s`; '' when unknown. */
export function duration(seconds: number): string {
  if (seconds <= 0) return '';
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const minutes = Math.round(seconds / 60);
  const parts = [minutes >= 60 && `${Math.floor(minutes / 60)} h`, minutes % 60 > 0 && `${minutes % 60} min`];
  return parts.filter(Boolean).join(' ');
}

/** `4 Mar 2019`; '' of null. */
export function day(days: number | null): string {
  if (days === null) return '';
  const date = new Date(days * DAY_MS);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `2019-03-04`; '' of null. */
export const isoDay = (days: number | null): string =>
  days === null ? '' : new Date(days * DAY_MS).toISOString().split('T')[0]!;

/** Days since 1970-01-01 of a timestamp; null of none. */
export function daysOf(timestamp: string | undefined): number | null {
  return dayOfMs(Date.parse(timestamp ?? ''));
}

/** Days since 1970-01-01 of ms since then; null of NaN. */
export const dayOfMs = (ms: number): number | null => (Number.isNaN(ms) ? null : Math.floor(ms / DAY_MS));

export const number = (value: number): string => value.toLocaleString('en-US');

/** `1 clip`, `2 clips`. */
export const counted = (count: number, noun: string): string => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;

/** `12.3 %`: never 100 before it is whole, never 0 when there is something. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '–';
  const share = (part / whole) * 100;
  if (part === whole || part === 0) return `${share} %`;
  return `${Math.min(99.9, Math.max(0.1, share)).toFixed(1)} %`;
}

/** About how long: `3 days`. */
export function about(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours < 1) return counted(Math.max(1, Math.round(ms / 60_000)), 'minute');
  if (hours < 48) return counted(Math.round(hours), 'hour');
  if (hours < 24 * 60) return counted(Math.round(hours / 24), 'day');
  return hours < 24 * 730
    ? counted(Math.round(hours / 24 / 30.4), 'month')
    : counted(Math.round(hours / 24 / 365), 'year');
}
