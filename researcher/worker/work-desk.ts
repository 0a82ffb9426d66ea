import { join } from 'node:path';
import { InvalidMessage, type PendingResearchItem, parsePendingResearchItem } from '../../domain/messages.ts';
import type { FetchLimits } from '../../web/fetch-limits.ts';
import { MediaFetcher } from '../../web/fetch-media.ts';
import type { CacheOptions } from '../analyzer/cache-options.ts';
import { ClipCache } from '../analyzer/clip-cache.ts';
import { EpisodeCache } from '../analyzer/episode-cache.ts';
import { EndedAt } from './ended-at.ts';
import { giveBack } from './give-back.ts';
import { HeldLeases } from './held-leases.ts';
import { type ItemTools, researchItem } from './research-item.ts';
import type { OnEvent } from './researcher-events.ts';
import { DEFAULT_RESEARCHER_LIMITS, type ResearcherLimits } from './researcher-limits.ts';
import { isRefusal, pause, pauseAfter, reasonOf } from './retry.ts';
import type { ResearcherQueues } from './work-queue.ts';

export interface WorkDeskOptions {
  readonly queues: Pick<ResearcherQueues, 'send' | 'delete'>;
  /** Names the archive whose leases are held: the address of its queue of results. */
  readonly completedQueueUrl: string;
  /** Who reports, 1–128 characters: strikes count once a researcher. */
  readonly name: string;
  /** Fetched media, features of clips, leases held. Several researchers may share it. */
  readonly dataDir: string;
  /** file: URIs are read: only for an archive of one's own. */
  readonly allowFiles?: boolean;
  /** Media may be on this machine or in private networks. */
  readonly allowPrivateAddresses?: boolean;
  readonly onEvent: OnEvent;
  /** ms since the epoch. */
  readonly clock?: () => number;
  readonly limits?: Partial<ResearcherLimits>;
  readonly fetchLimits?: Partial<FetchLimits>;
}

const DELETE_TRIES = 5;
const MOST_NAME = 128;

/** Where messages become work: judges each, works through its item, and keeps the leases of this process. */
export class WorkDesk {
  readonly limits: ResearcherLimits;
  readonly #options: WorkDeskOptions;
  readonly #media: MediaFetcher;
  readonly #features: CacheOptions;
  readonly #clips: ClipCache;
  readonly #episodes: EpisodeCache;
  readonly #leases: HeldLeases;
  readonly #endedAt: EndedAt;
  /** Leases that this run works on, has worked on, or has given back: their items are not begun again. */
  readonly #known = new Set<string>();

  /** @throws RangeError for a name that no report may have. */
  constructor(options: WorkDeskOptions) {
    const { name, dataDir, completedQueueUrl, allowFiles = false, allowPrivateAddresses = false } = options;
    const length = [...name].length;
    if (length < 1 || length > MOST_NAME) {
      throw new RangeError(`name: 1–${MOST_NAME} characters are expected, but ${length} came`);
    }
    this.#options = options;
    this.limits = { ...DEFAULT_RESEARCHER_LIMITS, ...options.limits };
    this.#media = new MediaFetcher({
      ...{ cacheDir: join(dataDir, 'media'), cacheBytes: this.limits.mediaCacheBytes },
      ...{ allowFiles, allowPrivateAddresses },
      ...(options.fetchLimits && { limits: options.fetchLimits }),
    });
    const folder = join(dataDir, 'features');
    const { clipCacheBytes: clipBytes, episodeCacheBytes: episodeBytes } = this.limits;
    this.#features = { folder, clipBytes, episodeBytes };
    // Only asked what they have; the threads read and write.
    this.#clips = new ClipCache({ folder, limitBytes: clipBytes });
    this.#episodes = new EpisodeCache({ folder, limitBytes: episodeBytes });
    this.#leases = new HeldLeases(join(dataDir, 'leases'), completedQueueUrl);
    this.#endedAt = new EndedAt(join(dataDir, 'leases'));
  }

  get tell(): OnEvent {
    return this.#options.onEvent;
  }

  /** To be called before anything else: the last word for the leases that a killed run still held. */
  async giveBack(signal: AbortSignal): Promise<void> {
    const { queues, onEvent, clock = Date.now } = this.#options;
    const held = this.#leases.adopt();
    for (const { leaseId, at } of held) if (at) this.#endedAt.note(leaseId, at.medium, clock());
    const taken = await giveBack(held, { queues, lastWordMs: this.limits.lastWordMs, signal, onEvent });
    for (const { leaseId } of held) {
      this.#known.add(leaseId);
      if (taken) this.#leases.release(leaseId);
    }
  }

  /**
   * Works on a message until its last word was sent; deletes it when the sign of life was.
   * @throws as researchItem; what is no work item is told and left in the queue.
   */
  async work(
    { body, receipt }: { readonly body: string; readonly receipt: string },
    analysis: ItemTools['analysis'],
    signal: AbortSignal,
  ): Promise<void> {
    const { queues, name, clock = Date.now, onEvent } = this.#options;
    let item: PendingResearchItem;
    try {
      item = parsePendingResearchItem(body);
    } catch (error) {
      if (!(error instanceof InvalidMessage)) throw error;
      onEvent({ kind: 'item-unreadable', reason: error.message });
      return;
    }
    const { leaseId, episode, clips } = item;
    const reason = this.#reasonToDrop(item, clock());
    if (reason !== undefined) {
      await this.#delete(receipt, signal);
      onEvent({ kind: 'item-dropped', leaseId, episode, reason });
      return;
    }
    this.#known.add(leaseId);
    onEvent({ kind: 'item-received', leaseId, episode, clips: clips.length });
    let taken = false;
    const take = async () => {
      taken = true;
      await this.#delete(receipt, signal);
    };
    const tools: ItemTools = {
      ...{ queues, media: this.#media, analysis, leases: this.#leases, researcher: name, clock, onEvent },
      limits: this.limits,
      features: this.#features,
      feared: this.#endedAt.feared(clock()),
      kept: { clip: (hash) => this.#clips.has(hash), episode: (hash) => this.#episodes.has(hash) },
    };
    try {
      await researchItem(item, take, tools, signal);
    } finally {
      // Still in the queue: it may be begun again.
      if (!taken) this.#known.delete(leaseId);
    }
  }

  /** Leases that are still held stay on disk, for the next start. */
  close(): void {
    this.#leases.close();
    this.#media.close();
    this.#endedAt.close();
    this.#clips.close();
    this.#episodes.close();
  }

  #reasonToDrop(item: PendingResearchItem, now: number): string | undefined {
    if (Date.parse(item.deadline) <= now) return `it is past its deadline (${item.deadline})`;
    if (this.#known.has(item.leaseId)) return 'it came before';
    return undefined;
  }

  /** A message that could not be deleted comes again, and is dropped then, here or by whoever sees its deadline. */
  async #delete(receipt: string, signal: AbortSignal): Promise<void> {
    const { queues, onEvent } = this.#options;
    for (let attempt = 1; attempt <= DELETE_TRIES; attempt++) {
      try {
        await queues.delete(receipt);
        return;
      } catch (error) {
        const nextTryMs = pauseAfter(attempt);
        const trouble = { kind: 'trouble', doing: 'deleting a work item', reason: reasonOf(error) } as const;
        if (isRefusal(error)) return onEvent(trouble);
        onEvent({ ...trouble, nextTryMs });
        await pause(nextTryMs, signal);
      }
    }
  }
}
