import { endingOf } from '../../domain/leases.ts';
import type { LeaseSummary } from '../../domain/ledger.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import type { Ledgers } from '../ports.ts';
import type { Drafts } from './drafts.ts';
import type { EpisodeSteps } from './episode-steps.ts';

/** An episode with the leases that live on, as the index shows them. */
export interface EpisodeWithLeases {
  readonly episode: number;
  readonly leases: readonly LeaseSummary[];
}

/** Ends what ends at the horizon. Lapses are written at once; what ends without a charge may wait for the next lease. */
export async function endLeases(
  drafts: Drafts,
  horizon: number,
  { ledgers, settings }: { readonly ledgers: Pick<Ledgers, 'withLeases'>; readonly settings: ResearchSettings },
  steps: EpisodeSteps,
): Promise<EpisodeWithLeases[]> {
  const live: EpisodeWithLeases[] = [];
  for (const { episode, leases } of await ledgers.withLeases()) {
    const remaining = leases.filter((lease) => endingOf(lease, horizon, settings) === undefined);
    live.push({ episode, leases: remaining });
    if (remaining.length === leases.length || !steps.hasTime()) continue;
    await steps.each(episode, async () => {
      // Many lapses are more than one write takes: each write ends as many as fit.
      for (let more = true; more; ) {
        const draft = await drafts.get(episode);
        more = draft?.more === true;
        if (draft?.endings.includes('lapsed') === true) {
          await drafts.write(episode, ({ ledger }) => ledger);
        }
        if (more) drafts.forget(episode);
      }
    });
  }
  return live;
}
