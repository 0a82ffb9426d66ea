import { createHash, randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SharedDatabase } from '../disk/shared-database.ts';
import { SHELF_SCHEMA, Shelf } from '../disk/shelf.ts';
import type { Begun } from './download.ts';
import { localTrouble } from './local-trouble.ts';
import { MEDIA, removeLeftBehind } from './media-left-behind.ts';
import { PARTS_SCHEMA, Parts } from './parts.ts';
import type { Validators } from './validators.ts';

/** A file that stays where it is until `release` is called. */
export interface FetchedMedia {
  readonly path: string;
  readonly bytes: number;
  /** To be told what its content was found to be: its SHA-256, lower-case hex. */
  identify(hash: string): void;
  release(): Promise<void>;
}

export interface CacheEntry {
  readonly uri: string;
  /** Name of the file in the folder; undefined when the cache let it go, or it never was there. */
  readonly file?: string;
  readonly bytes: number;
  /** When the server last said that this is the current version; ms since the epoch. */
  readonly checkedAt: number;
  readonly etag?: string;
  readonly lastModified?: string;
  /** SHA-256 of the content, where somebody told. */
  readonly hash?: string;
}

const INDEX = 'index.sqlite';
const IN_USE = 'in-use';
const INDEX_VERSION = 2;
const SCHEMA = `
  CREATE TABLE media (key TEXT PRIMARY KEY, uri TEXT NOT NULL, file TEXT UNIQUE, bytes INTEGER NOT NULL,
    checkedAt INTEGER NOT NULL, etag TEXT, lastModified TEXT, hash TEXT) WITHOUT ROWID;
  ${PARTS_SCHEMA} ${SHELF_SCHEMA}`;
/** Of the room, for what came lately: an episode is wanted again soon or never, clips again and again. */
const NEWCOMERS = 0.25;
/** What was known of a content stays so long after its file went: longer than anybody would use it. */
const REMEMBERED_MS = 8 * 24 * 3_600_000;
/** What killed processes left is looked for when the cache is opened, and so often after that. */
const LOOKS_MS = 3_600_000;

interface Tables {
  readonly database: DatabaseSync;
  readonly shelf: Shelf;
  readonly parts: Parts;
}

/**
 * Media on disk, by their address. Several processes may share the folder: what there is stands in one SQLite file, so
 * that nothing has to be listed to find or to make room; files are made under names of their own and renamed once the index
 * has them, and whoever uses one has a hard link of it, so that it stays even when the cache lets it go; the number of
 * links tells that it is in use.
 */
export class MediaCache {
  readonly #folder: string;
  readonly #index: SharedDatabase<Tables>;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(folder: string, limitBytes: number) {
    this.#folder = folder;
    this.#index = new SharedDatabase({
      ...{ file: join(folder, INDEX), schema: SCHEMA, version: INDEX_VERSION },
      tables: (database) => ({
        database,
        shelf: new Shelf(database, { limitBytes, newcomers: NEWCOMERS }),
        parts: new Parts(database, folder),
      }),
    });
  }

  /** Where a download may be written, with what an earlier one left of it. */
  async partFor(uri: string): Promise<{ readonly path: string; readonly begun?: Begun }> {
    await mkdir(join(this.#folder, IN_USE), { recursive: true }).catch(localTrouble);
    return this.#with(({ parts }) => parts.take(keyOf(uri)), 'transaction');
  }

  /** Of which version the part is. Without it the part would only be begun again. */
  async notePart(path: string, validators: Validators): Promise<void> {
    this.#with(({ parts }) => parts.note(path, validators));
  }

  /** The download goes no further: what there is waits for whoever wants the file next, or goes. Never throws. */
  async endPart(path: string, mayGoOn: boolean): Promise<void> {
    try {
      if (mayGoOn && this.#with(({ parts }) => parts.leave(path))) return;
      await rm(path, { force: true });
      this.#with(({ parts }) => parts.forget(path));
    } catch {
      // It is found later, as what was left behind.
    }
  }

  /** What is known of an address; its file may be gone. */
  async find(uri: string): Promise<CacheEntry | undefined> {
    const found = this.#with(({ database }) => database.prepare('SELECT * FROM media WHERE key = ?').get(keyOf(uri)));
    if (found?.uri !== uri) return undefined;
    const { file, bytes, checkedAt, etag, lastModified, hash } = found;
    return {
      ...{ uri, bytes: Number(bytes), checkedAt: Number(checkedAt) },
      ...(file !== null && { file: String(file) }),
      ...(etag !== null && { etag: String(etag) }),
      ...(lastModified !== null && { lastModified: String(lastModified) }),
      ...(hash !== null && { hash: String(hash) }),
    };
  }

  /** Makes a download the entry of its address. */
  async keep(uri: string, part: string, bytes: number, validators: Validators, now: number): Promise<CacheEntry> {
    const key = keyOf(uri);
    const file = `${key}.${randomUUID()}${MEDIA}`;
    const { etag, lastModified } = validators;
    // Before the file: what the index does not have would be taken for something that was left behind.
    const before = this.#with(({ database, shelf }) => {
      const old = database.prepare('SELECT file FROM media WHERE key = ?').get(key);
      database
        .prepare('INSERT OR REPLACE INTO media VALUES (?, ?, ?, ?, ?, ?, ?, NULL)')
        .run(key, uri, file, bytes, now, etag ?? null, lastModified ?? null);
      shelf.put(key, bytes);
      return old?.file;
    }, 'transaction');
    await rename(part, join(this.#folder, file)).catch(localTrouble);
    this.#with(({ parts }) => parts.forget(part));
    if (typeof before === 'string') await rm(join(this.#folder, before), { force: true });
    return {
      ...{ uri, file, bytes, checkedAt: now },
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
    };
  }

  /** The server said that the entry is still the current version. */
  async confirm({ uri, file }: CacheEntry, now: number): Promise<void> {
    this.#with(({ database }) =>
      database.prepare('UPDATE media SET checkedAt = ? WHERE key = ? AND file IS ?').run(now, keyOf(uri), file ?? null),
    );
  }

  /** A file that is not kept here has this content as long as it has this version. Never throws. */
  identify(uri: string, version: string, bytes: number, hash: string, now: number): void {
    this.#try(({ database }) =>
      database
        .prepare('INSERT OR REPLACE INTO media VALUES (?, ?, NULL, ?, ?, ?, NULL, ?)')
        .run(keyOf(uri), uri, bytes, now, version, hash),
    );
  }

  /** The file of an address, to be used until it is released; undefined when there is none, or a damaged one. */
  async borrow(uri: string, entry: CacheEntry | undefined): Promise<FetchedMedia | undefined> {
    const held = this.#with(({ shelf }) => shelf.use(keyOf(uri)), 'transaction');
    if (entry?.file === undefined || !held) return undefined;
    const { file } = entry;
    const path = join(this.#folder, file);
    const borrowed = join(this.#folder, IN_USE, `${Date.now()}-${randomUUID()}`);
    try {
      if ((await stat(path)).size !== entry.bytes) return undefined;
      // Some file systems have no hard links.
      await link(path, borrowed).catch(() => copyFile(path, borrowed));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      localTrouble(error);
    }
    const identify = (hash: string) => {
      if (hash === entry.hash) return;
      this.#try(({ database }) => database.prepare('UPDATE media SET hash = ? WHERE file = ?').run(hash, file));
    };
    return { path: borrowed, bytes: entry.bytes, identify, release: () => rm(borrowed, { force: true }) };
  }

  /**
   * Lets go of what is least likely to be wanted again, until everything fits. What is in use stays.
   * @param now ms since the epoch, as for the entries
   * @param arriving a part and how many bytes it is to have
   */
  async makeRoom(now: number, arriving?: { readonly part: string; readonly bytes: number }): Promise<void> {
    await this.#look(now);
    const gone = this.#with(({ database, shelf, parts }) => {
      if (arriving) parts.expect(arriving.part, arriving.bytes);
      const fileOf = database.prepare('SELECT file FROM media WHERE key = ?');
      const path = (key: string) => join(this.#folder, String(fileOf.get(key)?.file));
      const keys = shelf.makeRoom(parts.bytes, (key) => !isInUse(path(key)));
      const paths = keys.map(path);
      // What is known of them stays, without a file.
      for (const key of keys) database.prepare('UPDATE media SET file = NULL WHERE key = ?').run(key);
      return paths;
    }, 'transaction');
    for (const path of gone) await rm(path, { force: true });
  }

  close(): void {
    this.#index.close();
  }

  async #look(now: number): Promise<void> {
    if (performance.now() - this.#lookedAt < LOOKS_MS) return;
    this.#lookedAt = performance.now();
    const isKept = (name: string) =>
      this.#with(
        ({ database, parts }) =>
          parts.has(name) || database.prepare('SELECT 1 FROM media WHERE file = ?').get(name) !== undefined,
      );
    await removeLeftBehind(this.#folder, { inUse: IN_USE, index: INDEX, isKept });
    for (const path of this.#with(({ parts }) => parts.leftBehind())) await this.endPart(path, false);
    const forget = 'DELETE FROM media WHERE file IS NULL AND (hash IS NULL OR checkedAt < ?)';
    this.#with(({ database }) => database.prepare(forget).run(now - REMEMBERED_MS));
  }

  /** For what only saves work later. */
  #try(use: (tables: Tables) => unknown): void {
    try {
      this.#index.use(use);
    } catch {
      // It is found out again.
    }
  }

  /** @throws FetchError of kind "local" */
  #with<Value>(use: (tables: Tables) => Value, how: 'use' | 'transaction' = 'use'): Value {
    try {
      return this.#index[how](use);
    } catch (error) {
      return localTrouble(error);
    }
  }
}

function isInUse(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.nlink ?? 0) > 1;
}

function keyOf(uri: string): string {
  return createHash('sha256').update(uri).digest('hex').slice(0, 40);
}
