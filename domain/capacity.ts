import type { LeaseSummary } from './ledger.ts';
import type { ResearchSettings } from './research-settings.ts';

/** An unsigned lease counts as waiting work for so long; after that somebody took it and was lost without a word. */
export const WAITING_FOR_MS = 5 * 60_000;
/** An unsigned lease is sent again for so long: the queue takes each only once within its deduplication time of 5 min. */
export const SENT_AGAIN_FOR_MS = 3 * 60_000;

export interface Capacity {
  /** Live signed leases. */
  readonly researchers: number;
  /** The larger of: messages visible in the pending queue; unsigned leases younger than 5 min. */
  readonly waiting: number;
  /** Work items to publish now. */
  readonly toAdd: number;
}

/**
 * How many work items are wanted: as many waiting as there are researchers, and one more for who comes next. The
 * queue's own count lags by a minute and knows nothing of consumers, hence the count of unsigned leases beside it.
 */
export function capacity(
  leases: readonly LeaseSummary[],
  visibleMessages: number,
  now: number,
  settings: ResearchSettings,
): Capacity {
  const researchers = leases.filter((lease) => lease.signed !== undefined).length;
  const untaken = leases.filter((lease) => lease.signed === undefined && now - lease.created < WAITING_FOR_MS).length;
  const waiting = Math.max(visibleMessages, untaken);
  const wanted = Math.max(researchers + 1, settings.minimumWaiting);
  return { researchers, waiting, toAdd: Math.max(0, wanted - waiting) };
}

/** Whether the run sends the lease's work item again, in case the first sending was lost. */
export const isSentAgain = (lease: LeaseSummary, now: number): boolean =>
  lease.signed === undefined && now - lease.created < SENT_AGAIN_FOR_MS;
