import { waitingPosition } from '../../domain/ledger.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import type { Clock, Ledgers } from '../ports.ts';

/** A run stops taking up new work with so much time left: the last write and sending must fit in. */
const TIME_RESERVE_MS = 5_000;

export interface EpisodeStepsPorts {
  readonly ledgers: Pick<Ledgers, 'setAside'>;
  readonly settings: Pick<ResearchSettings, 'retryRest'>;
  readonly clock: Clock;
  /** ms until the run must have ended. */
  readonly timeLeft: () => number;
}

/** Runs the steps of a run, each of one episode. A failure is noted and the episode set resting, so that it does not block the others. */
export class EpisodeSteps {
  private readonly use: EpisodeStepsPorts;
  private readonly failures: string[];

  constructor(ports: EpisodeStepsPorts, failures: string[]) {
    this.use = ports;
    this.failures = failures;
  }

  /** @returns whether the step went well */
  async each(episode: number, step: () => Promise<void>): Promise<boolean> {
    try {
      await step();
      return true;
    } catch (error) {
      this.failures.push(`Episode ${episode}: ${error instanceof Error ? error.message : String(error)}`);
      try {
        // As long as a pair that failed: throttling is over by then, and a damaged ledger is no more work than that.
        const restUntil = this.use.clock() + this.use.settings.retryRest * 1000;
        await this.use.ledgers.setAside(episode, waitingPosition(restUntil, ''));
      } catch (second) {
        this.failures.push(`Episode ${episode} could not be set resting: ${String(second)}`);
      }
      return false;
    }
  }

  hasTime(): boolean {
    return this.use.timeLeft() > TIME_RESERVE_MS;
  }
}
