import { htmlText } from './html-text.ts';

/** Longest title and description of a message, in code points. */
export const LONGEST_TITLE = 250;
export const LONGEST_DESCRIPTION = 16 * 1024;

/** Characters of HTML that are read: more than any description that is kept has. */
const LONGEST_HTML = 64 * 1024;

const LOOKS_LIKE_HTML = /<\/?[a-z][^<>]*>|<!--|&(?:#\d+|#x[\da-f]+|[a-z]{2,8}\d?);/i;

/** Control characters but tab and newline: no reader wants them, and queues refuse some. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g;

/** The same, lone surrogates among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNCLEAN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/;

/** What a person reads of a text that may be HTML: paragraphs apart, links by their words, at most 16 Ki code points. */
export function descriptionFrom(text: string): string {
  const readable = cleaned(text).replace(/\n{3,}/g, '\n\n');
  return byItself(cutTo(readable.trim(), LONGEST_DESCRIPTION));
}

/** The same on one line, and not yet cut: whoever makes titles distinct cuts them. */
export function titleFrom(text: string): string {
  return onOneLine(cleaned(text));
}

/** A title that is text, whatever it looks like. */
export function textTitle(text: string): string {
  return onOneLine(text.slice(0, LONGEST_HTML).replace(CONTROLS, ' ').toWellFormed());
}

/** What markup a title may have where nobody says whether it is HTML; and that other tags are none: "The <audio> element". */
const FORMATS = 'a|abbr|b|big|br|cite|code|em|font|i|p|q|s|small|span|strong|sub|sup|tt|u|wbr';
const FORMATTED = new RegExp(`</(?:${FORMATS})\\s{0,9}>|<br\\s{0,9}/?>`, 'i');
const NO_FORMAT = new RegExp(`<(?!/?(?:${FORMATS})[\\s/>])`, 'gi');

/** A title of which nobody says whether it is text or HTML: only what formats text is taken for markup. */
export function unsureTitle(text: string): string {
  const bounded = text.slice(0, LONGEST_HTML);
  const escaped = bounded.replace(FORMATTED.test(bounded) ? NO_FORMAT : /</g, '&lt;');
  return titleFrom(escaped);
}

const onOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

function cleaned(text: string): string {
  const bounded = text.length > LONGEST_HTML ? text.slice(0, LONGEST_HTML) : text;
  const readable = LOOKS_LIKE_HTML.test(bounded) ? htmlText(bounded) : bounded;
  // Nearly all need none of it.
  if (!UNCLEAN.test(readable)) return readable;
  return readable.replace(/\r\n?/g, '\n').replace(CONTROLS, '').toWellFormed();
}

/** The same text by itself: a part of a text keeps the whole of it in memory, here a piece of the feed. */
export function byItself(text: string): string {
  return text.isWellFormed() ? Buffer.from(text).toString() : text;
}

/** At most so many code points; what is cut ends in an ellipsis. */
export function cutTo(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Code points are at most two units: only so much of a long text needs to be looked at.
  const points = [...text.slice(0, 2 * longest + 2)];
  if (points.length <= longest) return text;
  return `${points
    .slice(0, longest - 1)
    .join('')
    .trimEnd()}…`;
}

/** A title with something added that keeps it apart, the whole within the limit. */
export function titleWith(title: string, distinction: string): string {
  const added = ` (${cutTo(distinction, LONGEST_TITLE / 2)})`;
  return `${cutTo(title, LONGEST_TITLE - [...added].length)}${added}`;
}
