import { described, type Info, isReplaced, movedSince, withSource } from './claims.ts';
import { type Entry, recordingOf } from './collection.ts';
import type { Name, Names } from './identity.ts';
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
  | { readonly kind: 'conflict'; readonly reason: string };

const OF_SOURCE = ['source', 'sourceId', 'show', 'revision'] as const;
const TITLE_FIELDS = ['title', 'dateAired'] as const;

/**
 * Decides what a curated message does that tells no id. The URI decides first; an unknown URI with a known title is
 * that entry, moved; names that belong to two entries are a conflict, but in a source that has a name. A name that an
 * entry had before finds it and never moves it back.
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
  const byUri = owners.get(names.uri);
  const byTitle = titled(info, names, owners, entryOf);
  if (byUri !== undefined && byTitle !== undefined && byUri !== byTitle) {
    return {
      kind: 'conflict',
      reason: `its mediaUri is known as entry ${byUri} and its title as entry ${byTitle}; correct one of the two names`,
    };
  }
  const ordinal = byUri ?? byTitle;
  const all = [names.uri, ...(names.title === undefined ? [] : [names.title])];
  if (ordinal === undefined) return { kind: 'inserted', info: described(info), names: all };
  const entry = entryOf(ordinal);
  if (entry === undefined) throw new Error(`A name leads to entry ${ordinal}, which does not exist`);
  const fresh = all.filter((name) => !owners.has(name));
  const sourced = withSource(entry.info, info);
  if (compareTimestamps(info.lastDateCurated, entry.info.lastDateCurated) <= 0) {
    // An older description that comes late says how the entry was called: queues reorder, and its names must be the
    // same entry whatever comes first.
    if (sourced !== entry.info) {
      return { kind: 'updated', entry: { ...entry, info: sourced }, names: fresh, moved: false };
    }
    return fresh.length === 0 ? { kind: 'unchanged', ordinal } : { kind: 'updated', entry, names: fresh, moved: false };
  }

  const next: I = { ...described(info), initialDateCurated: entry.info.initialDateCurated };
  keepSource(next, sourced);
  const moved = byUri === undefined;
  if (!moved) next.mediaUri = entry.info.mediaUri;
  const retitled = names.title !== undefined && byTitle === undefined;
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
  const replaced = isReplaced(entry.info, next);
  const media = moved || replaced ? { revision: entry.revision + 1, revisedAt: now } : {};
  const recording = replaced ? { recording: { number: recordingOf(entry) + 1, at: now } } : {};
  const { gone, ...rest } = entry;
  const stays = gone === true && !moved ? { gone } : {};
  const after = { ...rest, ...stays, ...media, ...recording, info: next };
  return { kind: 'updated', entry: after, names: fresh, moved: moved || replaced };
}

/** The entry of the title. In a source that has a name, or for an entry from before that, it must not contradict the address. */
function titled<I extends Info>(
  info: I,
  { uri, title, before }: Names,
  owners: ReadonlyMap<Name, number>,
  entryOf: (ordinal: number) => Entry<I> | undefined,
): number | undefined {
  const found = title === undefined ? undefined : owners.get(title);
  if (info.source === undefined) return found;
  const byUri = owners.get(uri);
  if (byUri !== undefined) return found === byUri ? found : undefined;
  const old = before === undefined ? undefined : owners.get(before);
  return found ?? (old === undefined ? undefined : movedSince(entryOf(old), info)?.ordinal);
}

/** Who names no source, or no id in it, does not take the entry from the one that does. */
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
