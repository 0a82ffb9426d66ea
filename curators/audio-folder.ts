import { isUtf8 } from 'node:buffer';
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { timestampOf } from '../domain/timestamp.ts';
import { type ReadTags, rememberedTags } from './audio-tags.ts';
import { AUDIO_EXTENSIONS, audioTypeOfName } from './audio-types.ts';
import {
  type CuratedKind,
  type Draft,
  type Problem,
  type ReadSource,
  type Remembered,
  SourceUnusable,
} from './curated.ts';
import type { CurationLimits } from './curation-limits.ts';
import { feedDateMs } from './feed-date.ts';
import { explained, fileReason } from './file-error.ts';
import { cutTo, LONGEST_TITLE, titleFrom } from './plain-text.ts';

export interface FolderOptions {
  readonly kind: CuratedKind;
  readonly now: Date;
  readonly limits: CurationLimits;
  readonly readTags: ReadTags;
}

const LONGEST_CURATOR = 250;

/** A date tag names an episode only if it names a day: years and months would give many the same name. */
const DAY = /^\d{4}-\d{2}-\d{2}/;

/**
 * The audio files below a folder, in the order of their paths; hidden ones are left out, symbolic links followed, but
 * no folder is entered twice. A file's title is that of its tags, else its path without the extension; it counts as
 * curated when it was last modified.
 */
export function audioFolderSource(folder: string, options: FolderOptions): ReadSource {
  return async function* (remembered) {
    let count = 0;
    for await (const found of audioFiles(folder, options.limits)) {
      count += 1;
      if (count > options.limits.maxEntries) {
        yield {
          ok: false,
          what: folder,
          reason: `more than ${options.limits.maxEntries} audio files, the most that are read`,
        };
        break;
      }
      yield 'ok' in found ? found : await draftOf(found, folder, options, { noteOf: (key) => remembered.noteOf(key) });
    }
    if (count > 0) return { unchanged: false };
    throw new SourceUnusable(
      `${folder} has no audio files; names that end in ${AUDIO_EXTENSIONS.join(', ')} were expected`,
    );
  };
}

interface AudioFile {
  readonly path: string;
  readonly modifiedMs: number;
  /** Another one whenever the file was written to. */
  readonly stamp: string;
}

async function draftOf(
  { path, modifiedMs, stamp }: AudioFile,
  folder: string,
  { kind, now, readTags }: FolderOptions,
  { noteOf }: Pick<Remembered, 'noteOf'>,
): Promise<Draft> {
  const relativePath = relative(folder, path).split(sep).join('/');
  const { tags, note } = await rememberedTags(path, stamp, noteOf(relativePath), readTags);
  const fallback = titleFrom(relativePath.replace(/\.[^./]+$/, ''));
  const curated = timestampOf(Math.min(modifiedMs, now.getTime()));
  const airedMs = kind === 'episodes' && DAY.test(tags.date) ? feedDateMs(tags.date) : undefined;
  return {
    ok: true,
    key: relativePath,
    what: relativePath,
    info: {
      initialDateCurated: curated,
      lastDateCurated: curated,
      curatorInformation: cutTo(`folder ${titleFrom(basename(folder))}`, LONGEST_CURATOR),
      title: tags.title || cutTo(fallback, LONGEST_TITLE) || 'untitled',
      description: '',
      mediaUri: pathToFileURL(path).href,
      mediaType: audioTypeOfName(path) ?? 'audio/*',
      priority: 0,
      ...(airedMs !== undefined && { dateAired: timestampOf(airedMs) }),
    },
    distinctions: [titleFrom(relativePath)],
    note,
  };
}

/** @throws SourceUnusable when the folder itself cannot be listed; below it that is a problem of one folder. */
async function* audioFiles(root: string, limits: CurationLimits): AsyncGenerator<AudioFile | Problem> {
  const entered = new Set<string>();
  yield* below(root, 0);

  async function* below(folder: string, depth: number): AsyncGenerator<AudioFile | Problem> {
    const names = await listed(folder, depth);
    if (!Array.isArray(names)) return yield names;
    const entries = names.map((bytes) => ({ name: bytes.toString(), bytes }));
    for (const { name, bytes } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.startsWith('.')) continue;
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
