import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateRange } from '../../web/address-ranges.ts';
import { FetchError } from '../../web/fetch-error.ts';
import { type FetchedMedia, type FetchOptions, MediaFetcher, type MediaFetcherOptions } from '../../web/fetch-media.ts';

const folders: string[] = [];
const fetchers: MediaFetcher[] = [];

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-fetching-'));
  folders.push(folder);
  return folder;
}

/** The test's own server counts as public; everything else is judged as always. */
export const exceptOurServer = (address: string) => (address === '127.0.0.1' ? undefined : privateRange(address));

/** With short pauses; each in a cache of its own unless one is given. */
export function fetcher(options: Partial<MediaFetcherOptions> = {}): MediaFetcher {
  const { limits, ...rest } = options;
  const made = new MediaFetcher({
    cacheDir: freshFolder(),
    refusedRange: exceptOurServer,
    limits: { firstPauseMs: 1, ...limits },
    ...rest,
  });
  fetchers.push(made);
  return made;
}

export function cleanUp(): void {
  for (const made of fetchers.splice(0)) made.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export const contentOf = ({ path }: FetchedMedia): string => readFileSync(path, 'latin1');

export const mediaFilesIn = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.endsWith('.media') || name.endsWith('.part'));

/** The error of a fetch that must fail. */
export async function failureOf(fetching: Promise<FetchedMedia>): Promise<FetchError> {
  const outcome = await fetching.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof FetchError) return outcome;
  throw new Error(`A FetchError was expected, but ${outcome ?? 'the medium'} came`);
}

/** A connection that breaks off when the beginning of the body has arrived, and not before. */
export class BreakingOff {
  #response: ServerResponse | undefined;

  send(response: ServerResponse, beginning: string): void {
    this.#response = response;
    response.write(beginning);
  }

  /** To be given to the fetch. */
  readonly onProgress = (): void => {
    this.#response?.destroy();
    this.#response = undefined;
  };
}

/** Fetches one medium with a fetcher of its own. */
export async function fetchMedia(uri: string, options: MediaFetcherOptions & FetchOptions): Promise<FetchedMedia> {
  const fetcher = new MediaFetcher(options);
  try {
    return await fetcher.fetch(uri, options);
  } finally {
    fetcher.close();
  }
}
