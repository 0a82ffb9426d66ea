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
