import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../../local/project.ts';
import type { StackDescription } from '../../../local/stack-description.ts';
import { until } from './until.ts';

/** A local archive in a process of its own, as `local/main.ts` starts it. */
export interface Runner {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What it has said on standard error. */
  said(): string;
  /** What it has said on standard output, where nothing belongs. */
  wrote(): string;
  readonly exited: Promise<number | NodeJS.Signals>;
  /** Resolves with stack.json when it is there. */
  ready(): Promise<StackDescription>;
}

const started: ChildProcess[] = [];

export function startRunner(dataDir: string, ...args: string[]): Runner {
  const child = spawn(process.execPath, [join(projectDir, 'local', 'main.ts'), '--data', dataDir, ...args]);
  started.push(child);
  let said = '';
  let wrote = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  child.stdout.on('data', (chunk) => {
    wrote += chunk;
  });
  const exited = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal!)),
  );
  const path = join(dataDir, 'stack.json');
  return {
    process: child,
    pid: child.pid!,
    said: () => said,
    wrote: () => wrote,
    exited,
    ready: async () => {
      await until(
        `${path} is there`,
        () => {
          if (child.exitCode !== null) throw new Error(`The runner ended with ${child.exitCode}: ${said}`);
          return existsSync(path);
        },
        60_000,
      );
      return JSON.parse(readFileSync(path, 'utf8')) as StackDescription;
    },
  };
}

/** To be called after all tests of a file: nothing may stay. */
export function killRunners(): void {
  for (const child of started.splice(0)) child.kill('SIGKILL');
}

/** The children that the runner of this folder has written down. */
export function childrenOf(dataDir: string): { name: string; pid: number; start: string }[] {
  return JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8'));
}
