import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Begun, Validators } from './download.ts';

/** A download under way, and one that was left: by a stop, or because its host could not be reached any more. */
const PART = '.part';
const LEFT = '.left';
const NOTE = '.note';
/** Longer than any connection may be silent: nobody writes to a file any more that was not written to for so long. */
const ABANDONED_MS = 10 * 60_000;

const storedValidators = z.object({ etag: z.optional(z.string()), lastModified: z.optional(z.string()) });

/**
 * Downloads that are not complete, each with a note of the version that it is of. What a stopped or killed process
 * left is taken up by the next one that wants the same file; renaming it makes sure that only one does.
 */
export class Parts {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  static isPart(name: string): boolean {
    return name.endsWith(PART) || name.endsWith(LEFT);
  }

  static isNote(name: string): boolean {
    return name.endsWith(NOTE);
  }

  /** A path for a download of this key, with what there is of it. */
  async take(key: string): Promise<{ readonly path: string; readonly begun?: Begun }> {
    const path = join(this.#folder, `${key}.${randomUUID()}${PART}`);
    for (const name of await readdir(this.#folder)) {
      const left = join(this.#folder, name);
      if (!name.startsWith(`${key}.`) || !(await isLeft(left))) continue;
      try {
        await rename(left, path);
      } catch {
        // Somebody else was faster.
        continue;
      }
      const validators = await readNote(left);
      await rm(`${left}${NOTE}`, { force: true });
      if (validators === undefined) return { path };
      await this.note(path, validators);
      return { path, begun: { bytes: (await stat(path)).size, validators } };
    }
    return { path };
  }

  /** Of which version the file at this path is. Without a note it would only be begun again. */
  async note(path: string, { etag, lastModified }: Validators): Promise<void> {
    const validators = { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
    await writeFile(`${path}${NOTE}`, JSON.stringify(validators)).catch(() => undefined);
  }

  /** Leaves what there is to whoever wants the file next. */
  async leave(path: string): Promise<void> {
    const left = `${path.slice(0, -PART.length)}${LEFT}`;
    try {
      if ((await stat(path)).size === 0) throw new Error('there is nothing to be left');
      await rename(`${path}${NOTE}`, `${left}${NOTE}`);
      await rename(path, left);
    } catch {
      await this.remove(path);
    }
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
    await rm(`${path}${NOTE}`, { force: true });
  }
}

async function isLeft(path: string): Promise<boolean> {
  if (path.endsWith(LEFT)) return true;
  if (!path.endsWith(PART)) return false;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs < Date.now() - ABANDONED_MS;
}

async function readNote(path: string): Promise<Validators | undefined> {
  try {
    const { etag, lastModified } = storedValidators.parse(JSON.parse(await readFile(`${path}${NOTE}`, 'utf8')));
    return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
  } catch {
    return undefined;
  }
}
