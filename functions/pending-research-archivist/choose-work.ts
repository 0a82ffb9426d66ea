import type { Catalogue } from '../../domain/collection.ts';
import { type Control, reopened, STRUCK_EVERY } from '../../domain/control.ts';
import { leased } from '../../domain/leases.ts';
import { completePosition, hasRoom, type Lease, waitingPosition } from '../../domain/ledger.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { assignable, judged } from '../../domain/selection.ts';
import type { Clock, Ledgers } from '../ports.ts';
import { Candidates } from './candidates.ts';
import type { Drafts } from './drafts.ts';
import type { EpisodeSteps } from './episode-steps.ts';
import type { Publisher } from './publish-work.ts';
import { cutIntoItems } from './work-item.ts';

export interface ChooseWorkPorts {
  readonly ledgers: Pick<Ledgers, 'nominees' | 'changeControl'>;
  readonly settings: ResearchSettings;
  readonly clock: Clock;
  /** A fresh lease id (UUID). */
  readonly newLeaseId: () => string;
}

/** What choosing did, added up over a run. */
export interface Chosen {
  end: 'capacity used' | 'nothing left to assign' | 'time nearly up';
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

  constructor(
    ports: ChooseWorkPorts,
    run: { readonly drafts: Drafts; readonly publisher: Publisher; readonly steps: EpisodeSteps },
    catalogue: Catalogue,
    chosen: Chosen,
  ) {
    this.use = ports;
    this.drafts = run.drafts;
    this.publisher = run.publisher;
    this.steps = run.steps;
    this.catalogue = catalogue;
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
      if (episode === undefined) {
        chosen.end = 'nothing left to assign';
        break;
      }
      const state = first === undefined ? other : preferred;
      const mixed = struckWait && (await candidates.first(state === 'OPEN' ? 'STRUCK' : 'OPEN')) !== undefined;
      const turn = state === 'STRUCK' ? 1 : Math.max(1, untilStruck);
      const atMost = Math.min(toAdd - chosen.published, mixed ? turn : Number.POSITIVE_INFINITY);
      counted += await this.leaseFrom(episode, state, atMost);
    }
    return this.noted(current, struckWait ? counted : 0);
  }

  private async reopen(control: Control): Promise<Control> {
    const { ledgers, clock, settings } = this.use;
    const opening = (latest: Control) =>
      reopened(latest, this.catalogue.assignableVersion, clock(), settings.reopenInterval * 1000);
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
          await this.drafts.write(episode, ({ ledger }) => judged(ledger, this.catalogue, clock(), settings));
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
    const done = await this.steps.each(episode, async () => {
      const entry = await publisher.episode(episode);
      const stored = await drafts.write(episode, ({ ledger }) => {
        const now = clock();
        made = [];
        const before = judged(ledger, catalogue, now, settings);
        if (before.state !== state) return before;
        const offered = assignable(before, catalogue, now);
        let next = before;
        for (const clips of cutIntoItems(offered, entry, atMost, settings, before.careful)) {
          if (!hasRoom(next)) break;
          next = leased(next, [{ id: newLeaseId(), clips: clips.map((clip) => clip.ordinal) }], now);
        }
        made = next.leases.slice(before.leases.length);
        return judged(next, catalogue, now, settings);
      });
      if (stored === undefined) throw new Error(`Episode ${episode} has no ledger`);
      chosen.published += made.length;
      chosen.clipsLeased += made.reduce((sum, lease) => sum + lease.clips.length, 0);
      if (made.length > 0) await publisher.publish(episode, made, catalogue);
    });
    if (!done) drafts.skip(episode);
    return made.length;
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
