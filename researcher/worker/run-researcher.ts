import { join } from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { InvalidMessage, type PendingResearchItem, parsePendingResearchItem } from '../../functions/domain/messages.ts';
import { AnalyzerPool } from '../analyzer/pool.ts';
import type { FetchLimits } from '../fetching/fetch-limits.ts';
import { MediaFetcher } from '../fetching/fetch-media.ts';
import { giveBack } from './give-back.ts';
import { HeldLeases } from './held-leases.ts';
import { ItemSource } from './item-source.ts';
import { type ItemTools, researchItem } from './research-item.ts';
import { count, emptySummary, type OnEvent, type ResearcherSummary } from './researcher-events.ts';
import { DEFAULT_RESEARCHER_LIMITS, type ResearcherLimits } from './researcher-limits.ts';
import { isRefusal, pause, pauseAfter, reasonOf } from './retry.ts';
import { type ReceivedWork, type ResearcherQueues, SqsResearcherQueues } from './work-queue.ts';

export interface ResearcherOptions {
  readonly sqs: SQSClient;
  readonly pendingQueueUrl: string;
  readonly completedQueueUrl: string;
  /** Who reports, 1–128 characters: strikes count once a researcher. */
  readonly name: string;
  /** Analysing threads; each works on an item of its own. */
  readonly workers: number;
  /** researcher/analyzer/worker.ts, or its bundle. */
  readonly workerFile: string | URL;
  /** Fetched media, features of clips, leases held. Several researchers may share it. */
  readonly dataDir: string;
  /** file: URIs are read: only for an archive of one's own. */
  readonly allowFiles?: boolean;
  /** Media may be on this machine or in private networks. */
  readonly allowPrivateAddresses?: boolean;
  /** Ends when there was nothing to do for so many ms; false: goes on until the signal. */
  readonly stopWhenIdle?: false | number;
  readonly signal: AbortSignal;
  readonly onEvent?: OnEvent;
  /** ms since the epoch. */
  readonly clock?: () => number;
  /** The program for formats without a decoder here, or false. */
  readonly ffmpeg?: string | false;
  readonly limits?: Partial<ResearcherLimits>;
  readonly fetchLimits?: Partial<FetchLimits>;
  /** Instead of the SQS adapter and the threads: for tests. */
  readonly queues?: ResearcherQueues;
  readonly analysis?: () => ItemTools['analysis'] & { close(): Promise<void> };
}

const MOST_NAME = 128;
/** A machine that cannot work is believed after so many tries in a row. */
const FAILURES_BELIEVED = 5;

/**
 * A researcher: takes work items until it is stopped, or until there are none for a while.
 *
 * Every thread works on an item of its own, since opening an episode is about half of the work and cannot be shared
 * out: so N threads are N times as fast, where N threads on one item would wait for one of them half of the time.
 *
 * @throws RangeError for options that cannot be, and Error when the queues refuse this researcher (credentials,
 *   permissions, no such queue) or this machine cannot work (its disk is full).
 */
export async function runResearcher(options: ResearcherOptions): Promise<ResearcherSummary> {
  const length = [...options.name].length;
  if (length < 1 || length > MOST_NAME) {
    throw new RangeError(`name: 1–${MOST_NAME} characters are expected, but ${length} came`);
  }
  if (!Number.isInteger(options.workers) || options.workers < 1) {
    throw new RangeError(`workers: a whole number from 1 on is expected, but ${options.workers} came`);
  }
  return new Researcher(options).run();
}

class Researcher {
  readonly #options: ResearcherOptions;
  readonly #limits: ResearcherLimits;
  readonly #queues: ResearcherQueues;
  readonly #media: MediaFetcher;
  readonly #leases: HeldLeases;
  readonly #summary = emptySummary();
  /** Ends all lanes: the caller's signal, idleness, or the failure of one of them. */
  readonly #end = new AbortController();
  /** Leases that this run works on, has worked on, or has given back: their items are not begun again. */
  readonly #known = new Set<string>();
  readonly #source: ItemSource;

  constructor(options: ResearcherOptions) {
    const { sqs, pendingQueueUrl, completedQueueUrl, dataDir, allowFiles, allowPrivateAddresses, fetchLimits } =
      options;
    this.#options = options;
    this.#limits = { ...DEFAULT_RESEARCHER_LIMITS, ...options.limits };
    this.#queues = options.queues ?? new SqsResearcherQueues(sqs, pendingQueueUrl, completedQueueUrl);
    this.#media = new MediaFetcher({
      cacheDir: join(dataDir, 'media'),
      allowFiles: allowFiles ?? false,
      allowPrivateAddresses: allowPrivateAddresses ?? false,
      cacheBytes: this.#limits.mediaCacheBytes,
      ...(fetchLimits && { limits: fetchLimits }),
    });
    this.#leases = new HeldLeases(join(dataDir, 'leases'), completedQueueUrl);
    this.#source = new ItemSource({
      queues: this.#queues,
      stopWhenIdle: options.stopWhenIdle ?? false,
      onIdle: () => this.#end.abort(new Error('there was nothing more to do')),
      signal: this.#end.signal,
      onEvent: this.#tell,
    });
  }

  async run(): Promise<ResearcherSummary> {
    const { signal, workers } = this.#options;
    const stop = () => this.#end.abort(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.#giveBack();
      const lanes = Array.from({ length: workers }, () => this.#lane());
      const outcomes = await Promise.allSettled(
        lanes.map((lane) =>
          lane.catch((error: unknown) => {
            this.#end.abort(error);
            throw error;
          }),
        ),
      );
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
      this.#summary.end = signal.aborted ? 'interrupted' : 'idle';
      return this.#summary;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#leases.close();
      this.#media.close();
    }
  }

  #tell: OnEvent = (event) => {
    count(this.#summary, event);
    this.#options.onEvent?.(event);
  };

  /** Before anything else, the last word for the leases that a killed run still held. */
  async #giveBack(): Promise<void> {
    const held = this.#leases.adopt();
    const { lastWordMs } = this.#limits;
    const taken = await giveBack(held, {
      queues: this.#queues,
      lastWordMs,
      signal: this.#end.signal,
      onEvent: this.#tell,
    });
    for (const { leaseId } of held) {
      this.#known.add(leaseId);
      if (taken) this.#leases.release(leaseId);
    }
  }

  /** One item after the other, on a thread of its own. */
  async #lane(): Promise<void> {
    const { analysis, workerFile, ffmpeg } = this.#options;
    const { heapMegabytes } = this.#limits;
    const pool =
      analysis?.() ??
      new AnalyzerPool({
        workers: 1,
        workerFile,
        ...(heapMegabytes !== undefined && { heapMegabytes }),
        ...(ffmpeg !== undefined && { ffmpeg }),
      });
    try {
      let failures = 0;
      while (!this.#end.signal.aborted) {
        const work = await this.#source.next();
        if (!work) continue;
        try {
          await this.#work(work, pool);
          failures = 0;
        } catch (error) {
          if (isRefusal(error) || ++failures >= FAILURES_BELIEVED) throw error;
          const nextTryMs = pauseAfter(failures);
          this.#tell({ kind: 'trouble', doing: 'working on an item', reason: reasonOf(error), nextTryMs });
          await pause(nextTryMs, this.#end.signal);
        } finally {
          this.#source.done();
        }
      }
    } finally {
      await pool.close();
    }
  }

  async #work({ body, receipt }: ReceivedWork, analysis: ItemTools['analysis']): Promise<void> {
    const { name, clock = Date.now, dataDir } = this.#options;
    let item: PendingResearchItem;
    try {
      item = parsePendingResearchItem(body);
    } catch (error) {
      if (!(error instanceof InvalidMessage)) throw error;
      this.#tell({ kind: 'item-unreadable', reason: error.message });
      return;
    }
    const of = { leaseId: item.leaseId, episode: item.episode };
    const reason = this.#reasonToDrop(item, clock());
    if (reason !== undefined) {
      await this.#delete(receipt);
      this.#tell({ kind: 'item-dropped', ...of, reason });
      return;
    }
    this.#known.add(item.leaseId);
    this.#tell({ kind: 'item-received', ...of, clips: item.clips.length });
    const tools: ItemTools = {
      queues: this.#queues,
      media: this.#media,
      analysis,
      features: { folder: join(dataDir, 'features'), limitBytes: this.#limits.featureCacheBytes },
      leases: this.#leases,
      researcher: name,
      limits: this.#limits,
      clock,
      onEvent: this.#tell,
    };
    let taken = false;
    const take = async () => {
      taken = true;
      await this.#delete(receipt);
    };
    try {
      await researchItem(item, take, tools, this.#end.signal);
    } finally {
      // Still in the queue: it may be begun again.
      if (!taken) this.#known.delete(item.leaseId);
    }
  }

  #reasonToDrop(item: PendingResearchItem, now: number): string | undefined {
    if (Date.parse(item.deadline) <= now) return `it is past its deadline (${item.deadline})`;
    if (this.#known.has(item.leaseId)) return 'it came before';
    return undefined;
  }

  /** A message that could not be deleted comes again, and is dropped then, here or by whoever sees its deadline. */
  async #delete(receipt: string): Promise<void> {
    for (let attempt = 1; attempt <= FAILURES_BELIEVED; attempt++) {
      try {
        await this.#queues.delete(receipt);
        return;
      } catch (error) {
        const nextTryMs = pauseAfter(attempt);
        this.#tell({ kind: 'trouble', doing: 'deleting a work item', reason: reasonOf(error), nextTryMs });
        await pause(nextTryMs, this.#end.signal);
      }
    }
  }
}
