import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isWeb } from '../web/redirect.ts';
import { shownAddress } from '../web/shown-address.ts';
import { audioFolderSource } from './audio-folder.ts';
import { type ReadTags, readAudioTags } from './audio-tags.ts';
import { audioTypeOfName } from './audio-types.ts';
import type { CuratedKind, ReadSource } from './curated.ts';
import { SourceUnusable } from './curated.ts';
import { type Curation, curationOf } from './curation.ts';
import { type CurationLimits, DEFAULT_LIMITS } from './curation-limits.ts';
import { type CurationStore, FolderCurationStore } from './curation-store.ts';
import { explained } from './file-error.ts';
import { jsonLinesSource } from './json-lines.ts';
import type { PriorityRule } from './priority-rules.ts';
import { type FeedWeb, readFeed } from './read-feed.ts';

export interface CurateOptions {
  readonly kind: CuratedKind;
  readonly now: Date;
  readonly priorityRules?: readonly PriorityRule[];
  /** What relative addresses in a feed or a file of messages refer to, instead of the document itself. */
  readonly baseUri?: string;
  readonly web?: FeedWeb;
  /** Where to remember what was sent; or a folder to do so. One for each archive. */
  readonly store?: CurationStore;
  readonly stateDir?: string;
  readonly limits?: Partial<CurationLimits>;
  /** Whether entries that ask directories to leave them out (itunes:block) are left out. */
  readonly respectBlock?: boolean;
  /** Read the source whole, were it unchanged: `present` is complete then. */
  readonly whole?: boolean;
  readonly readTags?: ReadTags;
}

/**
 * Curates a source: an RSS or Atom feed (an http or https address, or a file), a folder of audio files, or a JSON
 * Lines file of messages.
 *
 * Every `info` is a message that the archivists take; an entry that cannot be one is given as a problem and stops no
 * other. What is given is the same at every run as long as the source is the same:
 *
 * * initialDateCurated is when the entry was published (a file: modified; nothing known: now).
 * * lastDateCurated is when the entry or the feed around it was last changed, as far as they say (a feed from a file:
 *   when the file was modified). So the archive ignores what it has already, and takes a correction.
 * * Both are never in the future, or a later correction could not be newer.
 *
 * With a store, an entry that was sent and confirmed (see `Curation`; `sendCurated` does it) is given again only when
 * it has changed, and then with a lastDateCurated newer than the one before, even if the feed changed no date; a feed
 * on the web is asked for only if it has changed.
 *
 * An episode without a date has no dateAired. Since clips are named by their title and episodes by date and title,
 * entries of one source that share a name get something added to their titles (see `withDistinctTitles`).
 *
 * @param source an http, https or file URL, or a path.
 * @throws SourceUnusable from the first `next()` when nothing can be curated at all: the source does not exist, cannot
 *   be read, is too big, is something else, or has no entries.
 */
export function curate(source: string, options: CurateOptions): Curation {
  const { stateDir } = options;
  const store = options.store ?? (stateDir === undefined ? undefined : new FolderCurationStore(stateDir));
  const { name, read } = /^https?:/i.test(source) ? webFeed(source, options) : localSource(source, options);
  return curationOf(name, read, store ? { ...options, store } : options);
}

interface NamedSource {
  /** In the store: the same at every run, from whatever folder the user calls. */
  readonly name: string;
  readonly read: ReadSource;
}

function webFeed(source: string, options: CurateOptions): NamedSource {
  const url = URL.parse(source);
  if (!url || !isWeb(url)) return { name: source, read: unusable(`"${shownAddress(source)}" is no address of a feed`) };
  return { name: url.href, read: feedAt(url, options) };
}

function localSource(source: string, options: CurateOptions): NamedSource {
  const path = pathOf(source);
  if (path instanceof SourceUnusable) return { name: source, read: unusable(path.message) };
  return {
    name: path,
    read: async function* (remembered) {
      return yield* (await fileOrFolder(path, options))(remembered);
    },
  };
}

async function fileOrFolder(path: string, options: CurateOptions): Promise<ReadSource> {
  const { kind, now, baseUri, readTags = readAudioTags } = options;
  const stats = await stat(path).catch((error: unknown) => {
    throw explained(path, error);
  });
  if (stats.isDirectory()) return audioFolderSource(path, { kind, now, limits: limitsOf(options), readTags });
  if (!stats.isFile()) throw new SourceUnusable(`${path} is no regular file and no folder`);
  const first = await firstCharacter(path);
  if (first === '{') return jsonLinesSource(path, kind, baseUri);
  if (audioTypeOfName(path)) throw new SourceUnusable(`${path} is an audio file; give the folder that it is in`);
  if (first === '<' || first === 'gzip') return feedAt(pathToFileURL(path), options);
  // By its name it may still be one that begins with a broken line, or a feed behind some noise.
  if (/\.(jsonl|ndjson|json)$/i.test(path)) return jsonLinesSource(path, kind, baseUri);
  if (/\.(xml|rss|atom)$/i.test(path)) return feedAt(pathToFileURL(path), options);
  const came = first === '' ? 'is empty' : `begins with ${JSON.stringify(first)}`;
  throw new SourceUnusable(`${path} ${came}; an RSS or Atom feed or messages (JSON) a line were expected`);
}

function feedAt(url: URL, options: CurateOptions): ReadSource {
  const { kind, now, baseUri, respectBlock, web } = options;
  const named = {
    ...(baseUri !== undefined && { baseUri }),
    ...(respectBlock !== undefined && { respectBlock }),
  };
  return readFeed(url, { kind, now, limits: limitsOf(options), ...named }, web);
}

function limitsOf({ limits }: CurateOptions): CurationLimits {
  return { ...DEFAULT_LIMITS, ...limits };
}

function pathOf(source: string): string | SourceUnusable {
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(source);
  const url = scheme === 'file' ? URL.parse(source) : null;
  try {
    if (url) return fileURLToPath(url);
  } catch {
    // Told below.
  }
  return new SourceUnusable(
    `"${shownAddress(source)}" cannot be curated: an http, https or file URL or a path was expected`,
  );
}

function unusable(reason: string): ReadSource {
  // biome-ignore lint/correctness/useYield: it ends before it could
  return async function* () {
    throw new SourceUnusable(reason);
  };
}

/** What a file begins with, white space and byte order mark aside; "gzip" for a compressed one. */
async function firstCharacter(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    throw explained(path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4_096), 0, 4_096, 0);
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) return 'gzip';
    // UTF-16 has zeros between its letters.
    const start = buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .replace(/[\0\ufeff\ufffd]/g, '')
      .trimStart();
    return [...start.slice(0, 2)][0] ?? '';
  } finally {
    await file.close();
  }
}
