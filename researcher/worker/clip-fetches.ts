import type { ClipToFind } from '../../domain/messages.ts';
import { FetchError } from '../../web/fetch-error.ts';
import type { FetchedMedia, KnownMedia } from '../../web/fetch-media.ts';
import type { KnownFile } from '../analyzer/clip-blocks.ts';

/** Clips are fetched in their order, so many at a time: most hosts of clips are small. */
const AT_A_TIME = 4;
/** So many files are held for the analysis at most, two blocks of it: what is held no cache can let go. */
const HELD_AT_MOST = 256;

export interface ClipFetchesOptions {
  readonly fetch: (clip: ClipToFind, index: number) => Promise<FetchedMedia>;
  /** Only what it contains, where its features are kept. */
  readonly fetchUnlessKept: (clip: ClipToFind, index: number) => Promise<FetchedMedia | KnownMedia>;
  /** Why a clip is not to be had, if it is not. */
  readonly refusal?: (clip: ClipToFind) => string | undefined;
  readonly onLocalTrouble: (error: FetchError) => void;
}

/** The files of a work item's clips, fetched ahead of the analysis where it needs them. */
export class ClipFetches {
  /** One a clip, in order; rejected when the clip cannot be fetched. */
  readonly sources: readonly Promise<string | KnownFile>[];
  readonly #files = new Map<number, FetchedMedia>();
  readonly #workers: Promise<unknown>;
  #closed = false;
  #room = Promise.withResolvers<void>();

  constructor(clips: readonly ClipToFind[], options: ClipFetchesOptions) {
    const { fetch, fetchUnlessKept, refusal, onLocalTrouble } = options;
    const promised = clips.map(() => Promise.withResolvers<string | KnownFile>());
    this.sources = promised.map(({ promise }) => promise);
    // Nobody may ever wait for some of them.
    for (const source of this.sources) source.catch(() => undefined);
    const pathOf = (index: number, file: FetchedMedia) => {
      this.#files.set(index, file);
      return file.path;
    };
    let next = 0;
    const work = async () => {
      while (next < clips.length && !this.#closed) {
        if (this.#files.size >= HELD_AT_MOST) {
          await this.#room.promise;
          continue;
        }
        const index = next++;
        try {
          const clip = clips[index]!;
          const refused = refusal?.(clip);
          if (refused !== undefined) throw new Error(refused);
          const media = await fetchUnlessKept(clip, index);
          const file = async () => pathOf(index, await fetch(clip, index));
          promised[index]!.resolve('hash' in media ? { hash: media.hash, file } : pathOf(index, media));
        } catch (error) {
          promised[index]!.reject(error);
          if (error instanceof FetchError && error.kind === 'local') onLocalTrouble(error);
        }
      }
    };
    this.#workers = Promise.all(Array.from({ length: AT_A_TIME }, work));
  }

  /** The analysis needs the file no more. @param hash what it contains, if that was found */
  done(index: number, hash?: string): void {
    const file = this.#files.get(index);
    this.#files.delete(index);
    this.#wake();
    if (hash !== undefined) file?.identify(hash);
    file?.release().catch(() => undefined);
  }

  /** Waits for fetches under way, which the caller's signal ends, and lets go of all files. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#workers;
    await Promise.all([...this.#files.values()].map((file) => file.release()));
    this.#files.clear();
  }

  #wake(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }
}
