import type { ArchiveClient } from '../archive-client.ts';
import type { StatusFacts } from '../status.ts';
import { readAllLedgers } from './all-ledgers.ts';
import { foundCounts } from './findings.ts';
import { lightCatalogue, unheardEpisodes } from './light-entries.ts';
import { type QueueDepth, queueDepth } from './queue-depths.ts';

/** Reads everything that `status` shows. */
export async function readStatusFacts(client: ArchiveClient): Promise<StatusFacts> {
  const { ledgers, location } = client;
  const [catalogue, control, queues, unheard, all] = await Promise.all([
    lightCatalogue(client),
    ledgers.control(),
    queueDepths(client),
    unheardEpisodes(client),
    readAllLedgers(client),
  ]);
  const counts = await foundCounts(client, all.ledgers, catalogue);
  return {
    name: location.name,
    now: Date.now(),
    catalogue,
    unheard: unheard.length,
    ...all,
    control,
    settings: location.settings,
    findings: [...counts.values()].reduce((sum, count) => sum + count, 0),
    queues,
  };
}

/** By logical id. */
export async function queueDepths({ location, sqs }: ArchiveClient): Promise<Record<string, QueueDepth>> {
  const depths = Object.entries(location.queues).map(
    async ([name, url]): Promise<[string, QueueDepth]> => [name, await queueDepth(sqs, url)],
  );
  return Object.fromEntries(await Promise.all(depths));
}
