import { summaryOf } from '../../../domain/leases.ts';
import type { LeaseSummary, Ledger, LedgerState } from '../../../domain/ledger.ts';
import type { Clock } from '../../../functions/ports.ts';

/** What the two indexes of the Leases table show of one ledger. */
export interface Indexed {
  readonly episode: number;
  /** Of the ledger that is shown; the real indexes do not carry it. */
  readonly version: number;
  readonly state: LedgerState;
  readonly position: string;
  readonly leases: readonly LeaseSummary[];
}

/** The indexes, each item as late as a secondary index may be: in its own order, never going back. */
export class IndexView {
  private readonly clock: Clock;
  private readonly delayMs: () => number;
  private readonly shown = new Map<number, Indexed>();
  private coming: { readonly at: number; readonly item: Indexed }[] = [];

  constructor(clock: Clock, delayMs: () => number) {
    this.clock = clock;
    this.delayMs = delayMs;
  }

  put({ episode, version, state, position, leases }: Ledger): void {
    const delay = this.delayMs();
    const item = { episode, version, state, position, leases: leases.map(summaryOf) };
    const before = this.coming.findLast((other) => other.item.episode === episode);
    if (delay <= 0 && before === undefined) {
      this.shown.set(episode, item);
      return;
    }
    this.coming.push({ at: Math.max(this.clock() + delay, before?.at ?? 0), item });
  }

  /** Everything that the indexes show now. */
  items(): Indexed[] {
    if (this.coming.length > 0) {
      const now = this.clock();
      for (const { item } of this.coming.filter(({ at }) => at <= now)) this.shown.set(item.episode, item);
      this.coming = this.coming.filter(({ at }) => at > now);
    }
    return [...this.shown.values()];
  }
}
