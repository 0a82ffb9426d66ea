import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { syncsafeId3Length } from './bytes.ts';
import { MediaError } from './media-error.ts';
import { SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts';

export interface SniffedFile extends Sniffed {
  readonly bytes: number;
  /** Byte at which the audio file begins: some programs put ID3 tags before any format, pictures of megabytes in them. */
  readonly start: number;
  /** SNIFF_BYTES from there on, or what there is. */
  readonly head: Uint8Array;
}

/** Tags before a file; more of them are none. */
const MOST_TAGS = 8;

/** Looks at the beginning of a file. Throws MediaError if it cannot be read or is not audio. */
export function sniffFile(path: string): SniffedFile {
  const { start, head, bytes } = readHead(path);
  const sniffed = sniff(head);
  const isMp3 = start > 0 && (sniffed.format === 'unknown' || head.length === 0);
  if (isMp3) return { format: 'mp3', description: 'MP3 after an ID3 tag', start, head, bytes };
  if (sniffed.format === 'not-audio') throw new MediaError(`this is ${sniffed.description}, not audio`);
  return { ...sniffed, start, head, bytes };
}

function readHead(path: string): Pick<SniffedFile, 'start' | 'head' | 'bytes'> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const buffer = new Uint8Array(SNIFF_BYTES);
    const bytes = fstatSync(file).size;
    for (let start = 0, tags = 0; ; tags++) {
      const head = buffer.subarray(0, readSync(file, buffer, 0, SNIFF_BYTES, start));
      const tag = tags < MOST_TAGS ? syncsafeId3Length(head, 0) : 0;
      // One that reaches beyond the end of the file lies.
      if (tag === 0 || start + tag > bytes) return { start, head, bytes };
      start += tag;
    }
  } catch (error) {
    throw new MediaError(`the file cannot be read: ${error instanceof Error ? error.message : error}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
