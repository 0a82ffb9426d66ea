import { randomBytes, randomUUID } from 'node:crypto';
import type { FunctionSpec } from '../assembly/specifications.ts';
import type { Children } from '../processes/children.ts';
import { FunctionHost, type Outcome } from './function-host.ts';
import type { FunctionLog } from './function-log.ts';

/** Processes of one function at once, at most; further invocations wait. */
const MOST_PROCESSES = 3;
/** A process beyond the first ends when it has had nothing to do for so long. */
const IDLE_LIMIT_MS = 30_000;

export interface Invocation extends Outcome {
  readonly requestId: string;
}

export interface PoolProps {
  readonly spec: FunctionSpec;
  readonly env: NodeJS.ProcessEnv;
  readonly children: Children;
  readonly log: FunctionLog;
  /** Told of every invocation that failed, in one line. */
  readonly report: (line: string) => void;
}

/** The processes of one function: one is kept warm, more come while there is work for them. */
export class FunctionPool {
  readonly spec: FunctionSpec;
  readonly #props: PoolProps;
  readonly #idle: { host: FunctionHost; idleSince: number }[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #running = new Set<FunctionHost>();
  readonly #sweep: NodeJS.Timeout;
  #busy = 0;
  #stopped = false;
  #warming: Promise<void> = Promise.resolve();

  constructor(props: PoolProps) {
    this.spec = props.spec;
    this.#props = props;
    this.#sweep = setInterval(() => this.#endIdle(), IDLE_LIMIT_MS / 3);
    this.#sweep.unref();
  }

  /** Loads the code in advance; invocations wait for it rather than start a process of their own. */
  warm(): void {
    // What keeps code from being loaded is reported by the first invocation.
    this.#warming = this.#started().then(
      (host) => {
        if (!('payload' in host)) this.#release(host);
      },
      () => {},
    );
  }

  /**
   * Runs the function once. Never rejects for what the function does: its error is in the outcome.
   * @param event JSON text.
   * @throws Error when the archive is being stopped.
   */
  async invoke(event: string, clientContext?: unknown): Promise<Invocation> {
    const requestId = randomUUID();
    await this.#warming;
    while (this.#busy >= MOST_PROCESSES) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#stopped) throw new Error(`The local archive is being stopped; ${this.spec.id} was not invoked.`);
    this.#busy++;
    try {
      const outcome = await this.#run(requestId, event, clientContext);
      if (outcome.error && !this.#stopped)
        this.#props.report(`${this.spec.id} failed: ${outcome.error.errorType}: ${outcome.error.errorMessage}`);
      return { ...outcome, requestId };
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  /** Kills what runs, and takes no more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    for (const resume of this.#waiting.splice(0)) resume();
    const hosts = [...this.#running, ...this.#idle.splice(0).map(({ host }) => host)];
    await Promise.all(hosts.map((host) => host.end()));
    this.#props.log.close();
  }

  async #run(requestId: string, event: string, clientContext: unknown): Promise<Outcome> {
    const host = this.#warmHost() ?? (await this.#started());
    if ('payload' in host) return host;
    this.#running.add(host);
    const outcome = await host.invoke({
      requestId,
      functionArn: this.spec.arn,
      event,
      traceId: traceId(),
      ...(clientContext !== undefined && { clientContext }),
    });
    this.#running.delete(host);
    this.#release(host);
    return outcome;
  }

  /** The process that was used last, since others may then end. */
  #warmHost(): FunctionHost | undefined {
    for (;;) {
      const last = this.#idle.pop();
      if (!last || last.host.alive) return last?.host;
    }
  }

  async #started(): Promise<FunctionHost | Outcome> {
    const { spec, env, children, log } = this.#props;
    const host = await FunctionHost.start(spec, env, children, log);
    this.#running.add(host);
    const error = await host.usable();
    this.#running.delete(host);
    if (!error) return host;
    await host.end();
    return { payload: JSON.stringify(error), error, logTail: '' };
  }

  #release(host: FunctionHost): void {
    if (!host.alive) return;
    if (this.#stopped) void host.end();
    else this.#idle.push({ host, idleSince: performance.now() });
  }

  #endIdle(): void {
    while (this.#idle.length > 1 && performance.now() - this.#idle[0]!.idleSince > IDLE_LIMIT_MS)
      void this.#idle.shift()!.host.end();
  }
}

/** As X-Ray numbers requests; nothing is traced here. */
function traceId(): string {
  const now = Math.floor(Date.now() / 1_000).toString(16);
  return `Root=1-${now}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
