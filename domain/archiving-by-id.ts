import {
  described,
  earliest,
  type Info,
  idsOf,
  isLater,
  isNewer,
  isReplaced,
  type Known,
  lastThere,
  movedSince,
  type NameChange,
  type Since,
  saySame,
  sinceOf,
  standing,
  withSource,
} from './claims.ts';
import { type Entry, recordingOf, type SourceId } from './collection.ts';
import { type Name, type Names, uriName } from './identity.ts';

/** The names that change for an entry, once its ordinal is known. */
export type NamesFor = (ordinal: number) => NameChange[];

/** What a message that tells an id does to the collection. */
export type ArchivingById<I> =
  | {
      readonly kind: 'inserted';
      /** `gone`: another entry of its source has been at its address since. */
      readonly entry: Pick<Entry<I>, 'info' | 'gone'>;
      readonly others: readonly Entry<I>[];
      readonly names: NamesFor;
    }
  | {
      readonly kind: 'updated';
      readonly entry: Entry<I>;
      /** Entries that this one takes an address from, now or after they left it, or that are joined to it. */
      readonly others: readonly Entry<I>[];
      readonly names: readonly NameChange[];
      /** Its media is another file, or can be fetched again. */
      readonly newMedium: boolean;
    }
  /** Only lastDateCurated is newer. */
  | { readonly kind: 'touched'; readonly entry: Entry<I> }
  | { readonly kind: 'unchanged'; readonly ordinal: number };

/**
 * Decides what a message does that says what its source calls the entry.
 *
 * That id decides which entry it is. If it is new, the address does, unless the same source calls the entry there
 * something else: then it is a new entry, and the old one is gone from its address. Two entries that an address leads
 * to, and that no source tells apart, are one: the lower ordinal stands for both.
 *
 * Of an entry the newest description counts, of an address the newest that names it. So the same messages give the same
 * entries, whatever their order.
 *
 * @param now ms since the epoch
 */
export function archivedById<I extends Info>(
  info: I,
  names: Names & { readonly id: Name },
  known: Known<I>,
  now: number,
): ArchivingById<I> {
  const { kind, claims } = known;
  const id: SourceId = [info.source ?? '', info.sourceId ?? ''];
  const ownerOf = (name: Name | undefined) => standing(known, name === undefined ? undefined : claims.get(name));
  const there = ownerOf(names.uri);
  const entry =
    ownerOf(names.id) ?? unnamedThere(there, id) ?? (there ? undefined : movedSince(ownerOf(names.before), info));
  const other = there !== undefined && there.ordinal !== entry?.ordinal ? there : undefined;
  const twin = entry !== undefined && other !== undefined && mayBeOne(entry, other) ? other : undefined;
  const rival = twin === undefined ? other : undefined;
  const since = sinceOf(kind, info);
  const wins = rival === undefined || isLater(since, lastThere(known, names.uri, rival));
  // Written even if it has left: it may come back in the same moment, which no condition on the address would notice.
  const displaced = rival === undefined || !wins ? [] : [goneFrom(rival, info.mediaUri)];
  const takes = (ordinal: number, until: Since): NameChange[] => {
    const fresh = claims.has(names.id) ? [] : [{ name: names.id, ordinal }];
    const owner = claims.get(names.uri);
    if (owner === undefined) return [...fresh, { name: names.uri, ordinal, ...until }];
    return rival !== undefined && wins
      ? [...fresh, { name: names.uri, ordinal, from: owner.ordinal, ...until }]
      : fresh;
  };

  if (entry === undefined) {
    const gone = wins ? {} : { gone: true };
    return {
      kind: 'inserted',
      entry: { info: described(info), ...gone },
      others: displaced,
      names: (ordinal) => takes(ordinal, {}),
    };
  }

  const [stands, joined] = twin !== undefined && twin.ordinal < entry.ordinal ? [twin, entry] : [entry, twin];
  const before = joined !== undefined && isNewer(joined.info, stands.info) ? joined : stands;
  const isNewest = isNewer(info, before.info);
  const next: I = {
    ...(isNewest ? described(info) : withSource(before.info, info)),
    initialDateCurated: earliest([info, stands.info, (joined ?? stands).info].map((one) => one.initialDateCurated)),
  };
  const isThere = next.mediaUri === info.mediaUri;
  const ones = joined === undefined ? [stands] : [stands, joined];
  const changes = latest([
    ...takes(stands.ordinal, isThere ? {} : since),
    ...(isThere ? [] : wasThere(known, names.uri, ones, since)),
    ...ones.flatMap((one) => leaves(known, one, next)),
  ]);
  const gone = isNewest ? !wins : before.gone === true;
  const also = idsBut(next, [...idsOf(stands), ...(joined ? idsOf(joined) : []), id]);
  const moved = next.mediaUri !== stands.info.mediaUri;
  const replaced = isReplaced(stands.info, next);
  // What comes back to its address is judged anew: another entry's medium was there meanwhile.
  const newMedium = moved || replaced || (stands.gone === true && !gone);
  const others = [...displaced, ...(joined === undefined ? [] : [{ ...joined, sameAs: stands.ordinal }])];
  const sameState = gone === (stands.gone === true) && JSON.stringify(also) === JSON.stringify(stands.also ?? []);
  const sameInfo = saySame(next, stands.info) && next.initialDateCurated === stands.info.initialDateCurated;
  if (sameState && sameInfo && others.length + changes.length === 0) {
    if (next.lastDateCurated === stands.info.lastDateCurated) return { kind: 'unchanged', ordinal: stands.ordinal };
    return { kind: 'touched', entry: { ...stands, info: next } };
  }
  const { gone: _gone, also: _also, ...rest } = stands;
  return {
    kind: 'updated',
    entry: {
      ...rest,
      info: next,
      ...(gone && { gone }),
      ...(also.length > 0 && { also }),
      ...(newMedium && { revision: stands.revision + 1, revisedAt: now }),
      ...(replaced && { recording: { number: recordingOf(stands) + 1, at: now } }),
    },
    others,
    names: changes,
    newMedium,
  };
}

/** An entry that another one takes an address from. */
const goneFrom = <I extends Info>(rival: Entry<I>, mediaUri: string): Entry<I> =>
  rival.info.mediaUri === mediaUri ? { ...rival, gone: true } : rival;

/** In a fixed order, each once, without the one that the description itself tells. */
function idsBut({ source = '', sourceId = '' }: Info, ids: readonly SourceId[]): SourceId[] {
  const own = JSON.stringify([source, sourceId]);
  const others = new Set(ids.map((one) => JSON.stringify(one)).filter((one) => one !== own));
  return [...others].toSorted().map((one) => JSON.parse(one));
}

/** Who is at the address, if this source has no name for it yet. */
function unnamedThere<I extends Info>(there: Entry<I> | undefined, [source]: SourceId): Entry<I> | undefined {
  return there !== undefined && idsOf(there).every(([other]) => other !== source) ? there : undefined;
}

/** Whether no source tells the two apart. */
function mayBeOne<I extends Info>(one: Entry<I>, other: Entry<I>): boolean {
  const sources = new Set(idsOf(one).map(([source]) => source));
  return idsOf(other).every(([source]) => !sources.has(source));
}

/** The address that an entry leaves keeps in mind until when it was there: another may say that it was there too. */
function leaves<I extends Info>({ kind }: Known<I>, before: Entry<I>, next: I): NameChange[] {
  const stays = before.info.mediaUri === next.mediaUri;
  if (stays || before.gone === true || before.info.sourceId === undefined) return [];
  const name = uriName(kind, before.info.mediaUri);
  return [{ name, ordinal: before.ordinal, from: 'its own', ...sinceOf(kind, before.info) }];
}

/** A description that comes late, of an address of its own that the entry has left. */
function wasThere<I extends Info>(known: Known<I>, uri: Name, ones: readonly Entry<I>[], since: Since): NameChange[] {
  const claim = known.claims.get(uri);
  const owner = standing(known, claim);
  if (claim === undefined || owner === undefined || !ones.includes(owner)) return [];
  return isLater(since, lastThere(known, uri, owner))
    ? [{ name: uri, ordinal: claim.ordinal, from: claim.ordinal, ...since }]
    : [];
}

/** One change a name: the later claim. */
function latest(changes: readonly NameChange[]): NameChange[] {
  const byName = new Map<Name, NameChange>();
  for (const change of changes) {
    const before = byName.get(change.name);
    if (before === undefined || isLater(change, before)) byName.set(change.name, change);
  }
  return [...byName.values()];
}
