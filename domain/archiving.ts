import { authorityOf, described, type Info, movedSince } from './claims.ts';
import type { Entry } from './collection.ts';
import type { Name, Names } from './identity.ts';
import { redescribed } from './redescribing.ts';
import { compareTimestamps } from './timestamp.ts';

/** What a curated message does to the collection. */
export type Archiving<I> =
  | { readonly kind: 'inserted'; readonly info: I; readonly names: readonly Name[] }
  | {
      readonly kind: 'updated';
      readonly entry: Entry<I>;
      readonly names: readonly Name[];
      /** The media is another file: strikes and parking of the old one are void. */
      readonly moved: boolean;
    }
  /** Only lastDateCurated is newer. */
  | { readonly kind: 'touched'; readonly entry: Entry<I> }
  /** Older than what is stored, or the same again. */
  | { readonly kind: 'unchanged'; readonly ordinal: number }
  /** An entry that its source names, and one that nobody does, are one (see `madeOne`). */
  | { readonly kind: 'joined'; readonly named: Entry<I>; readonly other: Entry<I> }
  | { readonly kind: 'conflict'; readonly reason: string };

const OF_SOURCE = ['source', 'sourceId', 'show', 'revision'] as const;
const TITLE_FIELDS = ['title', 'dateAired'] as const;

/**
 * Decides what a curated message does that tells no id. The URI decides first; an unknown URI with a known title is
 * that entry, moved; names that belong to two entries are a conflict, but in a source that has a name. A name that an
 * entry had before finds it and never moves it back. Of an entry that has an id, or a source where the message has none, it
 * says names and nothing else.
 *
 * @param names the names of `info`
 * @param owners which entry each known name belongs to
 * @param entryOf the entry of an ordinal that `owners` gives
 */
export function archived<I extends Info>(
  info: I,
  names: Names,
  owners: ReadonlyMap<Name, number>,
  entryOf: (ordinal: number) => Entry<I> | undefined,
  now: number,
): Archiving<I> {
  const all = [names.uri, ...(names.title === undefined ? [] : [names.title])];
  const there = entryAt(owners.get(names.uri), entryOf);
  const called = titled(info, names, owners, there, entryOf);
  if (there !== undefined && called !== undefined && there.ordinal !== called.ordinal)
    return ofTwo(info, there, called);
  const entry = there ?? called;
  if (entry === undefined) return { kind: 'inserted', info: described(info), names: all };
  const fresh = all.filter((name) => !owners.has(name));
  const [has, brings] = [authorityOf(entry), authorityOf({ info })];
  const takesOver = brings > has;
  if (!takesOver && (has > brings || compareTimestamps(info.lastDateCurated, entry.info.lastDateCurated) <= 0)) {
    // What comes late, or does not count, says how the entry was called: queues reorder, and its names must be the same
    // entry whatever comes first.
    const { ordinal } = entry;
    return fresh.length === 0 ? { kind: 'unchanged', ordinal } : { kind: 'updated', entry, names: fresh, moved: false };
  }
  if (takesOver) {
    const { entry: after, newMedium } = redescribed(entry, { info: described(info), gone: false, also: [] }, now);
    return { kind: 'updated', entry: after, names: fresh, moved: newMedium };
  }

  const next: I = { ...described(info), initialDateCurated: entry.info.initialDateCurated };
  keepSource(next, entry.info);
  const moved = there === undefined;
  if (!moved) next.mediaUri = entry.info.mediaUri;
  const retitled = names.title !== undefined && called === undefined;
  if (!retitled) {
    for (const field of TITLE_FIELDS) {
      // The date is half of a name; only an entry without any title takes it without its title.
      if (field === 'dateAired' && entry.info.title === '') continue;
      Object.assign(next, { [field]: entry.info[field] });
    }
  }
  if (next.dateAired === undefined) delete next.dateAired;
  const { lastDateCurated: _new, ...said } = next;
  const { lastDateCurated: _old, ...before } = entry.info;
  if (fresh.length === 0 && sameFields(said, before)) return { kind: 'touched', entry: { ...entry, info: next } };
  const { also = [] } = entry;
  const { entry: after, newMedium } = redescribed(
    entry,
    { info: next, gone: entry.gone === true && !moved, also },
    now,
  );
  return { kind: 'updated', entry: after, names: fresh, moved: newMedium };
}

/** The entry of the title. In a source that has a name, or for an entry from before that, it must not contradict the address. */
function titled<I extends Info>(
  info: I,
  { title, before }: Names,
  owners: ReadonlyMap<Name, number>,
  there: Entry<I> | undefined,
  entryOf: (ordinal: number) => Entry<I> | undefined,
): Entry<I> | undefined {
  const found = entryAt(title === undefined ? undefined : owners.get(title), entryOf);
  if (info.source === undefined || found?.ordinal === there?.ordinal) return found;
  if (there !== undefined) return authorityOf(there) > 1 ? found : undefined;
  return found ?? movedSince(entryAt(before === undefined ? undefined : owners.get(before), entryOf), info);
}

function entryAt<I>(
  ordinal: number | undefined,
  entryOf: (ordinal: number) => Entry<I> | undefined,
): Entry<I> | undefined {
  const entry = ordinal === undefined ? undefined : entryOf(ordinal);
  if (ordinal !== undefined && entry === undefined) {
    throw new Error(`A name leads to entry ${ordinal}, which does not exist`);
  }
  return entry;
}

/** The address leads to one entry and the title to another. */
function ofTwo<I extends Info>(info: I, there: Entry<I>, called: Entry<I>): Archiving<I> {
  const brings = authorityOf({ info });
  if (authorityOf(there) > brings) {
    // Both have names of their own: their titles say nothing. Else the one without came from, or went to, the other's address.
    const two = authorityOf(called) > brings;
    return two ? { kind: 'unchanged', ordinal: there.ordinal } : { kind: 'joined', named: there, other: called };
  }
  const [byUri, byTitle] = [there.ordinal, called.ordinal];
  return {
    kind: 'conflict',
    reason: `its mediaUri is known as entry ${byUri} and its title as entry ${byTitle}; correct one of the two names`,
  };
}

/** Who names another source does not take the entry from the one that was first. */
function keepSource(next: Info, { source, sourceId, show, revision }: Info): void {
  const kept = { source, sourceId, show: next.show ?? show, revision: next.revision ?? revision };
  for (const field of OF_SOURCE) {
    const value = kept[field];
    if (value === undefined) delete next[field];
    else next[field] = value;
  }
}

function sameFields(a: object, b: object): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => Reflect.get(a, key) === Reflect.get(b, key));
}
