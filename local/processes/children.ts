import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { isFull } from '../../disk/disk-room.ts';
import { readJson, writeJson } from '../write-json.ts';
import { startOfProcess } from './process-identity.ts';
import { startTethered, type TetheredCommand, type TetheredProcess } from './tether.ts';

const records = z.array(z.object({ name: z.string(), pid: z.int(), start: z.string() }));
type ChildRecord = z.infer<typeof records>[number];

/** How long leftovers may take to end by themselves before they are killed. */
const PATIENCE_MS = 2_000;

/**
 * The processes of one archive. They are written down in its folder, so that the next runner can make sure that
 * nothing of a killed one still writes to the same files.
 */
export class Children {
  readonly #path: string;
  readonly #records = new Map<number, ChildRecord>();

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'children.json');
  }

  /** Starts a child that cannot outlive this process, and notes it until it ends. */
  async start(name: string, command: TetheredCommand): Promise<TetheredProcess> {
    const started = await startTethered(command);
    const start = startOfProcess(started.pid);
    if (start) {
      this.#records.set(started.pid, { name, pid: started.pid, start });
      this.#write();
    }
    void started.ended.then(() => {
      if (this.#records.delete(started.pid)) this.#write();
    });
    return started;
  }

  /**
   * Waits for what a killed runner left behind, and kills what does not end by itself. A process that merely has got
   * the id of a former child is not touched.
   */
  async endLeftovers(log: (line: string) => void): Promise<void> {
    const parsed = records.safeParse(readLeniently(this.#path));
    const left = parsed.success ? parsed.data : [];
    const deadline = performance.now() + PATIENCE_MS;
    while (left.some(lives) && performance.now() < deadline) await sleep(20);
    for (const child of left.filter(lives)) {
      log(`Killing ${child.name} (process ${child.pid}), which an earlier runner left behind.`);
      process.kill(child.pid, 'SIGKILL');
    }
    while (left.some(lives)) await sleep(20);
    this.#write();
  }

  #write(): void {
    try {
      writeJson(this.#path, [...this.#records.values()]);
    } catch (error) {
      // The archive is about to end for that, in order; children end with it, noted or not.
      if (!isFull(error)) throw error;
    }
  }
}

function lives(child: ChildRecord): boolean {
  return startOfProcess(child.pid) === child.start;
}

function readLeniently(path: string): unknown {
  try {
    return readJson(path);
  } catch {
    return undefined;
  }
}
