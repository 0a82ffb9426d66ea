/*
 * Lists of ordinals as a message has them: single ones, and ranges in either direction, as the order of a work item has
 * runs of neighbours. Ten thousand clips that were not found are mostly a handful of ranges.
 */

/** The ordinals in the order of the ranges, at most `most`. @returns undefined when there would be more */
export function ordinalsOf(ranges: readonly string[], most: number): number[] | undefined {
  const ordinals: number[] = [];
  for (const range of ranges) {
    const [first = 0, last = first] = range.split('-').map(Number);
    if (ordinals.length + Math.abs(last - first) + 1 > most) return undefined;
    const step = last < first ? -1 : 1;
    for (let ordinal = first; ordinal !== last + step; ordinal += step) ordinals.push(ordinal);
  }
  return ordinals;
}

/** The same ordinals in the same order, runs of neighbours together. */
export function rangesOf(ordinals: readonly number[]): string[] {
  const ranges: string[] = [];
  for (let start = 0; start < ordinals.length; ) {
    const first = ordinals[start]!;
    const step = ordinals[start + 1] === first - 1 ? -1 : 1;
    let end = start;
    while (ordinals[end + 1] === ordinals[end]! + step) end++;
    ranges.push(end === start ? String(first) : `${first}-${ordinals[end]}`);
    start = end + 1;
  }
  return ranges;
}
