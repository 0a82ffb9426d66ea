import type { Catalogue } from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { isGivenUp } from '../../domain/selection.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { countPairs, givenUpClips, isOverWhole } from '../count-pairs.ts';
import { readAllLedgers } from './all-ledgers.ts';
import { lightCatalogue } from './light-entries.ts';

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
  const [catalogue, { ledgers }] = await Promise.all([lightCatalogue(client), readAllLedgers(client)]);
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
