import { Worker } from 'node:worker_threads';
import type { Mutant } from './mutants/mutant.ts';
import type { Task } from './worker.ts';

export interface SeedsResult {
  readonly steps: number;
  readonly violations: readonly { readonly seed: number; readonly rule: string; readonly how: string }[];
}

/** A thread that does tasks one after another; with a mutant, everything in it is broken in that way. */
export class SimulationThread {
  private readonly worker: Worker;

  constructor(mutant?: Mutant) {
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { mutant } });
  }

  /** @throws Error when the thread cannot do it, above all when a mutant no longer finds its snippet */
  async do<Result>(task: Task): Promise<Result> {
    const answer = await new Promise<{ value?: Result; error?: string }>((resolve) => {
      const answered = (message: { value?: Result; error?: string }) => {
        this.worker.off('error', failed);
        resolve(message);
      };
      const failed = (error: Error) => {
        this.worker.off('message', answered);
        resolve({ error: error.message });
      };
      this.worker.once('message', answered);
      this.worker.once('error', failed);
      this.worker.postMessage(task);
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value as Result;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Does every job, `lanes` at a time, in their order. */
export async function inLanes<Job>(
  jobs: readonly Job[],
  lanes: number,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const left = [...jobs];
  const lane = async () => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) await run(job);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
