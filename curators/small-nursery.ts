import { setFlagsFromString } from 'node:v8';

/**
 * Lets the space of young objects be no larger than it is. It grows where many outlive it, as all entries of a feed do until
 * the last is read; what it grows by (64 MB in all) is held and saves nothing.
 */
export function keepNurserySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
