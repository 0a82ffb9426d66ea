/** The function that data files call; the pages define it. */
export const RECEIVER = 'archivistReport';

/**
 * A script that hands a value to the pages. A page that was opened from a folder may load scripts, but not read files.
 * The value is JSON in a string, which is parsed faster than a literal and can hold nothing that runs.
 */
export function dataFile(name: string, value: unknown): string {
  const json = JSON.stringify(value);
  // Megabytes of numbers need no look at each character.
  const quoted = UNQUOTED.some((character) => json.includes(character)) ? json.replace(ANY_UNQUOTED, escapeOf) : json;
  return `${RECEIVER}('${name}',JSON.parse('${quoted}'));\n`;
}

const UNQUOTED = ['\\', "'", '<', '\u2028', '\u2029'];
const ANY_UNQUOTED = /[\\'<\u2028\u2029]/g;

const escapeOf = (character: string): string =>
  character === '\\' || character === "'"
    ? `\\${character}`
    : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
