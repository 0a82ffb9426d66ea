import { type Catalogue, type ClipEntry, type EpisodeEntry, priorityOf } from './collection.ts';
import type { ClipInfo, EpisodeInfo } from './messages.ts';
import { sortableTimestamp } from './timestamp.ts';

const INT32_MAXIMUM = 2 ** 31 - 1;

/** The digits of a timestamp sort as the instants do; an absent date sorts before every date. */
const digits = (timestamp: string | undefined): string =>
  timestamp === undefined ? '0'.repeat(23) : sortableTimestamp(timestamp).replace(/\D/g, '');

const descending = (text: string): string => text.replace(/\d/g, (digit) => String(9 - Number(digit)));

/**
 * A key that sorts episodes in the order of assignment: priority, date aired, initial curation date, all descending,
 * then the ordinal. 68 ASCII characters; the index of assignment sorts by it.
 */
export function episodeRank(
  info: Pick<EpisodeInfo, 'priority' | 'dateAired' | 'initialDateCurated'>,
  ordinal: number,
): string {
  const priority = (INT32_MAXIMUM - info.priority).toString().padStart(10, '0');
  const aired = descending(digits(info.dateAired));
  const curated = descending(digits(info.initialDateCurated));
  return `${priority}${aired}${curated}${ordinal.toString().padStart(12, '0')}`;
}

/** The rank of an episode as it is in the collection. */
export const rankOf = (entry: EpisodeEntry): string =>
  episodeRank({ ...entry.info, priority: priorityOf(entry) }, entry.ordinal);

/** The same for clips without strikes: priority, initial curation date, descending, then the ordinal. */
export function clipRank(info: Pick<ClipInfo, 'priority' | 'initialDateCurated'>, ordinal: number): string {
  const priority = (INT32_MAXIMUM - info.priority).toString().padStart(10, '0');
  return `${priority}${descending(digits(info.initialDateCurated))}${ordinal.toString().padStart(12, '0')}`;
}

const rankOfClip = (clip: ClipEntry): string => clipRank({ ...clip.info, priority: priorityOf(clip) }, clip.ordinal);

/** Clips in the order of assignment as far as it does not depend on a ledger. */
export function inOrder(clips: Iterable<ClipEntry>): ClipEntry[] {
  return [...clips]
    .map((clip) => ({ clip, rank: rankOfClip(clip) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ clip }) => clip);
}

type Clips = Pick<Catalogue, 'clips' | 'byOrdinal'>;

/** Clips as a catalogue has them. */
export function catalogueOf(clips: Iterable<ClipEntry>): Clips {
  const ordered = inOrder(clips);
  return { clips: ordered, byOrdinal: new Map(ordered.map((clip) => [clip.ordinal, clip])) };
}

/** The same with a few of them changed or new: a hundred thousand are not put in order again for one. */
export function catalogueWith({ clips, byOrdinal }: Clips, changed: readonly ClipEntry[]): Clips {
  if (changed.length === 0) return { clips, byOrdinal };
  const next = new Map(byOrdinal);
  for (const clip of changed) next.set(clip.ordinal, clip);
  const gone = new Set(changed.map(({ ordinal }) => ordinal));
  const ordered = clips.filter(({ ordinal }) => !gone.has(ordinal));
  for (const clip of changed) ordered.splice(placeOf(clip, ordered), 0, clip);
  return { clips: ordered, byOrdinal: next };
}

/** Where the clip belongs among clips in order. */
function placeOf(clip: ClipEntry, ordered: readonly ClipEntry[]): number {
  const rank = rankOfClip(clip);
  let from = 0;
  let to = ordered.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (rankOfClip(ordered[middle]!) < rank) from = middle + 1;
    else to = middle;
  }
  return from;
}
