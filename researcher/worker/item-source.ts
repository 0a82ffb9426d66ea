import { LONGEST_POLL_SECONDS } from '../../web/patience.ts';
import type { OnEvent } from './researcher-events.ts';
import { isRefusal, pause, pauseAfter, reasonOf } from './retry.ts';
import type { ReceivedWork, ResearcherQueues } from './work-queue.ts';

/** Between polls of less than a second, which SQS answers at once. */
const SHORT_PAUSE_MS = 200;
/** A queue that refuses this researcher is believed after so many tries in a row. */
const REFUSALS_BELIEVED = 5;

export interface ItemSourceOptions {
  readonly queues: Pick<ResearcherQueues, 'receive'>;
  /** After so many ms without any work, `onIdle`; false: never. */
  readonly stopWhenIdle: false | number;
  readonly onIdle: () => void;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/** Where the lanes of a researcher get their messages. One lane asks at a time: the others would only ask the same. */
export class ItemSource {
  readonly #options: ItemSourceOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #busy = 0;
  /** From the first time that work was asked for: what comes before may take long. */
  #idleSince: number | undefined;
  #toldWaiting = false;

  constructor(options: ItemSourceOptions) {
    this.#options = options;
  }

  /**
   * The next message, to be followed by `done`; undefined now and then, and when the signal is aborted.
   * @throws Error when the queue refuses this researcher.
   */
  next(): Promise<ReceivedWork | undefined> {
    const turn = this.#turn.then(() => this.#receive());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** The work on a message has ended. */
  done(): void {
    this.#busy--;
    this.#idleSince = performance.now();
  }

  async #receive(): Promise<ReceivedWork | undefined> {
    const { queues, onIdle, signal, onEvent } = this.#options;
    for (let attempt = 1; !signal.aborted; ) {
      const leftMs = this.#leftMs();
      if (leftMs <= 0) {
        onIdle();
        return undefined;
      }
      try {
        const wait = Math.min(LONGEST_POLL_SECONDS, Math.floor(leftMs / 1_000));
        const work = await queues.receive(wait, signal);
        if (work) this.#busy++;
        if (!work && !this.#toldWaiting && this.#busy === 0) onEvent({ kind: 'waiting' });
        this.#toldWaiting = !work;
        if (!work && wait === 0) await pause(Math.min(leftMs, SHORT_PAUSE_MS), signal);
        return work;
      } catch (error) {
        if (signal.aborted) return undefined;
        if (isRefusal(error) && attempt >= REFUSALS_BELIEVED) {
          throw new Error(`The queue of work items refuses this researcher: ${reasonOf(error)}`, { cause: error });
        }
        const nextTryMs = pauseAfter(attempt++);
        onEvent({ kind: 'trouble', doing: 'receiving work', reason: reasonOf(error), nextTryMs });
        await pause(nextTryMs, signal);
        // Not knowing is not being idle.
        this.#idleSince = performance.now();
      }
    }
    return undefined;
  }

  #leftMs(): number {
    const { stopWhenIdle } = this.#options;
    if (stopWhenIdle === false) return Number.POSITIVE_INFINITY;
    this.#idleSince ??= performance.now();
    return this.#busy > 0 ? stopWhenIdle : stopWhenIdle - (performance.now() - this.#idleSince);
  }
}
