import { type DecodedMedia, MediaError } from '../media/decode.ts';
import type { CacheOptions } from './cache-options.ts';
import { type ClipOutcome, type ClipSource, researchBlocks } from './clip-blocks.ts';
import { assembled, type EpisodePart, type EpisodePlan } from './episode-parts.ts';
import type { OpenedAudio } from './open-audio.ts';
import { PoolThread, type ThreadOptions } from './pool-thread.ts';
import type { WorkerAnswer, WorkerNews, WorkerTask } from './worker-messages.ts';

export type { ClipOutcome, ClipSource } from './clip-blocks.ts';

export interface PoolOptions extends ThreadOptions {
  /** Threads, 1 or more. Results do not depend on it. */
  readonly workers: number;
  /** The program for formats without a decoder here, or false. */
  readonly ffmpeg?: string | false;
}

export interface EpisodeResearch {
  /** File of the episode, or what is known of one whose features are kept. */
  readonly episode: ClipSource;
  /** The clips, as they come. One that cannot be had fails alone. */
  readonly clips: readonly ClipSource[];
  /** Features of clips and episodes are kept there. Without it nothing is kept, not even until the next call. */
  readonly cache?: CacheOptions;
  /** A clip that takes longer is given up, and its thread ended. */
  readonly clipTimeoutMs?: number;
  /** The episode is given up when its decoding shows no progress for so long. */
  readonly episodeSilenceMs?: number;
  /** One clip after the other, each told before the next one is begun. */
  readonly oneByOne?: boolean;
  readonly signal?: AbortSignal;
  readonly onEpisode?: (media: DecodedMedia) => void;
  /** The clips that are being worked on from now on, at most one a thread; the earliest first. */
  readonly onWorking?: (indices: readonly number[]) => void;
  /** Called once for each clip, in their order, as soon as all before it are done. */
  readonly onClip: (index: number, outcome: ClipOutcome) => void;
  /** 0..1 over the whole; called only when something really went on. */
  readonly onProgress?: (share: number) => void;
}

const CLIP_TIMEOUT_MS = 10 * 60_000;
const EPISODE_SILENCE_MS = 5 * 60_000;
/** Share of the whole work that opening the episode is, roughly. */
const OPENING_SHARE = 0.5;

/**
 * Threads that research one episode after another. The episode is decoded once and its features are shared;
 * clips go, a block at a time, to whichever thread is free. A thread that hangs or exhausts its memory is ended and
 * replaced, and only the clip that it was at fails. Where features are kept, an episode is opened once: the next call
 * finds it in memory, if no other one came between, or on disk.
 */
export class AnalyzerPool {
  readonly #options: PoolOptions;
  readonly #threads: readonly [PoolThread, ...PoolThread[]];
  /** The episode of the last call. */
  #opened: OpenedAudio | undefined;

  constructor(options: PoolOptions) {
    if (!Number.isInteger(options.workers) || options.workers < 1) {
      throw new RangeError(`workers must be a whole number from 1 on, not ${options.workers}`);
    }
    this.#options = options;
    const others = Array.from({ length: options.workers - 1 }, () => new PoolThread(options));
    this.#threads = [new PoolThread(options), ...others];
  }

  /**
   * Researches one episode. Throws MediaError (subject 'episode') when the episode cannot be opened, and the
   * reason of the signal when that was aborted; failures of clips are outcomes. One call at a time.
   */
  async research(work: EpisodeResearch): Promise<void> {
    const { signal, onEpisode, onProgress } = work;
    signal?.throwIfAborted();
    // A fetch may fail before its turn comes: not an unhandled rejection then.
    for (const source of [work.episode, ...work.clips]) if (source instanceof Promise) source.catch(() => undefined);
    const stop = () => {
      for (const thread of this.#threads) void thread.end(new Error('stopped'));
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const opened = await this.#open(work);
      onEpisode?.(opened.media);
      onProgress?.(OPENING_SHARE);
      for (const thread of this.#threads) thread.episode = { kind: 'episode', features: opened.features };
      await researchBlocks(this.#threads, {
        ...work,
        ffmpeg: this.#options.ffmpeg ?? 'ffmpeg',
        clipTimeoutMs: work.clipTimeoutMs ?? CLIP_TIMEOUT_MS,
        onProgress: (share) => onProgress?.(OPENING_SHARE + (1 - OPENING_SHARE) * share),
      });
      signal?.throwIfAborted();
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', stop);
      if (!work.cache) this.#forget();
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#forget();
    await Promise.all(this.#threads.map((thread) => thread.end(new Error('closed'))));
  }

  #forget(): void {
    this.#opened = undefined;
    for (const thread of this.#threads) thread.episode = undefined;
  }

  async #open(work: EpisodeResearch): Promise<OpenedAudio> {
    // Loading a thread takes a fifth of a second: all of them do while the first one begins.
    for (const thread of this.#threads) thread.start();
    const { cache, signal } = work;
    const source = await work.episode;
    if (!cache) return this.#decoded(await fileOf(source), work);
    const hash = typeof source === 'string' ? await this.#hash(source, work) : source.hash;
    if (this.#opened?.media.hash === hash) return this.#opened;
    this.#forget();
    signal?.throwIfAborted();
    const kept = await this.#first({ kind: 'read-episode', hash, cache }, work);
    if (kept.kind === 'episode') {
      this.#opened = kept.opened;
      return kept.opened;
    }
    const opened = await this.#decoded(await fileOf(source), work);
    signal?.throwIfAborted();
    await this.#first({ kind: 'keep-episode', opened, cache }, work);
    this.#opened = opened;
    return opened;
  }

  async #hash(path: string, work: EpisodeResearch): Promise<string> {
    const answer = await this.#first({ kind: 'hash-episode', path }, work);
    if (answer.kind !== 'hash') throw episodeFailure(answer);
    return answer.hash;
  }

  /** All threads decode the parts of an MP3 file; other formats are opened by the first one. */
  async #decoded(path: string, work: EpisodeResearch): Promise<OpenedAudio> {
    const { onProgress } = work;
    const task: WorkerTask = { kind: 'plan-episode', path, ffmpeg: this.#options.ffmpeg ?? 'ffmpeg' };
    const tell = (share: number): void => onProgress?.(OPENING_SHARE * share);
    const answer = await this.#first(task, work, (news) => {
      if (news.kind === 'progress') tell(news.share);
    });
    if (answer.kind === 'episode') return answer.opened;
    if (answer.kind !== 'plan') throw episodeFailure(answer);
    const { plan } = answer;
    const parts = await this.#parts(plan, work, tell);
    try {
      return assembled(plan, parts);
    } catch (error) {
      throw MediaError.about('episode', error);
    }
  }

  async #parts(
    plan: EpisodePlan,
    { episodeSilenceMs = EPISODE_SILENCE_MS, signal }: EpisodeResearch,
    tell: (share: number) => void,
  ): Promise<EpisodePart[]> {
    const parts: EpisodePart[] = [];
    let [next, done] = [0, 0];
    const drain = async (thread: PoolThread): Promise<void> => {
      while (next < plan.parts && !signal?.aborted) {
        const part = next++;
        const made = await thread.run({ kind: 'open-part', plan, part }, episodeSilenceMs);
        if (made.kind !== 'part') {
          next = plan.parts;
          throw episodeFailure(made);
        }
        parts[part] = made.part;
        tell(++done / plan.parts);
      }
    };
    const drained = await Promise.allSettled(this.#threads.map(drain));
    for (const one of drained) if (one.status === 'rejected') throw one.reason;
    signal?.throwIfAborted();
    return parts;
  }

  #first(task: WorkerTask, work: EpisodeResearch, onNews?: (news: WorkerNews) => void): Promise<WorkerAnswer> {
    return this.#threads[0].run(task, work.episodeSilenceMs ?? EPISODE_SILENCE_MS, onNews);
  }
}

const fileOf = async (source: Awaited<ClipSource>): Promise<string> =>
  typeof source === 'string' ? source : source.file();

function episodeFailure(answer: WorkerAnswer): MediaError {
  return new MediaError(answer.kind === 'failed' ? answer.message : 'the analysis answered something else', 'episode');
}
