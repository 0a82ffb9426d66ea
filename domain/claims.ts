import type { Entry, Kind, SourceId } from './collection.ts';
import { type Claim, idName, type Name, uriName } from './identity.ts';
import type { ClipInfo, EpisodeInfo } from './messages.ts';
import { compareTimestamps } from './timestamp.ts';

export type Info = ClipInfo & Pick<EpisodeInfo, 'dateAired'>;

/** What is known when a message comes. */
export interface Known<I> {
  readonly kind: Kind;
  readonly claims: ReadonlyMap<Name, Claim>;
  /** The entry of an ordinal that a claim gives. */
  readonly entryOf: (ordinal: number) => Entry<I> | undefined;
}

/** A new name, or an address that another entry or another date claims now. */
export interface NameChange extends Claim {
  readonly name: Name;
  /**
   * Absent of a new name, which must not exist. Else whose it was and since when, which must be so still: names are read
   * before entries, and who leaves an address between the two readings says until when it was there. Or `its own`: of an
   * address that its entry leaves, which nobody can take meanwhile without changing the entry.
   */
  readonly from?: Claim | 'its own';
}

/** When, and by which id, an entry was said to be at an address. */
export type Since = Pick<Claim, 'at' | 'by'>;

/** The entry that a claim leads to, or the one that stands for it. @throws Error when there is none */
export function standing<I>({ entryOf }: Pick<Known<I>, 'entryOf'>, claim: Claim | undefined): Entry<I> | undefined {
  if (claim === undefined) return undefined;
  let entry = entryOf(claim.ordinal);
  while (entry?.sameAs !== undefined) entry = entryOf(entry.sameAs);
  if (entry === undefined) throw new Error(`A name leads to entry ${claim.ordinal}, which does not exist`);
  return entry;
}

/** What a description says of its own address. */
export function sinceOf(kind: Kind, { source = '', sourceId, lastDateCurated }: Info): Since {
  return { at: lastDateCurated, ...(sourceId !== undefined && { by: idName(kind, source, sourceId) }) };
}

/** When the owner of an address was said to be there last, by a word that counts for what has an id. */
export function lastThere<I extends Info>({ kind, claims }: Known<I>, uri: Name, owner: Entry<I>): Since {
  const kept: Since = claims.get(uri) ?? {};
  if (authorityOf(owner) < 2 || uriName(kind, owner.info.mediaUri) !== uri) return kept;
  const now = sinceOf(kind, owner.info);
  return kept.at !== undefined && isLater(kept, now) ? kept : now;
}

/** Of two claims of one time the greater id counts: any fixed rule will do. */
export function isLater(a: Since, b: Since): boolean {
  if (b.at === undefined) return true;
  const order = a.at === undefined ? -1 : compareTimestamps(a.at, b.at);
  return order > 0 || (order === 0 && (a.by ?? '') > (b.by ?? ''));
}

/** Whether `a` is the newer description; of two of one time a fixed one. */
export function isNewer(a: Info, b: Info): boolean {
  const order = compareTimestamps(a.lastDateCurated, b.lastDateCurated);
  return order === 0 ? canonical(a) > canonical(b) : order > 0;
}

/** Whether two descriptions say the same, whenever they were made. */
export function saySame(a: Info, b: Info): boolean {
  return canonical({ ...a, lastDateCurated: '' }) === canonical({ ...b, lastDateCurated: '' });
}

function canonical({ id: _id, initialDateCurated: _initial, ...rest }: Info): string {
  return JSON.stringify(Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function earliest(dates: readonly string[]): string {
  return dates.reduce((a, b) => (compareTimestamps(a, b) <= 0 ? a : b));
}

/** Without the echo of the ordinal. */
export function described<I extends Info>(info: I): I {
  const { id: _, ...rest } = info;
  return rest as I;
}

/** What an entry is called in the sources that name it. */
export function idsOf<I extends Info>({ info, also = [] }: Pick<Entry<I>, 'info' | 'also'>): SourceId[] {
  return info.sourceId === undefined ? [...also] : [[info.source ?? '', info.sourceId], ...also];
}

/**
 * How much a word counts, whenever it was said: more with an id than with a source alone, and with that more than without
 * either, which may be said of whatever is at an address by then.
 */
export function authorityOf<I extends Info>(of: Pick<Entry<I>, 'info' | 'also'>): 0 | 1 | 2 {
  if (idsOf(of).length > 0) return 2;
  return of.info.source === undefined ? 0 : 1;
}

/**
 * An entry from before anybody named its source, under the same title: it is this one, moved, if it came from the same
 * place. The title alone would not do: shows have titles in common.
 */
export function movedSince<I extends Info>(old: Entry<I> | undefined, info: I): Entry<I> | undefined {
  if (old === undefined || authorityOf(old) > 0) return undefined;
  const { curatorInformation, mediaUri } = old.info;
  const sameCurator = curatorInformation !== '' && curatorInformation === info.curatorInformation;
  return sameCurator || placeOf(mediaUri) === placeOf(info.mediaUri) ? old : undefined;
}

/** The host of a web address. */
const placeOf = (uri: string): string => /^https?:\/\/([^/?#]*)/i.exec(uri)?.[1]?.toLowerCase() ?? uri;

/** Another recording under the same identity, as the curator tells them apart. */
export function isReplaced(before: Info, next: Info): boolean {
  return before.revision !== undefined && next.revision !== undefined && before.revision !== next.revision;
}
