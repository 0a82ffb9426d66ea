import { closeSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A folder that nothing can be kept in; the message says why, and what to do. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
}

/** As much as one page of a file system: less may still fit where nothing does. */
const PROBE_BYTES = 4_096;

/**
 * Makes a folder, with those that it lies in, and tries whether files can be kept in it.
 *
 * @param path as the user named it.
 * @throws UnusableFolder for a file, a place where nothing can be made, a read-only or full file system.
 */
export function makeUsableFolder(path: string): void {
  const folder = resolve(path);
  try {
    // One after the other: where nothing can be made (/proc), Node's own `recursive` tries for ever.
    for (const missing of missingFolders(folder)) makeFolder(missing);
    tryToWrite(folder);
  } catch (error) {
    if (error instanceof UnusableFolder) throw error;
    throw new UnusableFolder(`${folder} cannot be used: ${whyNot(error)}`, { cause: error });
  }
}

/** From the outermost to the folder itself. */
function missingFolders(folder: string): string[] {
  const missing: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found?.isDirectory()) return missing;
    if (found) {
      const what = at === folder ? 'it is' : `${at} is`;
      throw new UnusableFolder(`${folder} cannot be used: ${what} a file. Name a folder, or one that can be made.`);
    }
    missing.unshift(at);
    if (at === dirname(at)) return missing;
  }
}

/** Another process that starts at the same time may have made it meanwhile. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

function tryToWrite(folder: string): void {
  const probe = join(folder, `.probe-${process.pid}`);
  const file = openSync(probe, 'w');
  try {
    const written = writeSync(file, Buffer.alloc(PROBE_BYTES));
    if (written < PROBE_BYTES) throw Object.assign(new Error('only a part was written'), { code: 'ENOSPC' });
  } finally {
    closeSync(file);
    rmSync(probe, { force: true });
  }
}

const WORDS: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file. Name a folder, or one that can be made.',
  ENOTDIR: 'a part of its path is a file. Name a folder, or one that can be made.',
  EROFS: 'its file system is read-only. Name a folder elsewhere.',
  EACCES: 'this user may not write there. Name another folder, or change whose it is.',
  EPERM: 'this user may not write there. Name another folder, or change whose it is.',
  ENOENT: 'nothing can be made there. Name a folder elsewhere.',
  ENOSPC: 'the disk is full. Make room, or name a folder on another disk.',
  EDQUOT: 'this user has used up his part of the disk. Make room, or name a folder on another disk.',
  ENAMETOOLONG: 'its name is too long. Name another folder.',
  ELOOP: 'its symbolic links lead in a circle. Name another folder.',
};

/** Why a folder cannot be used, as people understand it. */
export function whyNot(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return WORDS[code] ?? message;
}
