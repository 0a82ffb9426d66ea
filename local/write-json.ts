import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Writes JSON so that a reader sees the old file or the new one, never half of one.
 * @param mode who may read and write it, as for `chmod`; what the process gives new files by default
 */
export function writeJson(path: string, value: unknown, mode?: number): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, mode === undefined ? {} : { mode });
  renameSync(unfinished, path);
}

/** The JSON of a file, or undefined when there is no such file. @throws Error naming the file when it is not JSON. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON: ${(error as Error).message}`);
  }
}
