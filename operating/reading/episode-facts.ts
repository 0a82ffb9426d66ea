import type { EpisodeEntry } from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { ArchiveClient } from '../archive-client.ts';
import type { EpisodeFacts } from '../explain.ts';
import { Failure } from '../failure.ts';
import { lightCatalogue } from './light-entries.ts';

/** Who is further back is not told exactly. */
const AHEAD_AT_MOST = 1_000;

/** Reads what explains an episode. @throws Failure when it has no ledger */
export async function readEpisodeFacts(client: ArchiveClient, episode: EpisodeEntry): Promise<EpisodeFacts> {
  const { ledgers, operations, location } = client;
  const [ledger, catalogue, control, reasons] = await Promise.all([
    ledgers.read(episode.ordinal),
    lightCatalogue(client),
    ledgers.control(),
    operations.parkedReasons(episode.ordinal),
  ]);
  if (ledger === undefined)
    throw new Failure(`Episode ${episode.ordinal} has no ledger, so nothing can be researched in it.`);
  const ahead = await aheadOf(client, ledger);
  return { now: Date.now(), episode, ledger, catalogue, control, settings: location.settings, reasons, ahead };
}

async function aheadOf({ ledgers }: ArchiveClient, { state, position }: Ledger): Promise<EpisodeFacts['ahead']> {
  if (state !== 'OPEN' && state !== 'STRUCK') return undefined;
  let count = 0;
  for await (const _ of ledgers.nominees(state, { before: position })) {
    if (++count === AHEAD_AT_MOST) return { count, atLeast: true };
  }
  return { count, atLeast: false };
}
