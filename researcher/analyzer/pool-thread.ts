import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { EpisodeMessage, WorkerAnswer, WorkerNews, WorkerTask } from './worker-messages.ts';

export interface ThreadOptions {
  /** researcher/analyzer/worker.ts, or its bundle: named by the caller, who knows where files are. */
  readonly workerFile: string | URL;
  /** JavaScript heap of one thread; a thread that needs more is ended. */
  readonly heapMegabytes?: number;
}

const HEAP_MEGABYTES = 512;
/** For what was just made: by itself it grows to twice as much, which takes no less time; with half of this it takes more. */
const YOUNG_MEGABYTES = 48;

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
export class PoolThread {
  /** Sent to the thread before its next task, and again to its successor. */
  #episode: EpisodeMessage | undefined;
  #told = false;
  readonly #options: ThreadOptions;
  #running: Running | undefined;
  #finish: ((answer: WorkerAnswer) => void) | undefined;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** The episode that clips are looked for in from now on; undefined lets go of it. */
  set episode(episode: EpisodeMessage | undefined) {
    if (this.#episode?.features === episode?.features) return;
    this.#episode = episode;
    this.#told = false;
  }

  /** Loads the thread before there is a task for it. */
  start(): void {
    this.#started();
  }

  /** Runs one task; every way it can end is an answer. `silenceMs` without a word from the thread ends it. */
  run(task: WorkerTask, silenceMs: number, onNews?: (news: WorkerNews) => void): Promise<WorkerAnswer> {
    const subject = task.kind === 'find-clips' ? 'clip' : 'episode';
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
      const hear = (message: WorkerAnswer | WorkerNews): void => {
        if (!isNews(message)) {
          finish(message);
          return;
        }
        if (message.kind === 'child') return;
        clearTimeout(timer);
        timer = setTimeout(tooLong, silenceMs);
        onNews?.(message);
      };
      let broken: string | undefined;
      // Its end follows, and before that all that it had told.
      const broke = (error: Error & { code?: string }): void => {
        const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error instanceof RangeError;
        broken = memory
          ? `the analysis of the ${subject} ran out of memory`
          : `the analysis of the ${subject} broke off: ${error.message}`;
      };
      const gone = (code: number): void => {
        failed(broken ?? `the analysis of the ${subject} ended unexpectedly (exit ${code})`);
        void this.end();
      };
      const { worker } = this.#started();
      this.#finish = finish;
      worker.ref();
      worker.on('message', hear).on('error', broke).on('exit', gone);
      // Whoever opens another episode lets go of the last one.
      if (task.kind === 'find-clips' && this.#episode && !this.#told) {
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
        resourceLimits: {
          maxOldGenerationSizeMb: this.#options.heapMegabytes ?? HEAP_MEGABYTES,
          maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
        },
      });
      // An idle thread must not keep the process alive, nor take it along when it breaks.
      worker.on('error', () => undefined);
      const running: Running = { worker, child: undefined, onChildEnd: undefined };
      worker.on('message', (answer: WorkerAnswer | WorkerNews) => {
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

const NEWS: ReadonlySet<string> = new Set<WorkerNews['kind']>([
  ...(['progress', 'child', 'at', 'clip-found', 'clip-failed', 'clip-wanted'] as const),
]);

const isNews = (message: WorkerAnswer | WorkerNews): message is WorkerNews => NEWS.has(message.kind);
