import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint } from '../../../local/assembly/fingerprint.ts';
import { synthesized } from '../../../local/assembly/synthesize.ts';
import { Children } from '../../../local/processes/children.ts';
import { DataFolderInUse, lockDataFolder } from '../../../local/processes/data-folder-lock.ts';
import { projectDir } from '../../../local/project.ts';

const KEPT = join(projectDir, 'node_modules', '.cache', 'archivist-assemblies');
const DAY_MS = 86_400_000;

/**
 * The cloud assembly of the stack with these settings, for all test files: synthesizing it takes seconds of a processor.
 * It is named by what it is made from, so that a change of the sources makes another one.
 * @returns its folder, which nobody may write to
 */
export async function keptAssembly(settings: Readonly<Record<string, string>>): Promise<string> {
  const home = join(KEPT, fingerprint(projectDir, settings));
  const folder = join(home, 'cdk.out');
  // Renamed to that name when it is whole.
  if (existsSync(folder)) return folder;
  mkdirSync(home, { recursive: true });
  const lock = await locked(home);
  try {
    forgetOld();
    return await synthesized(home, settings, new Children(home), () => undefined);
  } finally {
    lock.release();
  }
}

/** Test files that want the same one at the same time wait for who came first. */
async function locked(home: string): Promise<{ release(): void }> {
  for (;;) {
    try {
      return lockDataFolder(home);
    } catch (error) {
      if (!(error instanceof DataFolderInUse)) throw error;
      await sleep(100);
    }
  }
}

function forgetOld(): void {
  for (const name of readdirSync(KEPT)) {
    const home = join(KEPT, name);
    if (Date.now() - statSync(home).mtimeMs > DAY_MS) rmSync(home, { recursive: true, force: true });
  }
}
