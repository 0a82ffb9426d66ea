import { join } from 'node:path';
import type { FunctionSpec } from '../assembly/specifications.ts';
import type { Children } from '../processes/children.ts';
import { seldom } from '../seldom.ts';
import { type FunctionSurroundings, functionEnvironment } from './function-environment.ts';
import { FunctionLog } from './function-log.ts';
import { FunctionPool } from './function-pool.ts';

/** The same failure is reported once in so long; the function's own log has every one. */
const REPORT_INTERVAL_MS = 30_000;

/** All functions of an archive. */
export class FunctionPools {
  readonly #pools: readonly FunctionPool[];

  /** Starts one process of each function and loads its code. */
  constructor(
    specs: readonly FunctionSpec[],
    context: FunctionSurroundings & { children: Children; log: (line: string) => void },
  ) {
    const { dataDir, children, log } = context;
    this.#pools = specs.map((spec) => {
      const path = join(dataDir, 'logs', `${spec.id}.log`);
      const report = seldom((line) => log(`${line} (log: ${path})`), REPORT_INTERVAL_MS);
      const env = functionEnvironment(spec, context);
      return new FunctionPool({ spec, env, children, log: new FunctionLog(path), report });
    });
    for (const pool of this.#pools) pool.warm();
  }

  /** By logical id, name or ARN. */
  find(nameOrArn: string): FunctionPool | undefined {
    return this.#pools.find(({ spec }) => [spec.id, spec.name, spec.arn].includes(nameOrArn));
  }

  /** @throws Error that names the functions that there are. */
  expect(nameOrArn: string): FunctionPool {
    const pool = this.find(nameOrArn);
    if (pool) return pool;
    const known = this.#pools.map(({ spec }) => spec.id).join(', ');
    throw new Error(`The stack has no function ${nameOrArn}; it has ${known}.`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.stop()));
  }
}
