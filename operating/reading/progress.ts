import type { Catalogue, EpisodeEntry } from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { catalogueOf } from '../../domain/order.ts';
import { isGivenUp } from '../../domain/selection.ts';
import { type Collection, UnreadableItem } from '../../functions/ports.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { countPairs, givenUpClips, isOverWhole } from '../count-pairs.ts';
import { readAllLedgers } from './all-ledgers.ts';

/** How far the research of an archive is. */
export interface Progress {
  readonly catalogue: Catalogue;
  readonly ledgers: readonly Ledger[];
  readonly clips: number;
  readonly episodes: number;
  readonly pairs: number;
  readonly researched: number;
  /** Given up: parked by themselves, with their clip or with their episode, or retired. */
  readonly givenUp: number;
  readonly leases: number;
}

/** Reads every ledger: for archives on this machine, or when somebody asks. */
export async function readProgress(
  client: Pick<ArchiveClient, 'collection' | 'dynamodb' | 'location'>,
): Promise<Progress> {
  const [all, { ledgers }] = await Promise.all([client.collection.catalogue(), readAllLedgers(client)]);
  const clips = all.clips.filter(({ removed }) => removed !== true);
  const catalogue = clips.length === all.clips.length ? all : { ...all, ...catalogueOf(clips) };
  const hopeless = givenUpClips(catalogue);
  let researched = 0;
  let givenUp = 0;
  for (const ledger of ledgers) {
    const counts = countPairs(ledger, catalogue, hopeless);
    researched += counts.researched;
    givenUp += counts.givenUp;
  }
  return {
    catalogue,
    ledgers,
    clips: catalogue.clips.length,
    episodes: ledgers.length,
    pairs: catalogue.clips.length * ledgers.length,
    researched,
    givenUp,
    leases: ledgers.reduce((sum, ledger) => sum + ledger.leases.length, 0),
  };
}

/** Whether nobody will research the pair any more as things are. */
export function isOver(ledger: Ledger, clip: Catalogue['clips'][number]): boolean {
  return isOverWhole(ledger) || isGivenUp(ledger, clip);
}

/** The episodes of these ordinals; one that is damaged hides no other. */
export async function readableEpisodes(
  collection: Pick<Collection, 'entries'>,
  ordinals: readonly number[],
): Promise<Map<number, EpisodeEntry>> {
  try {
    return new Map(await collection.entries('episode', ordinals));
  } catch (error) {
    if (!(error instanceof UnreadableItem)) throw error;
    if (ordinals.length <= 1) return new Map();
    const half = Math.ceil(ordinals.length / 2);
    const parts = [ordinals.slice(0, half), ordinals.slice(half)];
    const read = await Promise.all(parts.map((part) => readableEpisodes(collection, part)));
    return new Map(read.flatMap((entries) => [...entries]));
  }
}
