import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Where the memory of curation is kept, one text a source: up to 50 bytes an entry, half a megabyte for ten thousand.
 * A memory belongs to one archive: what was sent to another one says nothing.
 */
export interface CurationStore {
  load(source: string): Promise<string | undefined>;
  save(source: string, memory: string): Promise<void>;
}

/** One file a source in a folder that is made when first needed; a file is replaced whole or not at all. */
export class FolderCurationStore implements CurationStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(source: string): Promise<string | undefined> {
    try {
      return await readFile(this.#path(source), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async save(source: string, memory: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const path = this.#path(source);
    const written = `${path}.${randomUUID()}`;
    try {
      // Private feeds have secrets in their addresses.
      await writeFile(written, memory, { mode: 0o600 });
      await rename(written, path);
    } catch (error) {
      await rm(written, { force: true });
      throw error;
    }
  }

  #path(source: string): string {
    return join(this.#folder, `${createHash('sha256').update(source).digest('hex').slice(0, 32)}.json`);
  }
}
