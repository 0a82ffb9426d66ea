/** What an HTML text is made of: characters as they stand there, and tags. */
export interface HtmlParts {
  text(raw: string): void;
  /** @param start where the tag stands, from its `<` to behind its `>`. */
  opened(name: string, start: number, end: number): void;
  closed(name: string): void;
}

/** What is none of the page's text, with all that stands in it. */
const RAW: ReadonlySet<string> = new Set(['script', 'style', 'template']);

/**
 * Takes HTML apart. What is no tag is text, what is not closed is not there; nothing is too deep, for nothing is nested.
 * Time grows with the length alone: each mark is looked for once, however often it is asked for.
 */
export function partsOfHtml(html: string, parts: HtmlParts): void {
  const marks = new Marks(html);
  for (let [at, from] = [0, 0]; ; ) {
    const start = html.indexOf('<', from);
    if (start < 0) {
      parts.text(html.slice(at));
      return;
    }
    const end = endOf(html, start, marks);
    // A sign among the characters.
    from = start + 1;
    if (end === undefined) continue;
    if (start > at) parts.text(html.slice(at, start));
    at = end;
    from = end;
    const name = nameAt(html, start, end);
    if (name === '') continue;
    if (html.charCodeAt(start + 1) === SLASH) parts.closed(name);
    else if (RAW.has(name)) {
      at = behindRaw(html, end, name);
      from = at;
    } else parts.opened(name, start, end);
  }
}

const SLASH = 0x2f;
const GREATER = 0x3e;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;
const DOUBLE = 0x22;

const LONGEST_NAME = 40;

/** What a tag is called; '' for what is no tag. */
function nameAt(html: string, start: number, end: number): string {
  const from = html.charCodeAt(start + 1) === SLASH ? start + 2 : start + 1;
  const longest = Math.min(end, from + LONGEST_NAME);
  let at = from;
  for (; at < longest; at++) {
    const code = html.charCodeAt(at);
    if (code <= 0x20 || code === SLASH || code === GREATER) break;
  }
  return isLetter(html.charCodeAt(from)) ? html.slice(from, at).toLowerCase() : '';
}

const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;

/** Behind what begins with a `<`; undefined where that is only a sign. */
function endOf(html: string, start: number, marks: Marks): number | undefined {
  const next = html.charCodeAt(start + 1);
  if (!isLetter(next) && next !== SLASH && next !== EXCLAMATION && next !== QUESTION) return undefined;
  if (next === EXCLAMATION && html.startsWith('<!--', start)) return marks.comment(start) + '-->'.length;
  if (next === SLASH) return marks.end(start) + 1;
  for (let from = start; ; ) {
    const end = marks.end(from);
    const quote = marks.quote(from);
    if (quote > end) return end + 1;
    const closing = marks.closing(html.charCodeAt(quote + 1), quote + 2);
    // A quotation that is never closed is none.
    if (closing >= html.length) return end + 1;
    from = closing + 1;
  }
}

function behindRaw(html: string, from: number, name: string): number {
  const close = new RegExp(`</${name}[\\s/>]`, 'gi');
  close.lastIndex = from;
  return close.exec(html)?.index ?? html.length;
}

/** Where marks are next: asked for ever later places, each is looked for from where it was found last. */
class Marks {
  readonly #text: string;
  #end = -1;
  #double = -1;
  #single = -1;
  #closesDouble = -1;
  #closesSingle = -1;
  #comment = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Each: the length of the text where it does not occur. */
  end(from: number): number {
    if (this.#end < from) this.#end = this.#find('>', from);
    return this.#end;
  }

  comment(from: number): number {
    if (this.#comment < from) this.#comment = this.#find('-->', from);
    return this.#comment;
  }

  /** Of an attribute, with the sign before it. */
  quote(from: number): number {
    if (this.#double < from) this.#double = this.#find('="', from);
    if (this.#single < from) this.#single = this.#find("='", from);
    return Math.min(this.#double, this.#single);
  }

  /** The same quotation mark again. */
  closing(mark: number, from: number): number {
    if (mark === DOUBLE) {
      if (this.#closesDouble < from) this.#closesDouble = this.#find('"', from);
      return this.#closesDouble;
    }
    if (this.#closesSingle < from) this.#closesSingle = this.#find("'", from);
    return this.#closesSingle;
  }

  #find(mark: string, from: number): number {
    const found = this.#text.indexOf(mark, from);
    return found < 0 ? this.#text.length : found;
  }
}
