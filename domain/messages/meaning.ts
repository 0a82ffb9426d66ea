import type { ClipReference, CompletedResearchItem, PairResult } from './definitions.ts';
import { MOST_CLIPS } from './limits.ts';
import { ordinalsOf } from './ranges.ts';

/**
 * What a completed research item says at its top. `lastWord`: its lease, if it names one, has no more to say, and what
 * it has not reported goes back to the pool. What more it says of pairs is in `pairsOf`.
 */
export type Meaning =
  | { kind: 'result'; clip: ClipReference; found: boolean; lastWord: boolean }
  | { kind: 'signOfLife'; lastWord: boolean }
  | { kind: 'clipFailure'; clip: ClipReference; reason: string; lastWord: boolean }
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

/** Every pair that the message is about, with what it says of it: the one at its top, its results, and what was not found. */
export function pairsOf(item: CompletedResearchItem): PairResult[] {
  const { clipInfo, results, notFound } = item;
  if (clipInfo === undefined && results.length === 0 && notFound.length === 0) return [];
  const atTop = clipInfo === undefined ? [] : [{ ...pairAtTop(item), clipInfo }];
  const negatives = ordinalsOf(notFound, MOST_CLIPS) ?? [];
  return [...atTop, ...results, ...negatives.map((ordinal) => negative(ordinal))];
}

function pairAtTop(item: CompletedResearchItem) {
  const { clipDuration, clipHash, clipOffsets, clipScores, clipHeardFrom, clipHeardTo, notJudged, failure } = item;
  return {
    clipDuration,
    clipHash,
    clipOffsets,
    clipScores,
    clipHeardFrom,
    clipHeardTo,
    failure,
    ...(notJudged !== undefined && { notJudged }),
  };
}

const negative = (ordinal: number): PairResult => ({
  clipInfo: { id: String(ordinal) },
  clipDuration: 0,
  clipHash: '',
  clipOffsets: [],
  clipScores: [],
  clipHeardFrom: [],
  clipHeardTo: [],
  failure: '',
});
