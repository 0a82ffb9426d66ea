import type { Catalogue } from '../../domain/collection.ts';
import { episodeNames, type Names, titleName, uriName } from '../../domain/identity.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { ClipReference, EpisodeInfo } from '../../domain/messages.ts';
import type { Collection, Ledgers } from '../ports.ts';

/** What the infos of a batch of results refer to. */
export interface Resolver {
  /** The ordinal of the clip, or undefined when the collection does not have it. */
  clip(info: ClipReference): Promise<number | undefined>;
  /** The ordinal of the episode, or undefined when the collection does not have it; its ledger is read on the way. */
  episode(info: EpisodeInfo, leaseId: string): Promise<number | undefined>;
}

/**
 * A result that echoes an ordinal that exists is matched by it, else by names: what its source calls it, then the URI, then
 * the title. Of a URI that a source may have given to another entry meanwhile, only what is certain counts (see `isMeant`).
 * Names of what was joined to another entry lead to the one that stands for both.
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
    standing: (owner: number) => number | Promise<number>,
  ): Promise<number | undefined> => {
    const given = [uri, id, title].filter((name) => name !== undefined);
    const owners = given.length === 0 ? new Map<string, number>() : await collection.owners(kind, given);
    const called = owners.get(id ?? '');
    if (called !== undefined) return standing(called);
    /** Itself, or the one that stands for it if that is meant: what is not called as it is now may be of another file. */
    const meantBy = async (owner: number | undefined) => {
      const stands = owner === undefined ? undefined : await standing(owner);
      return stands !== undefined && (await isItsOwn(stands)) ? stands : undefined;
    };
    const titled = owners.get(title ?? '');
    return (await meantBy(owners.get(uri ?? ''))) ?? (await meantBy(titled)) ?? titled;
  };

  const standingClip = (ordinal: number): number => {
    const sameAs = catalogue.byOrdinal.get(ordinal)?.sameAs;
    return sameAs === undefined ? ordinal : standingClip(sameAs);
  };
  const standingEpisode = async (ordinal: number, leaseId: string): Promise<number> => {
    // What was joined to another entry is not researched, and its ledger, which is needed anyway, says so; a lease from
    // before is kept by it, and must hear what is said for it.
    const ledger = (await ledgerExists(ordinal)) ? ledgersRead.get(ordinal) : undefined;
    if (ledger?.gone !== true || ledger.leases.some(({ id }) => id === leaseId)) return ordinal;
    const sameAs = (await collection.entries('episode', [ordinal])).get(ordinal)?.sameAs;
    return sameAs === undefined ? ordinal : standingEpisode(sameAs, leaseId);
  };

  let gone: ReadonlySet<string> | undefined;
  const clipIsMeant = async (info: ClipReference, ordinal: number): Promise<boolean> => {
    const owner = catalogue.byOrdinal.get(ordinal)?.info;
    if (owner === undefined) return true;
    gone ??= new Set(
      catalogue.clips.flatMap((clip) => (clip.gone === true && clip.sameAs === undefined ? [placeOf(clip.info)] : [])),
    );
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
        byName('clip', referenceNames(info), (owner) => clipIsMeant(info, owner), standingClip),
      );
    },
    episode(info, leaseId) {
      const { id, mediaUri, dateAired, title, source, sourceId } = info;
      // Thousands of results are of one episode: its names are hashed once, if at all.
      return once(JSON.stringify([id, mediaUri, dateAired, title, source, sourceId, leaseId]), async () => {
        if (id !== undefined && (await ledgerExists(Number(id)))) return Number(id);
        const isMeantBy = (owner: number) => episodeIsMeant(info, owner);
        return byName('episode', episodeNames(info), isMeantBy, (owner) => standingEpisode(owner, leaseId));
      });
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
