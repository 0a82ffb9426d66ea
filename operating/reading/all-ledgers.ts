import { Bitset } from '../../domain/bitset.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { UnreadableItem } from '../../functions/ports.ts';
import { decoded, type Item } from '../../functions/stores/dynamo.ts';
import { episodeOfLedgerKey, ledgerKey } from '../../functions/stores/keys.ts';
import { ledgerOf } from '../../functions/stores/ledger-item.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { gotten, pagesOf } from './parts.ts';

export interface AllLedgers {
  /** By episode. */
  readonly ledgers: readonly Ledger[];
  /** Episodes whose ledger is damaged: the archive sets them aside, and so do the commands. */
  readonly unreadable: readonly number[];
}

/** The ledgers of these episodes; those that are not there are left out. */
export async function readLedgers(
  { dynamodb, location }: Pick<ArchiveClient, 'dynamodb' | 'location'>,
  episodes: readonly number[],
): Promise<AllLedgers> {
  return sortedOut(gotten(dynamodb, location.tables.Leases ?? '', episodes.map(ledgerKey)));
}

/** Every ledger there is but those of removed episodes, strongly consistent; one that cannot be read hides no other. */
export async function readAllLedgers({
  dynamodb,
  location,
}: Pick<ArchiveClient, 'dynamodb' | 'location'>): Promise<AllLedgers> {
  return sortedOut(pagesOf(dynamodb, { TableName: location.tables.Leases }));
}

async function sortedOut(pages: AsyncIterable<readonly Item[]>): Promise<AllLedgers> {
  const ledgers: Ledger[] = [];
  const unreadable: number[] = [];
  const unpacked = knownOnes();
  for await (const items of pages) {
    for (const item of items) {
      const episode = episodeOfLedgerKey(String(item.pk));
      const key = Number.isSafeInteger(episode) ? ledgerKey(episode) : undefined;
      if (item.pk !== key?.pk || item.sk !== key?.sk) continue;
      try {
        const ledger = decoded(`The ledger ${item.pk}`, () => ledgerOf(item, unpacked));
        if (ledger.held !== 'removed') ledgers.push(ledger);
      } catch (error) {
        if (!(error instanceof UnreadableItem)) throw error;
        unreadable.push(episode);
      }
    }
  }
  return { ledgers: ledgers.sort((a, b) => a.episode - b.episode), unreadable: unreadable.sort((a, b) => a - b) };
}

/** A set that many episodes have in common packs to few bytes; at random, 10,000 clips are a kilobyte. */
const COMMON_BYTES = 64;

/** Unpacks and holds once what is the same in many ledgers, as what was researched in complete episodes is. */
function knownOnes(): (packed: Uint8Array) => Bitset {
  const known = new Map<string, Bitset>();
  return (packed) => {
    if (packed.length > COMMON_BYTES) return Bitset.unpacked(packed);
    const key = Buffer.from(packed.buffer, packed.byteOffset, packed.length).toString('latin1');
    const set = known.get(key) ?? Bitset.unpacked(packed);
    known.set(key, set);
    return set;
  };
}
