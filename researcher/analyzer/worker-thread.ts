import { MediaError } from '../media/decode.ts';
import { bytesOf } from './audio-features.ts';
import type { CacheOptions } from './cache-options.ts';
import { type CachedClip, ClipCache } from './clip-cache.ts';
import { sketchOf } from './clip-sketch.ts';
import { waveOf } from './clip-wave.ts';
import { EpisodeCache } from './episode-cache.ts';
import { openPart, planEpisode } from './episode-parts.ts';
import { createFftEngine } from './fft.ts';
import { ClipFinder, unjudged } from './find-clips.ts';
import { hashOf, LONGEST_EPISODE_SECONDS, openClip, openEpisode } from './open-audio.ts';
import type { BlockClip, EpisodeMessage, WorkerAnswer, WorkerNews, WorkerTask } from './worker-messages.ts';

export type AnswerSender = (answer: WorkerAnswer | WorkerNews) => void;
type FindTask = WorkerTask & { kind: 'find-clips' };

/** Least share of progress that is worth a message. */
const PROGRESS_STEP = 0.01;
/** Less of it is told too, so seldom: it means that the work goes on. */
const PROGRESS_MS = 1_000;
/** Clips that are read from the cache at once, and bytes of features that are searched for at once: memory has an end. */
const READ_AT_ONCE = 16;
const SEARCHED_AT_ONCE_BYTES = 64 * 1_048_576;

interface Caches {
  readonly folder: string;
  readonly clips: ClipCache;
  readonly episodes: EpisodeCache;
}

/** What an analysing thread does with the messages that it gets. It answers every task exactly once. */
export class WorkerThread {
  readonly #send: AnswerSender;
  readonly #engine = createFftEngine();
  readonly #onChild = (pid: number | undefined) => this.#send({ kind: 'child', pid });
  #finder: ClipFinder | undefined;
  #caches: Caches | undefined;

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
      const failure = MediaError.about(message.kind === 'find-clips' ? 'clip' : 'episode', error);
      this.#send({ kind: 'failed', message: failure.message, subject: failure.subject ?? 'episode' });
    }
  }

  async #answer(task: WorkerTask): Promise<WorkerAnswer> {
    switch (task.kind) {
      case 'hash-episode':
        return { kind: 'hash', hash: await hashOf(task.path, 'episode') };
      case 'read-episode': {
        this.#finder = undefined;
        const opened = await this.#cachesOf(task.cache).episodes.read(task.hash);
        return opened ? { kind: 'episode', opened } : { kind: 'done' };
      }
      case 'keep-episode':
        await this.#cachesOf(task.cache).episodes.write(task.opened);
        return { kind: 'done' };
      case 'plan-episode':
        return this.#plan(task.path, task.ffmpeg);
      case 'open-part':
        this.#finder = undefined;
        return { kind: 'part', part: await openPart(task.plan, task.part, this.#engine) };
      case 'find-clips':
        await this.#find(task);
        return { kind: 'done' };
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

  /** Opens clips until there are enough to be searched for together, again and again. */
  async #find(task: FindTask): Promise<void> {
    let together: { clip: number; opened: CachedClip }[] = [];
    let bytes = 0;
    for (let from = 0; from < task.clips.length; from += READ_AT_ONCE) {
      const some = task.clips.slice(from, from + READ_AT_ONCE);
      for (const [i, opened] of (await this.#kept(some, task.cache)).entries()) {
        const clip = from + i;
        const had = opened ?? (await this.#opened(clip, task));
        if (!had) continue;
        together.push({ clip, opened: had });
        bytes += bytesOf(had.features);
      }
      if (bytes < SEARCHED_AT_ONCE_BYTES) continue;
      this.#search(together);
      [together, bytes] = [[], 0];
    }
    this.#search(together);
  }

  #search(clips: readonly { readonly clip: number; readonly opened: CachedClip }[]): void {
    if (!this.#finder) throw new Error('no episode was opened');
    const judged = clips.filter(({ opened }) => opened.notJudged === undefined);
    const finds = this.#finder.scanned(judged.map(({ opened }) => opened));
    const found = new Map(judged.map(({ clip }, i) => [clip, finds[i]!]));
    if (clips[0]) this.#send({ kind: 'at', clip: clips[0].clip });
    for (const [i, { clip, opened }] of clips.entries()) {
      const { media, notJudged } = opened;
      const of = { media, found: notJudged === undefined ? found.get(clip)!() : unjudged(notJudged) };
      this.#send({ kind: 'clip-found', clip, of, next: clips[i + 1]?.clip });
    }
  }

  /** What the cache has of some clips. A file that cannot be read has nothing there. */
  async #kept(clips: readonly BlockClip[], cache: CacheOptions | undefined): Promise<(CachedClip | undefined)[]> {
    if (!cache) return clips.map(() => undefined);
    const hashes = await Promise.all(
      clips.map(async (clip) => ('hash' in clip ? clip.hash : hashOf(clip.path, 'clip').catch(() => ''))),
    );
    return this.#cachesOf(cache).clips.readAll(hashes);
  }

  /** Opens the file of a clip, and keeps its features. @returns undefined when that was told to be impossible */
  async #opened(clip: number, { clips, ffmpeg, cache }: FindTask): Promise<CachedClip | undefined> {
    const from = clips[clip]!;
    if ('hash' in from) {
      this.#send({ kind: 'clip-wanted', clip });
      return undefined;
    }
    this.#send({ kind: 'at', clip });
    try {
      const opened = await openClip(from.path, { ffmpeg, onChild: this.#onChild }, this.#engine);
      if (!cache) return opened;
      const sketch = sketchOf(opened.features, waveOf(opened.features), this.#engine);
      await this.#cachesOf(cache).clips.write({ ...opened, sketch });
      return { ...opened, sketch };
    } catch (error) {
      this.#send({ kind: 'clip-failed', clip, message: MediaError.about('clip', error).message });
      return undefined;
    }
  }

  #cachesOf({ folder, clipBytes, episodeBytes }: CacheOptions): Caches {
    if (this.#caches?.folder !== folder) {
      this.#caches?.clips.close();
      this.#caches?.episodes.close();
      this.#caches = {
        folder,
        clips: new ClipCache({ folder, ...(clipBytes !== undefined && { limitBytes: clipBytes }) }),
        episodes: new EpisodeCache({ folder, ...(episodeBytes !== undefined && { limitBytes: episodeBytes }) }),
      };
    }
    return this.#caches;
  }
}
