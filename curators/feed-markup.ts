import { SourceUnusable } from './curated.ts';

/** A feed taken apart, so that each entry can be parsed by itself and a broken one spoils no other. */
export interface FeedMarkup {
  readonly format: 'rss' | 'atom';
  /** What opens the document around an entry, and what closes it: namespaces and xml:base are declared there. */
  readonly open: string;
  readonly close: string;
  /** The document without its entries. */
  readonly frame: string;
  /** The text of each entry with its tags; `undefined` for one that is never closed. */
  readonly entries: readonly (string | undefined)[];
}

/** Characters of one tag: a hostile document must not have each of its tags read to its end. */
const LONGEST_TAG = 4 * 1024;

/** So far into a document a root element is looked for: some servers write warnings before it. */
const PREAMBLE = 64 * 1024;

/**
 * @param text of the whole document.
 * @param maxEntries how many are taken; the rest is left in the text.
 * @throws SourceUnusable that says what came instead of a feed.
 */
export function feedMarkup(text: string, maxEntries: number): FeedMarkup {
  const root = rootOf(text);
  const format = root.name === 'rss' ? 'rss' : 'atom';
  const body = text.slice(root.start);
  const { frame, entries } = withoutEntries(body, `${root.prefix}${format === 'rss' ? 'item' : 'entry'}`, maxEntries);
  const closeRoot = `</${root.prefix}${root.name}>`;
  if (format === 'atom') return { format, open: root.tag, close: closeRoot, frame, entries };
  const channel = /<channel(?:\s[^>]*)?>/i.exec(frame)?.[0] ?? '<channel>';
  return { format, open: root.tag + channel, close: `</channel>${closeRoot}`, frame, entries };
}

interface Root {
  readonly start: number;
  readonly tag: string;
  /** As written, with its colon: "atom:"; mostly empty. */
  readonly prefix: string;
  readonly name: string;
}

function rootOf(text: string): Root {
  const first = firstElement(text);
  if (/^<html[\s>]/i.test(text.slice(first, first + 6))) throw new SourceUnusable(htmlCame(text));
  const element = /<((?:[\w.-]+:)?)(rss|feed|rdf)(?=[\s>])/gi;
  element.lastIndex = Math.max(first, 0);
  const found = element.exec(text.slice(0, Math.max(first, 0) + PREAMBLE));
  if (!found) throw new SourceUnusable(noFeedCame(text));
  const [, prefix = '', name = ''] = found;
  if (name.toLowerCase() === 'rdf') {
    throw new SourceUnusable('it is an RSS 1.0 feed, which has no enclosures; RSS 2.0 or Atom was expected');
  }
  const end = tagEnd(text, found.index);
  return { start: found.index, tag: text.slice(found.index, end), prefix, name: name.toLowerCase() };
}

/** Where the first element begins, after declarations, comments and a document type; -1 when nothing begins so. */
function firstElement(text: string): number {
  let at = 0;
  for (;;) {
    const skipped = /\S/.exec(text.slice(at, at + PREAMBLE))?.index ?? 0;
    at += skipped;
    if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (text.startsWith('<!--', at)) at = after(text, '-->', at);
    else if (/^<!doctype\s+html/i.test(text.slice(at, at + 20))) return htmlStart(text, at);
    else if (text.startsWith('<!', at)) at = doctypeEnd(text, at);
    else return text[at] === '<' ? at : -1;
  }
}

function htmlStart(text: string, at: number): number {
  const html = text.slice(at, at + PREAMBLE).search(/<html[\s>]/i);
  if (html < 0) throw new SourceUnusable(htmlCame(text));
  return at + html;
}

/** A document type is skipped, never read: nothing that it declares is expanded. */
function doctypeEnd(text: string, at: number): number {
  const bracket = text.indexOf('[', at);
  const end = text.indexOf('>', at);
  if (bracket < 0 || (end >= 0 && end < bracket)) return after(text, '>', at);
  return after(text, '>', after(text, ']', bracket));
}

/** Everything up to the end where the mark does not occur. */
function after(text: string, mark: string, at: number): number {
  const found = text.indexOf(mark, at);
  return found < 0 ? text.length : found + mark.length;
}

/** Behind the `>` of a tag, not of one of its attributes. */
function tagEnd(text: string, at: number): number {
  const tag = /^<(?:[^"'>]|"[^"]*"|'[^']*')*>/.exec(text.slice(at, at + LONGEST_TAG))?.[0];
  return tag === undefined ? after(text, '>', at) : at + tag.length;
}

/** Walks over the tags of entries, deaf to what stands in CDATA and comments; linear in the length of the text. */
function withoutEntries(text: string, name: string, maxEntries: number): Pick<FeedMarkup, 'frame' | 'entries'> {
  const mark = new RegExp(`<!\\[CDATA\\[|<!--|<(/?)${name.replaceAll('.', '\\.')}(?=[\\s/>])`, 'gi');
  const frame: string[] = [];
  const entries: (string | undefined)[] = [];
  let frameStart = 0;
  let entryStart = -1;
  for (let found = mark.exec(text); found && entries.length < maxEntries; found = mark.exec(text)) {
    if (found[0] === '<!--') mark.lastIndex = after(text, '-->', found.index);
    else if (found[0].startsWith('<!')) mark.lastIndex = after(text, ']]>', found.index);
    else if (found[1] === '/') {
      const end = after(text, '>', found.index);
      if (entryStart >= 0) entries.push(text.slice(entryStart, end));
      if (entryStart >= 0) frameStart = end;
      entryStart = -1;
    } else {
      if (entryStart >= 0) entries.push(undefined);
      else frame.push(text.slice(frameStart, found.index));
      const end = tagEnd(text, found.index);
      const empty = text[end - 2] === '/';
      if (empty) entries.push(text.slice(found.index, end));
      entryStart = empty ? -1 : found.index;
      frameStart = mark.lastIndex = end;
    }
  }
  if (entryStart >= 0) entries.push(undefined);
  else frame.push(text.slice(frameStart));
  return { frame: frame.join(''), entries };
}

function htmlCame(text: string): string {
  const link = /<link\b[^>]*type\s*=\s*["']?application\/(?:rss|atom)\+xml[^>]*>/i.exec(
    text.slice(0, 4 * PREAMBLE),
  )?.[0];
  const href = /\bhref\s*=\s*["']([^"']{1,500})["']/i.exec(link ?? '')?.[1];
  return `it is an HTML page, but an RSS or Atom feed was expected${href ? `; the page names this feed: ${href}` : ''}`;
}

function noFeedCame(text: string): string {
  const start = text.slice(0, 60).replace(/\s+/g, ' ').trim();
  if (start === '') return 'it is empty, but an RSS or Atom feed was expected';
  return `an RSS or Atom feed was expected, but it begins with ${JSON.stringify(start)}`;
}
