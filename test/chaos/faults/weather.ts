import { Random } from '../../simulation/world/random.ts';
import { isBatch } from './answers.ts';
import { type Call, FAULTS, type Fault } from './fault.ts';

/** Shares of all calls that a fault hits. */
const FAIR = 0.04;
const STORM = 0.3;
/** A storm or fair weather lasts so long, ms. */
const LASTS = { least: 1_500, most: 6_000 } as const;
/** Most delays are of a busy network; a few outlast the patience of a client. */
const LONG_DELAY_SHARE = 0.04;

export interface Decision {
  readonly fault: Fault;
  /** Of delays. */
  readonly ms: number;
  readonly random: Random;
}

/** Decides which calls are hit and how, from a seed: the same calls in the same order have the same fate. */
export class Weather {
  readonly #random: Random;
  readonly #clock: () => number;
  #share = FAIR;
  #changesAt = 0;
  #over = false;

  constructor(seed: number, clock: () => number = Date.now) {
    this.#random = new Random(seed);
    this.#clock = clock;
  }

  /** From now on nothing is hit. */
  end(): void {
    this.#over = true;
  }

  /** @returns undefined when the call goes through as it is */
  decide(call: Call): Decision | undefined {
    if (this.#over) return undefined;
    const random = this.#random;
    if (this.#clock() >= this.#changesAt) {
      this.#share = random.chance(0.35) ? STORM : FAIR;
      this.#changesAt = this.#clock() + random.int(LASTS.least, LASTS.most);
    }
    if (!random.chance(this.#share)) return undefined;
    const fault = random.of(FAULTS);
    if (fault === 'partial' && !isBatch(call)) return undefined;
    const ms = random.chance(LONG_DELAY_SHARE) ? random.int(8_000, 12_000) : random.int(20, 1_200);
    return { fault, ms, random: random.fork() };
  }
}
