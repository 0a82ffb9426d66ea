import type { Catalogue, EpisodeEntry } from '../../domain/collection.ts';
import { type Control, reopened, STRUCK_EVERY } from '../../domain/control.ts';
import { leased } from '../../domain/leases.ts';
import { completePosition, hasRoom, type Lease, type Ledger, waitingPosition } from '../../domain/ledger.ts';
import { recordingsToLease } from '../../domain/recording.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { assignable, judged } from '../../domain/selection.ts';
import { isSuspected, type Trial, trialAfter } from '../../domain/trial.ts';
import type { Clock, Ledgers } from '../ports.ts';
import { Candidates } from './candidates.ts';
import type { Drafts } from './drafts.ts';
import type { EpisodeSteps } from './episode-steps.ts';
import type { Publisher } from './publish-work.ts';
import { nextItem } from './work-item.ts';

export interface ChooseWorkPorts {
  readonly ledgers: Pick<Ledgers, 'nominees' | 'changeControl'>;
  readonly settings: ResearchSettings;
  readonly clock: Clock;
  /** A fresh lease id (UUID). */
  readonly newLeaseId: () => string;
}

/** What choosing did, added up over a run. */
export interface Chosen {
  end: 'capacity used' | 'nothing left to assign' | 'the rest is being tried' | 'enough passed over' | 'time nearly up';
  published: number;
  clipsLeased: number;
  lookedAgain: number;
}

/** So many episodes are looked at again in one run, so that a re-opening of the whole archive is spread. */
const LOOK_AGAIN_AT_MOST = 100;

/** Leases and publishes work, the first by rank first. */
export class WorkChoice {
  private readonly use: ChooseWorkPorts;
  private readonly drafts: Drafts;
  private readonly catalogue: Catalogue;
  private readonly publisher: Publisher;
  private readonly steps: EpisodeSteps;
  private readonly chosen: Chosen;
  /** What may still be leased of clips that others try. */
  trial: Trial;

  constructor(
    ports: ChooseWorkPorts,
    run: { readonly drafts: Drafts; readonly publisher: Publisher; readonly steps: EpisodeSteps },
    catalogue: Catalogue,
    trial: Trial,
    chosen: Chosen,
  ) {
    this.use = ports;
    this.drafts = run.drafts;
    this.publisher = run.publisher;
    this.steps = run.steps;
    this.catalogue = catalogue;
    this.trial = trial;
    this.chosen = chosen;
  }

  /** @returns the control item after it */
  async assign(control: Control, toAdd: number): Promise<Control> {
    const { ledgers } = this.use;
    const { chosen, drafts } = this;
    const current = await this.reopen(control);
    await this.lookAgain(current);

    const candidates = new Candidates(ledgers, drafts);
    const struckWait = (await candidates.first('STRUCK')) !== undefined;
    let counted = 0;
    let passedOver = 0;
    chosen.end = 'capacity used';
    while (chosen.published < toAdd) {
      if (!this.steps.hasTime()) {
        chosen.end = 'time nearly up';
        break;
      }
      const untilStruck = STRUCK_EVERY - 1 - ((current.workItems + counted) % STRUCK_EVERY);
      const [preferred, other] =
        struckWait && untilStruck === 0 ? (['STRUCK', 'OPEN'] as const) : (['OPEN', 'STRUCK'] as const);
      const first = await candidates.first(preferred);
      const episode = first ?? (await candidates.first(other));
      // Behind those there may be one with work: that nothing is left is not known.
      if (episode !== undefined && passedOver >= LOOK_AGAIN_AT_MOST) {
        chosen.end = 'enough passed over';
        break;
      }
      if (episode === undefined) {
        const { untriedRoom, suspectsRoom } = this.trial;
        chosen.end = Math.min(untriedRoom, suspectsRoom) > 0 ? 'nothing left to assign' : 'the rest is being tried';
        break;
      }
      const state = first === undefined ? other : preferred;
      const mixed = struckWait && (await candidates.first(state === 'OPEN' ? 'STRUCK' : 'OPEN')) !== undefined;
      const turn = state === 'STRUCK' ? 1 : Math.max(1, untilStruck);
      const atMost = Math.min(toAdd - chosen.published, mixed ? turn : Number.POSITIVE_INFINITY);
      const made = await this.leaseFrom(episode, state, atMost);
      if (made === 0) passedOver++;
      counted += made;
    }
    return this.noted(current, struckWait ? counted : 0);
  }

  private async reopen(control: Control): Promise<Control> {
    const { ledgers, clock, settings } = this.use;
    const opening = (latest: Control) => {
      const next = reopened(latest, this.catalogue.assignableVersion, clock(), settings.reopenInterval * 1000);
      // Clips came, so there is work: said in the same write, and taken back where there is none.
      return next === latest ? latest : { ...next, backlogSince: latest.backlogSince || clock() };
    };
    return opening(control) === control ? control : ledgers.changeControl(opening);
  }

  /** Re-opens what has waited long enough, and what was complete before clips came. */
  private async lookAgain(control: Control): Promise<void> {
    const { ledgers, clock, settings } = this.use;
    const due = [
      ledgers.nominees('WAITING', { before: waitingPosition(clock() + 1, '') }),
      ledgers.nominees('COMPLETE', { before: completePosition(control.reopening.assignableVersion, '') }),
    ];
    for (const nominees of due) {
      for await (const { episode } of nominees) {
        if (this.chosen.lookedAgain >= LOOK_AGAIN_AT_MOST || !this.steps.hasTime()) return;
        this.chosen.lookedAgain++;
        const looked = await this.steps.each(episode, async () => {
          await this.drafts.write(episode, ({ ledger }) =>
            judged(ledger, this.catalogue, clock(), settings, this.trial),
          );
        });
        if (!looked) this.drafts.skip(episode);
      }
    }
  }

  /** Leases up to `atMost` work items of the episode and sends them; none when it turns out to be in another state. */
  private async leaseFrom(episode: number, state: 'OPEN' | 'STRUCK', atMost: number): Promise<number> {
    const { clock, settings, newLeaseId } = this.use;
    const { chosen, drafts, catalogue, publisher } = this;
    let made: Lease[] = [];
    let { trial } = this;
    const done = await this.steps.each(episode, async () => {
      const entry = await publisher.episode(episode);
      const stored = await drafts.write(episode, ({ ledger }) => {
        const now = clock();
        made = [];
        ({ trial } = this);
        const before = judged(ledger, catalogue, now, settings, trial);
        if (before.state !== state) return before;
        let next = before;
        while (made.length < atMost && hasRoom(next)) {
          const work = this.nextWork(next, entry, trial, now);
          // What is suspected gets no work item in passing: its turn comes with the struck ones.
          if (work.clips.length === 0 || (work.struck === true && made.length > 0)) break;
          trial = trialAfter(trial, { ...work, suspected: work.struck === true || next.careful === true });
          next = leased(next, [{ id: newLeaseId(), ...work }], now);
          made = next.leases.slice(before.leases.length);
        }
        return judged(next, catalogue, now, settings, trial);
      });
      if (stored === undefined) throw new Error(`Episode ${episode} has no ledger`);
      this.trial = trial;
      chosen.published += made.length;
      chosen.clipsLeased += made.reduce((sum, lease) => sum + lease.clips.length, 0);
      if (made.length > 0) await publisher.publish(stored, made, catalogue);
    });
    if (!done) drafts.skip(episode);
    return made.length;
  }

  /** What the ledger's next work item holds: nothing where nothing may be leased. */
  private nextWork(
    ledger: Ledger,
    entry: EpisodeEntry,
    trial: Trial,
    now: number,
  ): Pick<Lease, 'clips' | 'untried' | 'struck' | 'clipRecordings' | 'clipRevisions'> {
    const offered = assignable(ledger, this.catalogue, now, trial);
    const suspects = offered.findIndex(isSuspected);
    const struck = suspects === 0;
    const item = nextItem(
      suspects > 0 ? offered.slice(0, suspects) : offered,
      entry,
      this.use.settings,
      ledger.careful,
    );
    const untried = struck ? 0 : item.findLastIndex((clip) => trial.isUntried(clip)) + 1;
    return {
      clips: item.map(({ ordinal }) => ordinal),
      ...recordingsToLease(item),
      ...(struck && { struck }),
      ...(untried > 0 && { untried }),
    };
  }

  /** Counts work items for the struck ones' turn, and notes since when there is a backlog. */
  private async noted(control: Control, counted: number): Promise<Control> {
    const hasBacklog = this.chosen.end !== 'nothing left to assign';
    const backlogSince = hasBacklog ? control.backlogSince || this.use.clock() : 0;
    if (counted === 0 && backlogSince === control.backlogSince) return control;
    return this.use.ledgers.changeControl((latest) => ({
      ...latest,
      workItems: latest.workItems + counted,
      backlogSince: hasBacklog ? latest.backlogSince || backlogSince : 0,
    }));
  }
}
