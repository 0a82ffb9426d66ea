import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectDir } from '../../local/project.ts';

/** What a program came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly ended: Promise<Ran>;
  interrupt(): void;
  kill(): void;
}

/** Starts a Node.js program of the project; what it writes is kept. */
export function started(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = projectDir,
): Running {
  const child = spawn(process.execPath, [join(projectDir, script), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? (signal === null ? 0 : 1), out, err }));
  });
  return { ended, interrupt: () => child.kill('SIGINT'), kill: () => child.kill('SIGKILL') };
}

/** Only so that nothing hangs for ever. */
const PATIENCE_MS = 240_000;

/** Runs it to its end. @throws Error with the end of what it wrote when its exit code is not 0, or it does not end */
export async function run(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<Ran> {
  const running = started(script, args, env, cwd);
  const impatience = setTimeout(running.kill, PATIENCE_MS);
  const ran = await running.ended.finally(() => clearTimeout(impatience));
  if (ran.code === 0) return ran;
  throw new Error(`${script} ${args.join(' ')} ended with ${ran.code}: ${`${ran.out}\n${ran.err}`.slice(-3_000)}`);
}
