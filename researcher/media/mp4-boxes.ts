import { readSync } from 'node:fs';
import { ascii } from './bytes.ts';
import { MediaError } from './media-error.ts';

/** An ISO base media box (ISO/IEC 14496-12 §4.2): its name, and where its content lies. */
export interface Box {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** A description of a track is read whole; of more than this is damage (a day of frames takes 16 MB). */
const LONGEST_HEADER = 64 * 1_048_576;

/** The boxes of a file from byte `from` to `to`, without what is in them. One that tells too much reaches to the end. */
export function* fileBoxes(file: number, from: number, to: number): Generator<Box> {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  for (let at = from; at + 8 <= to; ) {
    const bytes = readSync(file, head, 0, 16, at);
    if (bytes < 8) return;
    let [size, header] = [view.getUint32(0), 8];
    if (size === 1 && bytes === 16) [size, header] = [Number(view.getBigUint64(8)), 16];
    if (size === 0) size = to - at;
    if (size < header) return;
    yield { name: ascii(head, 4, 4), from: at + header, to: Math.min(to, at + size) };
    at += size;
  }
}

/** The content of a box of a file. */
export function readBox(file: number, { name, from, to }: Box): Uint8Array {
  if (to - from > LONGEST_HEADER) throw new MediaError(`the box "${name}" of this MP4 file has ${to - from} bytes`);
  const content = new Uint8Array(to - from);
  return content.subarray(0, readSync(file, content, 0, content.length, from));
}

/** The boxes in a box that was read. */
export function* boxesIn(
  content: Uint8Array,
  from = 0,
): Generator<{ readonly name: string; readonly content: Uint8Array }> {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  for (let at = from; at + 8 <= content.length; ) {
    let [size, header] = [view.getUint32(at), 8];
    if (size === 1 && at + 16 <= content.length) [size, header] = [Number(view.getBigUint64(at + 8)), 16];
    if (size === 0) size = content.length - at;
    if (size < header) return;
    yield {
      name: ascii(content, at + 4, 4),
      content: content.subarray(at + header, Math.min(content.length, at + size)),
    };
    at += size;
  }
}

/** The content of the box that one comes to by these names; undefined if one of them is missing. */
export function boxAt(content: Uint8Array, ...path: readonly string[]): Uint8Array | undefined {
  let found: Uint8Array | undefined = content;
  for (const name of path) found = found && [...boxesIn(found)].find((box) => box.name === name)?.content;
  return found;
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
