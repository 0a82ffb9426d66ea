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
