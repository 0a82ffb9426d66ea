import { capacity, isSentAgain } from '../../domain/capacity.ts';
import type { Catalogue, EpisodeEntry } from '../../domain/collection.ts';
import { type Control, reopened, STRUCK_EVERY } from '../../domain/control.ts';
import { type Ending, endingOf, leased, summaryOf } from '../../domain/leases.ts';
import {
  completePosition,
  LEASES_AT_MOST,
  type Lease,
  type LeaseSummary,
  waitingPosition,
} from '../../domain/ledger.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { assignable, judged } from '../../domain/selection.ts';
import type { Clock, Collection, Ledgers, PendingQueue } from '../ports.ts';
import { toTheEnd } from '../runtime/ended-early.ts';
import { Candidates } from './candidates.ts';
import { Drafts } from './drafts.ts';
import { cutIntoItems, workItem } from './work-item.ts';

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

export type AssignEnd =
  | 'capacity used'
  | 'nothing left to assign'
  | 'no clips'
  | 'paused'
  | 'time nearly up'
  | 'failed';

/** What a run did, for whoever invoked it, its log line and its metrics. */
export interface AssignSummary {
  end: AssignEnd;
  readonly ended: Record<Ending, number>;
  sentAgain: number;
  researchers: number;
  waiting: number;
  wanted: number;
  published: number;
  clipsLeased: number;
  lookedAgain: number;
  parked: number;
  struck: number;
  /** ms since there has been assignable work without a pause. */
  backlogAgeMs: number;
  drainedUntil: string | null;
  readonly failures: string[];
}

/** A run stops taking up new work with so much time left: the last write and sending must fit in. */
const TIME_RESERVE_MS = 5_000;
/** So many episodes are looked at again in one run, so that a re-opening of the whole archive is spread. */
const LOOK_AGAIN_AT_MOST = 100;

/**
 * One run of the pending-research archivist: ends leases, sends unsigned young ones again, and leases and publishes
 * as much work as is wanted, in the order of priority.
 *
 * What fails for one episode is noted in `failures` and concerns no other; the caller must not swallow it.
 * @throws EndedEarly with the summary so far, when what the whole run needs fails
 */
export async function assignResearch(dependencies: AssignDependencies): Promise<AssignSummary> {
  const run = new Run(dependencies);
  return toTheEnd(run.summary, () => run.run());
}

class Run {
  private readonly use: AssignDependencies;
  readonly summary: AssignSummary = {
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
  private readonly episodes = new Map<number, EpisodeEntry>();

  constructor(dependencies: AssignDependencies) {
    this.use = dependencies;
  }

  async run(): Promise<AssignSummary> {
    const { ledgers, clock, settings, pendingQueue } = this.use;
    const { summary } = this;
    const control = await ledgers.control();
    const horizon = Math.min(clock(), control.drainedUntil);
    summary.drainedUntil = control.drainedUntil === 0 ? null : new Date(control.drainedUntil).toISOString();
    const drafts = new Drafts(ledgers, this.use.collection, horizon, clock, settings);

    const live = await this.endLeases(drafts, horizon);
    await this.sendAgain(drafts, live);

    const now = clock();
    const leases = live.flatMap((episode) => episode.leases);
    const { researchers, waiting, toAdd } = capacity(leases, await pendingQueue.visible(), now, settings);
    Object.assign(summary, { researchers, waiting, wanted: toAdd });

    let catalogue: Catalogue | undefined;
    let after = control;
    if (control.paused === true) {
      summary.end = 'paused';
    } else if (toAdd > 0) {
      catalogue = await this.use.collection.catalogue();
      summary.failures.push(...(catalogue.unreadable ?? []));
      if (catalogue.clips.length === 0) summary.end = 'no clips';
      else after = await this.assign(drafts, catalogue, control, toAdd);
    }

    for (const episode of drafts.unwritten()) {
      await this.each(episode, () => drafts.flush(episode, catalogue));
    }
    Object.assign(summary.ended, drafts.endings);
    Object.assign(summary, drafts.consequences);
    if (after.backlogSince > 0) summary.backlogAgeMs = Math.max(0, clock() - after.backlogSince);
    return summary;
  }

  /** Ends what ends at the horizon. Lapses are written at once; what ends without a charge may wait for the next lease. */
  private async endLeases(
    drafts: Drafts,
    horizon: number,
  ): Promise<{ readonly episode: number; readonly leases: readonly LeaseSummary[] }[]> {
    const { ledgers, settings } = this.use;
    const live: { episode: number; leases: readonly LeaseSummary[] }[] = [];
    for (const { episode, leases } of await ledgers.withLeases()) {
      const remaining = leases.filter((lease) => endingOf(lease, horizon, settings) === undefined);
      live.push({ episode, leases: remaining });
      if (remaining.length === leases.length || !this.hasTime()) continue;
      await this.each(episode, async () => {
        const draft = await drafts.get(episode);
        if (draft?.endings.includes('lapsed') === true) {
          await drafts.write(episode, ({ ledger }) => ledger);
        }
      });
    }
    return live;
  }

  /** The queue takes each lease's item only once within its deduplication time: sending again is harmless. */
  private async sendAgain(
    drafts: Drafts,
    live: readonly { readonly episode: number; readonly leases: readonly LeaseSummary[] }[],
  ): Promise<void> {
    const { clock, collection } = this.use;
    const now = clock();
    for (const { episode, leases } of live) {
      if (!leases.some((lease) => isSentAgain(lease, now)) || !this.hasTime()) continue;
      await this.each(episode, async () => {
        const draft = await drafts.get(episode);
        const young = draft?.ledger.leases.filter((lease) => isSentAgain(summaryOf(lease), now));
        if (young === undefined || young.length === 0) return;
        await this.publish(episode, young, await collection.catalogue());
        this.summary.sentAgain += young.length;
      });
    }
  }

  private async assign(drafts: Drafts, catalogue: Catalogue, control: Control, toAdd: number): Promise<Control> {
    const { ledgers, settings, clock } = this.use;
    const { summary } = this;
    let current = control;
    const epoch = reopened(control, catalogue.assignableVersion, clock(), settings.reopenInterval * 1000);
    if (epoch !== control) {
      current = await ledgers.changeControl((latest) =>
        reopened(latest, catalogue.assignableVersion, clock(), settings.reopenInterval * 1000),
      );
    }
    await this.lookAgain(drafts, catalogue, current);

    const candidates = new Candidates(ledgers, drafts);
    const struckWait = (await candidates.first('STRUCK')) !== undefined;
    let counted = 0;
    summary.end = 'capacity used';
    while (summary.published < toAdd) {
      if (!this.hasTime()) {
        summary.end = 'time nearly up';
        break;
      }
      const untilStruck = STRUCK_EVERY - 1 - ((current.workItems + counted) % STRUCK_EVERY);
      const [preferred, other] =
        struckWait && untilStruck === 0 ? (['STRUCK', 'OPEN'] as const) : (['OPEN', 'STRUCK'] as const);
      const first = await candidates.first(preferred);
      const episode = first ?? (await candidates.first(other));
      if (episode === undefined) {
        summary.end = 'nothing left to assign';
        break;
      }
      const state = first === undefined ? other : preferred;
      const mixed = struckWait && (await candidates.first(state === 'OPEN' ? 'STRUCK' : 'OPEN')) !== undefined;
      const turn = state === 'STRUCK' ? 1 : Math.max(1, untilStruck);
      const atMost = Math.min(toAdd - summary.published, mixed ? turn : Number.POSITIVE_INFINITY);
      counted += await this.leaseFrom(drafts, episode, state, catalogue, atMost);
    }
    return this.noted(current, struckWait ? counted : 0);
  }

  /** Leases up to `atMost` work items of the episode and sends them; none when it turns out to be in another state. */
  private async leaseFrom(
    drafts: Drafts,
    episode: number,
    state: 'OPEN' | 'STRUCK',
    catalogue: Catalogue,
    atMost: number,
  ): Promise<number> {
    const { clock, settings, newLeaseId } = this.use;
    const { summary } = this;
    let made: Lease[] = [];
    const done = await this.each(episode, async () => {
      const entry = await this.episode(episode);
      const stored = await drafts.write(episode, ({ ledger }) => {
        const now = clock();
        made = [];
        const before = judged(ledger, catalogue, now, settings);
        if (before.state !== state) return before;
        const room = LEASES_AT_MOST - before.leases.length;
        const items = cutIntoItems(assignable(before, catalogue, now), entry, Math.min(atMost, room), settings);
        const leases = items.map((clips) => ({ id: newLeaseId(), clips: clips.map((clip) => clip.ordinal) }));
        const next = leased(before, leases, now);
        made = next.leases.slice(before.leases.length);
        return judged(next, catalogue, now, settings);
      });
      if (stored === undefined) throw new Error(`Episode ${episode} has no ledger`);
      summary.published += made.length;
      summary.clipsLeased += made.reduce((sum, lease) => sum + lease.clips.length, 0);
      if (made.length > 0) await this.publish(episode, made, catalogue);
    });
    if (!done) drafts.skip(episode);
    return made.length;
  }

  /** Re-opens what has waited long enough, and what was complete before clips came. */
  private async lookAgain(drafts: Drafts, catalogue: Catalogue, control: Control): Promise<void> {
    const { ledgers, clock, settings } = this.use;
    const due = [
      ledgers.nominees('WAITING', { before: waitingPosition(clock() + 1, '') }),
      ledgers.nominees('COMPLETE', { before: completePosition(control.reopening.assignableVersion, '') }),
    ];
    for (const nominees of due) {
      for await (const { episode } of nominees) {
        if (this.summary.lookedAgain >= LOOK_AGAIN_AT_MOST || !this.hasTime()) return;
        this.summary.lookedAgain++;
        const looked = await this.each(episode, async () => {
          await drafts.write(episode, ({ ledger }) => judged(ledger, catalogue, clock(), settings));
        });
        if (!looked) drafts.skip(episode);
      }
    }
  }

  private async publish(episode: number, leases: readonly Lease[], catalogue: Catalogue): Promise<void> {
    const { pendingQueue, settings } = this.use;
    const entry = await this.episode(episode);
    const items = leases.map((lease) => {
      const clips = lease.clips.flatMap((ordinal) => catalogue.byOrdinal.get(ordinal) ?? []);
      return workItem(lease, entry, clips, settings);
    });
    // Leases stand whether their sending succeeds or not: the next runs send them again.
    try {
      for (const { leaseId, reason } of await pendingQueue.send(items)) {
        this.summary.failures.push(`Work item ${leaseId} of episode ${episode} was refused by the queue: ${reason}`);
      }
    } catch (error) {
      this.summary.failures.push(`Sending work items of episode ${episode} failed: ${String(error)}`);
    }
  }

  private async episode(ordinal: number): Promise<EpisodeEntry> {
    const known = this.episodes.get(ordinal);
    if (known !== undefined) return known;
    const entry = (await this.use.collection.entries('episode', [ordinal])).get(ordinal);
    if (entry === undefined) throw new Error(`Episode ${ordinal} has a ledger but is not in the collection`);
    this.episodes.set(ordinal, entry);
    return entry;
  }

  /** Counts work items for the struck ones' turn, and notes since when there is a backlog. */
  private async noted(control: Control, counted: number): Promise<Control> {
    const hasBacklog = this.summary.end !== 'nothing left to assign';
    const backlogSince = hasBacklog ? control.backlogSince || this.use.clock() : 0;
    if (counted === 0 && backlogSince === control.backlogSince) return control;
    return this.use.ledgers.changeControl((latest) => ({
      ...latest,
      workItems: latest.workItems + counted,
      backlogSince: hasBacklog ? latest.backlogSince || backlogSince : 0,
    }));
  }

  /** Runs a step of one episode. A failure is noted and the episode set resting, so that it does not block the others. */
  private async each(episode: number, step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.summary.failures.push(`Episode ${episode}: ${error instanceof Error ? error.message : String(error)}`);
      try {
        // As long as a pair that failed: throttling is over by then, and a damaged ledger is no more work than that.
        const restUntil = this.use.clock() + this.use.settings.retryRest * 1000;
        await this.use.ledgers.setAside(episode, waitingPosition(restUntil, ''));
      } catch (second) {
        this.summary.failures.push(`Episode ${episode} could not be set resting: ${String(second)}`);
      }
      return false;
    }
  }

  private hasTime(): boolean {
    return this.use.timeLeft() > TIME_RESERVE_MS;
  }
}
