import type { SQSClient } from '@aws-sdk/client-sqs';
import { AnalyzerPool } from '../analyzer/pool.ts';
import { ItemSource } from './item-source.ts';
import type { ItemTools } from './research-item.ts';
import { count, emptySummary, type OnEvent, type ResearcherSummary } from './researcher-events.ts';
import { isRefusal, pause, pauseAfter, reasonOf } from './retry.ts';
import { WorkDesk, type WorkDeskOptions } from './work-desk.ts';
import { type ResearcherQueues, SqsResearcherQueues } from './work-queue.ts';

export interface ResearcherOptions extends Omit<WorkDeskOptions, 'queues' | 'onEvent'> {
  readonly sqs: SQSClient;
  readonly pendingQueueUrl: string;
  /** Analysing threads. */
  readonly workers: number;
  /**
   * Items that are worked on at the same time, 1–`workers`, each by its share of the threads and with a few hundred
   * MB of memory; two by default, or one where there is one thread.
   */
  readonly itemsAtOnce?: number;
  /** researcher/analyzer/worker.ts, or its bundle. */
  readonly workerFile: string | URL;
  /** Ends when there was nothing to do for so many ms; false: goes on until the signal. */
  readonly stopWhenIdle?: false | number;
  readonly signal: AbortSignal;
  readonly onEvent?: OnEvent;
  /** The program for formats without a decoder here, or false. */
  readonly ffmpeg?: string | false;
  /** Instead of the SQS adapter and the threads: for tests. */
  readonly queues?: ResearcherQueues;
  readonly analysis?: (threads: number) => Analysis;
}

export interface Analysis extends Pick<AnalyzerPool, 'close'> {
  readonly research: ItemTools['analysis']['research'];
}

/** A machine that cannot work is believed after so many tries in a row. */
const FAILURES_BELIEVED = 5;

/**
 * A researcher: takes work items until it is stopped, or until there are none for a while.
 *
 * Two items at once share the threads unless told otherwise: while the media of one arrive, the other is analysed.
 * More would need more memory and hold more leases, and be hardly faster: the threads of an item share its opening too.
 *
 * @throws RangeError for options that cannot be, and Error when the queues refuse this researcher (credentials,
 *   permissions, no such queue) or this machine cannot work (its disk is full).
 */
export async function runResearcher(options: ResearcherOptions): Promise<ResearcherSummary> {
  if (!Number.isInteger(options.workers) || options.workers < 1) {
    throw new RangeError(`workers: a whole number from 1 on is expected, but ${options.workers} came`);
  }
  const itemsAtOnce = itemsAtOnceOf(options);
  if (!Number.isInteger(itemsAtOnce) || itemsAtOnce < 1 || itemsAtOnce > options.workers) {
    const expected = `a whole number from 1 to the number of workers (${options.workers})`;
    throw new RangeError(`itemsAtOnce: ${expected} is expected, but ${itemsAtOnce} came`);
  }
  return new Researcher(options).run();
}

const ITEMS_AT_ONCE = 2;

const itemsAtOnceOf = ({ workers, itemsAtOnce }: ResearcherOptions): number =>
  itemsAtOnce ?? Math.min(ITEMS_AT_ONCE, workers);

class Researcher {
  readonly #options: ResearcherOptions;
  readonly #desk: WorkDesk;
  readonly #source: ItemSource;
  readonly #summary = emptySummary();
  /** Ends all lanes: the caller's signal, idleness, or the failure of one of them. */
  readonly #end = new AbortController();

  constructor(options: ResearcherOptions) {
    const { sqs, pendingQueueUrl, completedQueueUrl, stopWhenIdle = false } = options;
    const queues = options.queues ?? new SqsResearcherQueues(sqs, pendingQueueUrl, completedQueueUrl);
    const onEvent: OnEvent = (event) => {
      count(this.#summary, event);
      options.onEvent?.(event);
    };
    const onIdle = () => this.#end.abort(new Error('there was nothing more to do'));
    this.#options = options;
    this.#desk = new WorkDesk({ ...options, queues, onEvent });
    this.#source = new ItemSource({ queues, stopWhenIdle, onIdle, signal: this.#end.signal, onEvent });
  }

  async run(): Promise<ResearcherSummary> {
    const { signal, workers } = this.#options;
    const lanes = itemsAtOnceOf(this.#options);
    const stop = () => this.#end.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.#desk.giveBack(this.#end.signal);
      const outcomes = await Promise.allSettled(
        Array.from({ length: lanes }, (_, lane) => this.#lane(threadsOf(lane, lanes, workers))),
      );
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
      this.#summary.end = signal.aborted ? 'interrupted' : 'idle';
      return this.#summary;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#desk.close();
    }
  }

  /** One item after the other, on threads of its own. The failure of one lane ends all. */
  async #lane(threads: number): Promise<void> {
    const { analysis, workerFile, ffmpeg } = this.#options;
    const { heapMegabytes } = this.#desk.limits;
    const pool: Analysis =
      analysis?.(threads) ??
      new AnalyzerPool({
        ...{ workers: threads, workerFile },
        ...(heapMegabytes !== undefined && { heapMegabytes }),
        ...(ffmpeg !== undefined && { ffmpeg }),
      });
    try {
      for (let failures = 0; !this.#end.signal.aborted; ) failures = await this.#next(pool, failures);
    } catch (error) {
      this.#end.abort(error);
      throw error;
    } finally {
      await pool.close();
    }
  }

  /** @returns how many items in a row this machine could not work on. */
  async #next(pool: Analysis, failures: number): Promise<number> {
    const message = await this.#source.next();
    if (!message) return failures;
    try {
      await this.#desk.work(message, pool, this.#end.signal);
      return 0;
    } catch (error) {
      if (isRefusal(error) || failures + 1 >= FAILURES_BELIEVED) throw error;
      const nextTryMs = pauseAfter(failures + 1);
      const reason = reasonOf(error);
      this.#desk.tell({ kind: 'trouble', doing: 'working on an item', reason, nextTryMs });
      await pause(nextTryMs, this.#end.signal);
      return failures + 1;
    } finally {
      this.#source.done();
    }
  }
}

/** The threads of a lane: all lanes have as many, or one more. */
function threadsOf(lane: number, lanes: number, threads: number): number {
  return Math.floor(threads / lanes) + (lane < threads % lanes ? 1 : 0);
}
