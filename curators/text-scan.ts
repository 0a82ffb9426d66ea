/** So much of a mark may stand at the end of what is there of a text, before the rest of it comes. */
const LONGEST_MARK = 256;

/** What is behind is forgotten only in so large parts: each time what is left is copied. */
const FORGOTTEN_AT_LEAST = 4 * 1024;

/**
 * Finds marks in a text that comes piece by piece, always onwards, and counts the characters that were looked at: whoever
 * reads strangers' documents shows by that number that no document makes him read its parts again and again. Of the text
 * only as much is held as has not been forgotten; places count from its beginning.
 */
export class TextScan {
  readonly #pieces: Iterator<string>;
  #window = '';
  /** Where the window begins. */
  #base = 0;
  #ended = false;
  #steps = 0;

  constructor(text: string | Iterable<string>) {
    this.#pieces = (typeof text === 'string' ? [text] : text)[Symbol.iterator]();
  }

  /** Characters that were looked at so far. */
  get steps(): number {
    return this.#steps;
  }

  /** The first of these marks between two places; undefined for none. */
  find(marks: RegExp, from: number, until = Number.POSITIVE_INFINITY): RegExpExecArray | undefined {
    if (!marks.global) throw new Error('only a pattern with the flag g can begin in the middle of a text');
    const bounded = Number.isFinite(until);
    if (bounded) this.#reach(until);
    for (let start = from; ; ) {
      const end = Math.min(until, this.#end);
      if (start < end) {
        marks.lastIndex = start - this.#base;
        const found = marks.exec(end < this.#end ? this.#window.slice(0, end - this.#base) : this.#window);
        const looked = found ? this.#base + found.index + found[0].length : end;
        this.#steps += looked - start;
        if (found) {
          found.index += this.#base;
          return found;
        }
      }
      if (bounded || !this.#grow()) return undefined;
      start = Math.max(start, end - LONGEST_MARK);
    }
  }

  /** Behind the first such mark; the end of the text where it does not occur. */
  behind(mark: string, from: number): number {
    this.#reach(from);
    for (let start = from; ; ) {
      const found = this.#window.indexOf(mark, start - this.#base);
      const end = found < 0 ? this.#end : this.#base + found + mark.length;
      this.#steps += Math.max(0, end - start);
      if (found >= 0 || !this.#grow()) return end;
      start = Math.max(start, end - mark.length + 1);
    }
  }

  /** At most so many characters, to be looked at as a whole. */
  part(from: number, length: number): string {
    const part = this.between(from, from + length);
    this.#steps += part.length;
    return part;
  }

  /** What was looked at before, or is not to be looked at here. */
  between(from: number, until: number): string {
    this.#reach(until);
    return this.#window.slice(from - this.#base, until - this.#base);
  }

  /** Nothing before this place will be asked for any more. */
  forget(before: number): void {
    const done = Math.min(before, this.#end) - this.#base;
    if (done < FORGOTTEN_AT_LEAST) return;
    this.#window = this.#window.slice(done);
    this.#base += done;
  }

  get #end(): number {
    return this.#base + this.#window.length;
  }

  #reach(until: number): void {
    while (this.#end < until && this.#grow());
  }

  /** By as much as is there already, so that a text that is never forgotten is not copied for each of its pieces. */
  #grow(): boolean {
    const before = this.#window.length;
    while (!this.#ended && this.#window.length <= 2 * before) {
      const { done, value } = this.#pieces.next();
      if (done) this.#ended = true;
      else this.#window += value;
    }
    return this.#window.length > before;
  }
}
