/**
 * Which clips changed of late, kept in the counter item in the transaction of each change: so who has read the clips
 * before learns with the version itself what to read again, a unit or two instead of the whole catalogue.
 */
export interface CatalogueLog {
  /** How many ordinals were ever noted. Two readings of it say how many of `recent` came between them. */
  readonly changes: number;
  /** How many catalogue versions were made by who keeps this log: others, of an older release, note nothing. */
  readonly versions: number;
  /** The latest ordinals noted, oldest first. */
  readonly recent: readonly number[];
}

/** More clips changed by one write are not noted one by one: then the log begins anew, and everything is read again. */
export const NOTED_AT_MOST = 8;
/** Larger than any log: nobody who read before finds its place in it. */
export const VOIDED_BY = 1_000_000;
/** The counter item is to stay below 1 KB, which is what its every write costs by: beyond this it is cut to half. */
export const LOG_LENGTH = 100;
/** More new clips are read with all others. */
const NEW_AT_MOST = 300;

/** The log after a change of these clips, new ones left out. */
export function notedIn(log: CatalogueLog | undefined, changed: readonly number[]): CatalogueLog {
  const { changes, versions, recent } = log ?? { changes: 0, versions: 0, recent: [] };
  const noted = changed.length <= NOTED_AT_MOST;
  return {
    changes: changes + (noted ? changed.length : VOIDED_BY),
    versions: versions + 1,
    recent: noted ? [...recent, ...changed] : [],
  };
}

/** What a reader knew, as far as the log goes by it. */
export interface KnownLog {
  readonly log?: CatalogueLog | undefined;
  readonly lastOrdinal: number;
  readonly catalogueVersion: number;
}

/**
 * The clips to read again, new ones included.
 * @returns undefined when the log does not reach back so far: everything has to be read
 */
export function changedSince(before: KnownLog, now: KnownLog): number[] | undefined {
  const inserted = now.lastOrdinal - before.lastOrdinal;
  if (before.log === undefined || now.log === undefined || inserted < 0 || inserted > NEW_AT_MOST) return undefined;
  // Every version in between must have been noted.
  if (now.log.versions - before.log.versions !== now.catalogueVersion - before.catalogueVersion) return undefined;
  const noted = now.log.changes - before.log.changes;
  if (noted < 0 || noted > now.log.recent.length) return undefined;
  const changed = noted === 0 ? [] : now.log.recent.slice(-noted);
  const fresh = Array.from({ length: inserted }, (_, index) => before.lastOrdinal + 1 + index);
  return [...new Set([...changed, ...fresh])];
}
