import type { FloatBlock } from './float-block.ts';
import type { Kernels } from './kernels/kernels.ts';

/** Keeps the `capacity` largest of many values, with a number each. Equal values: the earlier one stays. */
export class TopList {
  readonly #capacity: number;
  readonly #values: number[] = [];
  readonly #items: number[] = [];
  /** What a value must exceed to enter. */
  threshold: number;

  constructor(capacity: number, threshold: number) {
    this.#capacity = capacity;
    this.threshold = threshold;
  }

  offer(value: number, item: number): void {
    if (!(value > this.threshold)) return;
    let at = this.#values.length;
    while (at > 0 && this.#values[at - 1]! < value) at--;
    this.#values.splice(at, 0, value);
    this.#items.splice(at, 0, item);
    if (this.#values.length > this.#capacity) {
      this.#values.pop();
      this.#items.pop();
    }
    if (this.#values.length === this.#capacity) this.threshold = this.#values.at(-1)!;
  }

  /** Largest first. */
  entries(): { value: number; item: number }[] {
    return this.#values.map((value, i) => ({ value, item: this.#items[i]! }));
  }
}

/** Offers every local maximum of `series` (largest within `reach` on both sides) to the list. */
export function offerPeaks(kernels: Kernels, block: FloatBlock, length: number, reach: number, list: TopList): void {
  const series = block.data;
  for (let at = 0; ; at += reach) {
    // Only a stretch with something above the threshold can have a peak that enters.
    const above = kernels.firstAbove(block, length, at, list.threshold);
    if (above === length) return;
    const start = above - (above % reach);
    at = start;
    const end = Math.min(length, start + reach);
    let best = start;
    for (let i = start + 1; i < end; i++) if (series[i]! > series[best]!) best = i;
    const value = series[best]!;
    if (value > list.threshold && isPeak(series, length, best, reach)) list.offer(value, best);
  }
}

function isPeak(series: Float32Array, length: number, at: number, reach: number): boolean {
  const value = series[at]!;
  for (let i = Math.max(0, at - reach); i < at; i++) if (series[i]! >= value) return false;
  for (let i = at + 1; i < Math.min(length, at + reach); i++) if (series[i]! > value) return false;
  return true;
}

/** Where the parabola through three equidistant values has its top, relative to the middle one: −0.5 … 0.5. */
export function parabolicTop(before: number, at: number, after: number): number {
  const curve = before - 2 * at + after;
  return curve < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / curve)) : 0;
}
