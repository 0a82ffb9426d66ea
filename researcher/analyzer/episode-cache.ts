import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SharedDatabase } from '../../disk/shared-database.ts';
import { SHELF_SCHEMA, Shelf } from '../../disk/shelf.ts';
import type { DecodedMedia } from '../media/decode.ts';
import { type AudioFeatures, PIECE_FRAMES, WAVE_PER_FRAME } from './audio-features.ts';
import { DEFAULT_CACHE_BYTES } from './cache-options.ts';
import type { OpenedAudio } from './open-audio.ts';
import { type PackedSizes, packedFeatures, unpackedFeatures } from './packed-features.ts';
import { ANALYZER } from './version.ts';

/** Raised when the tables or the files change, but no results. */
const FORMAT = 1;
const SCHEMA = `
  CREATE TABLE episodes (hash TEXT PRIMARY KEY, file TEXT NOT NULL, about TEXT NOT NULL);
  ${SHELF_SCHEMA}`;
/** What was not used for longest goes: an episode is wanted again soon, for its next clips, or not for a long time. */
const NEWCOMERS = 1;
const EPISODE = '.episode';
/** Files that no index knows, or one that nobody writes to any more, are of no researcher that still runs. */
const OUTDATED_MS = 24 * 3_600_000;

export interface EpisodeCacheOptions {
  /** A folder of its own, or that of the clips; made when missing. */
  readonly folder: string;
  /** What it may hold in bytes; what was not used for longest goes first. 1 GiB by default. */
  readonly limitBytes?: number;
}

interface About {
  readonly media: DecodedMedia;
  readonly sizes: PackedSizes;
  /** Bytes of the pieces in the file, one after the other. */
  readonly pieces: readonly number[];
}

interface Tables {
  readonly database: DatabaseSync;
  readonly shelf: Shelf;
}

/**
 * Features of episodes on disk, by the SHA-256 of the episode's file: one file an episode, about 17 MB an hour, and an index
 * of them. Safe for several threads and processes at once, and for those that are killed: a file gets its name when it is
 * whole and the index has it. What is damaged counts as missing.
 */
export class EpisodeCache {
  readonly #folder: string;
  readonly #index: SharedDatabase<Tables>;
  readonly #indexName = `episodes.${ANALYZER}.sqlite`;
  #tidied = false;

  constructor({ folder, limitBytes = DEFAULT_CACHE_BYTES }: EpisodeCacheOptions) {
    this.#folder = folder;
    this.#index = new SharedDatabase({
      ...{ file: join(folder, this.#indexName), schema: SCHEMA, version: FORMAT },
      tables: (database) => ({
        database,
        shelf: new Shelf(database, { limitBytes, newcomers: NEWCOMERS }),
      }),
    });
  }

  async read(hash: string): Promise<OpenedAudio | undefined> {
    try {
      const row = this.#index.transaction(({ database, shelf }) =>
        shelf.use(hash) ? database.prepare('SELECT file, about FROM episodes WHERE hash = ?').get(hash) : undefined,
      );
      if (!row) return undefined;
      const about = JSON.parse(String(row.about)) as About;
      const file = await open(join(this.#folder, String(row.file)), 'r');
      try {
        return { media: about.media, features: await readPieces(file, about) };
      } finally {
        await file.close();
      }
    } catch {
      return undefined;
    }
  }

  /** Whether it is there, without wanting it. */
  has(hash: string): boolean {
    try {
      return this.#index.use(({ shelf }) => shelf.has(hash));
    } catch {
      return false;
    }
  }

  /** Keeps an episode. A full disk or a folder that cannot be written only means that it is not kept. */
  async write({ media, features }: OpenedAudio): Promise<void> {
    const file = `${media.hash}.${randomUUID()}${EPISODE}`;
    const path = join(this.#folder, file);
    try {
      await mkdir(this.#folder, { recursive: true });
      const pieces = await writePieces(`${path}.tmp`, features);
      const { frames, waveSamples } = features;
      const about: About = { media, sizes: { frames, waveSamples }, pieces };
      // Before the file: what the index does not have would be taken for something that was left behind.
      const gone = this.#index.transaction(({ database, shelf }) => {
        const old = database.prepare('SELECT file FROM episodes WHERE hash = ?').get(media.hash);
        const row = database.prepare('INSERT OR REPLACE INTO episodes VALUES (?, ?, ?)');
        row.run(media.hash, file, JSON.stringify(about));
        shelf.put(
          media.hash,
          pieces.reduce((sum, bytes) => sum + bytes, 0),
        );
        const remove = database.prepare('DELETE FROM episodes WHERE hash = ? RETURNING file');
        return [old, ...shelf.makeRoom().map((hash) => remove.get(hash))];
      });
      await rename(`${path}.tmp`, path);
      for (const row of gone) if (row) await rm(join(this.#folder, String(row.file)), { force: true });
      await this.#tidy();
    } catch {
      await rm(`${path}.tmp`, { force: true }).catch(() => undefined);
    }
  }

  close(): void {
    this.#index.close();
  }

  /** Once: what killed processes and other versions left goes, when it is old. */
  async #tidy(): Promise<void> {
    if (this.#tidied) return;
    this.#tidied = true;
    for (const name of await readdir(this.#folder)) {
      if (!/^episodes\..*\.sqlite|\.episode(\.tmp)?$/.test(name) || name.startsWith(this.#indexName)) continue;
      const isKept = this.#index.use(({ database }) =>
        database.prepare('SELECT 1 FROM episodes WHERE hash = ? AND file = ?').get(name.split('.')[0]!, name),
      );
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (!isKept && found && found.mtimeMs < Date.now() - OUTDATED_MS) await rm(path, { force: true });
    }
  }
}

/** @returns the bytes of each piece */
async function writePieces(path: string, features: AudioFeatures): Promise<number[]> {
  const file = await open(path, 'wx');
  try {
    const written: number[] = [];
    for (const [i, band] of features.bands.entries()) {
      const wave = features.wave[i];
      const { bytes } = packedFeatures({ ...sizesOf(features, i), bands: [band], wave: wave ? [wave] : [] });
      await file.writeFile(bytes);
      written.push(bytes.length);
    }
    return written;
  } finally {
    await file.close();
  }
}

/** Piece by piece, so that little more memory is needed than the features have. @throws Error when it is damaged */
async function readPieces(file: FileHandle, { sizes, pieces }: About): Promise<AudioFeatures> {
  const bands: SharedArrayBuffer[] = [];
  const wave: SharedArrayBuffer[] = [];
  for (const [i, length] of pieces.entries()) {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length) });
    if (bytesRead < length) throw new Error(`${length} bytes are expected, but ${bytesRead} came`);
    const piece = unpackedFeatures(sizesOf(sizes, i), buffer, PIECE_FRAMES);
    bands.push(...piece.bands);
    wave.push(...piece.wave);
  }
  return { ...sizes, bands, wave };
}

/** Of a piece, from those of the whole. */
function sizesOf({ frames, waveSamples }: PackedSizes, piece: number): PackedSizes {
  const within = (total: number, length: number) => Math.max(0, Math.min(length, total - piece * length));
  return { frames: within(frames, PIECE_FRAMES), waveSamples: within(waveSamples, PIECE_FRAMES * WAVE_PER_FRAME) };
}
