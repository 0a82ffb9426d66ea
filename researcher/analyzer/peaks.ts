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

/** Every value above `least` that no other within `reach` of its place exceeds; of equal ones the first. Places are in their order. */
export function eachPeak(
  places: Int32Array,
  values: Float32Array | Float64Array,
  reach: number,
  least: number,
  tell: (place: number, value: number) => void,
): void {
  for (let i = 0; i < places.length; i++) {
    const value = values[i]!;
    if (value > least && isPeak(places, values, i, reach)) tell(places[i]!, value);
  }
}

/** Whether no other value within `reach` of the place of this one exceeds it. */
function isPeak(places: Int32Array, values: Float32Array | Float64Array, at: number, reach: number): boolean {
  const [place, value] = [places[at]!, values[at]!];
  for (let k = at - 1; k >= 0 && places[k]! >= place - reach; k--) if (values[k]! >= value) return false;
  for (let k = at + 1; k < places.length && places[k]! <= place + reach; k++) if (values[k]! > value) return false;
  return true;
}

/** Where the parabola through three equidistant values has its top, relative to the middle one: −0.5 … 0.5. */
export function parabolicTop(before: number, at: number, after: number): number {
  const curve = before - 2 * at + after;
  return curve < 0 ? Math.max(-0.5, Math.min(0.5, (0.5 * (before - after)) / curve)) : 0;
}
