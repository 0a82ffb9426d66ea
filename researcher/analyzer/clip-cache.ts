import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DecodedMedia } from '../media/decode.ts';
import { type AudioFeatures, packedFeatures, unpackedFeatures } from './audio-features.ts';

/** Raised whenever features change: older files are then never read again, and are the first to go. */
const VERSION = 3;
const MAGIC = 'archivist-clip-features';
const DEFAULT_LIMIT_BYTES = 512 * 1_048_576;

export interface ClipCacheOptions {
  /** A folder of its own; made when missing. */
  readonly folder: string;
  /** What it may hold in bytes; what was not used for longest goes first. 512 MiB by default. */
  readonly limitBytes?: number;
}

export interface CachedClip {
  readonly media: DecodedMedia;
  readonly features: AudioFeatures;
}

/**
 * Features of clips on disk, by the SHA-256 of the clip's file. Safe for several threads and processes at
 * once: files are written whole under another name and renamed. A damaged file counts as missing.
 */
export class ClipCache {
  readonly #folder: string;
  readonly #limitBytes: number;

  constructor({ folder, limitBytes = DEFAULT_LIMIT_BYTES }: ClipCacheOptions) {
    this.#folder = folder;
    this.#limitBytes = limitBytes;
  }

  async read(hash: string): Promise<CachedClip | undefined> {
    const path = this.#path(hash);
    try {
      const clip = parsed(await readFile(path), hash);
      // Marks it as used lately.
      if (clip) await utimes(path, new Date(), new Date());
      return clip;
    } catch {
      return undefined;
    }
  }

  /** Keeps a clip. A full disk or a folder that cannot be written only means that it is not kept. */
  async write(clip: CachedClip): Promise<void> {
    const path = this.#path(clip.media.hash);
    const temporary = `${path}.${process.pid}-${randomUUID()}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFile(temporary, serialised(clip));
      await rename(temporary, path);
      await this.#prune();
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  #path(hash: string): string {
    return join(this.#folder, `${hash}.v${VERSION}.clip`);
  }

  async #prune(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => /\.clip(\..*\.tmp)?$/.test(name));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        const found = await stat(path).catch(() => undefined);
        return { path, bytes: found?.size ?? 0, used: found?.mtimeMs ?? 0 };
      }),
    );
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of files.sort((a, b) => a.used - b.used)) {
      if (total <= this.#limitBytes) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }
}

/** A line of JSON, then the features as they are in memory. */
function serialised({ media, features }: CachedClip): Buffer {
  const { sizes, bytes } = packedFeatures(features);
  return Buffer.concat([Buffer.from(`${JSON.stringify({ magic: MAGIC, version: VERSION, media, sizes })}\n`), bytes]);
}

function parsed(file: Buffer, hash: string): CachedClip | undefined {
  const end = file.indexOf(10);
  if (end < 0) return undefined;
  const { magic, version, media, sizes } = JSON.parse(file.toString('utf8', 0, end));
  if (magic !== MAGIC || version !== VERSION || media?.hash !== hash) return undefined;
  const features = unpackedFeatures(sizes, file.subarray(end + 1));
  return features && { media, features };
}
