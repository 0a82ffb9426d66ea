import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Memory of a process in MB (resident); 0 when it is gone. */
export function memoryOf(pid: number): number {
  try {
    return Math.round(Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** What a folder holds, in MB. */
export function sizeOf(folder: string): number {
  return Math.round((bytesIn(folder) / 1024 ** 2) * 10) / 10;
}

function bytesIn(path: string): number {
  try {
    const found = statSync(path);
    if (!found.isDirectory()) return found.blocks * 512;
    return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
  } catch {
    // It was removed meanwhile.
    return 0;
  }
}

/** The processes of an archive by their names, as its children.json has them. */
export function processesOf(dataDir: string): { readonly name: string; readonly pid: number }[] {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'children.json'), 'utf8')) as { name: string; pid: number }[];
  } catch {
    return [];
  }
}
