import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canListen } from '../../local/guard/hidden-address.ts';
import { lockDataFolder } from '../../local/processes/data-folder-lock.ts';
import { startOfProcess } from '../../local/processes/process-identity.ts';
import { childrenOf } from '../local/support/runner.ts';
import { familyOf, listeningSockets } from '../support/listening.ts';

export interface Asked {
  /** What runs an archive in the folder, with what stands behind it. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly dataDir: string;
  readonly signal: 'SIGINT' | 'SIGTERM';
  /** As a terminal sends Ctrl-C: to each process of the command, not to the first alone. */
  readonly toAll: boolean;
}

/** How a command ended that was asked to when its archive was ready. */
export interface Ending {
  /** Of the command itself, or the signal that it ended by. */
  readonly code: number | string;
  readonly said: string;
  /** Whatever should not be left: processes, ports, the lock of the folder, what says that the archive is ready. */
  readonly left: readonly string[];
}

const READY_MS = 120_000;
const END_MS = 30_000;

/** @throws Error when the archive is not ready in time */
export async function ending({ command: [program, ...args], cwd, dataDir, signal, toAll }: Asked): Promise<Ending> {
  const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const pid = child.pid ?? 0;
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, by) => resolve(code ?? by ?? ''));
  });
  const ready = join(dataDir, 'stack.json');
  for (const until = performance.now() + READY_MS; !existsSync(ready); await sleep(100)) {
    if (child.exitCode !== null || performance.now() > until) throw new Error(`The archive was not ready: ${said}`);
  }
  const family = familyOf(pid).map((member) => ({ pid: member, start: startOfProcess(member) ?? '' }));
  const sockets = listeningSockets(pid);
  process.kill(toAll ? -pid : pid, signal);
  const code = await Promise.race([ended, sleep(END_MS, 'still there', { ref: false })]);
  const alive = () => family.filter((member) => member.start !== '' && startOfProcess(member.pid) === member.start);
  for (const until = performance.now() + END_MS; alive().length > 0 && performance.now() < until; ) await sleep(50);
  const taken = await Promise.all(sockets.map(async ({ address, port }) => !(await canListen(address, port))));
  const left = [
    ...alive().map((member) => `process ${member.pid}`),
    ...sockets.filter((_, n) => taken[n]).map(({ address, port }) => `${address}:${port}`),
    ...(existsSync(ready) ? ['stack.json'] : []),
    ...childrenOf(dataDir).map(({ name }) => name),
    ...lockLeft(dataDir),
  ];
  return { code, said, left };
}

function lockLeft(dataDir: string): string[] {
  try {
    lockDataFolder(dataDir).release();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
