import type { Entry } from './collection.ts';
import type { Name, Names } from './identity.ts';
import type { ClipInfo, EpisodeInfo } from './messages.ts';
import { compareTimestamps } from './timestamp.ts';

type Info = ClipInfo & Pick<EpisodeInfo, 'dateAired'>;

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

const TITLE_FIELDS = ['title', 'dateAired'] as const;

/** Fields of an info in the order of the message, without the echo of the ordinal. */
function stored<I extends Info>(info: I): I {
  const { id: _, ...rest } = info;
  return rest as I;
}

/**
 * Decides what a curated message does. The URI decides first; an unknown URI with a known title is that entry, moved;
 * names that belong to two entries are a conflict. A name that an entry had before finds it and never moves it back.
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
  const byTitle = names.title === undefined ? undefined : owners.get(names.title);
  if (byUri !== undefined && byTitle !== undefined && byUri !== byTitle) {
    return {
      kind: 'conflict',
      reason: `its mediaUri is known as entry ${byUri} and its title as entry ${byTitle}; correct one of the two names`,
    };
  }
  const ordinal = byUri ?? byTitle;
  const all = [names.uri, ...(names.title === undefined ? [] : [names.title])];
  if (ordinal === undefined) return { kind: 'inserted', info: stored(info), names: all };
  const entry = entryOf(ordinal);
  if (entry === undefined) throw new Error(`A name leads to entry ${ordinal}, which does not exist`);
  const fresh = all.filter((name) => !owners.has(name));
  if (compareTimestamps(info.lastDateCurated, entry.info.lastDateCurated) <= 0) {
    // An older description that comes late says how the entry was called: queues reorder, and its names must be the
    // same entry whatever comes first.
    return fresh.length === 0 ? { kind: 'unchanged', ordinal } : { kind: 'updated', entry, names: fresh, moved: false };
  }

  const next: I = { ...stored(info), initialDateCurated: entry.info.initialDateCurated };
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
  const { lastDateCurated: _new, ...after } = next;
  const { lastDateCurated: _old, ...before } = entry.info;
  if (fresh.length === 0 && sameFields(after, before)) return { kind: 'touched', entry: { ...entry, info: next } };
  const media = moved ? { revision: entry.revision + 1, revisedAt: now } : {};
  return { kind: 'updated', entry: { ...entry, ...media, info: next }, names: fresh, moved };
}

function sameFields(a: object, b: object): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => Reflect.get(a, key) === Reflect.get(b, key));
}
