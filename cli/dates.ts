import { InvalidArgumentError } from 'commander';

const DAY_MS = 86_400_000;
const AGES: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/**
 * Reads a day (`2026-01-31`, in UTC), an instant (RFC 3339) or an age (`12h`, `7d`, `2w`) as ms since the epoch.
 * @param end of a day: its last millisecond instead of its first
 * @throws InvalidArgumentError
 */
export function pointInTime(text: string, { end = false, now = Date.now() } = {}): number {
  const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * AGES[unit]!;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = isDay || /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  // The 31st of April is the 1st of May to Date.parse.
  if (Number.isNaN(at) || (isDay && new Date(at).toISOString().slice(0, 10) !== text)) {
    throw new InvalidArgumentError(
      'It must be a day like 2026-01-31, a time like 2026-01-31T12:00:00Z, or an age like 7d.',
    );
  }
  return isDay && end ? at + DAY_MS - 1 : at;
}
