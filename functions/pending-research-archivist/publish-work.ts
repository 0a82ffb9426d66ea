import { isSentAgain } from '../../domain/capacity.ts';
import type { Catalogue, EpisodeEntry } from '../../domain/collection.ts';
import { summaryOf } from '../../domain/leases.ts';
import type { Lease, Ledger } from '../../domain/ledger.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import type { Clock, Collection, PendingQueue } from '../ports.ts';
import type { Drafts } from './drafts.ts';
import type { EpisodeWithLeases } from './end-leases.ts';
import type { EpisodeSteps } from './episode-steps.ts';
import { workItem } from './work-item.ts';

export interface PublishPorts {
  readonly collection: Pick<Collection, 'entries'>;
  readonly pendingQueue: Pick<PendingQueue, 'send'>;
  readonly settings: ResearchSettings;
}

/** Sends the work items of leases that are stored. */
export class Publisher {
  private readonly use: PublishPorts;
  private readonly failures: string[];
  private readonly episodes = new Map<number, EpisodeEntry>();

  constructor(ports: PublishPorts, failures: string[]) {
    this.use = ports;
    this.failures = failures;
  }

  /**
   * Leases stand whether their sending succeeds or not: the next runs send them again.
   * @param ledger that has the leases: their items name the episode's medium of then, or a newer one
   */
  async publish(
    { episode, revision }: Pick<Ledger, 'episode' | 'revision'>,
    leases: readonly Lease[],
    catalogue: Catalogue,
  ): Promise<void> {
    const { pendingQueue, settings } = this.use;
    const entry = await this.episode(episode, revision);
    const items = leases.map((lease) => {
      const clips = lease.clips.flatMap((ordinal) => catalogue.byOrdinal.get(ordinal) ?? []);
      return workItem(lease, entry, clips, settings);
    });
    try {
      for (const { leaseId, reason } of await pendingQueue.send(items)) {
        this.failures.push(`Work item ${leaseId} of episode ${episode} was refused by the queue: ${reason}`);
      }
    } catch (error) {
      this.failures.push(`Sending work items of episode ${episode} failed: ${String(error)}`);
    }
  }

  /**
   * The entry of an episode, read once a run and medium: entry and ledger get another one in one transaction.
   * @param revision the media revision that it has at least
   * @throws Error when the collection does not have it
   */
  async episode(ordinal: number, revision = 1): Promise<EpisodeEntry> {
    const known = this.episodes.get(ordinal);
    if (known !== undefined && known.revision >= revision) return known;
    const entry = (await this.use.collection.entries('episode', [ordinal])).get(ordinal);
    if (entry === undefined) throw new Error(`Episode ${ordinal} has a ledger but is not in the collection`);
    this.episodes.set(ordinal, entry);
    return entry;
  }
}

/**
 * Sends the items of young unsigned leases again. The queue takes each lease's item only once within its deduplication
 * time: that is harmless.
 * @returns how many were sent
 */
export async function sendAgain(
  live: readonly EpisodeWithLeases[],
  drafts: Drafts,
  { clock, collection }: { readonly clock: Clock; readonly collection: Pick<Collection, 'catalogue'> },
  publisher: Publisher,
  steps: EpisodeSteps,
): Promise<number> {
  const now = clock();
  let sent = 0;
  for (const { episode, leases } of live) {
    if (!leases.some((lease) => isSentAgain(lease, now)) || !steps.hasTime()) continue;
    await steps.each(episode, async () => {
      const draft = await drafts.get(episode);
      if (draft === undefined) return;
      const young = draft.ledger.leases.filter((lease) => isSentAgain(summaryOf(lease), now));
      if (young.length === 0) return;
      await publisher.publish(draft.ledger, young, await collection.catalogue());
      sent += young.length;
    });
  }
  return sent;
}
