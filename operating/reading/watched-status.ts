import type { Catalogue } from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { foundNow } from '../count-pairs.ts';
import type { StatusFacts } from '../status.ts';
import { readAllLedgers, readLedgers } from './all-ledgers.ts';
import { foundCounts } from './findings.ts';
import { lightCatalogue, unheardEpisodes } from './light-entries.ts';
import { queueDepths } from './status-facts.ts';

/** What changes an episode without a lease and without an operator's note is rare: a late result, a re-opening. */
const WHOLE_EVERY_MS = 5 * 60_000;

/**
 * The status again and again, of which each time only what may have changed is read: episodes with leases, now or at the
 * last look, and new ones; clips when their catalogue changed; everything after an operator changed something.
 */
export class WatchedStatus {
  private readonly client: ArchiveClient;
  private readonly ledgers = new Map<number, Ledger>();
  /** Of ledgers that do not keep how many pairs have a finding. */
  private readonly counted = new Map<number, number>();
  private readonly unreadable = new Set<number>();
  private leased: ReadonlySet<number> = new Set();
  private catalogue: StatusFacts['catalogue'] | undefined;
  private unheard = 0;
  private lastOrdinal = 0;
  private operated: string | undefined;
  private wholeAt = Number.NEGATIVE_INFINITY;

  constructor(client: ArchiveClient) {
    this.client = client;
  }

  async read(): Promise<StatusFacts> {
    const { collection, ledgers, operations, location } = this.client;
    const [control, clips, episodes, leased, audit, queues] = await Promise.all([
      ledgers.control(),
      collection.counter('clip'),
      collection.counter('episode'),
      ledgers.withLeases(),
      operations.audit(1),
      queueDepths(this.client),
    ]);
    const now = Date.now();
    const nowLeased = new Set(leased.map(({ episode }) => episode));
    const operated = JSON.stringify(audit);
    if (this.catalogue?.catalogueVersion !== clips.catalogueVersion) this.catalogue = await lightCatalogue(this.client);
    if (now - this.wholeAt > WHOLE_EVERY_MS || operated !== this.operated) {
      const all = await readAllLedgers(this.client);
      // Episodes may have been removed.
      for (const known of [this.ledgers, this.counted, this.unreadable]) known.clear();
      await this.take(all, this.catalogue);
      this.unheard = (await unheardEpisodes(this.client)).length;
      this.wholeAt = now;
    } else {
      const fresh = Array.from({ length: episodes.lastOrdinal - this.lastOrdinal }, (_, n) => this.lastOrdinal + 1 + n);
      const changed = new Set([...this.leased, ...nowLeased, ...fresh]);
      await this.take(await readLedgers(this.client, [...changed]), this.catalogue);
    }
    this.leased = nowLeased;
    this.operated = operated;
    this.lastOrdinal = episodes.lastOrdinal;
    return {
      name: location.name,
      now,
      catalogue: this.catalogue,
      unheard: this.unheard,
      ledgers: [...this.ledgers.values()],
      unreadable: [...this.unreadable],
      control,
      settings: location.settings,
      findings: this.findings(this.catalogue),
      queues,
    };
  }

  /** Whatever was read of them at earlier looks: with another catalogue their clips may have other recordings. */
  private findings(catalogue: Catalogue): number {
    let sum = 0;
    for (const ledger of this.ledgers.values()) {
      sum += foundNow(ledger, catalogue) ?? this.counted.get(ledger.episode) ?? 0;
    }
    return sum;
  }

  private async take(
    { ledgers, unreadable }: Awaited<ReturnType<typeof readLedgers>>,
    catalogue: Catalogue,
  ): Promise<void> {
    for (const ledger of ledgers) this.ledgers.set(ledger.episode, ledger);
    for (const episode of unreadable) this.unreadable.add(episode);
    for (const { episode } of ledgers) this.unreadable.delete(episode);
    const unknown = ledgers.filter(({ found }) => found === undefined);
    for (const [episode, count] of await foundCounts(this.client, unknown, catalogue)) this.counted.set(episode, count);
  }
}
