import { createWriteStream } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Children } from '../processes/children.ts';
import { endProcess, type TetheredCommand, type TetheredProcess } from '../processes/tether.ts';

export interface Emulator {
  readonly name: string;
  readonly endpoint: string;
  /** The process id of the emulator now; another one after it was restarted. */
  pid(): number;
  stop(): Promise<void>;
}

interface EmulatorProgram {
  readonly name: string;
  readonly endpoint: string;
  readonly command: TetheredCommand;
  readonly logFile: string;
  /** How long it may take to answer its first request. */
  readonly startLimitMs: number;
}

/** How long an emulator may take to end in order. */
const END_PATIENCE_MS = 3_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/**
 * Starts an emulator, waits until it answers, and starts it again on the same port and files whenever it ends before
 * `stop` is called.
 * @throws Error with the last lines of its output, when it ends or does not answer in time at its first start.
 */
export async function startSupervised(
  program: EmulatorProgram,
  children: Children,
  log: (line: string) => void,
): Promise<Emulator> {
  let stopping = false;
  let current = await startOnce(program, children);
  let delayMs = FIRST_DELAY_MS;

  const supervision = (async () => {
    for (;;) {
      const how = await current.ended;
      if (stopping) return;
      log(`${program.name} ended unexpectedly (${how}) and is started again; its data is kept.`);
      await sleep(delayMs);
      if (stopping) return;
      try {
        current = await startOnce(program, children);
        delayMs = FIRST_DELAY_MS;
      } catch (error) {
        log((error as Error).message);
        delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
      }
    }
  })();

  return {
    name: program.name,
    endpoint: program.endpoint,
    pid: () => current.pid,
    stop: async () => {
      stopping = true;
      await endProcess(current, END_PATIENCE_MS);
      await supervision;
    },
  };
}

async function startOnce(program: EmulatorProgram, children: Children): Promise<TetheredProcess> {
  const started = await children.start(program.name, program.command);
  let tail = '';
  started.output.on('data', (chunk: Buffer) => {
    tail = (tail + chunk).slice(-2_000);
  });
  // On a full disk its log is lost, and still read here, or it would stop at its next line.
  const logged = createWriteStream(program.logFile, { flags: 'a' }).on('error', () => started.output.resume());
  started.output.pipe(logged);
  const deadline = performance.now() + program.startLimitMs;
  let ended: number | NodeJS.Signals | undefined;
  void started.ended.then((how) => {
    ended = how;
  });
  while (!(await answers(program.endpoint))) {
    if (ended !== undefined) throw new Error(`${program.name} did not start (it ended with ${ended}): ${tail.trim()}`);
    if (performance.now() > deadline) {
      await endProcess(started, 0);
      throw new Error(`${program.name} did not answer within ${program.startLimitMs / 1_000} s: ${tail.trim()}`);
    }
    await sleep(15);
  }
  return started;
}

/** Whether anything speaks HTTP there; what it says does not matter. */
function answers(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request(endpoint, { method: 'GET', agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(true);
    });
    probe.on('timeout', () => probe.destroy());
    probe.on('error', () => resolve(false));
    probe.end();
  });
}
