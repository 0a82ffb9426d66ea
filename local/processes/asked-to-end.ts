import { readFileSync } from 'node:fs';

/** npm sends a Ctrl-C on to a program that the terminal has sent it to already: no second request comes so soon. */
const SECOND_REQUEST_MS = 1_000;
const LOOK_EVERY_MS = 250;

/**
 * Resolves when this process is asked to end: by a signal, or since the npm that it was started by has ended, which tells
 * its shell and nobody else. Who asks again, since it takes too long, ends it at once; nothing is lost by that.
 */
export function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        askedAt ??= performance.now();
        if (performance.now() - askedAt > SECOND_REQUEST_MS) process.exit(1);
        resolve();
      });
    void npmHasEnded().then(resolve);
  });
}

/** Resolves when the npm, or the shell that it runs scripts with, has ended that started this process; else never. */
export function npmHasEnded(): Promise<void> {
  if (process.env.npm_lifecycle_event === undefined) return new Promise(() => undefined);
  const before = ancestors();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (ancestors() === before) return;
      clearInterval(timer);
      resolve();
    }, LOOK_EVERY_MS);
    timer.unref();
  });
}

/** The shell, and npm above it where the system tells. A process whose parent ends gets another one. */
function ancestors(): string {
  return `${process.ppid} ${parentOf(process.ppid)}`;
}

function parentOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
  } catch {
    return '';
  }
}
