import { ascii } from './bytes.ts';
import { parseFlacHeader } from './flac-header.ts';
import { parseFrameHeader } from './mpeg-header.ts';

/** What a file is, judged by its content; never by its name or what a server said. */
export type MediaFormat =
  | 'mp3'
  | 'wav'
  | 'flac'
  | 'ogg-flac'
  | 'opus'
  | 'vorbis'
  | 'adts'
  | 'mp4'
  | 'other-audio'
  | 'not-audio'
  | 'unknown';

export interface Sniffed {
  readonly format: MediaFormat;
  /** For people: "an MP4 file (M4A, AAC)". */
  readonly description: string;
}

/** Bytes wanted by `sniff`: enough for the first Ogg page and some MPEG frames. */
export const SNIFF_BYTES = 16_384;

const FOREIGN: readonly (readonly [(b: Uint8Array) => boolean, MediaFormat, string])[] = [
  [(b) => ['ftyp', 'moov', 'moof'].includes(ascii(b, 4, 4)), 'mp4', 'an MP4 file (M4A, AAC)'],
  [(b) => ascii(b, 4, 4) === 'mdat', 'mp4', 'a QuickTime file'],
  [(b) => ascii(b, 0, 4) === 'ADIF', 'other-audio', 'AAC'],
  [(b) => ascii(b, 0, 4) === 'FORM', 'other-audio', 'an AIFF file'],
  [(b) => ascii(b, 0, 4) === '.snd', 'other-audio', 'a Sun audio file'],
  [(b) => ascii(b, 0, 4) === 'caff', 'other-audio', 'a Core Audio file'],
  [(b) => ascii(b, 0, 4) === 'MAC ', 'other-audio', "Monkey's Audio"],
  [(b) => ascii(b, 0, 4) === 'wvpk', 'other-audio', 'WavPack'],
  [(b) => b[0] === 0x1a && b[1] === 0x45 && b[2] === 0xdf && b[3] === 0xa3, 'other-audio', 'a Matroska or WebM file'],
  [(b) => b[0] === 0x30 && b[1] === 0x26 && b[2] === 0xb2 && b[3] === 0x75, 'other-audio', 'a Windows Media file'],
  [(b) => parseFlacHeader(b, 0) !== undefined, 'other-audio', 'FLAC without its beginning'],
  [(b) => b[0] === 0xff && (b[1]! & 0xf6) === 0xf0, 'adts', 'AAC (ADTS)'],
  [(b) => ascii(b, 0, 4) === 'riff' && b[4] === 0x2e, 'other-audio', 'a Wave64 file'],
  [(b) => ascii(b, 0, 3) === 'TTA' && b[3]! >= 0x31, 'other-audio', 'True Audio'],
  [(b) => ascii(b, 0, 4) === 'MPCK' || ascii(b, 0, 3) === 'MP+', 'other-audio', 'Musepack'],
  [(b) => ascii(b, 0, 4) === 'DSD ' || ascii(b, 0, 4) === 'FRM8', 'other-audio', 'DSD audio'],
  [(b) => ascii(b, 0, 4) === 'OFR ', 'other-audio', 'OptimFROG'],
  [(b) => ascii(b, 0, 4) === 'tBaK', 'other-audio', 'TAK'],
  [(b) => ascii(b, 0, 5) === '#!AMR', 'other-audio', 'AMR'],
  [(b) => b[0] === 0x0b && b[1] === 0x77, 'other-audio', 'AC-3'],
  [(b) => [0, 188, 376, 564].every((at) => b[at] === 0x47), 'other-audio', 'an MPEG transport stream'],
  [(b) => ascii(b, 0, 4) === '%PDF', 'not-audio', 'a PDF document'],
  [(b) => ascii(b, 0, 2) === 'PK', 'not-audio', 'a ZIP archive'],
  [(b) => b[0] === 0x1f && b[1] === 0x8b, 'not-audio', 'gzip-compressed data'],
  [(b) => b[0] === 0x89 && ascii(b, 1, 3) === 'PNG', 'not-audio', 'a PNG picture'],
  [(b) => b[0] === 0xff && b[1] === 0xd8 && b[2] === 0xff, 'not-audio', 'a JPEG picture'],
  [(b) => ascii(b, 0, 4) === 'GIF8', 'not-audio', 'a GIF picture'],
];

/**
 * Says what the file beginning with `head` is. `head` is the first SNIFF_BYTES bytes after ID3 tags, or the whole
 * of a shorter file. An unknown beginning may still be MP3 after junk: the frame walker decides.
 */
export function sniff(head: Uint8Array): Sniffed {
  if (head.length === 0) return { format: 'not-audio', description: 'an empty file' };
  if (['RIFF', 'RF64', 'BW64'].includes(ascii(head, 0, 4)) && ascii(head, 8, 4) === 'WAVE') {
    return { format: 'wav', description: 'WAV' };
  }
  if (ascii(head, 0, 4) === 'fLaC') return { format: 'flac', description: 'FLAC' };
  if (ascii(head, 0, 4) === 'OggS') return sniffOgg(head);
  if (parseFrameHeader(head, 0)) return { format: 'mp3', description: 'MPEG audio' };
  for (const [matches, format, description] of FOREIGN) if (matches(head)) return { format, description };
  return sniffText(head) ?? { format: 'unknown', description: 'data of no known format' };
}

function sniffOgg(head: Uint8Array): Sniffed {
  const payload = 27 + (head[26] ?? 0);
  if (ascii(head, payload, 8) === 'OpusHead') return { format: 'opus', description: 'Ogg Opus' };
  if (ascii(head, payload + 1, 6) === 'vorbis') return { format: 'vorbis', description: 'Ogg Vorbis' };
  if (ascii(head, payload + 1, 4) === 'FLAC') return { format: 'ogg-flac', description: 'FLAC in Ogg' };
  if (ascii(head, payload, 5) === 'Speex') return { format: 'other-audio', description: 'Ogg Speex' };
  return { format: 'other-audio', description: 'an Ogg file of another codec' };
}

function sniffText(head: Uint8Array): Sniffed | undefined {
  const text = Buffer.from(head.subarray(0, 512))
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  if (/^(<!doctype html|<html|<head|<body)/i.test(text)) return { format: 'not-audio', description: 'an HTML page' };
  if (/^<\?xml|^<rss|^<svg/i.test(text)) return { format: 'not-audio', description: 'an XML document' };
  if (/^[[{]/.test(text) && /^[\t\n\r\x20-\x7e]*$/.test(text)) return { format: 'not-audio', description: 'JSON text' };
  if (/^[\t\n\r\x20-\x7e]{16,}$/.test(text)) return { format: 'not-audio', description: 'plain text' };
  return undefined;
}
