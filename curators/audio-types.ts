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
  '.wave': 'audio/wav',
  '.aifc': 'audio/aiff',
  '.spx': 'audio/ogg',
  '.webm': 'audio/webm',
  '.weba': 'audio/webm',
  '.mka': 'audio/x-matroska',
  '.caf': 'audio/x-caf',
  '.au': 'audio/basic',
  '.amr': 'audio/amr',
  '.ac3': 'audio/ac3',
  '.w64': 'audio/x-w64',
  '.tta': 'audio/x-tta',
  '.mpc': 'audio/x-musepack',
  '.dsf': 'audio/x-dsf',
  '.ape': 'audio/x-ape',
  '.wv': 'audio/x-wavpack',
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
  ['x-audio/mp3', 'audio/mpeg'],
  ['x-audio/mpeg', 'audio/mpeg'],
  ['application/mp3', 'audio/mpeg'],
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
 * The media type of an enclosure. An audio type that the feed says decides; otherwise, unless it says that this is video,
 * the extension does: feeds say anything of an .mp3, and whoever fetches it judges by its content anyway.
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
  return usual.startsWith('video/') ? undefined : audioTypeOfName(path);
}
