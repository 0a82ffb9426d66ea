/** Where two segments are looked at: of a long part its beginning, middle and end, for any of them may be cut off. */
export function glances(first: number, last: number): (readonly [number, number])[] {
  if (last - first <= 3) return [[first, Math.min(last, first + 2)]];
  const middle = Math.floor((first + last) / 2);
  return [
    [middle - 1, middle + 1],
    [first, first + 2],
    [last - 2, last],
  ];
}
