import type { Agreement } from './tiles.ts';

/** A window counts as heard while those around it agree by so much of the best. */
const HEARD_SHARE = 0.4;
const SMOOTHED = 4;
/** Of the clip's energy in an ordinary window: quieter ones are pauses. */
const QUIET_SHARE = 0.1;

/**
 * The run of windows with the most in common; while it lasts, each and those around it agree by a share of the best.
 *
 * @param own energy of the clip in each window
 */
export function heardWindows(sums: readonly Agreement[], own: readonly number[]): [number, number] {
  const count = sums.length;
  const quiet = (QUIET_SHARE * own.reduce((all, energy) => all + energy, 0)) / count;
  const near = sums.map((_, i) => {
    const sum: Agreement = { common: 0, most: 1e-9 };
    for (let k = Math.max(0, i - SMOOTHED); k <= Math.min(count - 1, i + SMOOTHED); k++) {
      sum.common += sums[k]!.common;
      sum.most += sums[k]!.most;
    }
    return sum.common / sum.most;
  });
  const least = HEARD_SHARE * Math.max(...near);
  // What is quiet says nothing: it neither ends a run nor makes one.
  const heard = (i: number) => near[i]! >= least || own[i]! < quiet;
  let [from, to, most] = [0, 0, 0];
  for (let i = 0; i < count; ) {
    let end = i;
    let common = 0;
    for (; end < count && heard(end); end++) common += sums[end]!.common;
    if (common > most) [from, to, most] = [i, end, common];
    i = end + 1;
  }
  // Silence at the ends of a clip is as good as heard; a pause within may have been cut out.
  while (from > 0 && from < to && near[from]! < least) from++;
  while (to < count && to > from && near[to - 1]! < least) to--;
  return [from, to];
}
