/** So much of a description is shown: an archive of thousands would otherwise be mostly show notes. */
const DESCRIPTION_AT_MOST = 2_000;

/** Control characters but for line feed and tab, marks and overrides of direction, and the byte order mark. */
const UNSHOWN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text of feeds as it may stand on a page: control characters are no text, and direction overrides could make it lie. */
export const cleanText = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(UNSHOWN, ' ').toWellFormed().trim();

/** On one line. */
export const cleanLine = (text: string): string => cleanText(text).replace(/\s+/g, ' ');

export function cleanDescription(text: string): string {
  const clean = cleanText(text);
  return clean.length <= DESCRIPTION_AT_MOST ? clean : `${clean.slice(0, DESCRIPTION_AT_MOST).toWellFormed()}…`;
}
