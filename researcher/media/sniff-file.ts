import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { MediaError } from './media-error.ts';
import { SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts';

/** Looks at the beginning of a file. Throws MediaError if it cannot be read or is not audio. */
export function sniffFile(path: string): Sniffed & { readonly bytes: number; readonly head: Uint8Array } {
  const { head, bytes } = readHead(path);
  const sniffed = sniff(head);
  if (sniffed.format === 'not-audio') throw new MediaError(`this is ${sniffed.description}, not audio`);
  return { ...sniffed, bytes, head };
}

function readHead(path: string): { head: Uint8Array; bytes: number } {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const head = new Uint8Array(SNIFF_BYTES);
    return { head: head.subarray(0, readSync(file, head, 0, SNIFF_BYTES, 0)), bytes: fstatSync(file).size };
  } catch (error) {
    throw new MediaError(`the file cannot be read: ${error instanceof Error ? error.message : error}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
