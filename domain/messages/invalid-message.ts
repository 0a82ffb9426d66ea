/** So many reasons are listed; a dead letter carries them as an attribute, within the 8 KiB that queues leave for it. */
const MOST_REASONS = 8;

/** So many characters of a value are shown. */
const MOST_SHOWN = 60;

/** A message that cannot be understood or is outside its limits: hopeless, so never worth another try. */
export class InvalidMessage extends Error {
  override readonly name = 'InvalidMessage';
  /** One line a fault: the field, the limit, and what came. Safe to log and to send, whatever came. */
  readonly reasons: readonly string[];

  constructor(messageName: string, reasons: readonly string[]) {
    const more = reasons.length > MOST_REASONS ? `; and ${reasons.length - MOST_REASONS} more` : '';
    super(`${messageName} refused: ${reasons.slice(0, MOST_REASONS).join('; ')}${more}`);
    this.reasons = reasons.slice(0, MOST_REASONS);
  }
}

/**
 * What came, for a person: its kind, and of text and numbers the beginning. Never walks into lists and objects, so
 * that nesting costs nothing.
 */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `"${printable(value)}"`;
  if (typeof value === 'object') return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  return `the ${typeof value} ${value}`;
}

/**
 * The beginning of a text with everything escaped that could break or forge a log line, or that SQS refuses in an
 * attribute: control, format and separator characters, lone surrogates, code points that are no characters. Of an
 * address only its scheme: private feeds and media have secrets in theirs.
 */
export function printable(text: string): string {
  // Cutting by code points: of one string of 1 MiB no more than its beginning is looked at.
  const characters = [...text.slice(0, 2 * MOST_SHOWN).replace(/:\/\/\S+/g, '://…')];
  const cut = characters.length > MOST_SHOWN || text.length > 2 * MOST_SHOWN;
  return characters.slice(0, MOST_SHOWN).map(escaped).join('') + (cut ? '…' : '');
}

function escaped(character: string): string {
  if (!/[\p{C}\p{Zl}\p{Zp}"\\]/u.test(character)) return character;
  if (character === '"' || character === '\\') return `\\${character}`;
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
