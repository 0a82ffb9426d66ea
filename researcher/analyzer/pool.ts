import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type DecodedMedia, MediaError } from '../media/decode.ts';
import type { ClipCacheOptions } from './clip-cache.ts';
import { assembled, type EpisodePart } from './episode-parts.ts';
import type { OpenedAudio } from './open-audio.ts';
import type { EpisodeMessage, FoundClip, WorkerAnswer, WorkerTask } from './worker-messages.ts';

export interface PoolOptions {
  /** Threads, 1 or more. Results do not depend on it. */
  readonly workers: number;
  /** researcher/analyzer/worker.ts, or its bundle: named by the caller, who knows where files are. */
  readonly workerFile: string | URL;
  /** JavaScript heap of one thread; a thread that needs more is ended. */
  readonly heapMegabytes?: number;
  /** The program for formats without a decoder here, or false. */
  readonly ffmpeg?: string | false;
}

export interface EpisodeResearch {
  /** File of the episode. */
  readonly episode: string;
  /** Files of the clips; promises for those that are still being fetched. A rejected one fails that clip only. */
  readonly clips: readonly (string | Promise<string>)[];
  readonly cache?: ClipCacheOptions;
  /** A clip that takes longer is given up, and its thread ended. */
  readonly clipTimeoutMs?: number;
  /** The episode is given up when its decoding shows no progress for so long. */
  readonly episodeSilenceMs?: number;
  readonly signal?: AbortSignal;
  readonly onEpisode?: (media: DecodedMedia) => void;
  /** Called once for each clip, in their order, as soon as all before it are done. */
  readonly onClip: (index: number, outcome: ClipOutcome) => void;
  /** 0..1 over the whole; called only when something really went on. */
  readonly onProgress?: (share: number) => void;
}

export type ClipOutcome =
  | ({ readonly kind: 'researched' } & FoundClip)
  | { readonly kind: 'failed'; readonly failure: string };

const HEAP_MEGABYTES = 512;
const CLIP_TIMEOUT_MS = 10 * 60_000;
const EPISODE_SILENCE_MS = 5 * 60_000;
/** Share of the whole work that opening the episode is, roughly. */
const OPENING_SHARE = 0.5;

/**
 * Threads that research one episode after another. The episode is decoded once and its features are shared;
 * clips go to whichever thread is free. A thread that hangs or exhausts its memory is ended and replaced, and
 * only what it was at fails.
 */
export class AnalyzerPool {
  readonly #options: PoolOptions;
  readonly #threads: Thread[];

  constructor(options: PoolOptions) {
    if (!Number.isInteger(options.workers) || options.workers < 1) {
      throw new RangeError(`workers must be a whole number from 1 on, not ${options.workers}`);
    }
    this.#options = options;
    this.#threads = Array.from({ length: options.workers }, () => new Thread(options));
  }

  /**
   * Researches one episode. Throws MediaError (subject 'episode') when the episode cannot be opened, and the
   * reason of the signal when that was aborted; failures of clips are outcomes. One call at a time.
   */
  async research(work: EpisodeResearch): Promise<void> {
    const { signal, onClip, onEpisode, onProgress } = work;
    signal?.throwIfAborted();
    // A fetch may fail before its turn comes: not an unhandled rejection then.
    for (const clip of work.clips) if (typeof clip !== 'string') clip.catch(() => undefined);
    const stop = () => {
      for (const thread of this.#threads) void thread.end(new Error('stopped'));
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const opened = await this.#open(work);
      onEpisode?.(opened.media);
      onProgress?.(OPENING_SHARE);
      for (const thread of this.#threads) thread.episode = { kind: 'episode', features: opened.features };
      const outcomes: (ClipOutcome | undefined)[] = work.clips.map(() => undefined);
      let next = 0;
      let told = 0;
      let done = 0;
      const drain = async (thread: Thread) => {
        while (next < work.clips.length && !signal?.aborted) {
          const index = next++;
          const outcome = await this.#clip(thread, work, index);
          if (signal?.aborted) return;
          outcomes[index] = outcome;
          done++;
          onProgress?.(OPENING_SHARE + (1 - OPENING_SHARE) * (done / work.clips.length));
          for (let ready = outcomes[told]; ready; ready = outcomes[told]) onClip(told++, ready);
        }
      };
      await Promise.all(this.#threads.map(drain));
      signal?.throwIfAborted();
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', stop);
      for (const thread of this.#threads) thread.episode = undefined;
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end(new Error('closed'))));
  }

  /** All threads decode the parts of an MP3 file; other formats are opened by the first one. */
  async #open({
    episode,
    episodeSilenceMs = EPISODE_SILENCE_MS,
    onProgress,
    signal,
  }: EpisodeResearch): Promise<OpenedAudio> {
    const task: WorkerTask = { kind: 'plan-episode', path: episode, ffmpeg: this.#options.ffmpeg ?? 'ffmpeg' };
    const tell = (share: number): void => onProgress?.(OPENING_SHARE * share);
    // Loading a thread takes a fifth of a second: all of them do while the first one plans.
    for (const thread of this.#threads) thread.start();
    const answer = await this.#threads[0]!.run(task, episodeSilenceMs, tell);
    if (answer.kind === 'episode') return answer.opened;
    if (answer.kind !== 'plan') throw episodeFailure(answer);
    const { plan } = answer;
    const parts: EpisodePart[] = [];
    let [next, done] = [0, 0];
    const drain = async (thread: Thread): Promise<void> => {
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
    return { media: plan.media, features: assembled(plan, parts) };
  }

  async #clip(thread: Thread, work: EpisodeResearch, index: number): Promise<ClipOutcome> {
    let path: string;
    try {
      path = await work.clips[index]!;
    } catch (error) {
      return { kind: 'failed', failure: error instanceof Error ? error.message : String(error) };
    }
    const task: WorkerTask = { kind: 'find-clip', path, ffmpeg: this.#options.ffmpeg ?? 'ffmpeg', cache: work.cache };
    const answer = await thread.run(task, work.clipTimeoutMs ?? CLIP_TIMEOUT_MS);
    if (answer.kind === 'clip') return { kind: 'researched', ...answer.clip };
    return {
      kind: 'failed',
      failure: answer.kind === 'failed' ? answer.message : 'the analysis answered something else',
    };
  }
}

function episodeFailure(answer: WorkerAnswer): MediaError {
  return new MediaError(answer.kind === 'failed' ? answer.message : 'the analysis answered something else', 'episode');
}

interface Running {
  readonly worker: Worker;
  /** The process that it waits for. */
  child: number | undefined;
  onChildEnd: (() => void) | undefined;
}

/** Time for a thread to take note that its child has ended; nobody else can, and it would stay as a zombie. */
const CHILD_END_MS = 1_000;

async function childEnded(running: Running, pid: number): Promise<void> {
  const noted = new Promise<void>((resolve) => {
    running.onChildEnd = resolve;
  });
  endProcess(pid);
  await Promise.race([noted, sleep(CHILD_END_MS, undefined, { ref: false })]);
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** One worker thread at a time; another one after it died. */
class Thread {
  /** Sent to the thread before its next task, and again to its successor. */
  #episode: EpisodeMessage | undefined;
  #told = false;
  readonly #options: PoolOptions;
  #running: Running | undefined;
  #finish: ((answer: WorkerAnswer) => void) | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  set episode(episode: EpisodeMessage | undefined) {
    this.#episode = episode;
    this.#told = false;
  }

  /** Loads the thread before there is a task for it. */
  start(): void {
    this.#started();
  }

  /** Runs one task; every way it can end is an answer. `silenceMs` without a word from the thread ends it. */
  run(task: WorkerTask, silenceMs: number, onProgress?: (share: number) => void): Promise<WorkerAnswer> {
    const subject = task.kind === 'find-clip' ? 'clip' : 'episode';
    return new Promise((resolve) => {
      const failed = (message: string): void => finish({ kind: 'failed', message, subject });
      const tooLong = () => {
        failed(`the analysis of the ${subject} did not go on for ${Math.round(silenceMs / 1_000)} s and was ended`);
        void this.end();
      };
      let timer = setTimeout(tooLong, silenceMs);
      const finish = (answer: WorkerAnswer): void => {
        clearTimeout(timer);
        this.#finish = undefined;
        worker.off('message', hear).off('error', broke).off('exit', gone);
        worker.unref();
        resolve(answer);
      };
      const hear = (answer: WorkerAnswer): void => {
        if (answer.kind === 'child') return;
        if (answer.kind !== 'progress') {
          finish(answer);
          return;
        }
        clearTimeout(timer);
        timer = setTimeout(tooLong, silenceMs);
        onProgress?.(answer.share);
      };
      const broke = (error: Error & { code?: string }): void => {
        const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error instanceof RangeError;
        failed(
          memory
            ? `the analysis of the ${subject} ran out of memory`
            : `the analysis of the ${subject} broke off: ${error.message}`,
        );
        void this.end();
      };
      const gone = (code: number): void => {
        failed(`the analysis of the ${subject} ended unexpectedly (exit ${code})`);
        void this.end();
      };
      const { worker } = this.#started();
      this.#finish = finish;
      worker.ref();
      worker.on('message', hear).on('error', broke).on('exit', gone);
      if (this.#episode && !this.#told) {
        worker.postMessage(this.#episode);
        this.#told = true;
      }
      worker.postMessage(task);
    });
  }

  /** Ends the thread now; a task under way is answered as failed with `reason`. */
  async end(reason?: Error): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#told = false;
    if (reason) this.#finish?.({ kind: 'failed', message: reason.message, subject: 'clip' });
    if (running?.child !== undefined) await childEnded(running, running.child);
    await running?.worker.terminate();
  }

  #started(): Running {
    if (!this.#running) {
      const worker = new Worker(this.#options.workerFile, {
        resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMegabytes ?? HEAP_MEGABYTES },
      });
      // An idle thread must not keep the process alive, nor take it along when it breaks.
      worker.on('error', () => undefined);
      const running: Running = { worker, child: undefined, onChildEnd: undefined };
      worker.on('message', (answer: WorkerAnswer) => {
        if (answer.kind !== 'child') return;
        running.child = answer.pid;
        if (answer.pid === undefined) running.onChildEnd?.();
      });
      worker.on('exit', () => {
        if (running.child !== undefined) endProcess(running.child);
        if (this.#running === running) {
          this.#running = undefined;
          this.#told = false;
        }
      });
      worker.unref();
      this.#running = running;
    }
    return this.#running;
  }
}
