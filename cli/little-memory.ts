import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the part of the heap for young objects as small as it is now. V8 lets it grow to 100 MB while pages of a table are
 * taken apart, of which a command that streams keeps nothing: a scan of 160,000 findings holds 270 MB instead of 370, for a
 * tenth more processor time.
 */
export function holdLittle(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
