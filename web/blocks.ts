export const BLOCK_BYTES = 1024 * 1024;

/**
 * Bytes in blocks that belong to nobody else, as they arrive in parts of any size: so that each can be given back to the
 * system when it has been read (`buffer.transfer(0)`), and none is copied into a larger one.
 */
export class Blocks {
  readonly #full: Uint8Array<ArrayBuffer>[] = [];
  #last = new Uint8Array(0);
  #used = 0;

  add(part: Uint8Array): void {
    for (let at = 0; at < part.length; ) {
      if (this.#used === this.#last.length) this.#begin();
      const some = part.subarray(at, at + this.#last.length - this.#used);
      this.#last.set(some, this.#used);
      this.#used += some.length;
      at += some.length;
    }
  }

  /** All that was added, in order. */
  all(): Uint8Array<ArrayBuffer>[] {
    return this.#used === 0 ? this.#full : [...this.#full, this.#last.subarray(0, this.#used)];
  }

  #begin(): void {
    if (this.#used > 0) this.#full.push(this.#last);
    this.#last = new Uint8Array(BLOCK_BYTES);
    this.#used = 0;
  }
}
