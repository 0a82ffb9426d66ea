import { neverAskedRange, privateRange, type RefusedRange } from './address-ranges.ts';
import { download } from './download.ts';
import { FetchError } from './fetch-error.ts';
import { DEFAULT_FETCH_LIMITS, type FetchLimits } from './fetch-limits.ts';
import type { Resolve } from './guarded-connect.ts';
import { localFile } from './local-file.ts';
import { type CacheEntry, type FetchedMedia, MediaCache } from './media-cache.ts';
import { shownAddress } from './shown-address.ts';
import { knownValidators } from './validators.ts';
import { WebClient } from './web-client.ts';

export type { FetchedMedia } from './media-cache.ts';

export interface MediaFetcherOptions {
  /** Where fetched files are kept; made when missing. Several processes may share it. */
  readonly cacheDir: string;
  /** What the cache may hold; 4 GiB by default. */
  readonly cacheBytes?: number;
  /** file: URIs are read. Off by default: whoever curates could name any file of this machine. */
  readonly allowFiles?: boolean;
  /** Media may be on this machine or in private networks. Off by default. */
  readonly allowPrivateAddresses?: boolean;
  /** Which addresses are refused, instead of all that are not public. */
  readonly refusedRange?: RefusedRange;
  readonly limits?: Partial<FetchLimits>;
  /** How names are resolved; node:dns by default. */
  readonly resolve?: Resolve;
  /** ms since the epoch. */
  readonly clock?: () => number;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** Called whenever something arrived. */
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
}

/** A file of which the caller has all that he needs: only what it contains. */
export interface KnownMedia {
  /** SHA-256, lower-case hex. */
  readonly hash: string;
}

const CACHE_BYTES = 4 * 1024 ** 3;
const HOUR = 3_600_000;
/** So long nobody asks whether a file has changed: a clip is wanted again for every episode. */
const FRESH_MS = HOUR;
/** A server that says nothing to tell versions apart would have to send the whole file again. */
const FRESH_WITHOUT_VALIDATORS_MS = 24 * HOUR;
/** A file whose host cannot be reached is used so long after it was last known to be the current one. */
const STALE_MS = 7 * 24 * HOUR;

/** Gets media from where they are: http and https through a cache on disk, and files of this machine. */
export class MediaFetcher {
  readonly #options: MediaFetcherOptions;
  readonly #limits: FetchLimits;
  readonly #cache: MediaCache;
  readonly #client: WebClient;
  readonly #clock: () => number;
  /** Fetches under way, by address: two at once of the same file would download it twice. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Whoever wants a file that is being fetched, for himself or for somebody before him, hears of its progress. */
  readonly #listeners = new Map<string, Set<NonNullable<FetchOptions['onProgress']>>>();

  constructor(options: MediaFetcherOptions) {
    const { cacheDir, cacheBytes = CACHE_BYTES, resolve, clock = Date.now } = options;
    const refusedRange = options.allowPrivateAddresses ? neverAskedRange : (options.refusedRange ?? privateRange);
    this.#options = options;
    this.#limits = { ...DEFAULT_FETCH_LIMITS, ...options.limits };
    this.#cache = new MediaCache(cacheDir, cacheBytes);
    const { maximumRedirects, idleMs } = this.#limits;
    this.#client = new WebClient({
      refusedRange,
      remedy: 'media are fetched from there only where that is allowed (--allow-private)',
      userAgent: 'archivist-researcher',
      maximumRedirects,
      idleMs,
      ...(resolve && { resolve }),
    });
    this.#clock = clock;
  }

  /** @throws FetchError, or the reason of the signal. */
  async fetch(uri: string, options: FetchOptions = {}): Promise<FetchedMedia> {
    return (await this.#get(uri, options, () => false)) as FetchedMedia;
  }

  /**
   * Like fetch, but only tells what the content is where the caller has all that he needs of it: when its file was told
   * before to have this content, and has not changed, as far as that is asked (the same times as for kept files).
   */
  fetchUnless(
    has: (hash: string) => boolean,
    uri: string,
    options: FetchOptions = {},
  ): Promise<FetchedMedia | KnownMedia> {
    return this.#get(uri, options, has);
  }

  async #get(uri: string, options: FetchOptions, has: (hash: string) => boolean): Promise<FetchedMedia | KnownMedia> {
    options.signal?.throwIfAborted();
    const url = URL.parse(uri);
    if (url?.protocol === 'file:') return this.#file(url, has);
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      throw new FetchError('refused', `"${shownAddress(uri)}" is no http or https address`);
    }
    url.hash = '';
    const stopListening = this.#listen(url.href, options.onProgress);
    const turn = (this.#turns.get(url.href) ?? Promise.resolve()).then(() => this.#web(url, options, has));
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(url.href, settled);
    try {
      return await turn;
    } finally {
      stopListening();
      if (this.#turns.get(url.href) === settled) this.#turns.delete(url.href);
    }
  }

  /** Closes connections that are kept for later, and the index of the cache. */
  close(): void {
    this.#client.close();
    this.#cache.close();
  }

  async #file(url: URL, has: (hash: string) => boolean): Promise<FetchedMedia | KnownMedia> {
    if (!this.#options.allowFiles) {
      const reason = 'files of this machine are read for a local archive only';
      throw new FetchError('refused', `${shownAddress(url.href)} is not read: ${reason}`);
    }
    const { path, bytes, version } = await localFile(url, this.#limits.maximumBytes);
    // Without a cache too, files of this machine are there.
    const known = await this.#cache.find(url.href).catch(() => undefined);
    const isSame = known?.hash !== undefined && known.etag === version;
    if (isSame && has(known.hash)) return { hash: known.hash };
    const identify = (hash: string) => {
      if (!isSame || hash !== known.hash) this.#cache.identify(url.href, version, bytes, hash, this.#clock());
    };
    return { path, bytes, identify, release: async () => undefined };
  }

  async #web(url: URL, options: FetchOptions, has: (hash: string) => boolean): Promise<FetchedMedia | KnownMedia> {
    options.signal?.throwIfAborted();
    const entry = await this.#cache.find(url.href);
    const kept =
      entry?.hash !== undefined && has(entry.hash) ? { hash: entry.hash } : await this.#cache.borrow(url.href, entry);
    if (!entry || !kept) return this.#fetched(url, options);
    if (this.#isFresh(entry)) return kept;
    const release = () => ('release' in kept ? kept.release() : undefined);
    try {
      const newer = await this.#download(url, options, entry);
      if (newer) await release();
      return newer ?? kept;
    } catch (error) {
      const age = this.#clock() - entry.checkedAt;
      if (error instanceof FetchError && isOutage(error) && age < STALE_MS) return kept;
      await release();
      throw error;
    }
  }

  async #fetched(url: URL, options: FetchOptions): Promise<FetchedMedia> {
    const media = await this.#download(url, options);
    if (!media)
      throw new FetchError('answer', `${shownAddress(url.href)} cannot be fetched: it did not change, unasked`);
    return media;
  }

  /** @returns undefined when `entry` is still the current version. */
  async #download(url: URL, options: FetchOptions, entry?: CacheEntry): Promise<FetchedMedia | undefined> {
    const cache = this.#cache;
    const { signal } = options;
    const { path: part, begun } = await cache.partFor(url.href);
    let mayGoOn = false;
    try {
      const downloaded = await download(url, part, {
        ...(begun && { begun }),
        onBegin: (validators) => cache.notePart(part, validators),
        client: this.#client,
        limits: this.#limits,
        makeRoom: (bytes) => cache.makeRoom(this.#clock(), { part, bytes }),
        ...(entry && (entry.etag ?? entry.lastModified) !== undefined && { known: knownValidators(entry) }),
        ...(signal && { signal }),
        onProgress: (received, total) => {
          for (const listener of this.#listeners.get(url.href) ?? []) listener(received, total);
        },
      });
      if (downloaded.unchanged) {
        if (entry) await cache.confirm(entry, this.#clock());
        return undefined;
      }
      const kept = await cache.keep(url.href, part, downloaded.bytes, downloaded, this.#clock());
      const media = await cache.borrow(url.href, kept);
      await cache.makeRoom(this.#clock());
      if (!media) throw new FetchError('local', `${kept.file} was removed from the cache at once`);
      return media;
    } catch (error) {
      mayGoOn = !(error instanceof FetchError) || isOutage(error);
      throw error;
    } finally {
      await cache.endPart(part, mayGoOn);
    }
  }

  /** @returns what ends it. */
  #listen(address: string, onProgress: FetchOptions['onProgress']): () => void {
    if (!onProgress) return () => undefined;
    const listeners = this.#listeners.get(address) ?? new Set();
    // Of the same function given twice, each is a listener of its own.
    const listener: typeof onProgress = (received, total) => onProgress(received, total);
    this.#listeners.set(address, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(address);
    };
  }

  #isFresh({ checkedAt, etag, lastModified }: CacheEntry): boolean {
    const age = this.#clock() - checkedAt;
    return age >= 0 && age < ((etag ?? lastModified) === undefined ? FRESH_WITHOUT_VALIDATORS_MS : FRESH_MS);
  }
}

function isOutage({ kind }: FetchError): boolean {
  return kind === 'unreachable' || kind === 'too-slow';
}
