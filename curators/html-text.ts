import { decodeHTML } from 'entities';
import { type HtmlParts, partsOfHtml } from './html-tags.ts';

/** Line breaks before and behind what stands by itself. */
const BREAKS: ReadonlyMap<string, number> = new Map([
  ...[
    ...['address', 'article', 'aside', 'body', 'br', 'center', 'dd', 'details', 'div', 'dt', 'fieldset', 'figcaption'],
    ...['figure', 'footer', 'form', 'header', 'html', 'li', 'main', 'nav', 'option', 'section', 'summary', 'tr'],
  ].map((name): [string, number] => [name, 1]),
  ...[...['blockquote', 'dl', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'ol', 'p', 'pre', 'table', 'ul']].map(
    (name): [string, number] => [name, 2],
  ),
]);

/** Lists and quotations within others that are shown as such. */
const DEEPEST_MARGIN = 16;

const SPACE = /[ \t\r\n\f\u200b]+/g;
const UNEVEN = /[\t\r\n\f\u200b]| {2}/;

/** What a person reads of HTML: paragraphs apart, items of lists marked, links by their words; pictures are left out. */
export function htmlText(html: string): string {
  const reader = new HtmlReader(html);
  partsOfHtml(html, reader);
  return reader.written;
}

/** Of a list's tag. */
const firstNumber = (tag: string): number => Number(/\sstart\s?=\s?["']?(\d{1,6})/i.exec(tag)?.[1] ?? 1);

interface Margin {
  readonly element: 'ul' | 'ol' | 'blockquote';
  /** What its lines begin with. */
  lines: string;
  /** Of the next item. */
  number: number;
}

class HtmlReader implements HtmlParts {
  written = '';
  readonly #html: string;
  readonly #margins: Margin[] = [];
  #margin = '';
  #pre = 0;
  /** Line breaks before the next word. */
  #breaks = 0;
  #space = false;
  /** Of an item, before its first word. */
  #mark = '';

  constructor(html: string) {
    this.#html = html;
  }

  opened(name: string, start: number, end: number): void {
    if (name === 'br') this.#breaks = Math.min(2, this.#breaks + 1);
    else if (name === 'td' || name === 'th') this.#space = true;
    else this.#apart(name);
    if (name === 'pre') this.#pre += 1;
    else if (name === 'hr') this.#rule();
    else if (name === 'blockquote') this.#enter(name, '> ', 1);
    else if (name === 'ul') this.#enter(name, '', 1);
    else if (name === 'ol') this.#enter(name, '', firstNumber(this.#html.slice(start, end)));
    else if (name === 'li') this.#item();
  }

  closed(name: string): void {
    if (name === 'ul' || name === 'ol' || name === 'blockquote') this.#leave(name);
    else if (name === 'pre') this.#pre = Math.max(0, this.#pre - 1);
    else if (name === 'li') this.#mark = '';
    this.#apart(name);
  }

  text(raw: string): void {
    const text = raw.includes('&') ? decodeHTML(raw) : raw;
    if (this.#pre > 0) this.#lines(text);
    else this.#words(text);
  }

  #words(text: string): void {
    const even = UNEVEN.test(text) ? text.replace(SPACE, ' ') : text;
    const [first, last] = [even.charCodeAt(0) === 0x20, even.charCodeAt(even.length - 1) === 0x20];
    if (first) this.#space = true;
    if (even.length === (first ? 1 : 0)) return;
    this.#write(first || last ? even.slice(first ? 1 : 0, last ? -1 : undefined) : even);
    this.#space = last;
  }

  #lines(text: string): void {
    for (const [at, line] of text.split(/\r\n?|\n/).entries()) {
      if (at > 0) this.#breaks = Math.min(2, this.#breaks + 1);
      if (line !== '') this.#write(line);
    }
  }

  #rule(): void {
    this.#write('-'.repeat(40));
    this.#breaks = 2;
  }

  #enter(element: Margin['element'], lines: string, number: number): void {
    this.#margins.push({ element, lines, number });
    this.#measure();
  }

  #leave(element: Margin['element']): void {
    if (this.#margins.at(-1)?.element !== element) return;
    this.#margins.pop();
    this.#measure();
  }

  /** An item ends the one before, closed or not. Outside of lists it is a line. */
  #item(): void {
    const list = this.#margins.at(-1);
    if (list === undefined || list.element === 'blockquote') return;
    const indent = this.#margins.length > 1 ? '' : ' ';
    this.#mark = list.element === 'ul' ? `${indent}* ` : `${indent}${list.number}. `;
    list.number += 1;
    if (list.lines.length === this.#mark.length) return;
    list.lines = ' '.repeat(this.#mark.length);
    this.#measure();
  }

  #measure(): void {
    this.#margin = this.#margins
      .slice(0, DEEPEST_MARGIN)
      .map(({ lines }) => lines)
      .join('');
  }

  /** A list within a list is part of it. */
  #apart(name: string): void {
    const isInner = (name === 'ul' || name === 'ol') && this.#margins.length > 0;
    this.#breaks = Math.max(this.#breaks, isInner ? 1 : (BREAKS.get(name) ?? 0));
  }

  #write(words: string): void {
    if (this.#breaks > 0 || this.written === '') {
      const margin = this.#mark === '' ? this.#margin : this.#margin.slice(0, -this.#mark.length) + this.#mark;
      this.written += (this.written === '' ? '' : this.#breaks > 1 ? '\n\n' : '\n') + margin + words;
    } else this.written += this.#space ? ` ${words}` : words;
    this.#breaks = 0;
    this.#space = false;
    this.#mark = '';
  }
}
