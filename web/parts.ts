import { randomUUID } from 'node:crypto';
import { renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Begun } from './download.ts';
import { LEFT_BEHIND_MS } from './media-left-behind.ts';
import type { Validators } from './validators.ts';

/**
 * `waits`: 1 for what was left by a stop, or because its host could not be reached any more. `begun`: 1 once the version is
 * known that it is of. `since`: when somebody took it, ms since the epoch.
 */
export const PARTS_SCHEMA = `
  CREATE TABLE parts (file TEXT PRIMARY KEY, key TEXT NOT NULL, bytes INTEGER NOT NULL, waits INTEGER NOT NULL,
    begun INTEGER NOT NULL, since INTEGER NOT NULL, etag TEXT, lastModified TEXT) WITHOUT ROWID;
  CREATE INDEX parts_by_key ON parts (key);
`;

const PART = '.part';
/** Longer than any connection may be silent: nobody writes to a file any more that was not written to for so long. */
const ABANDONED_MS = 10 * 60_000;

interface Part {
  readonly file: string;
  readonly waits: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/**
 * Downloads that are not complete, each with the version that it is of. What a stopped or killed process left is taken
 * up by the next one that wants the same file, and by one only.
 */
export class Parts {
  readonly #database: DatabaseSync;
  readonly #folder: string;

  constructor(database: DatabaseSync, folder: string) {
    this.#database = database;
    this.#folder = folder;
  }

  /** A path for a download of this key, with what there is of it. Belongs into a transaction. */
  take(key: string): { readonly path: string; readonly begun?: Begun } {
    const path = join(this.#folder, `${key}.${randomUUID()}${PART}`);
    const parts = this.#database.prepare('SELECT * FROM parts WHERE key = ? AND begun = 1').all(key);
    for (const { file, waits, etag, lastModified } of parts as unknown as Part[]) {
      const found = this.#stat(file);
      if (!found || !(waits === 1 || found.mtimeMs < Date.now() - ABANDONED_MS)) continue;
      renameSync(join(this.#folder, file), path);
      this.#database
        .prepare('UPDATE parts SET file = ?, waits = 0, since = ? WHERE file = ?')
        .run(basename(path), Date.now(), file);
      const validators = { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
      return { path, begun: { bytes: found.size, validators } };
    }
    this.#database
      .prepare(`INSERT INTO parts VALUES (?, ?, 0, 0, 0, ?, NULL, NULL)`)
      .run(basename(path), key, Date.now());
    return { path };
  }

  note(path: string, { etag, lastModified }: Validators): void {
    this.#database
      .prepare('UPDATE parts SET begun = 1, etag = ?, lastModified = ? WHERE file = ?')
      .run(etag ?? null, lastModified ?? null, basename(path));
  }

  /** So many bytes it will have: they are taken as if they were there. */
  expect(path: string, bytes: number): void {
    this.#database.prepare('UPDATE parts SET bytes = ? WHERE file = ?').run(bytes, basename(path));
  }

  /** Leaves what there is to whoever wants the file next. @returns whether there is anything */
  leave(path: string): boolean {
    const bytes = this.#stat(basename(path))?.size ?? 0;
    if (bytes === 0) return false;
    const left = this.#database.prepare('UPDATE parts SET waits = 1, bytes = ? WHERE file = ? AND begun = 1');
    return left.run(bytes, basename(path)).changes === 1;
  }

  forget(path: string): void {
    this.#database.prepare('DELETE FROM parts WHERE file = ?').run(basename(path));
  }

  has(name: string): boolean {
    return this.#database.prepare('SELECT 1 FROM parts WHERE file = ?').get(name) !== undefined;
  }

  /** Of all of them, arrived or still to come. */
  get bytes(): number {
    return Number(this.#database.prepare('SELECT COALESCE(SUM(bytes), 0) AS bytes FROM parts').get()?.bytes);
  }

  /** Paths of those that nobody took up for hours. */
  leftBehind(): string[] {
    const before = Date.now() - LEFT_BEHIND_MS;
    const old = this.#database.prepare('SELECT file FROM parts WHERE since < ?').all(before);
    return old
      .map(({ file }) => String(file))
      .filter((file) => (this.#stat(file)?.mtimeMs ?? 0) < before)
      .map((file) => join(this.#folder, file));
  }

  #stat(file: string) {
    return statSync(join(this.#folder, file), { throwIfNoEntry: false });
  }
}
