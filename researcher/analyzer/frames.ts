// Lists of frames of an episode, in their order.

/** Writes places `shift` frames earlier, as far as they are in the episode, to `out`; returns how many. */
export function earlier(places: Int32Array, shift: number, out: Int32Array): number {
  let count = 0;
  for (let i = 0; i < places.length; i++) if (places[i]! >= shift) out[count++] = places[i]! - shift;
  return count;
}

/** out = places `shift` frames later, `last` at most. */
export function later(places: Int32Array, shift: number, last: number, out: Int32Array): void {
  for (let i = 0; i < places.length; i++) out[i] = Math.min(last, places[i]! + shift);
}

/** Frames of both in their order, each once; returns how many. */
export function inOrder(a: Int32Array, b: Int32Array, out: Int32Array): number {
  let [i, k, count] = [0, 0, 0];
  while (i < a.length || k < b.length) {
    const next = k === b.length || (i < a.length && a[i]! <= b[k]!) ? a[i]! : b[k]!;
    if (a[i] === next) i++;
    if (b[k] === next) k++;
    out[count++] = next;
  }
  return count;
}
