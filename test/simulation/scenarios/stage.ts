import type { Kind } from '../../../domain/collection.ts';
import { bodyOf, completedItem } from '../../../domain/messages.ts';
import { timestampOf } from '../../../domain/timestamp.ts';
import { archiveEntries } from '../../../functions/curation/archive-entries.ts';
import { unfinished } from '../invariants/end-rules.ts';
import { Witness } from '../invariants/witness.ts';
import { Archivists } from '../world/archivists.ts';
import { NO_FAULTS, type Plan, type ResearcherKind, settingsDivided, usualPlanOf } from '../world/plan.ts';
import { type Habits, Researcher } from '../world/researchers.ts';
import { EPOCH, World } from '../world/world.ts';
import type { ScenarioOutcome } from './scenario.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** An archive with the settings of production and no trouble but what a scenario makes. */
export class Stage {
  readonly world: World;
  readonly researchers: Researcher[] = [];

  constructor(overrides: Partial<Plan> = {}) {
    const settings = settingsDivided(1, 100);
    this.world = new World({
      ...usualPlanOf(1),
      settings,
      pendingRetentionMs: (settings.leaseDuration - 240) * 1000,
      faults: NO_FAULTS,
      indexDelayMs: 200,
      countDelayMs: 0,
      overlap: 0,
      skewMs: { assign: 0, record: 0, clips: 0, episodes: 0 },
      researcherSkewMs: 0,
      drainOutage: undefined,
      crowd: undefined,
      pageBytes: 1_048_576,
      duplicated: 0,
      reordered: 0,
      ...overrides,
    });
    this.world.witness = new Witness(this.world);
    this.world.troubled = false;
    new Archivists(this.world).start();
  }

  /** Takes entries in before time begins. @param media of each, 'good' by default; @param priority of each, 0 by default */
  async insert(
    kind: Kind,
    count: number,
    {
      media = () => 'good',
      priority = () => 0,
    }: { media?: (n: number) => string; priority?: (n: number) => number } = {},
  ): Promise<void> {
    const known = this.world.archive.state[kind].size;
    for (let number = known + 1; number <= known + count; number++) {
      await this.describe(kind, number, media(number), priority(number), EPOCH - HOUR);
    }
  }

  /** The clip's file is another one from now on. */
  async replace(clip: number, media: string): Promise<void> {
    await this.describe('clip', clip, media, 0, this.world.now);
  }

  private async describe(kind: Kind, number: number, media: string, priority: number, at: number): Promise<void> {
    const { collection, ledgers } = this.world.archive;
    const found = EPOCH - (1_000 - number) * 1_000;
    const info = {
      initialDateCurated: timestampOf(found),
      lastDateCurated: timestampOf(Math.max(found, at)),
      curatorInformation: 'scenario',
      title: `${kind} ${number}`,
      description: '',
      mediaUri: `https://media.example.org/${kind}/${number}-${media}.mp3`,
      mediaType: 'audio/mpeg',
      priority,
    };
    await archiveEntries(kind, [info], { collection, ledgers, clock: () => at });
  }

  add(name: string, kind: ResearcherKind, habits: Habits = {}): Researcher {
    // One by one unless a scenario says otherwise: its figures are of the one or of the other.
    const researcher = new Researcher(this.world, name, kind, { together: false, ...habits });
    this.researchers.push(researcher);
    void researcher.live();
    return researcher;
  }

  /** Somebody who gives a sign of life for a lease again and again. */
  chatter(leaseId: string, episode: number, everyMs: number): void {
    const { archive, scheduler, truth } = this.world;
    const info = archive.state.episode.get(episode)?.info;
    if (info === undefined) throw new Error(`There is no episode ${episode}`);
    const body = bodyOf(completedItem({ ...info, id: String(episode) }, { leaseId, researcher: leaseId }));
    const sign = {
      kind: 'sign',
      leaseId,
      episode,
      clip: 0,
      offsets: [],
      lastWord: false,
      researcher: leaseId,
    } as const;
    const say = () => {
      truth.say(archive.completedMessages.send(body), body, { ...sign, sentAt: scheduler.now });
      scheduler.after(everyMs, say);
    };
    scheduler.after((truth.said.size * 97 + Number(leaseId.slice(-4)) * 13) % everyMs, say);
  }

  /** @param until ms from the beginning; ends early when `stop` says so, or at the first broken rule */
  async run(until: number, stop: () => boolean = () => false): Promise<void> {
    await this.world.scheduler.run(EPOCH + until, () => stop() || this.world.violation !== undefined);
  }

  /** ms from the beginning. */
  get now(): number {
    return this.world.now - EPOCH;
  }

  readonly allDone = (): boolean => unfinished(this.world).length === 0;

  /** Pairs, clips and episodes that were given up. */
  get parked(): number {
    const { clip, ledgers } = this.world.archive.state;
    const clips = [...clip.values()].filter(({ strikes }) => (strikes?.count ?? 0) >= 4).length;
    const each = [...ledgers.values()].map(({ parked, state }) => parked.size + Number(state === 'PARKED'));
    return each.reduce((sum, one) => sum + one, clips);
  }

  /** Counted strikes so far. */
  get strikes(): number {
    return [...this.world.truth.strikes.values()].reduce((sum, { length }) => sum + length, 0);
  }

  outcome(figure: number, unit: string, held: boolean): ScenarioOutcome {
    const { violation, scheduler } = this.world;
    const broken = violation === undefined ? undefined : `${violation.rule}: ${violation.how}`;
    return {
      figure: Math.round(figure * 1000) / 1000,
      unit,
      held: held && broken === undefined,
      violation: broken,
      steps: scheduler.steps,
    };
  }
}
