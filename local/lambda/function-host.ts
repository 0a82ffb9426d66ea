import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionSpec } from '../assembly/specifications.ts';
import type { Children } from '../processes/children.ts';
import { endProcess, type TetheredProcess } from '../processes/tether.ts';
import { programFile } from '../project.ts';
import type { FunctionLog } from './function-log.ts';
import type { Answer, FunctionError, Invoke } from './function-messages.ts';

/** Lambda shows the last 4 KB of a log; more is not kept. */
const TAIL_CHARACTERS = 4_096;
/** Lambda gives a function so long to load its code. */
const LOAD_LIMIT_MS = 10_000;
/** How long the end of a log may follow the answer of its invocation. */
const LOG_PATIENCE_MS = 200;

/** The result of one invocation: `payload` is what the function returned, or the description of its error. */
export interface Outcome {
  readonly payload: string;
  readonly error?: FunctionError;
  readonly logTail: string;
}

/** One process of a function, kept warm between invocations; it runs one at a time. */
export class FunctionHost {
  readonly #spec: FunctionSpec;
  readonly #process: TetheredProcess;
  readonly #log: FunctionLog;
  #tail = '';
  #alive = true;

  private constructor(spec: FunctionSpec, started: TetheredProcess, log: FunctionLog) {
    this.#spec = spec;
    this.#process = started;
    this.#log = log;
    started.output.on('data', (chunk: Buffer) => this.#note(chunk.toString()));
    void started.ended.then(() => {
      this.#alive = false;
    });
  }

  /** Starts the process; `usable` says when its code is loaded. */
  static async start(
    spec: FunctionSpec,
    env: NodeJS.ProcessEnv,
    children: Children,
    log: FunctionLog,
  ): Promise<FunctionHost> {
    const program = programFile('local/lambda/function-process.ts');
    const started = await children.start(`function ${spec.id}`, {
      command: process.execPath,
      args: [`--max-old-space-size=${spec.memoryMb}`, program, spec.codeDir, spec.handler],
      env,
      cwd: spec.codeDir,
      ipc: true,
    });
    return new FunctionHost(spec, started, log);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Resolves when the code is loaded, with the error when it cannot be. */
  async usable(): Promise<FunctionError | undefined> {
    const answer = await this.#answer(LOAD_LIMIT_MS);
    if (answer === 'late') return this.#killed('Sandbox.Timedout', `Loading took more than ${LOAD_LIMIT_MS / 1_000} s`);
    if (typeof answer === 'string') return exited(answer);
    return answer.kind === 'unusable' ? answer.error : undefined;
  }

  /** Runs one invocation. The process is killed when it takes longer than the function's timeout. */
  async invoke(invocation: Omit<Invoke, 'deadlineMs'>): Promise<Outcome> {
    const { requestId } = invocation;
    const { timeoutSeconds } = this.#spec;
    const begun = performance.now();
    this.#tail = '';
    const answered = this.#answer(timeoutSeconds * 1_000);
    this.#process.child.send({ ...invocation, deadlineMs: Date.now() + timeoutSeconds * 1_000 } satisfies Invoke);
    const answer = await answered;

    let outcome: { payload: string } | { error: FunctionError };
    let memoryMb = 0;
    if (answer === 'late') {
      const message = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
      outcome = { error: await this.#killed('Sandbox.Timedout', message, requestId) };
    } else if (typeof answer === 'string') {
      outcome = { error: exited(answer, requestId) };
    } else if (answer.kind === 'result' || answer.kind === 'failure') {
      memoryMb = answer.memoryMb;
      outcome = answer.kind === 'result' ? { payload: answer.payload } : { error: answer.error };
      const deadline = performance.now() + LOG_PATIENCE_MS;
      while (!this.#tail.includes(`END RequestId: ${requestId}`) && performance.now() < deadline) await sleep(1);
    } else {
      throw new Error(`The process of ${this.#spec.id} answered "${answer.kind}" to an invocation.`);
    }
    if ('error' in outcome && typeof answer === 'string') this.#note(`${outcome.error.errorMessage}\n`);
    this.#note(this.#report(requestId, performance.now() - begun, memoryMb));
    const logTail = this.#tail;
    return 'error' in outcome
      ? { payload: JSON.stringify(outcome.error), error: outcome.error, logTail }
      : { ...outcome, logTail };
  }

  /** Ends the process, whatever it does. */
  async end(): Promise<void> {
    await endProcess(this.#process, 0);
  }

  /** The next answer; how the process ended, when it does so before; 'late' when neither comes in time. */
  #answer(limitMs: number): Promise<Answer | 'late' | `ended: ${string}`> {
    const { child, ended } = this.#process;
    return new Promise((resolve) => {
      const settle = (how: Answer | 'late' | `ended: ${string}`) => {
        clearTimeout(limit);
        child.removeListener('message', heard);
        resolve(how);
      };
      const heard = (message: unknown) => settle(message as Answer);
      const limit = setTimeout(() => settle('late'), limitMs);
      child.once('message', heard);
      void ended.then((how) => settle(`ended: ${how}`));
    });
  }

  async #killed(errorType: string, message: string, requestId?: string): Promise<FunctionError> {
    await this.end();
    return { errorType, errorMessage: `${requestId ? `RequestId: ${requestId} ` : ''}Error: ${message}` };
  }

  #note(text: string): void {
    this.#log.append(text);
    this.#tail = (this.#tail + text).slice(-TAIL_CHARACTERS);
  }

  #report(requestId: string, durationMs: number, memoryMb: number): string {
    const facts = [
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs)} ms`,
      `Memory Size: ${this.#spec.memoryMb} MB`,
      ...(memoryMb > 0 ? [`Max Memory Used: ${memoryMb} MB`] : []),
    ];
    return `REPORT RequestId: ${requestId}\t${facts.join('\t')}\n`;
  }
}

function exited(how: string, requestId?: string): FunctionError {
  const errorMessage = `${requestId ? `RequestId: ${requestId} ` : ''}Error: Runtime exited (${how})`;
  return { errorType: 'Runtime.ExitError', errorMessage };
}
