/** A span of time for people, coarse: `40 s`, `12 min`, `3 h 20 min`, `2 d 5 h`. */
export function spoken(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  if (minutes < 36 * 60) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const two = (large: number, unit: string, small: number, part: string): string =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${part}`;

/** An instant for people: date and time in UTC, and how far away it is. */
export function moment(ms: number, now: number): string {
  const text = `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const away = spoken(Math.abs(ms - now));
  return ms > now ? `${text} (in ${away})` : `${text} (${away} ago)`;
}

/** Columns as wide as they must be; numbers to the right. */
export function columns(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths: number[] = [];
  const written = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? NUMBERS.format(cell) : cell)));
  for (const texts of written) {
    for (const [index, text] of texts.entries()) widths[index] = Math.max(widths[index] ?? 0, text.length);
  }
  return written.map((texts, row) =>
    texts
      .map((text, index) => {
        const width = widths[index] ?? 0;
        return typeof rows[row]?.[index] === 'number' ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** One for all: a table has a hundred thousand numbers. */
const NUMBERS = new Intl.NumberFormat('en-US');
