import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Timed {
  readonly seconds: number;
  /** Of a processor, in the command's own process. */
  readonly processorSeconds: number;
  /** The most memory that the process held at a time. */
  readonly megabytes: number;
}

/** Runs the command line of a checkout as a process of its own. @throws Error with what it said when it fails */
export async function timed(root: string, args: readonly string[]): Promise<Timed> {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-timed-'));
  const noted = join(folder, 'noted.json');
  const hook = join(folder, 'hook.mjs');
  writeFileSync(
    hook,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(noted)}, JSON.stringify(process.resourceUsage())));`,
  );
  try {
    const start = performance.now();
    const child = spawn(process.execPath, ['--import', hook, join(root, 'bin/archivist-cli.ts'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: root,
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += String(chunk);
    });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const seconds = (performance.now() - start) / 1000;
    if (code !== 0) throw new Error(`archivist ${args.join(' ')} ended with ${code}: ${said}`);
    const usage = JSON.parse(readFileSync(noted, 'utf8')) as NodeJS.ResourceUsage;
    return {
      seconds,
      processorSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
      megabytes: usage.maxRSS / 1024,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
