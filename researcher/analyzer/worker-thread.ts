import { MediaError } from '../media/decode.ts';
import { ClipCache } from './clip-cache.ts';
import { openPart, planEpisode } from './episode-parts.ts';
import { createFftEngine } from './fft.ts';
import { ClipFinder } from './find-clips.ts';
import { LONGEST_EPISODE_SECONDS, openCachedClip, openEpisode } from './open-audio.ts';
import type { EpisodeMessage, WorkerAnswer, WorkerTask } from './worker-messages.ts';

export type AnswerSender = (answer: WorkerAnswer) => void;

/** Least share of progress that is worth a message. */
const PROGRESS_STEP = 0.01;
/** Less of it is told too, so seldom: it means that the work goes on. */
const PROGRESS_MS = 1_000;

/** What an analysing thread does with the messages that it gets. It answers every task exactly once. */
export class WorkerThread {
  readonly #send: AnswerSender;
  readonly #engine = createFftEngine();
  readonly #onChild = (pid: number | undefined) => this.#send({ kind: 'child', pid });
  #finder: ClipFinder | undefined;
  #kept: { readonly folder: string; readonly cache: ClipCache } | undefined;

  constructor(send: AnswerSender) {
    this.#send = send;
  }

  async take(message: WorkerTask | EpisodeMessage): Promise<void> {
    if (message.kind === 'episode') {
      // An engine of its own: with the finder all the memory of its FFTs goes.
      this.#finder = new ClipFinder(message.features, createFftEngine());
      return;
    }
    try {
      this.#send(await this.#answer(message));
    } catch (error) {
      const failure = MediaError.about(message.kind === 'find-clip' ? 'clip' : 'episode', error);
      this.#send({ kind: 'failed', message: failure.message, subject: failure.subject ?? 'episode' });
    }
  }

  async #answer(task: WorkerTask): Promise<WorkerAnswer> {
    switch (task.kind) {
      case 'plan-episode':
        return this.#plan(task.path, task.ffmpeg);
      case 'open-part':
        this.#finder = undefined;
        return { kind: 'part', part: await openPart(task.plan, task.part, this.#engine) };
      case 'find-clip':
        return this.#find(task);
    }
  }

  async #plan(path: string, ffmpeg: string | false): Promise<WorkerAnswer> {
    // The memory of the last episode is let go before the next one is read.
    this.#finder = undefined;
    const plan = await planEpisode(path, { maximumSeconds: LONGEST_EPISODE_SECONDS });
    if (plan) return { kind: 'plan', plan };
    let [told, toldAt] = [0, performance.now()];
    const progress = (share: number) => {
      if (share - told < PROGRESS_STEP && performance.now() - toldAt < PROGRESS_MS) return;
      [told, toldAt] = [share, performance.now()];
      this.#send({ kind: 'progress', share });
    };
    return {
      kind: 'episode',
      opened: await openEpisode(path, { ffmpeg, progress, onChild: this.#onChild }, this.#engine),
    };
  }

  async #find(task: WorkerTask & { kind: 'find-clip' }): Promise<WorkerAnswer> {
    const finder = this.#finder;
    if (!finder) throw new Error('no episode was opened');
    if (task.cache && task.cache.folder !== this.#kept?.folder) {
      this.#kept?.cache.close();
      this.#kept = { folder: task.cache.folder, cache: new ClipCache(task.cache) };
    }
    const cache = task.cache && this.#kept?.cache;
    const options = { ffmpeg: task.ffmpeg, onChild: this.#onChild };
    const { media, features } = await openCachedClip(task.path, cache, options, this.#engine);
    return { kind: 'clip', clip: { media, found: finder.find(features) } };
  }
}
