import type { Ledger } from '../../domain/ledger.ts';
import { UnreadableItem } from '../../functions/ports.ts';
import { inParallel } from '../../functions/runtime/in-parallel.ts';
import type { DynamoLedgers } from '../../functions/stores/dynamo-ledgers.ts';

export interface AllLedgers {
  /** By episode. */
  readonly ledgers: readonly Ledger[];
  /** Episodes whose ledger is damaged: the archive sets them aside, and so do the commands. */
  readonly unreadable: readonly number[];
}

const AT_A_TIME = 16;

/** Every ledger there is; one that cannot be read hides no other. */
export async function readAllLedgers(
  store: Pick<DynamoLedgers, 'readAll' | 'read'>,
  lastOrdinal: number,
): Promise<AllLedgers> {
  try {
    return { ledgers: await store.readAll(lastOrdinal), unreadable: [] };
  } catch (error) {
    if (!(error instanceof UnreadableItem)) throw error;
  }
  const ledgers: Ledger[] = [];
  const unreadable: number[] = [];
  await inParallel(
    Array.from({ length: lastOrdinal }, (_, index) => index + 1),
    AT_A_TIME,
    async (episode) => {
      try {
        const ledger = await store.read(episode);
        if (ledger !== undefined) ledgers.push(ledger);
      } catch (error) {
        if (!(error instanceof UnreadableItem)) throw error;
        unreadable.push(episode);
      }
    },
  );
  return { ledgers: ledgers.sort((a, b) => a.episode - b.episode), unreadable };
}
