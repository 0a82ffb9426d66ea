import type { EpisodeEntry } from '../../../domain/collection.ts';
import { bodyOf, completedItem } from '../../../domain/messages.ts';
import type { MemoryQueue } from '../../support/memory/memory-queue.ts';
import type { CrowdPlan } from './plan.ts';
import type { Random } from './random.ts';
import type { Truth } from './truth.ts';

export interface Surroundings {
  /** From when to when it is there. */
  readonly window: Pick<CrowdPlan, 'from' | 'to' | 'waiting'> | undefined;
  readonly now: () => number;
  readonly truth: Truth;
  readonly episodes: () => Iterable<EpisodeEntry>;
}

/** The oldest message is passed over by so many receives in succession at most: a queue does not reorder without bound. */
const PASSED_OVER = 3;

/**
 * A while in which more comes to the queue of results than a run can take: no receive finds it empty, each brings a few
 * messages, and older ones are among newer ones.
 */
export class Crowd {
  private readonly world: Surroundings;
  private readonly random: Random;
  private passedOver = 0;
  private said = 0;

  constructor(world: Surroundings, random: Random) {
    this.world = world;
    this.random = random;
  }

  get isHere(): boolean {
    const { window, now } = this.world;
    return window !== undefined && now() >= window.from && now() < window.to;
  }

  /** Sends signs of life of leases that nobody knows until so many messages wait that the next receive is not empty. */
  fill(queue: MemoryQueue, visible: number): void {
    const [episode] = this.world.episodes();
    if (!this.isHere || episode === undefined) return;
    for (let waiting = visible; waiting < (this.world.window?.waiting ?? 0); waiting++) {
      const leaseId = `88888888-0000-4000-8000-${(++this.said).toString().padStart(12, '0')}`;
      const body = bodyOf(completedItem({ ...episode.info, id: String(episode.ordinal) }, { leaseId }));
      const nothing = { clip: 0, offsets: [], lastWord: false, researcher: 'crowd' };
      const said = { kind: 'sign', leaseId, episode: episode.ordinal, ...nothing, sentAt: this.world.now() } as const;
      this.world.truth.say(queue.send(body), body, said);
    }
  }

  /** How many messages a receive brings. */
  most(): number {
    return this.random.int(1, 3);
  }

  /** Which of the waiting messages comes next. */
  pick(candidates: number): number {
    const first = this.passedOver >= PASSED_OVER ? 0 : this.random.int(0, candidates - 1);
    this.passedOver = first === 0 ? 0 : this.passedOver + 1;
    return first;
  }
}
