import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheOptions } from './cache-options.ts';
import type { PoolThread } from './pool-thread.ts';
import type { BlockClip, FoundClip, WorkerNews } from './worker-messages.ts';

/** A file whose content is known, and its features probably kept: it is only got where they are not. */
export interface KnownFile {
  /** SHA-256 of the file, lower-case hex. */
  readonly hash: string;
  /** Gets the file. Called at most once. */
  readonly file: () => Promise<string>;
}

/** A file, or a promise of one that is still being fetched. */
export type ClipSource = string | KnownFile | Promise<string | KnownFile>;

export type ClipOutcome =
  | ({ readonly kind: 'researched' } & FoundClip)
  | { readonly kind: 'failed'; readonly failure: string };

export interface BlockWork {
  readonly clips: readonly ClipSource[];
  readonly cache?: CacheOptions;
  readonly ffmpeg: string | false;
  readonly clipTimeoutMs: number;
  /** One clip after the other, each told before the next one is begun. */
  readonly oneByOne?: boolean;
  readonly signal?: AbortSignal;
  /** The clips that are being worked on from now on, one a thread; the earliest first. */
  readonly onWorking?: (indices: readonly number[]) => void;
  readonly onClip: (index: number, outcome: ClipOutcome) => void;
  readonly onProgress: (share: number) => void;
}

/** Clips that a thread gets at once: enough for a scan that pays, few enough for all threads to end together. */
const BLOCK = 128;
/** So long a block waits for more clips once it has one: those that are fetched from a cache come within milliseconds. */
const GATHER_MS = 250;

/**
 * Has the threads research clips, a block at a time, in whatever order they are done; outcomes are told in the order of the
 * clips. Every thread knows the episode.
 */
export async function researchBlocks(threads: readonly PoolThread[], work: BlockWork): Promise<void> {
  const outcomes = new Outcomes(work);
  const used = work.oneByOne ? threads.slice(0, 1) : threads;
  const blocks = new Blocks(work, work.oneByOne ? 1 : sizeOfBlocks(work.clips.length, used.length), outcomes);
  const working = new Working(work);
  const drain = async (thread: PoolThread): Promise<void> => {
    for (let block = await blocks.next(); block.length > 0; block = await blocks.next()) {
      await researchBlock(thread, block, work, outcomes, (index) => working.at(thread, index));
      working.at(thread, undefined);
    }
  };
  await Promise.all(used.map(drain));
}

const sizeOfBlocks = (clips: number, threads: number): number =>
  Math.max(1, Math.min(BLOCK, Math.ceil(clips / threads)));

/** What the threads are at. */
class Working {
  readonly #tell: BlockWork['onWorking'];
  readonly #at = new Map<PoolThread, number>();

  constructor({ onWorking }: BlockWork) {
    this.#tell = onWorking;
  }

  at(thread: PoolThread, index: number | undefined): void {
    if (this.#at.get(thread) === index) return;
    if (index === undefined) this.#at.delete(thread);
    else this.#at.set(thread, index);
    this.#tell?.([...this.#at.values()].sort((a, b) => a - b));
  }
}

interface Ready {
  /** Place among all clips. */
  readonly index: number;
  readonly clip: BlockClip;
  /** Gets the file, where only the hash is given. */
  readonly file?: () => Promise<string>;
}

/** Deals out the clips in their order, as many at once as are there. */
class Blocks {
  readonly #size: number;
  readonly #signal: AbortSignal | undefined;
  /** Places of the clips that were not dealt out. */
  #waiting: number[];
  readonly #came: Promise<void>[];
  /** What came; undefined for what cannot be had. */
  readonly #ready = new Map<number, Ready | undefined>();

  constructor({ clips, signal }: BlockWork, size: number, outcomes: Outcomes) {
    this.#size = size;
    this.#signal = signal;
    this.#waiting = [...clips.keys()];
    this.#came = clips.map(async (source, index) => {
      try {
        this.#ready.set(index, readyOf(index, await source));
      } catch (error) {
        this.#ready.set(index, undefined);
        outcomes.set(index, failedBy(error));
      }
    });
  }

  /** @returns none when all were dealt out, or the work was stopped */
  async next(): Promise<Ready[]> {
    while (this.#waiting.length > 0 && !this.#signal?.aborted) {
      const first = this.#waiting.slice(0, this.#size).map((index) => this.#came[index]);
      await Promise.race(first);
      await Promise.race([Promise.all(first), sleep(GATHER_MS, undefined, { ref: false })]);
      const block = this.#take();
      if (block.length > 0) return block;
    }
    return [];
  }

  #take(): Ready[] {
    const taken = this.#waiting.filter((index) => this.#ready.has(index)).slice(0, this.#size);
    this.#waiting = this.#waiting.filter((index) => !taken.includes(index));
    return taken.map((index) => this.#ready.get(index)).filter((ready) => ready !== undefined);
  }
}

function readyOf(index: number, source: string | KnownFile): Ready {
  return typeof source === 'string'
    ? { index, clip: { path: source } }
    : { index, clip: { hash: source.hash }, file: source.file };
}

/** A block until each of its clips has an outcome: what a thread died of fails, and the rest begins again. */
async function researchBlock(
  thread: PoolThread,
  block: readonly Ready[],
  { ffmpeg, cache, clipTimeoutMs, signal }: BlockWork,
  outcomes: Outcomes,
  onAt: (index: number) => void,
): Promise<void> {
  for (let left = block; left.length > 0 && !signal?.aborted; ) {
    const run = new BlockRun(left, outcomes, onAt);
    const clips = left.map(({ clip }) => clip);
    const answer = await thread.run({ kind: 'find-clips', clips, ffmpeg, cache }, clipTimeoutMs, run.hear);
    if (signal?.aborted) return;
    run.end(answer.kind === 'failed' ? answer.message : undefined);
    const again = await Promise.all(run.wanted.map((ready) => withFile(ready, outcomes)));
    left = [...run.untold, ...again.filter((ready) => ready !== undefined)];
  }
}

async function withFile({ index, file }: Ready, outcomes: Outcomes): Promise<Ready | undefined> {
  try {
    if (!file) throw new Error('its file was not named');
    return { index, clip: { path: await file() } };
  } catch (error) {
    outcomes.set(index, failedBy(error));
    return undefined;
  }
}

/** What is known of the clips of a block that a thread is at. */
class BlockRun {
  readonly wanted: Ready[] = [];
  readonly #clips: readonly Ready[];
  readonly #outcomes: Outcomes;
  readonly #told = new Set<number>();
  readonly #onAt: (index: number) => void;
  #at: number | undefined;

  constructor(clips: readonly Ready[], outcomes: Outcomes, onAt: (index: number) => void) {
    this.#clips = clips;
    this.#outcomes = outcomes;
    this.#onAt = onAt;
  }

  readonly hear = (news: WorkerNews): void => {
    if (news.kind === 'progress' || news.kind === 'child') return;
    const ready = this.#clips[news.clip]!;
    const at = news.kind === 'clip-found' ? (news.next ?? news.clip) : news.clip;
    if (news.kind !== 'at') this.#told.add(news.clip);
    if (news.kind === 'clip-wanted') this.wanted.push(ready);
    else if (news.kind === 'clip-found') this.#outcomes.set(ready.index, { kind: 'researched', ...news.of });
    else if (news.kind === 'clip-failed') this.#outcomes.set(ready.index, { kind: 'failed', failure: news.message });
    this.#at = at;
    if (!this.#told.has(at)) this.#onAt(this.#clips[at]!.index);
  };

  /** @param failure what the thread died of: of the clip that it was at, or of the first one that it had not told of */
  end(failure = 'the analysis did not tell of it'): void {
    const first = this.#clips.findIndex((_, clip) => !this.#told.has(clip));
    const at = this.#at !== undefined && !this.#told.has(this.#at) ? this.#at : first;
    if (at < 0) return;
    this.#told.add(at);
    this.#outcomes.set(this.#clips[at]!.index, { kind: 'failed', failure });
  }

  get untold(): Ready[] {
    return this.#clips.filter((_, clip) => !this.#told.has(clip));
  }
}

/** Tells outcomes in the order of the clips, each as soon as all before it are there. */
class Outcomes {
  readonly #work: BlockWork;
  readonly #waiting = new Map<number, ClipOutcome>();
  #next = 0;
  #done = 0;

  constructor(work: BlockWork) {
    this.#work = work;
  }

  set(index: number, outcome: ClipOutcome): void {
    const { clips, signal, onClip, onProgress } = this.#work;
    if (signal?.aborted) return;
    this.#waiting.set(index, outcome);
    onProgress(++this.#done / clips.length);
    for (let ready = this.#waiting.get(this.#next); ready; ready = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next);
      onClip(this.#next++, ready);
    }
  }
}

const failedBy = (error: unknown): ClipOutcome => ({
  kind: 'failed',
  failure: error instanceof Error ? error.message : String(error),
});
