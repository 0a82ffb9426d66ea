import type { Catalogue } from '../../domain/collection.ts';
import { episodeNames, type Names, titleName, uriName } from '../../domain/identity.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { ClipReference, EpisodeInfo } from '../../domain/messages.ts';
import type { Collection, Ledgers } from '../ports.ts';

/** What the infos of a batch of results refer to. */
export interface Resolver {
  /** The ordinal of the clip, or undefined when the collection does not have it. */
  clip(info: ClipReference): Promise<number | undefined>;
  /** The ledger of the episode as read while resolving, or undefined when the collection does not have it. */
  episode(info: EpisodeInfo): Promise<number | undefined>;
}

/**
 * A result that echoes an ordinal that exists is matched by it, else by names: what its source calls it, then the URI, then
 * the title. Of a URI that a source may have given to another entry meanwhile, only what is certain counts (see `isMeant`).
 */
export function resolver(
  collection: Pick<Collection, 'owners' | 'entries'>,
  ledgers: Pick<Ledgers, 'read'>,
  catalogue: Catalogue,
  ledgersRead: Map<number, Ledger>,
): Resolver {
  const known = new Map<string, Promise<number | undefined>>();
  const once = (key: string, find: () => Promise<number | undefined>) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = find();
    known.set(key, found);
    return found;
  };

  const byName = async (
    kind: 'clip' | 'episode',
    { uri, id, title }: Partial<Names>,
    isItsOwn: (owner: number) => Promise<boolean>,
  ): Promise<number | undefined> => {
    const given = [uri, id, title].filter((name) => name !== undefined);
    const owners = given.length === 0 ? new Map<string, number>() : await collection.owners(kind, given);
    const called = owners.get(id ?? '');
    if (called !== undefined) return called;
    const there = owners.get(uri ?? '');
    const meant = there !== undefined && (await isItsOwn(there)) ? there : undefined;
    return meant ?? owners.get(title ?? '');
  };

  let gone: ReadonlySet<string> | undefined;
  const clipIsMeant = async (info: ClipReference, ordinal: number): Promise<boolean> => {
    const owner = catalogue.byOrdinal.get(ordinal)?.info;
    if (owner === undefined) return true;
    gone ??= new Set(catalogue.clips.flatMap((clip) => (clip.gone === true ? [placeOf(clip.info)] : [])));
    // One that was there before may have the same title.
    return isMeant(info, owner) && !gone.has(placeOf(owner));
  };
  const episodeIsMeant = async (info: EpisodeInfo, ordinal: number): Promise<boolean> => {
    const owner = (await collection.entries('episode', [ordinal])).get(ordinal)?.info;
    return owner === undefined || isMeant(info, owner);
  };

  const ledgerExists = async (ordinal: number): Promise<boolean> => {
    if (ledgersRead.has(ordinal)) return true;
    const ledger = await ledgers.read(ordinal);
    if (ledger !== undefined) ledgersRead.set(ordinal, ledger);
    return ledger !== undefined;
  };

  return {
    clip(info) {
      const ordinal = Number(info.id);
      if (info.id !== undefined && catalogue.byOrdinal.has(ordinal)) return Promise.resolve(ordinal);
      return once(JSON.stringify(['clip', info.mediaUri, info.title]), () =>
        byName('clip', referenceNames(info), (owner) => clipIsMeant(info, owner)),
      );
    },
    episode(info) {
      // Thousands of results are of one episode: its names are hashed once, if at all.
      return once(
        JSON.stringify([info.id, info.mediaUri, info.dateAired, info.title, info.source, info.sourceId]),
        async () => {
          if (info.id !== undefined && (await ledgerExists(Number(info.id)))) return Number(info.id);
          return byName('episode', episodeNames(info), (owner) => episodeIsMeant(info, owner));
        },
      );
    },
  };
}

type Called = Pick<Partial<EpisodeInfo>, 'title' | 'dateAired' | 'source' | 'sourceId'>;

/**
 * Whether what a result refers to by its address is the entry that is there. Of one that its source calls by an id, another
 * may have been there before: then it has to be called the same, by its source or by all that titles say.
 */
function isMeant(said: Called, owner: Called): boolean {
  if (owner.sourceId === undefined) return true;
  if (said.sourceId !== undefined && said.source === owner.source) return said.sourceId === owner.sourceId;
  return said.title === owner.title && said.dateAired === owner.dateAired;
}

const placeOf = ({ mediaUri, title }: Pick<EpisodeInfo, 'mediaUri' | 'title'>): string => `${mediaUri} ${title}`;

/** The names that a reference has; where it came from is not among what it says. */
function referenceNames({ mediaUri, title = '' }: ClipReference): Partial<Names> {
  return { ...(mediaUri !== undefined && { uri: uriName('clip', mediaUri) }), title: titleName('clip', { title }) };
}
