import type { ClipOutcome } from '../analyzer/pool.ts';

/** What became of a clip, by its place in the work item. */
export interface ClipDone {
  readonly index: number;
  readonly outcome: ClipOutcome;
}

export interface ReportBatchOptions {
  readonly send: (clips: readonly ClipDone[]) => void;
}

/** Results that are told together, and so long one of them waits for the others. */
const MOST_TOGETHER = 100;
const LONGEST_WAIT_MS = 5_000;
/** Offsets in one message, some 600 KB of the 1 MiB that it may have. */
const MOST_OFFSETS_TOGETHER = 20_000;

/** What is done and not told yet: told when there is enough of it, or when it has waited long enough. */
export class ReportBatch {
  readonly #options: ReportBatchOptions;
  #clips: ClipDone[] = [];
  #offsets = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ReportBatchOptions) {
    this.#options = options;
  }

  /** @param more false for the last one, which goes with what the caller takes */
  add(clip: ClipDone, more = true): void {
    const { outcome } = clip;
    const offsets = outcome.kind === 'researched' ? outcome.found.plays.length : 0;
    if (this.#clips.length > 0 && this.#offsets + offsets > MOST_OFFSETS_TOGETHER) this.flush();
    this.#clips.push(clip);
    this.#offsets += offsets;
    if (!more) return;
    if (this.#clips.length === MOST_TOGETHER) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), LONGEST_WAIT_MS);
  }

  flush(): void {
    const clips = this.take();
    if (clips.length > 0) this.#options.send(clips);
  }

  /** What was not told, to be told by the caller. */
  take(): readonly ClipDone[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const clips = this.#clips;
    this.#clips = [];
    this.#offsets = 0;
    return clips;
  }
}
