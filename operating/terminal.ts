import { isBuilt } from '../local/project.ts';

/** Data goes to stdout. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

type Loudness = 'quiet' | 'normal' | 'verbose';
let loudness: Loudness = 'normal';

/** How much is told beside the data. */
export function setLoudness(next: Loudness): void {
  loudness = next;
}

export const isVerbose = (): boolean => loudness === 'verbose';

/** Everything else goes to stderr, unless nobody wants to hear it. */
export function tell(line = ''): void {
  if (loudness !== 'quiet') complain(line);
}

/** What only those are told who ask for more. */
export function detail(line: string): void {
  if (isVerbose()) complain(line);
}

/** Errors are told in any case. */
export function complain(line: string): void {
  process.stderr.write(`${asCalled(line)}\n`);
}

const IN_THE_PROJECT = 'npm run -s archivist -- ';

/** With the command as it is called here: installed, or from the project's own folder. */
export const asCalled = (text: string): string => (isBuilt ? text.replaceAll(IN_THE_PROJECT, 'archivist ') : text);

export const isTerminal = (): boolean => process.stderr.isTTY === true;

/** Text from messages and feeds as it may appear in a terminal: control characters could move the cursor or lie. */
export function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, ' ');
}

/** To the millisecond, which is as exact as people and players are: what is 2 µs short of a second is that second. */
export const milliseconds = (offsetNs: number): number => Math.round(offsetNs / 1e6);

/** Nanoseconds as seconds with three decimals: `5.000`. */
export const secondsText = (offsetNs: number): string => (milliseconds(offsetNs) / 1000).toFixed(3);

/** Nanoseconds as hh:mm:ss, the way players show a position: the second that has begun. */
export function position(offsetNs: number): string {
  const seconds = Math.floor(milliseconds(offsetNs) / 1000);
  const two = (n: number) => n.toString().padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `1 clip`, `2 clips`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}
