import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SharedDatabase } from '../../disk/shared-database.ts';
import { SHELF_SCHEMA, Shelf } from '../../disk/shelf.ts';
import { DEFAULT_CACHE_BYTES } from './cache-options.ts';
import { type ClipSketch, packedSketch, unpackedSketch } from './clip-sketch.ts';
import type { OpenedClip } from './open-audio.ts';
import { type PackedSizes, packedFeatures, unpackedFeatures } from './packed-features.ts';
import { ANALYZER } from './version.ts';

/** Raised when the tables or what is in them change, but no results. */
const FORMAT = 2;
const SCHEMA = `
  CREATE TABLE clips (hash TEXT PRIMARY KEY, about TEXT NOT NULL, sketch BLOB, features BLOB NOT NULL);
  ${SHELF_SCHEMA}`;
const PAGE_BYTES = 8_192;
/** Of the room, for clips that came lately and were not yet asked for again. */
const NEWCOMERS = 0.1;
/** Files of other versions that nobody has written to for so long are of no researcher that still runs. */
const OUTDATED_MS = 24 * 3_600_000;

export interface ClipCacheOptions {
  /** A folder of its own; made when missing. */
  readonly folder: string;
  /** What it may hold in bytes; what is least likely to be wanted again goes first. 1 GiB by default. */
  readonly limitBytes?: number;
}

export interface CachedClip extends OpenedClip {
  /** Kept with the features, so that it is made once. */
  readonly sketch?: ClipSketch;
}

interface Tables {
  readonly database: DatabaseSync;
  readonly shelf: Shelf;
}

/**
 * Features of clips on disk, all in one file, by the SHA-256 of the clip's file. Safe for several threads and processes at
 * once, and for those that are killed. What is damaged counts as missing.
 */
export class ClipCache {
  readonly #folder: string;
  readonly #name: string;
  readonly #file: SharedDatabase<Tables>;
  #tidied = false;

  constructor({ folder, limitBytes = DEFAULT_CACHE_BYTES }: ClipCacheOptions) {
    this.#folder = folder;
    this.#name = `clips.${ANALYZER}.sqlite`;
    this.#file = new SharedDatabase({
      ...{ file: join(folder, this.#name), schema: SCHEMA, version: FORMAT, pageBytes: PAGE_BYTES },
      tables: (database) => ({ database, shelf: new Shelf(database, { limitBytes, newcomers: NEWCOMERS }) }),
    });
  }

  async read(hash: string): Promise<CachedClip | undefined> {
    return (await this.readAll([hash]))[0];
  }

  /** Reads several at once, in their order; undefined for those that are not there. */
  async readAll(hashes: readonly string[]): Promise<(CachedClip | undefined)[]> {
    try {
      const rows = this.#file.transaction(({ database, shelf }) => {
        const row = database.prepare('SELECT about, sketch, features FROM clips WHERE hash = ?');
        return hashes.map((hash) => (shelf.use(hash) ? row.get(hash) : undefined));
      });
      return rows.map((row) => row && parsed(row));
    } catch {
      return hashes.map(() => undefined);
    }
  }

  /** Whether it is there, without wanting it. */
  has(hash: string): boolean {
    try {
      return this.#file.use(({ shelf }) => shelf.has(hash));
    } catch {
      return false;
    }
  }

  /** Keeps a clip. A full disk or a folder that cannot be written only means that it is not kept. */
  async write({ features, sketch, ...of }: CachedClip): Promise<void> {
    const { sizes, bytes } = packedFeatures(features);
    const packed = sketch ? packedSketch(sketch) : null;
    const { hash } = of.media;
    const about = JSON.stringify({ ...of, sizes });
    try {
      this.#file.transaction(({ database, shelf }) => {
        database.prepare('INSERT OR REPLACE INTO clips VALUES (?, ?, ?, ?)').run(hash, about, packed, bytes);
        shelf.put(hash, inPages(about.length + (packed?.length ?? 0) + bytes.length));
        const remove = database.prepare('DELETE FROM clips WHERE hash = ?');
        for (const old of shelf.makeRoom()) remove.run(old);
      });
      await this.#tidy();
    } catch {
      // Not kept.
    }
  }

  close(): void {
    this.#file.close();
  }

  /** Once: files of other versions go, when they are old. */
  async #tidy(): Promise<void> {
    if (this.#tidied) return;
    this.#tidied = true;
    for (const name of await readdir(this.#folder)) {
      if (!/^clips\..*\.sqlite|\.clip$/.test(name) || name.startsWith(this.#name)) continue;
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found && found.mtimeMs < Date.now() - OUTDATED_MS) await rm(path, { force: true });
    }
  }
}

/** The disk that so many bytes take; SQLite gives each clip whole pages. */
const inPages = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;

function parsed({ about, sketch, features }: Readonly<Record<string, unknown>>): CachedClip | undefined {
  try {
    const { sizes, ...of } = JSON.parse(String(about)) as Omit<OpenedClip, 'features'> & { sizes: PackedSizes };
    const kept = sketch ? { sketch: unpackedSketch(sketch as Uint8Array) } : {};
    return { ...of, ...kept, features: unpackedFeatures(sizes, features as Uint8Array) };
  } catch {
    return undefined;
  }
}
