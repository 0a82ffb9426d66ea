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

/** A result that echoes an ordinal that exists is matched by it, else by names: the URI decides first. */
export function resolver(
  collection: Pick<Collection, 'owners'>,
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

  const byName = async (kind: 'clip' | 'episode', { uri, title }: Partial<Names>): Promise<number | undefined> => {
    const given = [uri, title].filter((name) => name !== undefined);
    const owners = given.length === 0 ? new Map<string, number>() : await collection.owners(kind, given);
    return owners.get(uri ?? '') ?? owners.get(title ?? '');
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
      return once(JSON.stringify(['clip', info.mediaUri, info.title]), () => byName('clip', referenceNames(info)));
    },
    episode(info) {
      // Thousands of results are of one episode: its names are hashed once, if at all.
      return once(JSON.stringify([info.id, info.mediaUri, info.dateAired, info.title]), async () => {
        if (info.id !== undefined && (await ledgerExists(Number(info.id)))) return Number(info.id);
        return byName('episode', episodeNames(info));
      });
    },
  };
}

/** The names that a reference has; where it came from is not among what it says. */
function referenceNames({ mediaUri, title = '' }: ClipReference): Partial<Names> {
  return { ...(mediaUri !== undefined && { uri: uriName('clip', mediaUri) }), title: titleName('clip', { title }) };
}
