/** The parts of a line that differ from one occurrence of the same trouble to the next. */
const VARYING = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d/gi;

/**
 * A log that says the same thing at most once in `intervalMs`, whatever ids and numbers differ in it; what was left
 * out is counted in the next line.
 */
export function seldom(log: (line: string) => void, intervalMs: number, clock = Date.now): (line: string) => void {
  const said = new Map<string, { at: number; since: number }>();
  return (line) => {
    const key = line.replaceAll(VARYING, '#').replaceAll(/#+/g, '#');
    const now = clock();
    const last = said.get(key);
    if (last && now - last.at < intervalMs) {
      last.since++;
      return;
    }
    said.set(key, { at: now, since: 0 });
    log(last?.since ? `${line} (and ${last.since} more like it before)` : line);
  };
}
