import { compareTimestamps } from '../timestamp.ts';
import type { ClipInfo, EpisodeInfo } from './definitions.ts';
import { InvalidMessage } from './invalid-message.ts';

/**
 * The one rule that holds for new entries only: an update may come from a curator who forgot when the entry was found.
 *
 * @throws InvalidMessage when lastDateCurated is before initialDateCurated.
 */
export function assertInsertable(info: ClipInfo | EpisodeInfo): void {
  const { initialDateCurated, lastDateCurated } = info;
  if (compareTimestamps(lastDateCurated, initialDateCurated) >= 0) return;
  const expected = `lastDateCurated: must not be before initialDateCurated (${initialDateCurated})`;
  throw new InvalidMessage('A new entry', [`${expected}, but ${lastDateCurated} came`]);
}
