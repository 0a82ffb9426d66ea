import { extname } from 'node:path';

/** The media types of audio files by extension; each within the 16 characters that a message allows. */
const TYPE_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.mp3': 'audio/mpeg',
  '.mp2': 'audio/mpeg',
  '.mpga': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.ogg': 'audio/ogg',
  '.oga': 'audio/ogg',
  '.opus': 'audio/opus',
  '.flac': 'audio/flac',
  '.m4a': 'audio/mp4',
  '.m4b': 'audio/mp4',
  '.aac': 'audio/aac',
  '.aif': 'audio/aiff',
  '.aiff': 'audio/aiff',
  '.wma': 'audio/x-ms-wma',
};

/** Names that feeds in the wild use for the types above; a map, for a feed may also say `__proto__`. */
const USUAL_NAME: ReadonlyMap<string, string> = new Map([
  ['audio/mp3', 'audio/mpeg'],
  ['audio/mpg', 'audio/mpeg'],
  ['audio/mpeg3', 'audio/mpeg'],
  ['audio/x-mp3', 'audio/mpeg'],
  ['audio/x-mpeg', 'audio/mpeg'],
  ['audio/x-mpeg-3', 'audio/mpeg'],
  ['audio/wave', 'audio/wav'],
  ['audio/x-wav', 'audio/wav'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/m4a', 'audio/mp4'],
  ['audio/x-m4a', 'audio/mp4'],
  ['audio/x-m4b', 'audio/mp4'],
  ['audio/x-flac', 'audio/flac'],
  ['audio/x-aac', 'audio/aac'],
  ['application/ogg', 'audio/ogg'],
]);

/** Lists of addresses that call themselves audio. */
const PLAYLIST = /mpegurl|scpls|x-pn-realaudio-plugin/;

const LONGEST_TYPE = 16;

export const AUDIO_EXTENSIONS: readonly string[] = Object.keys(TYPE_BY_EXTENSION);

/** The media type that a file name or the path of a URI promises. @returns undefined for what is no audio. */
export function audioTypeOfName(name: string): string | undefined {
  return TYPE_BY_EXTENSION[extname(name).toLowerCase()];
}

/**
 * The media type of an enclosure. What the feed says decides; where it says nothing of use ("application/octet-stream",
 * "mp3"), the extension does.
 *
 * @param path the path of the enclosure's URI, without its query.
 * @returns undefined for what is no audio.
 */
export function audioTypeOf(declared: string | undefined, path: string): string | undefined {
  const type = (declared ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const usual = USUAL_NAME.get(type) ?? type;
  if (usual.startsWith('audio/') && !PLAYLIST.test(usual)) {
    return usual.length <= LONGEST_TYPE ? usual : (audioTypeOfName(path) ?? 'audio/*');
  }
  const saysNothing = !type.includes('/') || type === 'application/octet-stream' || type.startsWith('binary/');
  return saysNothing || type.startsWith('application/x-download') || type === 'application/force-download'
    ? audioTypeOfName(path)
    : undefined;
}
