import { Random } from '../../simulation/world/random.ts';
import { isBatch } from './answers.ts';
import { type Call, FAULTS, type Fault, type Service } from './fault.ts';

/** Shares of all calls that a fault hits. */
export interface Climate {
  readonly fair: number;
  readonly storm: number;
}

/** SQS is asked by everybody all the time; DynamoDB by the functions only, so its calls are hit oftener. */
export const CLIMATES: Readonly<Record<Service, Climate>> = {
  sqs: { fair: 0.04, storm: 0.3 },
  dynamodb: { fair: 0.08, storm: 0.4 },
};
const STORM_SHARE = 0.35;
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
  readonly #climate: Climate;
  readonly #clock: () => number;
  #share = 0;
  #changesAt = 0;
  #over = false;

  constructor(seed: number, climate: Climate, clock: () => number = Date.now) {
    this.#random = new Random(seed);
    this.#climate = climate;
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
      this.#share = random.chance(STORM_SHARE) ? this.#climate.storm : this.#climate.fair;
      this.#changesAt = this.#clock() + random.int(LASTS.least, LASTS.most);
    }
    if (!random.chance(this.#share)) return undefined;
    const fault = random.of(FAULTS);
    if (fault === 'partial' && !isBatch(call)) return undefined;
    const ms = random.chance(LONG_DELAY_SHARE) ? random.int(8_000, 12_000) : random.int(20, 1_200);
    return { fault, ms, random: random.fork() };
  }
}
