import type { Recording } from './collection.ts';

/** A recording that took the place of another one, with what its curator calls it. */
export interface NamedRecording extends Recording {
  readonly revision: string;
}

/**
 * Whether a result is of an older recording than the one that there is now.
 *
 * @param told what the result echoes of its work item; undefined of researchers that send back no such field, of whom
 *   only a lease that was made since says that they had the new one.
 * @param leaseMade when its lease was made, if that lives; ms since the epoch
 */
export function isOutdated(
  told: string | undefined,
  now: NamedRecording | undefined,
  leaseMade: number | undefined,
): boolean {
  if (now === undefined) return false;
  if (told !== undefined) return told !== now.revision;
  return leaseMade === undefined || leaseMade < now.at;
}
