import {
  authorityOf,
  described,
  earliest,
  type Info,
  idsOf,
  isLater,
  isNewer,
  type Known,
  lastThere,
  movedSince,
  type NameChange,
  type Since,
  saySame,
  sinceOf,
  standing,
} from './claims.ts';
import type { Entry, SourceId } from './collection.ts';
import { type Name, type Names, uriName } from './identity.ts';
import { idsBut, redescribed } from './redescribing.ts';

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
 * Of an entry the newest description with an id counts, of an address the newest that names it. So the same messages give the same
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
  const owner = ownerOf(names.uri);
  const there = owner !== undefined && isHearsay(known, names.uri, owner) ? undefined : owner;
  const entry =
    ownerOf(names.id) ?? unnamedThere(there, id) ?? (there ? undefined : movedSince(ownerOf(names.before), info));
  const other = owner !== undefined && owner.ordinal !== entry?.ordinal ? owner : undefined;
  const twin =
    entry !== undefined && other !== undefined && other === there && mayBeOne(entry, other) ? other : undefined;
  const rival = twin === undefined ? other : undefined;
  const since = sinceOf(kind, info);
  const wins = rival === undefined || isLater(since, lastThere(known, names.uri, rival));
  // Written even if it has left: it may come back in the same moment, which no condition on the address would notice.
  const displaced = rival === undefined || !wins ? [] : [goneFrom(rival, info.mediaUri)];
  const takes = (ordinal: number, until: Since): NameChange[] => {
    const fresh = claims.has(names.id) ? [] : [{ name: names.id, ordinal }];
    const claim = claims.get(names.uri);
    if (claim === undefined) return [...fresh, { name: names.uri, ordinal, ...until }];
    return rival !== undefined && wins ? [...fresh, { name: names.uri, ordinal, from: claim, ...until }] : fresh;
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
  const ones = joined === undefined ? [stands] : [stands, joined];
  const named = ones.filter((one) => authorityOf(one) > 1);
  const before = named.reduce<Entry<I> | undefined>(
    (a, b) => (a !== undefined && isNewer(a.info, b.info) ? a : b),
    undefined,
  );
  const isNewest = before === undefined || isNewer(info, before.info);
  const next: I = {
    ...(isNewest ? described(info) : before.info),
    initialDateCurated: earliest([info, ...named.map((one) => one.info)].map((one) => one.initialDateCurated)),
  };
  const isThere = next.mediaUri === info.mediaUri;
  const gone = isNewest ? !wins : before.gone === true;
  const comes = isThere && !gone && (stands.info.mediaUri !== next.mediaUri || stands.gone === true);
  const changes = latest([
    ...takes(stands.ordinal, isThere ? {} : since),
    ...(rival === undefined && (comes || joined !== undefined) ? stillOwned(known, names.uri) : []),
    ...(isThere ? [] : wasThere(known, names.uri, ones, since)),
    ...ones.flatMap((one) => leaves(known, one, next)),
  ]);
  const also = idsBut(next, [...ones.flatMap((one) => idsOf(one)), id]);
  const others = [...displaced, ...(joined === undefined ? [] : [{ ...joined, sameAs: stands.ordinal }])];
  const sameState = gone === (stands.gone === true) && JSON.stringify(also) === JSON.stringify(stands.also ?? []);
  const sameInfo = saySame(next, stands.info) && next.initialDateCurated === stands.info.initialDateCurated;
  if (sameState && sameInfo && others.length + changes.length === 0) {
    if (next.lastDateCurated === stands.info.lastDateCurated) return { kind: 'unchanged', ordinal: stands.ordinal };
    return { kind: 'touched', entry: { ...stands, info: next } };
  }
  return { kind: 'updated', ...redescribed(stands, { info: next, gone, also }, now), others, names: changes };
}

/** An entry that another one takes an address from. */
const goneFrom = <I extends Info>(rival: Entry<I>, mediaUri: string): Entry<I> =>
  rival.info.mediaUri === mediaUri ? { ...rival, gone: true } : rival;

/** Who is at the address, if this source has no name for it yet. */
function unnamedThere<I extends Info>(there: Entry<I> | undefined, [source]: SourceId): Entry<I> | undefined {
  return there !== undefined && idsOf(there).every(([other]) => other !== source) ? there : undefined;
}

/** Whether an entry that its source names has the address only because somebody who named none said so: no source did. */
function isHearsay<I extends Info>({ kind, claims }: Known<I>, uri: Name, owner: Entry<I>): boolean {
  const isOrWasThere = uriName(kind, owner.info.mediaUri) === uri || claims.get(uri)?.at !== undefined;
  return authorityOf(owner) > 1 && !isOrWasThere;
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

/**
 * The address as it was read, to be written again: names are read before entries, and who takes the address between the two
 * readings changes what was read, but not what was read later.
 */
function stillOwned<I>({ claims }: Known<I>, name: Name): NameChange[] {
  const claim = claims.get(name);
  return claim === undefined ? [] : [{ ...claim, name, from: claim }];
}

/** A description that comes late, of an address of its own that the entry has left. */
function wasThere<I extends Info>(known: Known<I>, uri: Name, ones: readonly Entry<I>[], since: Since): NameChange[] {
  const claim = known.claims.get(uri);
  const owner = standing(known, claim);
  if (claim === undefined || owner === undefined || !ones.includes(owner)) return [];
  return isLater(since, lastThere(known, uri, owner))
    ? [{ name: uri, ordinal: claim.ordinal, from: claim, ...since }]
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
