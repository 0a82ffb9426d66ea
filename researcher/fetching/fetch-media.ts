import { FetchError, shownUri } from './fetch-error.ts';
import { localFile } from './local-file.ts';

export interface FetchLimits {
  readonly maximumBytes: number;
}

export const DEFAULT_FETCH_LIMITS: FetchLimits = { maximumBytes: 2 * 1024 ** 3 };

export interface MediaFetcherOptions {
  /** Where fetched files are kept. */
  readonly cacheDir: string;
  /** file: URIs are read. Off by default: whoever curates could name any file of this machine. */
  readonly allowFiles?: boolean;
  readonly allowPrivateAddresses?: boolean;
  readonly limits?: Partial<FetchLimits>;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** Called whenever something arrived. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
}

/** A file that stays where it is until `release` is called. */
export interface FetchedMedia {
  readonly path: string;
  readonly bytes: number;
  release(): Promise<void>;
}

/** Gets media from where they are: files of this machine, http and https. */
export class MediaFetcher {
  readonly #options: MediaFetcherOptions;
  readonly #limits: FetchLimits;

  constructor(options: MediaFetcherOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_FETCH_LIMITS, ...options.limits };
  }

  /** @throws FetchError, or the reason of the signal. */
  async fetch(uri: string, options: FetchOptions = {}): Promise<FetchedMedia> {
    options.signal?.throwIfAborted();
    const url = URL.parse(uri);
    if (url?.protocol === 'file:') {
      if (!this.#options.allowFiles) {
        throw new FetchError(
          'refused',
          `${shownUri(uri)} is a file of this machine, which this researcher does not read`,
        );
      }
      return { ...(await localFile(url, this.#limits.maximumBytes)), release: async () => undefined };
    }
    throw new FetchError('refused', `"${shownUri(uri)}" is no file, http or https address`);
  }
}
