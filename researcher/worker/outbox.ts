import { isRefusal, pause, pauseAfter, reasonOf } from './retry.ts';
import type { ResearcherQueues } from './work-queue.ts';

/** SendMessageBatch takes ten messages and 1 MiB in all. */
const MOST_MESSAGES = 10;
const MOST_BYTES = 1_024 * 1_024;
/** Refusals as such (permissions, a queue that is gone) are believed after so many tries. */
const REFUSALS_BELIEVED = 6;

export interface OutboxOptions {
  readonly queues: Pick<ResearcherQueues, 'send'>;
  /** A report that the queue will never take. */
  readonly onLost: (count: number, reason: string) => void;
  readonly onTrouble: (reason: string, nextTryMs: number) => void;
  /** Monotonic ms; default performance.now. */
  readonly now?: () => number;
}

interface Outgoing {
  readonly body: string;
  readonly lastWord: boolean;
}

/**
 * The reports of one lease, sent in their order: none before the one in front of it was taken. What gathers while a
 * call is under way goes in one batch; the last word goes alone, after everything else was taken. Tries again until
 * the queue takes it, or until time is up.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #now: () => number;
  readonly #givenUp = new AbortController();
  #waiting: Outgoing[] = [];
  #sending: Promise<void> | undefined;
  #broken: unknown;
  /** The queue has the last word. */
  lastWordTaken = false;
  /** When a report was last taken; monotonic ms. */
  lastSentAt: number;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.lastSentAt = this.#now();
  }

  /** Nothing waits and nothing is under way. */
  get idle(): boolean {
    return this.#sending === undefined;
  }

  /** Never throws: `emptied` tells. @param body ASCII */
  push(body: string, lastWord = false): void {
    this.#waiting.push({ body, lastWord });
    this.#sending ??= this.#send();
  }

  /** Resolves when everything was taken or lost. @throws the error of a queue that refuses the researcher as such */
  async emptied(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending;
    if (this.#broken) throw this.#broken;
  }

  /** As `emptied`, but gives up `ms` after the signal is aborted: somebody waits for the researcher to stop. */
  async emptiedOr(signal: AbortSignal, ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const hurry = () => {
      timer = setTimeout(() => this.#givenUp.abort(), ms);
    };
    if (signal.aborted) hurry();
    signal.addEventListener('abort', hurry, { once: true });
    try {
      await this.emptied();
    } finally {
      signal.removeEventListener('abort', hurry);
      clearTimeout(timer);
    }
  }

  async #send(): Promise<void> {
    // What is pushed in the same turn goes in one batch.
    await Promise.resolve();
    for (let attempt = 1; this.#waiting.length > 0; ) attempt = await this.#next(attempt);
    // In the same turn as the last look at what waits: what is pushed from here on is sent anew.
    this.#sending = undefined;
  }

  /** Sends one batch, or waits. @returns the number of the next try. */
  async #next(attempt: number): Promise<number> {
    if (this.#givenUp.signal.aborted) return this.#lose('no time was left to send it');
    if (this.#broken) return this.#lose(reasonOf(this.#broken));
    const batch = this.#nextBatch();
    try {
      const again = await this.#sendBatch(batch);
      this.#waiting.splice(0, batch.length, ...again.map(({ outgoing }) => outgoing));
      const next = again.length < batch.length ? 1 : attempt;
      if (again.length === 0) return next;
      await this.#pause(next, again[0]!.reason);
      return next + 1;
    } catch (error) {
      if (isRefusal(error) && attempt >= REFUSALS_BELIEVED) this.#broken = error;
      else await this.#pause(attempt, reasonOf(error));
      return attempt + 1;
    }
  }

  /** @returns what has to be sent again, in order. */
  async #sendBatch(batch: readonly Outgoing[]): Promise<{ outgoing: Outgoing; reason: string }[]> {
    const refused = await this.#options.queues.send(
      batch.map(({ body }) => body),
      this.#givenUp.signal,
    );
    if (refused.length < batch.length) this.lastSentAt = this.#now();
    const taken = (index: number) => refused.every((refusal) => refusal.index !== index);
    this.lastWordTaken ||= batch.some(({ lastWord }, index) => lastWord && taken(index));
    for (const { reason } of refused.filter(({ permanent }) => permanent)) this.#options.onLost(1, reason);
    return refused
      .filter(({ permanent }) => !permanent)
      .sort((a, b) => a.index - b.index)
      .map(({ index, reason }) => ({ outgoing: batch[index]!, reason }));
  }

  #nextBatch(): Outgoing[] {
    const batch: Outgoing[] = [];
    let bytes = 0;
    for (const outgoing of this.#waiting) {
      bytes += outgoing.body.length;
      if (batch.length > 0 && (batch.length === MOST_MESSAGES || bytes > MOST_BYTES || outgoing.lastWord)) break;
      batch.push(outgoing);
    }
    return batch;
  }

  async #pause(attempt: number, reason: string): Promise<void> {
    if (this.#givenUp.signal.aborted) return;
    const ms = pauseAfter(attempt);
    this.#options.onTrouble(reason, ms);
    await pause(ms, this.#givenUp.signal);
  }

  #lose(reason: string): number {
    const count = this.#waiting.length;
    this.#waiting = [];
    this.#options.onLost(count, reason);
    return 1;
  }
}
