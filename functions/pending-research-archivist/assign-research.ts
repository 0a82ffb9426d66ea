import { capacity } from '../../domain/capacity.ts';
import type { Catalogue } from '../../domain/collection.ts';
import type { Ending } from '../../domain/leases.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { trialOf } from '../../domain/trial.ts';
import type { Clock, Collection, Ledgers, PendingQueue } from '../ports.ts';
import { toTheEnd } from '../runtime/ended-early.ts';
import { type Chosen, WorkChoice } from './choose-work.ts';
import { Drafts } from './drafts.ts';
import { endLeases } from './end-leases.ts';
import { EpisodeSteps } from './episode-steps.ts';
import { Publisher, sendAgain } from './publish-work.ts';

export interface AssignDependencies {
  readonly collection: Pick<Collection, 'catalogue' | 'entries'>;
  readonly ledgers: Ledgers;
  readonly pendingQueue: PendingQueue;
  readonly settings: ResearchSettings;
  readonly clock: Clock;
  /** ms until the run must have ended. */
  readonly timeLeft: () => number;
  /** A fresh lease id (UUID). */
  readonly newLeaseId: () => string;
}

export type AssignEnd = Chosen['end'] | 'no clips' | 'paused' | 'failed';

/** What a run did, for whoever invoked it, its log line and its metrics. */
export interface AssignSummary extends Omit<Chosen, 'end'> {
  end: AssignEnd;
  readonly ended: Record<Ending, number>;
  sentAgain: number;
  researchers: number;
  waiting: number;
  wanted: number;
  parked: number;
  struck: number;
  /** ms since there has been assignable work without a pause. */
  backlogAgeMs: number;
  drainedUntil: string | null;
  readonly failures: string[];
}

/**
 * One run of the pending-research archivist: ends leases, sends unsigned young ones again, and leases and publishes
 * as much work as is wanted, in the order of priority.
 *
 * What fails for one episode is noted in `failures` and concerns no other; the caller must not swallow it.
 * @throws EndedEarly with the summary so far, when what the whole run needs fails
 */
export async function assignResearch(dependencies: AssignDependencies): Promise<AssignSummary> {
  const summary: AssignSummary = {
    end: 'capacity used',
    ended: { finished: 0, revoked: 0, unclaimed: 0, lapsed: 0 },
    sentAgain: 0,
    researchers: 0,
    waiting: 0,
    wanted: 0,
    published: 0,
    clipsLeased: 0,
    lookedAgain: 0,
    parked: 0,
    struck: 0,
    backlogAgeMs: 0,
    drainedUntil: null,
    failures: [],
  };
  return toTheEnd(summary, () => run(dependencies, summary));
}

async function run(dependencies: AssignDependencies, summary: AssignSummary): Promise<AssignSummary> {
  const { ledgers, collection, clock, settings, pendingQueue } = dependencies;
  const control = await ledgers.control();
  const horizon = Math.min(clock(), control.drainedUntil);
  summary.drainedUntil = control.drainedUntil === 0 ? null : new Date(control.drainedUntil).toISOString();
  const drafts = new Drafts(ledgers, collection, horizon, clock, settings);
  const steps = new EpisodeSteps(dependencies, summary.failures);
  const publisher = new Publisher(dependencies, summary.failures);

  const live = await endLeases(drafts, horizon, dependencies, steps);
  summary.sentAgain = await sendAgain(live, drafts, dependencies, publisher, steps);

  const now = clock();
  const leases = live.flatMap((episode) => episode.leases);
  const visible = await pendingQueue.visible();
  const { researchers, waiting, toAdd } = capacity(leases, visible, now, settings);
  Object.assign(summary, { researchers, waiting, wanted: toAdd });

  let catalogue: Catalogue | undefined;
  let after = control;
  let trial = trialOf(control, leases, now, visible);
  if (control.paused === true) {
    summary.end = 'paused';
  } else if (toAdd > 0) {
    catalogue = await collection.catalogue();
    summary.failures.push(...(catalogue.unreadable ?? []));
    if (catalogue.clips.length === 0) summary.end = 'no clips';
    else {
      const choice = new WorkChoice(dependencies, { drafts, publisher, steps }, catalogue, trial, summary as Chosen);
      after = await choice.assign(control, toAdd);
      ({ trial } = choice);
    }
  }

  for (const episode of drafts.unwritten()) {
    await steps.each(episode, () => drafts.flush(episode, catalogue, trial));
  }
  Object.assign(summary.ended, drafts.endings);
  Object.assign(summary, drafts.consequences);
  if (after.backlogSince > 0) summary.backlogAgeMs = Math.max(0, clock() - after.backlogSince);
  return summary;
}
