import { createHash, randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Begun, Validators } from './download.ts';
import { localTrouble } from './local-trouble.ts';
import { Parts } from './parts.ts';

/** A file that stays where it is until `release` is called. */
export interface FetchedMedia {
  readonly path: string;
  readonly bytes: number;
  release(): Promise<void>;
}

const storedEntry = z.object({
  uri: z.string(),
  file: z.string().check(z.regex(/^[\w.-]+$/)),
  bytes: z.number(),
  /** When the server last said that this is the current version; ms since the epoch. */
  checkedAt: z.number(),
  etag: z.optional(z.string()),
  lastModified: z.optional(z.string()),
});

export type CacheEntry = z.output<typeof storedEntry>;

const MEDIA = '.media';
const IN_USE = 'in-use';
/** Longer than any work item lasts: what is in use for so long, or was being downloaded, belongs to a killed process. */
const LEFT_BEHIND_MS = 6 * 3_600_000;

/**
 * Media on disk, by their address. Several processes may share the folder without locks: files are made under names
 * of their own and renamed, an entry is one small JSON file that names its media file, and whoever uses a media file
 * has a hard link of it, so that it stays even when the cache lets it go; the number of links tells that it is in use.
 */
export class MediaCache {
  readonly #folder: string;
  readonly #limitBytes: number;
  /** Downloads that are not complete. */
  readonly parts: Parts;

  constructor(folder: string, limitBytes: number) {
    this.parts = new Parts(folder);
    this.#folder = folder;
    this.#limitBytes = limitBytes;
  }

  /** Where a download may be written, with what an earlier one left of it. */
  async partFor(uri: string): Promise<{ readonly path: string; readonly begun?: Begun }> {
    await mkdir(join(this.#folder, IN_USE), { recursive: true }).catch(localTrouble);
    return this.parts.take(keyOf(uri));
  }

  /** A damaged entry counts as none. */
  async find(uri: string): Promise<CacheEntry | undefined> {
    try {
      const entry = storedEntry.parse(JSON.parse(await readFile(this.#entryPath(keyOf(uri)), 'utf8')));
      return entry.uri === uri ? entry : undefined;
    } catch {
      return undefined;
    }
  }

  /** Makes a download the entry of its address. */
  async keep(uri: string, part: string, bytes: number, validators: Validators, now: number): Promise<CacheEntry> {
    const before = await this.find(uri);
    const file = `${keyOf(uri)}.${randomUUID()}${MEDIA}`;
    const { etag, lastModified } = validators;
    const entry = {
      ...{ uri, file, bytes, checkedAt: now },
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
    };
    await rename(part, join(this.#folder, file)).catch(localTrouble);
    await this.#write(entry);
    if (before) await rm(join(this.#folder, before.file), { force: true });
    return entry;
  }

  /** The server said that the entry is still the current version. */
  async confirm(entry: CacheEntry, now: number): Promise<void> {
    await this.#write({ ...entry, checkedAt: now });
  }

  /** The file of an entry, to be used until it is released; undefined when it is gone. */
  async borrow(entry: CacheEntry): Promise<FetchedMedia | undefined> {
    const path = join(this.#folder, entry.file);
    const borrowed = join(this.#folder, IN_USE, `${Date.now()}-${randomUUID()}`);
    try {
      if ((await stat(path)).size !== entry.bytes) return undefined;
      await utimes(path, new Date(), new Date());
      // Some file systems have no hard links.
      await link(path, borrowed).catch(() => copyFile(path, borrowed));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      localTrouble(error);
    }
    return { path: borrowed, bytes: entry.bytes, release: () => rm(borrowed, { force: true }) };
  }

  /** Lets go of what was not used for longest, until so many bytes more would fit. What is in use stays. */
  async makeRoom(bytes = 0): Promise<void> {
    await this.#removeLeftBehind();
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(MEDIA) || Parts.isPart(name));
    const files = await Promise.all(
      names.map(async (name) => {
        const found = await stat(join(this.#folder, name)).catch(() => undefined);
        return { name, bytes: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0, inUse: (found?.nlink ?? 0) > 1 };
      }),
    );
    let total = files.reduce((sum, file) => sum + file.bytes, bytes);
    const evictable = files.filter(({ name, inUse }) => name.endsWith(MEDIA) && !inUse);
    for (const { name, bytes: size } of evictable.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.#limitBytes) return;
      await this.#evict(name);
      total -= size;
    }
  }

  async #evict(name: string): Promise<void> {
    const [key = ''] = name.split('.');
    await rm(join(this.#folder, name), { force: true });
    const entry = await readFile(this.#entryPath(key), 'utf8').catch(() => '');
    // It may be about a newer file by now.
    if (entry.includes(name)) await rm(this.#entryPath(key), { force: true });
  }

  async #removeLeftBehind(): Promise<void> {
    const before = Date.now() - LEFT_BEHIND_MS;
    for (const name of await readdir(join(this.#folder, IN_USE)).catch(() => [])) {
      if (Number(name.split('-')[0]) < before) await rm(join(this.#folder, IN_USE, name), { force: true });
    }
    for (const name of await readdir(this.#folder)) {
      if (!Parts.isPart(name) && !Parts.isNote(name) && !name.endsWith('.tmp')) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && found.mtimeMs < before) await rm(path, { force: true });
    }
  }

  async #write(entry: CacheEntry): Promise<void> {
    const path = this.#entryPath(keyOf(entry.uri));
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      // Private feeds have secrets in their addresses.
      await writeFile(temporary, JSON.stringify(entry), { mode: 0o600 });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      localTrouble(error);
    }
  }

  #entryPath(key: string): string {
    return join(this.#folder, `${key}.json`);
  }
}

function keyOf(uri: string): string {
  return createHash('sha256').update(uri).digest('hex').slice(0, 40);
}
