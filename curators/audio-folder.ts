import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SOURCE_LIMITS } from '../domain/messages.ts';
import { timestampOf } from '../domain/timestamp.ts';
import { fileOfNote, hashOf, type KnownFile, noteOfFile, type ReadTags, tagsOf } from './audio-tags.ts';
import { AUDIO_EXTENSIONS, audioTypeOfName } from './audio-types.ts';
import { type CuratedKind, type Draft, type Problem, type ReadSource, SourceUnusable } from './curated.ts';
import type { CurationLimits } from './curation-limits.ts';
import { feedDateMs } from './feed-date.ts';
import { explained, fileReason } from './file-error.ts';
import { cutTo, LONGEST_TITLE, titleFrom } from './plain-text.ts';
import { folderIdentity } from './source-identity.ts';

export interface FolderOptions {
  readonly kind: CuratedKind;
  readonly now: Date;
  readonly limits: CurationLimits;
  readonly readTags: ReadTags;
}

const LONGEST_CURATOR = 250;

/** Reasons for leaving files out that are told one by one. */
const REASONS_NAMED = 12;

/** A date tag names an episode only if it names a day: years and months would give many the same name. */
const DAY = /^\d{4}-\d{2}-\d{2}/;

/**
 * The audio files below a folder, in the order of their paths; hidden ones are left out, symbolic links followed, but
 * no folder is entered twice. A file's title is that of its tags, else its path without the extension; it counts as
 * curated when it was last modified.
 *
 * A file is known by the path under which it was first found, and found again by that and by its content: one that was
 * renamed or moved stays what it was, and another content under its path is another recording of it.
 */
export function audioFolderSource(folder: string, options: FolderOptions): ReadSource {
  return async function* (remembered) {
    const left = new Map<string, number>();
    let complete = true;
    const found: AudioFile[] = [];
    for await (const file of audioFiles(folder, options.limits, (reason) =>
      left.set(reason, (left.get(reason) ?? 0) + 1),
    )) {
      if ('ok' in file) {
        complete = false;
        yield file;
        continue;
      }
      if (found.length === options.limits.maxEntries) {
        const reason = `more than ${options.limits.maxEntries} audio files, the most that are read`;
        yield { ok: false, what: folder, reason };
        complete = false;
        break;
      }
      found.push(file);
    }
    if (found.length === 0) {
      throw new SourceUnusable(
        `${folder} has no audio files; names that end in ${AUDIO_EXTENSIONS.join(', ')} were expected${leftOut(left)}`,
      );
    }
    const known = [...remembered.notes()].flatMap((note) => fileOfNote(note) ?? []);
    const byPath = new Map(known.map((one) => [one.path, one]));
    const looked: LookedAt[] = [];
    for (const file of found) {
      const one = await lookedAt(file, folder, byPath, options.readTags);
      if ('ok' in one) {
        complete = false;
        yield one;
      } else looked.push(one);
    }
    const files = recognised(looked, known);
    for (const file of files) yield draftOf(file, folder, options);
    const ids = complete ? new Set(files.map(({ sourceId }) => sourceId)) : undefined;
    const notices = left.size === 0 ? [] : [`files were left out${leftOut(left)}`];
    return { unchanged: false, identity: folderIdentity(await realpath(folder), basename(folder)), notices, ids };
  };
}

interface AudioFile {
  readonly path: string;
  readonly modifiedMs: number;
  /** Another one whenever the file was written to. */
  readonly stamp: string;
}

type LookedAt = Omit<KnownFile, 'sourceId'> & { readonly file: AudioFile };

/** Opening thousands of files takes long: of one that is as it was, everything is known. */
async function lookedAt(
  file: AudioFile,
  folder: string,
  known: ReadonlyMap<string, KnownFile>,
  readTags: ReadTags,
): Promise<LookedAt | Problem> {
  const path = relative(folder, file.path).split(sep).join('/');
  const before = known.get(path);
  if (before?.stamp === file.stamp) return { ...before, file };
  try {
    const hash = await hashOf(file.path);
    return { file, path, hash, stamp: file.stamp, tags: await tagsOf(file.path, readTags) };
  } catch (error) {
    return { ok: false, what: path, reason: `it ${fileReason(error)}` };
  }
}

/** Gives each file its identity: that of the same file at the same place, of the same content elsewhere, of the same place. */
function recognised(files: readonly LookedAt[], known: readonly KnownFile[]): (KnownFile & LookedAt)[] {
  const ids = new Map<LookedAt, string>();
  const free = new Set(known);
  const match = (keyOf: (one: Pick<KnownFile, 'path' | 'hash'>) => string) => {
    const byKey = Map.groupBy(free, keyOf);
    for (const file of files) {
      const one = ids.has(file) ? undefined : byKey.get(keyOf(file))?.shift();
      if (one === undefined) continue;
      ids.set(file, one.sourceId);
      free.delete(one);
    }
  };
  match(({ path, hash }) => `${path}\n${hash}`);
  match(({ hash }) => hash);
  match(({ path }) => path);
  const taken = new Set(known.map(({ sourceId }) => sourceId));
  return files.map((file) => {
    const named = taken.has(file.path) ? `${file.path} ${file.hash.slice(-8)}` : file.path;
    return { ...file, sourceId: ids.get(file) ?? cutTo(named, SOURCE_LIMITS.sourceId) };
  });
}

function draftOf(known: KnownFile & LookedAt, folder: string, { kind, now }: FolderOptions): Draft {
  const { file, path, tags, hash, sourceId } = known;
  const fallback = titleFrom(path.replace(/\.[^./]+$/, ''));
  const curated = timestampOf(Math.min(file.modifiedMs, now.getTime()));
  const airedMs = kind === 'episodes' && DAY.test(tags.date) ? feedDateMs(tags.date) : undefined;
  const name = titleFrom(basename(folder));
  return {
    ok: true,
    key: sourceId,
    what: path,
    sourceId,
    info: {
      initialDateCurated: curated,
      lastDateCurated: curated,
      curatorInformation: cutTo(`folder ${name}`, LONGEST_CURATOR),
      title: tags.title || cutTo(fallback, LONGEST_TITLE) || 'untitled',
      description: '',
      mediaUri: pathToFileURL(file.path).href,
      mediaType: audioTypeOfName(file.path) ?? 'audio/*',
      priority: 0,
      ...(name !== '' && { show: cutTo(name, SOURCE_LIMITS.show) }),
      revision: hash,
      ...(airedMs !== undefined && { dateAired: timestampOf(airedMs) }),
    },
    distinctions: [titleFrom(path)],
    note: noteOfFile(known),
  };
}

/** How many files were left out, by reason. */
function leftOut(left: ReadonlyMap<string, number>): string {
  if (left.size === 0) return '';
  const most = [...left].toSorted(([, a], [, b]) => b - a);
  const named = most.slice(0, REASONS_NAMED).map(([reason, count]) => `${count} ${reason}`);
  const rest = most.slice(REASONS_NAMED).reduce((sum, [, count]) => sum + count, 0);
  return `: ${[...named, ...(rest > 0 ? [`${rest} with other endings`] : [])].join(', ')}`;
}

/** @throws SourceUnusable when the folder itself cannot be listed; below it that is a problem of one folder. */
async function* audioFiles(
  root: string,
  limits: CurationLimits,
  leave: (reason: string) => void,
): AsyncGenerator<AudioFile | Problem> {
  const entered = new Set<string>();
  yield* below(root, 0);

  async function* below(folder: string, depth: number): AsyncGenerator<AudioFile | Problem> {
    const names = await listed(folder, depth);
    if (!Array.isArray(names)) return yield names;
    const entries = names.map((bytes) => ({ name: bytes.toString(), bytes }));
    for (const { name, bytes } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.startsWith('.')) {
        leave('hidden');
        continue;
      }
      if (!isUtf8(bytes)) {
        yield* unnameable(folder, name, bytes);
        continue;
      }
      const path = join(folder, name);
      const stats = await stat(path).catch((error: unknown) => problem(path, error));
      // What cannot be looked at matters only if it was meant to be audio.
      if ('ok' in stats) {
        if (audioTypeOfName(name)) yield stats;
      } else if (stats.isDirectory()) yield* below(path, depth + 1);
      else if (audioTypeOfName(name)) yield* regular(path, stats);
      else leave(`with the ending ${extname(name).toLowerCase().slice(0, 20) || '(none)'}`);
    }
  }

  async function listed(folder: string, depth: number): Promise<Buffer[] | Problem> {
    try {
      const real = await realpath(folder);
      if (entered.has(real)) return [];
      entered.add(real);
      if (depth <= limits.maxDepth) return await readdir(folder, { encoding: 'buffer' });
      return { ok: false, what: relative(root, folder), reason: `it lies deeper than ${limits.maxDepth} folders` };
    } catch (error) {
      if (depth === 0) throw explained(folder, error);
      return problem(folder, error);
    }
  }

  async function* unnameable(folder: string, name: string, bytes: Buffer): AsyncGenerator<Problem> {
    const stats = await stat(Buffer.concat([Buffer.from(join(folder, sep)), bytes])).catch(() => undefined);
    if (!stats?.isDirectory() && !audioTypeOfName(name)) return;
    const reason = 'its name is not UTF-8, so no URI that others can read leads to it: rename it';
    yield { ok: false, what: relative(root, join(folder, escaped(bytes))), reason };
  }

  function* regular(path: string, stats: Stats): Generator<AudioFile | Problem> {
    const stamp = `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
    if (stats.isFile()) yield { path, modifiedMs: Math.floor(stats.mtimeMs), stamp };
    else yield { ok: false, what: relative(root, path), reason: 'it is no regular file' };
  }

  function problem(path: string, error: unknown): Problem {
    return { ok: false, what: relative(root, path), reason: `it ${fileReason(error)}` };
  }
}

/** The name as shells take it, byte by byte: `caf\xe9`. */
function escaped(name: Buffer): string {
  const characters = name.toString('latin1');
  return characters.replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
