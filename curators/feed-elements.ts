import { decodeHTML } from 'entities';
import type { FeedNames } from './feed-names.ts';

/** Elements within elements, of those that are looked into. */
const DEEPEST = 16;

/** What has elements of its own that are read; of all else only the text is. */
const OPENED: ReadonlySet<string> = new Set([
  ...['rss', 'rdf:rdf', 'feed', 'channel', 'item', 'entry', 'media:group', 'podcast:alternateenclosure'],
]);

/** An element of a feed, named as `FeedNames` names it; attributes in lower case. */
export class FeedElement {
  readonly name: string;
  readonly children: FeedElement[] = [];
  /** As it stood between its tags. */
  content = '';
  readonly #tag: string;
  #attributes: ReadonlyMap<string, string> | undefined;

  /** @param tag the one that opens it. */
  constructor(name: string, tag: string) {
    this.name = name;
    this.#tag = tag;
  }

  /** @returns undefined where it is not there, or says nothing. */
  attribute(name: string): string | undefined {
    this.#attributes ??= attributesOf(this.#tag);
    return decoded(this.#attributes.get(name) ?? '').trim() || undefined;
  }

  all(name: string): FeedElement[] {
    return this.children.filter((child) => child.name === name);
  }

  first(name: string): FeedElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  /** What the first element of this name says. @returns undefined where it is not there, or says nothing. */
  textOf(name: string): string | undefined {
    return this.first(name)?.text();
  }

  text(): string | undefined {
    return characters(this.content).trim() || undefined;
  }
}

export interface ReadElement {
  readonly element: FeedElement;
  readonly names: FeedNames;
  /** Whether each element was closed where it had to be. */
  readonly whole: boolean;
}

/**
 * The element that a text begins with. Nothing of a document type is expanded: only the entities of XML and HTML are known.
 * What an element holds is looked for by its end, without being looked at: time grows with the length of the text alone.
 * @returns undefined where it begins with none.
 */
export function elementIn(text: string, names: FeedNames): ReadElement | undefined {
  const opened: FeedElement[] = [];
  let root: FeedElement | undefined;
  let found = names;
  const result = (whole: boolean) => root && { element: root, names: found, whole };
  for (let at = 0; ; ) {
    const start = text.indexOf('<', at);
    if (start < 0) return result(opened.length === 0);
    const skipped = behindNoElement(text, start);
    if (skipped !== undefined) {
      at = skipped;
      continue;
    }
    const end = behindTag(text, start);
    if (end === undefined) return result(false);
    at = end;
    if (text[start + 1] === '/') {
      // What was read between these tags belongs to it, whatever closes it.
      if (opened.pop()?.name !== found.of(nameIn(text, start + 2), undefined)) return result(false);
      if (opened.length === 0) return result(true);
      continue;
    }
    const tag = text.slice(start, end);
    const written = nameIn(text, start + 1);
    if (written === '') return result(false);
    const declares = tag.includes('xmlns') ? attributesOf(tag) : undefined;
    if (declares) found = found.declaredBy(declares);
    const element = new FeedElement(found.of(written, declares?.get('xmlns')), tag);
    opened.at(-1)?.children.push(element);
    root ??= element;
    const closesItself = text[end - 2] === '/';
    if (OPENED.has(element.name)) {
      if (!closesItself) opened.push(element);
      else if (opened.length === 0) return result(true);
      if (opened.length > DEEPEST) return result(false);
    } else if (!closesItself) {
      const close = endOfContent(text, end, written);
      if (close === undefined) return result(false);
      element.content = text.slice(end, close);
      at = text.indexOf('>', close) + 1;
      if (at === 0) return result(false);
    }
  }
}

/** Behind a comment, CDATA, declaration or instruction; undefined where there is none. */
function behindNoElement(text: string, start: number): number | undefined {
  const next = text[start + 1];
  if (next !== '!' && next !== '?') return undefined;
  const close = text.startsWith('<!--', start) ? '-->' : text.startsWith('<![CDATA[', start) ? ']]>' : '>';
  const end = text.indexOf(close, start);
  return end < 0 ? text.length : end + close.length;
}

/** Sticky: a tag, whose attributes may hold what ends one. */
const TAG = /<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>/y;

/** @returns undefined for what is no tag. */
function behindTag(text: string, start: number): number | undefined {
  TAG.lastIndex = start;
  return TAG.test(text) ? TAG.lastIndex : undefined;
}

/** Sticky: the name of an element; a longer one is none. */
const NAME = /[^\s/>]{1,200}(?=[\s/>])/y;

function nameIn(text: string, start: number): string {
  NAME.lastIndex = start;
  return NAME.exec(text)?.[0] ?? '';
}

/** Of the few names that feeds have; others are not kept. */
const ends = new Map<string, RegExp>();
const MOST_ENDS = 1_000;

function endMark(name: string): RegExp {
  const known = ends.get(name);
  if (known) return known;
  const escaped = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const mark = new RegExp(`<!\\[CDATA\\[|<!--|<(/?)${escaped}(?=[\\s/>])`, 'g');
  if (ends.size < MOST_ENDS) ends.set(name, mark);
  return mark;
}

/** Where the closing tag of an element begins, deaf to what stands in CDATA and comments; undefined where it has none. */
function endOfContent(text: string, from: number, name: string): number | undefined {
  const mark = endMark(name);
  mark.lastIndex = from;
  for (let depth = 1; ; ) {
    const found = mark.exec(text);
    if (!found) return undefined;
    const { index, 1: closes } = found;
    if (closes === '/') depth -= 1;
    if (depth === 0) return index;
    const end = closes === undefined ? behindNoElement(text, index) : text.indexOf('>', index) + 1;
    if (end === undefined || end === 0) return undefined;
    if (closes === '' && text[end - 2] !== '/') depth += 1;
    mark.lastIndex = end;
  }
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single] of tag.matchAll(
    /\s([^\s=<>"'/]{1,200})\s{0,99}=\s{0,99}(?:"([^"]*)"|'([^']*)')/g,
  )) {
    if (!attributes.has(name.toLowerCase())) attributes.set(name.toLowerCase(), double ?? single ?? '');
  }
  return attributes;
}

/** The characters of a content: entities decoded but in CDATA, comments left out, tags left as they are. */
function characters(content: string): string {
  let mark = content.indexOf('<!');
  if (mark < 0) return decoded(content);
  const parts: string[] = [];
  let at = 0;
  while (mark >= 0) {
    const isComment = content.startsWith('<!--', mark);
    const isCdata = content.startsWith('<![CDATA[', mark);
    const end = isComment || isCdata ? content.indexOf(isComment ? '-->' : ']]>', mark) : mark + 2;
    if (end < 0) break;
    if (isComment || isCdata) {
      parts.push(decoded(content.slice(at, mark)));
      if (isCdata) parts.push(content.slice(mark + '<![CDATA['.length, end));
      at = end + 3;
    }
    mark = content.indexOf('<!', end);
  }
  parts.push(decoded(content.slice(at)));
  return parts.join('');
}

const decoded = (text: string): string => (text.includes('&') ? decodeHTML(text) : text);
