import type { ClipInfo, CompletedResearchItem } from './definitions.ts';

/**
 * What a completed research item says. `lastWord`: its lease, if it names one, has no more to say, and what it has
 * not reported goes back to the pool.
 */
export type Meaning =
  | { kind: 'result'; clip: ClipInfo; found: boolean; lastWord: boolean }
  | { kind: 'signOfLife'; lastWord: boolean }
  | { kind: 'clipFailure'; clip: ClipInfo; reason: string; lastWord: boolean }
  | { kind: 'episodeFailure'; reason: string; lastWord: true };

/** Reads the table of meanings: a failure outweighs offsets; a result without offsets is a negative (`found` false). */
export function meaningOf(item: CompletedResearchItem): Meaning {
  const { clipInfo: clip, failure: reason, revokeLease: lastWord } = item;
  if (reason !== '') {
    // Nothing can be researched in an episode that cannot be fetched: its failure ends the lease without being asked.
    return clip ? { kind: 'clipFailure', clip, reason, lastWord } : { kind: 'episodeFailure', reason, lastWord: true };
  }
  if (!clip) return { kind: 'signOfLife', lastWord };
  return { kind: 'result', clip, found: item.clipOffsets.length > 0, lastWord };
}
