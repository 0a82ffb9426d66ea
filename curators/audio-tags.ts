import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cutTo, LONGEST_TITLE, titleFrom } from './plain-text.ts';

/** What a file says of itself; the empty text where it says nothing. */
export interface AudioTags {
  readonly title: string;
  /** As written in the tag: often only a year. */
  readonly date: string;
}

export type ReadTags = (path: string) => Promise<AudioTags>;

const NONE: AudioTags = { title: '', date: '' };

/**
 * Title and date from the tags of an audio file. A file whose tags cannot be read has none: whether it can be decoded
 * is for researchers to find out, and they report it.
 */
export const readAudioTags: ReadTags = async (path) => {
  // Loaded when the first folder is curated: feed curators in the cloud never need it.
  const { parseFile } = await import('music-metadata');
  try {
    const { common, native } = await parseFile(path, { duration: false, skipCovers: true });
    // ID3v2.4 has several values in one frame, with zeros between them.
    const title = (common.title ?? '').split('\0').filter(Boolean).join(' / ');
    return { title, date: common.date ?? dayOf(native['ID3v2.3'] ?? []) };
  } catch {
    return NONE;
  }
};

/** ID3v2.3 has the year in one frame and day and month (DDMM) in another. */
function dayOf(frames: readonly { readonly id: string; readonly value: unknown }[]): string {
  const frame = (id: string) => String(frames.find((one) => one.id === id)?.value ?? '');
  const [year, day] = [/^\d{4}$/.exec(frame('TYER'))?.[0], /^(\d{2})(\d{2})$/.exec(frame('TDAT'))];
  if (year === undefined) return '';
  return day ? `${year}-${day[2]}-${day[1]}` : year;
}

/** What was found out of a file, and how it is known. */
export interface KnownFile {
  /** Relative to its folder, as it was then. */
  readonly path: string;
  /** Another one whenever the file was written to. */
  readonly stamp: string;
  readonly tags: AudioTags;
  /** Of its content. */
  readonly hash: string;
  /** Its identity in the folder: the path under which it was first found. */
  readonly sourceId: string;
}

const NOTE = 'file 2';

/** As the memory of curation keeps it from one run to the next. */
export function noteOfFile({ path, stamp, tags, hash, sourceId }: KnownFile): string {
  return [NOTE, stamp, tags.date, tags.title, hash, sourceId, path].join('\n');
}

/** @returns undefined for a note of another kind */
export function fileOfNote(note: string): KnownFile | undefined {
  const [kind, stamp, date, title, hash, sourceId, ...path] = note.split('\n');
  if (kind !== NOTE || stamp === undefined || hash === undefined || sourceId === undefined) return undefined;
  return { stamp, hash, sourceId, path: path.join('\n'), tags: { date: date ?? '', title: title ?? '' } };
}

/** The tags as messages have them. */
export async function tagsOf(path: string, readTags: ReadTags): Promise<AudioTags> {
  const { title, date } = await readTags(path);
  return { title: cutTo(titleFrom(title), LONGEST_TITLE), date: titleFrom(date).slice(0, 40) };
}

/** The SHA-256 of a file's content. @throws the error of the file system */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer);
  return `sha256-${hash.digest('base64url')}`;
}
