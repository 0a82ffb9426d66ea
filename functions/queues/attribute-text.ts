/** A reason is for people: the first kilobytes say it. */
const CHARACTERS_AT_MOST = 2_000;

/** Text as SQS takes it in an attribute: printable ASCII, not empty, and short enough beside the largest message. */
export function attributeText(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return printable.slice(0, CHARACTERS_AT_MOST) || 'unknown';
}
