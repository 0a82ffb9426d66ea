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
    const { common } = await parseFile(path, { duration: false, skipCovers: true });
    return { title: common.title ?? '', date: common.date ?? '' };
  } catch {
    return NONE;
  }
};

/**
 * The tags as messages have them; those of the run before if the file is still the same, since opening thousands of
 * files takes long.
 *
 * @param stamp another one whenever the file was written to.
 * @param before the note of the run before.
 * @returns with the note for the next run.
 */
export async function rememberedTags(
  path: string,
  stamp: string,
  before: string | undefined,
  readTags: ReadTags,
): Promise<{ readonly tags: AudioTags; readonly note: string }> {
  const [known, date = '', title = ''] = before?.split('\n') ?? [];
  if (before !== undefined && known === stamp) return { tags: { title, date }, note: before };
  const read = await readTags(path);
  const tags = { title: cutTo(titleFrom(read.title), LONGEST_TITLE), date: titleFrom(read.date).slice(0, 40) };
  return { tags, note: [stamp, tags.date, tags.title].join('\n') };
}
