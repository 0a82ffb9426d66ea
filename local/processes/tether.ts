import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/**
 * A shell that becomes the command, and beside it one that waits on a pipe which only this process holds. When this
 * process dies, however it dies, the kernel closes the pipe and the waiting shell kills the command: this also ends
 * native binaries and functions in an endless loop, which cannot notice it themselves. A line on the pipe says that
 * the command has ended by itself, so that no later process with the same id is killed.
 */
const TETHER = [
  '(read -r _ <&3 && exit; [ -n "$0" ] && rm -f -- "$0"; kill -9 $$) >/dev/null 2>&1 4>&- &',
  'exec 3<&-',
  'exec "$@" 2>&1',
].join('\n');

export interface TetheredCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A channel for messages, for commands that are Node.js programs. */
  readonly ipc?: boolean;
  /** A file that is removed when this process dies, before the command is killed. */
  readonly removeOnDeath?: string;
}

export interface TetheredProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Standard output and standard error, in the order in which they were written. */
  readonly output: Readable;
  /** Resolves when the process has ended, with its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/**
 * Starts a command that cannot outlive this process. It is the leader of its own process group, so Ctrl-C in a
 * terminal reaches this process only, which then ends its children in order.
 * @throws Error when there is no /bin/sh or the process cannot be made.
 */
export async function startTethered(command: TetheredCommand): Promise<TetheredProcess> {
  const child = spawn('/bin/sh', ['-c', TETHER, command.removeOnDeath ?? '', command.command, ...command.args], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe', ...(command.ipc ? (['ipc'] as const) : [])],
    serialization: 'json',
    detached: true,
    env: command.env,
    ...(command.cwd && { cwd: command.cwd }),
  });
  const tether = child.stdio[3] as Writable;
  // The other end is gone as soon as the command and its waiting shell are.
  tether.on('error', () => {});
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => {
      tether.end('ended\n');
      resolve(code ?? signal ?? 0);
    });
  });
  await once(child, 'spawn');
  child.on('error', () => {});
  return { child, pid: child.pid!, output: child.stdout as Readable, ended };
}

/** Asks a process to end, and kills it when it has not ended after `patienceMs`. */
export async function endProcess(process: TetheredProcess, patienceMs: number): Promise<void> {
  process.child.kill('SIGTERM');
  const impatience = setTimeout(() => process.child.kill('SIGKILL'), patienceMs);
  await process.ended;
  clearTimeout(impatience);
}
