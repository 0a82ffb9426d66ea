import { MediaError } from '../media/decode.ts';
import { ClipCache } from './clip-cache.ts';
import { createFftEngine } from './fft.ts';
import { ClipFinder } from './find-clips.ts';
import { openCachedClip, openEpisode } from './open-audio.ts';
import type { EpisodeMessage, WorkerAnswer, WorkerTask } from './worker-messages.ts';

export type AnswerSender = (answer: WorkerAnswer) => void;

/** Least share of progress that is worth a message. */
const PROGRESS_STEP = 0.01;

/** What an analysing thread does with the messages that it gets. It answers every task exactly once. */
export class WorkerThread {
  readonly #send: AnswerSender;
  #finder: ClipFinder | undefined;

  constructor(send: AnswerSender) {
    this.#send = send;
  }

  async take(message: WorkerTask | EpisodeMessage): Promise<void> {
    if (message.kind === 'episode') {
      this.#finder = new ClipFinder(message.features, createFftEngine());
      return;
    }
    try {
      this.#send(message.kind === 'open-episode' ? await this.#open(message) : await this.#find(message));
    } catch (error) {
      const failure = MediaError.about(message.kind === 'open-episode' ? 'episode' : 'clip', error);
      this.#send({ kind: 'failed', message: failure.message, subject: failure.subject ?? 'episode' });
    }
  }

  async #open({ path, ffmpeg }: WorkerTask): Promise<WorkerAnswer> {
    // The memory of the last episode is let go before the next one is read.
    this.#finder = undefined;
    let told = 0;
    const progress = (share: number) => {
      if (share - told < PROGRESS_STEP) return;
      told = share;
      this.#send({ kind: 'progress', share });
    };
    return { kind: 'episode', opened: await openEpisode(path, { ffmpeg, progress }) };
  }

  async #find(task: WorkerTask & { kind: 'find-clip' }): Promise<WorkerAnswer> {
    const finder = this.#finder;
    if (!finder) throw new Error('no episode was opened');
    const cache = task.cache && new ClipCache(task.cache);
    const { media, features } = await openCachedClip(task.path, cache, { ffmpeg: task.ffmpeg });
    return { kind: 'clip', clip: { media, found: finder.find(features) } };
  }
}
