import { SourceUnusable } from './curated.ts';
import type { DocumentText } from './document-text.ts';
import { TextScan } from './text-scan.ts';

/** A feed taken apart, so that each entry can be parsed by itself and a broken one spoils no other. */
export interface FeedMarkup {
  readonly format: 'rss' | 'atom' | 'rdf';
  /** The document without its entries. */
  readonly frame: string;
  /** Where each entry stands with its tags; `undefined` for one that is never closed. */
  readonly entries: readonly (EntryPlace | undefined)[];
}

/** In characters from the beginning of the document. */
export interface EntryPlace {
  readonly from: number;
  readonly until: number;
}

/** Characters of one tag: a hostile document must not have each of its tags read to its end. */
const LONGEST_TAG = 4 * 1024;

/** So far into a document a root element is looked for: some servers write warnings before it. */
const PREAMBLE = 64 * 1024;

/** Characters of what is no feed that are shown. */
const NOTED = 60;

/**
 * Time grows with the length of the document alone, whatever stands in it; of its text no more is held than its longest entry.
 *
 * @param maxEntries how many are taken; the rest is left in the frame.
 * @throws SourceUnusable that says what came instead of a feed.
 */
export function feedMarkup(document: DocumentText, maxEntries: number): FeedMarkup {
  return markupIn(new TextScan(document.pieces()), maxEntries);
}

/** The same of a scan, which counts. */
export function markupIn(scan: TextScan, maxEntries: number): FeedMarkup {
  const root = rootOf(scan);
  const format = root.name === 'rss' ? 'rss' : root.name === 'rdf' ? 'rdf' : 'atom';
  const name = format === 'rdf' ? 'item' : `${root.prefix}${format === 'rss' ? 'item' : 'entry'}`;
  return { format, ...withoutEntries(scan, root.start, name, maxEntries) };
}

/** The texts of entries, in their order: the last that is read of the document. */
export function* entryTexts(
  document: DocumentText,
  entries: readonly (EntryPlace | undefined)[],
): Generator<string | undefined> {
  const scan = new TextScan(document.lastPieces());
  for (const entry of entries) {
    if (!entry) yield undefined;
    else {
      scan.forget(entry.from);
      yield scan.between(entry.from, entry.until);
    }
  }
}

interface Root {
  readonly start: number;
  /** As written, with its colon: "atom:"; mostly empty. */
  readonly prefix: string;
  readonly name: string;
}

function rootOf(scan: TextScan): Root {
  const first = firstElement(scan);
  const start = Math.max(first, 0);
  if (/^<html[\s>]/i.test(scan.part(start, 6))) throw new SourceUnusable(htmlCame(scan));
  const found = scan.find(/<((?:[\w.-]{1,100}:)?)(rss|feed|rdf)(?=[\s>])/gi, start, start + PREAMBLE);
  if (!found) throw new SourceUnusable(noFeedCame(scan.part(0, NOTED)));
  const [, prefix = '', name = ''] = found;
  return { start: found.index, prefix, name: name.toLowerCase() };
}

/** Where the first element begins, after declarations, comments and a document type; -1 when nothing begins so. */
function firstElement(scan: TextScan): number {
  for (let at = 0; ; ) {
    at = scan.find(/\S/g, at, at + PREAMBLE)?.index ?? at;
    const start = scan.part(at, 24);
    if (start.startsWith('<?')) at = scan.behind('?>', at);
    else if (start.startsWith('<!--')) at = scan.behind('-->', at);
    else if (/^<!doctype\s{1,9}html/i.test(start)) return htmlStart(scan, at);
    else if (start.startsWith('<!')) at = doctypeEnd(scan, at);
    else return start.startsWith('<') ? at : -1;
  }
}

function htmlStart(scan: TextScan, at: number): number {
  const html = scan.find(/<html[\s>]/gi, at, at + PREAMBLE);
  if (!html) throw new SourceUnusable(htmlCame(scan));
  return html.index;
}

/** A document type is skipped, never read: nothing that it declares is expanded. */
function doctypeEnd(scan: TextScan, at: number): number {
  const mark = scan.find(/[[>]/g, at);
  if (mark?.[0] !== '[') return mark ? mark.index + 1 : scan.behind('>', at);
  return scan.behind('>', scan.behind(']', mark.index));
}

/** Behind the `>` of a tag, not of one of its attributes. */
function tagEnd(scan: TextScan, at: number): number {
  let end = at;
  for (let quote = ''; ; ) {
    const mark = scan.find(quote === '' ? /["'>]/g : quote === '"' ? /"/g : /'/g, end, at + LONGEST_TAG);
    // A quote that is not closed so soon was none.
    if (!mark) return scan.behind('>', at);
    end = mark.index + 1;
    if (mark[0] === '>' && quote === '') return end;
    quote = quote === '' ? mark[0] : '';
  }
}

/** Walks over the tags of entries, deaf to what stands in CDATA and comments. */
function withoutEntries(
  scan: TextScan,
  start: number,
  name: string,
  maxEntries: number,
): Pick<FeedMarkup, 'frame' | 'entries'> {
  const mark = new RegExp(`<!\\[CDATA\\[|<!--|<(/?)${name.replaceAll('.', '\\.')}(?=[\\s/>])`, 'gi');
  const frame: string[] = [];
  const entries: (EntryPlace | undefined)[] = [];
  let frameStart = start;
  let entryStart = -1;
  for (let at = start; entries.length < maxEntries; ) {
    const found = scan.find(mark, at);
    if (!found) break;
    if (found[0] === '<!--') at = scan.behind('-->', found.index);
    else if (found[0].startsWith('<!')) at = scan.behind(']]>', found.index);
    else if (found[1] === '/') {
      at = scan.behind('>', found.index);
      if (entryStart >= 0) entries.push({ from: entryStart, until: at });
      if (entryStart >= 0) frameStart = at;
      entryStart = -1;
    } else {
      if (entryStart >= 0) entries.push(undefined);
      else frame.push(scan.between(frameStart, found.index));
      at = tagEnd(scan, found.index);
      const empty = scan.between(at - 2, at - 1) === '/';
      if (empty) entries.push({ from: found.index, until: at });
      entryStart = empty ? -1 : found.index;
      frameStart = at;
    }
    // Of an entry only its place is needed.
    scan.forget(entryStart >= 0 ? at : frameStart);
  }
  if (entryStart >= 0) entries.push(undefined);
  else frame.push(scan.between(frameStart, Number.POSITIVE_INFINITY));
  return { frame: frame.join(''), entries };
}

/** So much of a page is looked at for the feed that it names. */
const HEAD_OF_PAGE = 4 * PREAMBLE;

function htmlCame(scan: TextScan): string {
  // Where that is may be a secret of whoever is logged in.
  const hint = namesFeed(scan) ? '; the page names one in a <link> of its head' : '';
  return `it is an HTML page, but an RSS or Atom feed was expected${hint}`;
}

function namesFeed(scan: TextScan): boolean {
  for (let at = 0; ; ) {
    const link = scan.find(/<link\b/gi, at, HEAD_OF_PAGE);
    if (!link) return false;
    at = scan.behind('>', link.index);
    const tag = scan.part(link.index, Math.min(at - link.index, LONGEST_TAG));
    if (/\btype\s{0,9}=\s{0,9}["']?application\/(?:rss|atom)\+xml/i.test(tag)) return true;
  }
}

function noFeedCame(text: string): string {
  const start = text.replace(/\s+/g, ' ').trim();
  if (start === '') return 'it is empty, but an RSS or Atom feed was expected';
  return `an RSS or Atom feed was expected, but it begins with ${JSON.stringify(start)}`;
}
