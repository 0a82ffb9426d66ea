export interface PulseOptions {
  /** Longest time without a message of the lease, ms. */
  readonly intervalMs: number;
  /** Without progress for so long, the work counts as hung: no more signs of life, and `onStalled`. */
  readonly stalledAfterMs: number;
  /** When a message was last taken by the queue; the same clock as `now`. */
  readonly lastSentAt: () => number;
  readonly beat: () => void;
  readonly onStalled: () => void;
  /** Monotonic ms: a machine that was asleep has not been hung. */
  readonly now?: () => number;
}

const LOOKS_AN_INTERVAL = 10;

/**
 * The signs of life of one lease. They come from the main thread, not from the threads that analyse, and only as
 * long as `progress` is called now and then: a hung analysis must not keep its lease.
 */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #progressAt: number;
  #beatAt = Number.NEGATIVE_INFINITY;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#progressAt = this.#now();
    const lookMs = Math.max(10, Math.min(options.intervalMs, options.stalledAfterMs) / LOOKS_AN_INTERVAL);
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  /** Something really went on. */
  progress(): void {
    this.#progressAt = this.#now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { intervalMs, stalledAfterMs, lastSentAt, beat, onStalled } = this.#options;
    const now = this.#now();
    if (now - this.#progressAt >= stalledAfterMs) {
      this.stop();
      onStalled();
      return;
    }
    if (now - Math.max(lastSentAt(), this.#beatAt) < intervalMs) return;
    this.#beatAt = now;
    beat();
  }
}
