import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const MEDIA = '.media';
/** Longer than any work item lasts: what is in use for so long, or was being downloaded, belongs to a killed process. */
export const LEFT_BEHIND_MS = 6 * 3_600_000;

export interface LeftBehindOptions {
  /** Name of the folder of links. */
  readonly inUse: string;
  /** Name of the index; what begins with it is left alone. */
  readonly index: string;
  readonly isKept: (name: string) => boolean;
}

/** Removes links of killed processes, and old files that no index knows: of killed processes, or of an older version. */
export async function removeLeftBehind(folder: string, { inUse, index, isKept }: LeftBehindOptions): Promise<void> {
  const before = Date.now() - LEFT_BEHIND_MS;
  for (const name of await readdir(join(folder, inUse)).catch(() => [])) {
    if (Number(name.split('-')[0]) < before) await rm(join(folder, inUse, name), { force: true });
  }
  for (const name of await readdir(folder).catch(() => [])) {
    if (name === inUse || name.startsWith(index) || isKept(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() && found.mtimeMs < before) await rm(path, { force: true });
  }
}
