/** A reason is for people: the first kilobytes say it. */
const CHARACTERS_AT_MOST = 2_000;

/** What our own sentences use beyond ASCII, as one writes it there. */
const WRITTEN: Readonly<Record<string, string>> = { '–': '-', '≤': '<=', '…': '...', '“': '"', '”': '"' };

/** Text as SQS takes it in an attribute: printable ASCII, not empty, and short enough beside the largest message. */
export function attributeText(text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const printable = text.replace(/[^\x20-\x7e]/g, (unit) => WRITTEN[unit] ?? escaped(unit));
  return printable.slice(0, CHARACTERS_AT_MOST) || 'unknown';
}
