import {
  count,
  emptySummary,
  type ResearcherEvent,
  type ResearcherSummary,
} from '../../researcher/worker/researcher-events.ts';
import type { ResearcherLimits } from '../../researcher/worker/researcher-limits.ts';
import type { Analysis } from '../../researcher/worker/run-researcher.ts';
import { WorkDesk } from '../../researcher/worker/work-desk.ts';
import type { ResearcherQueues } from '../../researcher/worker/work-queue.ts';
import { logger } from '../runtime/telemetry.ts';

export interface ResearchEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string; readonly receiptHandle: string }[];
}

export type ResearchFunctionSummary = Omit<ResearcherSummary, 'end'>;

export interface ResearchFunctionOptions {
  readonly queues: Pick<ResearcherQueues, 'send' | 'delete'>;
  readonly completedQueueUrl: string;
  readonly analysis: Analysis;
  /** RESEARCHER_NAME, RESEARCHER_DATA, RESEARCHER_DISK_MEBIBYTES, RESEARCHER_LOCAL_FILES, RESEARCHER_PRIVATE_ADDRESSES; all optional. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<ResearcherLimits>;
}

/** All functions are one researcher: a clip that kills one of them kills every one, and is struck once for it. */
const NAME = 'cloud-researcher';
/** The only place where a function may write. */
const DATA = '/tmp/archivist';
/** What Lambda gives unless more is asked for. */
const DISK_MEBIBYTES = 512;
/** So long before its time is up a function gives back what it has not done. */
const RESERVE_MS = 25_000;
const MIB = 1024 * 1024;

/** A message that is no work item: thrown, so that it comes again and ends as a dead letter. */
export class NoWorkItem extends Error {
  override readonly name = 'NoWorkItem';
}

/** A researcher in a function: the same work as on any machine, for the items that it is given. */
export class ResearchFunction {
  readonly #options: ResearchFunctionOptions;
  readonly #desk: WorkDesk;
  #summary = emptySummary();
  #unreadable: string | undefined;

  constructor(options: ResearchFunctionOptions) {
    const { queues, completedQueueUrl, environment, limits } = options;
    // A quarter of the disk for features, half for media; the rest for what SQLite writes before it is in its place.
    const disk = Number(environment.RESEARCHER_DISK_MEBIBYTES ?? DISK_MEBIBYTES) * MIB;
    this.#options = options;
    this.#desk = new WorkDesk({
      ...{ queues, completedQueueUrl },
      name: environment.RESEARCHER_NAME ?? NAME,
      dataDir: environment.RESEARCHER_DATA ?? DATA,
      allowFiles: environment.RESEARCHER_LOCAL_FILES === 'true',
      allowPrivateAddresses: environment.RESEARCHER_PRIVATE_ADDRESSES === 'true',
      onEvent: (event) => this.#note(event),
      limits: {
        mediaCacheBytes: Math.floor(disk / 2),
        clipCacheBytes: Math.floor(disk / 8),
        episodeCacheBytes: Math.floor(disk / 8),
        ...limits,
      },
      fetchLimits: { maximumBytes: Math.floor(disk / 2) },
    });
  }

  /**
   * @param remainingMs of the invocation.
   * @throws TypeError when the event is not one of SQS, NoWorkItem, and what keeps this function from working.
   */
  async run(event: ResearchEvent, remainingMs: number): Promise<ResearchFunctionSummary> {
    if (!Array.isArray(event?.Records)) {
      throw new TypeError('Expected an SQS event with "Records", as in functions/researcher/events.');
    }
    this.#summary = emptySummary();
    this.#unreadable = undefined;
    const signal = AbortSignal.timeout(Math.max(0, remainingMs - RESERVE_MS));
    await this.#desk.giveBack(signal);
    for (const { body, receiptHandle } of event.Records) {
      await this.#desk.work({ body, receipt: receiptHandle }, this.#options.analysis, signal);
    }
    if (this.#unreadable !== undefined) throw new NoWorkItem(this.#unreadable);
    const { end: _, ...summary } = this.#summary;
    logger.info('Items researched', summary);
    return summary;
  }

  /** For tests; a function just ends. */
  async close(): Promise<void> {
    await this.#options.analysis.close();
    this.#desk.close();
  }

  #note(event: ResearcherEvent): void {
    count(this.#summary, event);
    switch (event.kind) {
      case 'item-unreadable':
        this.#unreadable = event.reason;
        break;
      case 'clip-failed':
        logger.warn('Clip failed', { leaseId: event.leaseId, clip: event.clip.id, reason: event.reason });
        break;
      case 'episode-failed':
        logger.warn('Episode failed', { leaseId: event.leaseId, episode: event.episode.id, reason: event.reason });
        break;
      case 'item-dropped':
        logger.info('Item dropped', { leaseId: event.leaseId, reason: event.reason });
        break;
      case 'reports-lost':
        logger.error('Reports lost', { leaseId: event.leaseId, count: event.count, reason: event.reason });
        break;
      case 'trouble':
        logger.warn('Trouble', { doing: event.doing, reason: event.reason });
        break;
      case 'lease-done':
        logger.info('Lease done', {
          leaseId: event.leaseId,
          reported: event.reported,
          clips: event.clips,
          end: event.end,
        });
        break;
      default:
    }
  }
}
