/**
 * Finds marks in a text, always onwards, and counts the characters that were looked at: whoever reads strangers' documents
 * shows by that number that no document makes him read its parts again and again.
 */
export class TextScan {
  readonly text: string;
  #steps = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Characters that were looked at so far. */
  get steps(): number {
    return this.#steps;
  }

  /** The first of these marks between two places; undefined for none. */
  find(marks: RegExp, from: number, until = this.text.length): RegExpExecArray | undefined {
    if (!marks.global) throw new Error('only a pattern with the flag g can begin in the middle of a text');
    const end = Math.min(until, this.text.length);
    if (from >= end) return undefined;
    marks.lastIndex = from;
    const found = marks.exec(end < this.text.length ? this.text.slice(0, end) : this.text) ?? undefined;
    this.#steps += (found ? found.index + found[0].length : end) - from;
    return found;
  }

  /** Behind the first such mark; the end of the text where it does not occur. */
  behind(mark: string, from: number): number {
    const found = this.text.indexOf(mark, from);
    const end = found < 0 ? this.text.length : found + mark.length;
    this.#steps += end - from;
    return end;
  }

  /** At most so many characters, to be looked at as a whole. */
  part(from: number, length: number): string {
    const part = this.text.slice(from, from + length);
    this.#steps += part.length;
    return part;
  }
}
