import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isFull, whyNoRoom } from '../../disk/disk-room.ts';
import { makeUsableFolder, UnusableFolder } from '../../disk/usable-folder.ts';
import { readJson, writeJson } from '../write-json.ts';

/** Another runner lives on the same data folder. */
export class DataFolderInUse extends Error {
  override readonly name = 'DataFolderInUse';
}

const holderOf = (dataDir: string): string => join(dataDir, 'runner.json');

/** Whether who ran the folder last is gone, as after a power cut; who wants to be sure takes the folder. */
export function isRunnerGone(dataDir: string): boolean {
  const { pid } = (readJson(holderOf(dataDir)) ?? {}) as { pid?: number };
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Takes the folder for this process, until `release` or until the process ends in whatever way. SQLite's exclusive
 * lock is used because the kernel gives it back at a crash, and because two runners that start at the same moment
 * cannot both get it, which no scheme of files with process ids promises.
 * @throws DataFolderInUse when another runner has it; UnusableFolder when nothing can be kept there.
 */
export function lockDataFolder(dataDir: string): { release(): void } {
  makeUsableFolder(dataDir);
  const holder = holderOf(dataDir);
  const database = new DatabaseSync(join(dataDir, 'runner.lock'));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch {
    database.close();
    const { pid } = (readJson(holder) ?? {}) as { pid?: number };
    throw new DataFolderInUse(
      `Another local archive is running on ${dataDir}${pid ? ` (process ${pid})` : ''}. End it first, or name another folder with --data.`,
    );
  }
  try {
    writeJson(holder, { pid: process.pid, since: new Date().toISOString() });
  } catch (error) {
    database.close();
    throw isFull(error) ? new UnusableFolder(whyNoRoom(dataDir) ?? (error as Error).message, { cause: error }) : error;
  }
  return { release: () => database.close() };
}
