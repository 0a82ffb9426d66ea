/** Numbers that are allocated at once. */
const AT_ONCE = 65_536;

/** Memory for the frames and values of many comparisons, which is used again for the next ones: what is allocated for each of thousands burdens the garbage collector. */
export class ComparisonRoom {
  readonly #frames = new Shelves((length) => new Int32Array(length));
  readonly #values = new Shelves((length) => new Float64Array(length));

  /** What was handed out must not be used any more. */
  empty(): void {
    this.#frames.empty();
    this.#values.empty();
  }

  /** So many, whatever they are. */
  frames(length: number): Int32Array {
    return this.#frames.take(length);
  }

  values(length: number): Float64Array {
    return this.#values.take(length);
  }
}

interface Numbers<T> {
  readonly length: number;
  subarray(from: number, to: number): T;
}

class Shelves<T extends Numbers<T>> {
  readonly #made: (length: number) => T;
  readonly #shelves: T[] = [];
  #shelf = 0;
  #used = 0;

  constructor(made: (length: number) => T) {
    this.#made = made;
  }

  empty(): void {
    [this.#shelf, this.#used] = [0, 0];
  }

  take(length: number): T {
    for (; this.#shelf < this.#shelves.length; this.#shelf++, this.#used = 0) {
      if (this.#used + length <= this.#shelves[this.#shelf]!.length) return this.#cut(length);
    }
    this.#shelves.push(this.#made(Math.max(AT_ONCE, length)));
    return this.#cut(length);
  }

  #cut(length: number): T {
    this.#used += length;
    return this.#shelves[this.#shelf]!.subarray(this.#used - length, this.#used);
  }
}
