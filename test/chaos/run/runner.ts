import { createWriteStream, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, startTethered, type TetheredProcess } from '../../../local/processes/tether.ts';
import { projectDir } from '../../../local/project.ts';
import { descriptionPath, type StackDescription } from '../../../local/stack-description.ts';
import { PERIOD_SECONDS, SETTINGS } from './settings.ts';

/** A busy machine may take long to synthesize; this is only so that nothing hangs for ever. */
const READY_LIMIT_MS = 240_000;
const STOP_PATIENCE_MS = 20_000;

/** The local runner in a process of its own, started again whenever it was killed. */
export class Runner {
  readonly #dataDir: string;
  readonly #endpoints: { readonly sqs: string; readonly dynamodb: string };
  #process: TetheredProcess | undefined;
  #tail = '';

  constructor(dataDir: string, endpoints: { readonly sqs: string; readonly dynamodb: string }) {
    this.#dataDir = dataDir;
    this.#endpoints = endpoints;
  }

  /** @throws Error when it ends by itself or is not ready in time */
  async start(): Promise<StackDescription> {
    const path = descriptionPath(this.#dataDir);
    // A killed runner leaves it behind for a moment; what counts is the new one.
    rmSync(path, { force: true });
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const { sqs, dynamodb } = this.#endpoints;
    const started = await startTethered({
      command: process.execPath,
      args: [
        join(projectDir, 'local', 'main.ts'),
        ...['--data', this.#dataDir, '--period', String(PERIOD_SECONDS)],
        ...['--sqs-endpoint', sqs, '--dynamodb-endpoint', dynamodb],
        ...settings,
      ],
      env: process.env,
    });
    this.#process = started;
    started.output.on('data', (chunk: Buffer) => {
      this.#tail = (this.#tail + chunk).slice(-4_000);
    });
    started.output.pipe(createWriteStream(join(this.#dataDir, 'runner.log'), { flags: 'a' }));
    let ended: number | string | undefined;
    void started.ended.then((how) => {
      ended = how;
    });
    for (const deadline = Date.now() + READY_LIMIT_MS; ; await sleep(50)) {
      if (ended !== undefined) throw new Error(`The runner ended with ${ended} instead of starting: ${this.#tail}`);
      if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as StackDescription;
      if (Date.now() > deadline) throw new Error(`The runner was not ready in time: ${this.#tail}`);
    }
  }

  /** Kills it with -9; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process?.child.kill('SIGKILL');
    await this.#process?.ended;
  }

  /** Ends it in order, or else by force. @returns its exit code, or the signal that ended it */
  async stop(): Promise<number | string> {
    if (this.#process === undefined) return 0;
    await endProcess(this.#process, STOP_PATIENCE_MS);
    return this.#process.ended;
  }
}
