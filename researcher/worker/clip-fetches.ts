import type { ClipInfo } from '../../domain/messages.ts';
import { FetchError } from '../../web/fetch-error.ts';
import type { FetchedMedia } from '../../web/fetch-media.ts';

/** Clips are fetched in their order, so many at a time: most hosts of clips are small. */
const AT_A_TIME = 4;

export interface ClipFetchesOptions {
  readonly fetch: (clip: ClipInfo, index: number) => Promise<FetchedMedia>;
  readonly onLocalTrouble: (error: FetchError) => void;
}

/** The files of a work item's clips, fetched ahead of the analysis. */
export class ClipFetches {
  /** One a clip, in order; rejected when the clip cannot be fetched. */
  readonly paths: readonly Promise<string>[];
  readonly #files = new Map<number, FetchedMedia>();
  readonly #workers: Promise<unknown>;
  #closed = false;

  constructor(clips: readonly ClipInfo[], { fetch, onLocalTrouble }: ClipFetchesOptions) {
    const promised = clips.map(() => Promise.withResolvers<string>());
    this.paths = promised.map(({ promise }) => promise);
    // Nobody may ever wait for some of them.
    for (const path of this.paths) path.catch(() => undefined);
    let next = 0;
    const work = async () => {
      while (next < clips.length && !this.#closed) {
        const index = next++;
        try {
          const file = await fetch(clips[index]!, index);
          this.#files.set(index, file);
          promised[index]!.resolve(file.path);
        } catch (error) {
          promised[index]!.reject(error);
          if (error instanceof FetchError && error.kind === 'local') onLocalTrouble(error);
        }
      }
    };
    this.#workers = Promise.all(Array.from({ length: AT_A_TIME }, work));
  }

  /** The analysis needs the file no more. */
  done(index: number): void {
    const file = this.#files.get(index);
    this.#files.delete(index);
    file?.release().catch(() => undefined);
  }

  /** Waits for fetches under way, which the caller's signal ends, and lets go of all files. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#workers;
    await Promise.all([...this.#files.values()].map((file) => file.release()));
    this.#files.clear();
  }
}
