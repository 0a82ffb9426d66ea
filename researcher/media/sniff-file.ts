import { open } from 'node:fs/promises';
import { MediaError } from './media-error.ts';
import { SNIFF_BYTES, type Sniffed, sniff } from './sniff.ts';

/** Looks at the beginning of a file. Throws MediaError if it cannot be read or is not audio. */
export async function sniffFile(
  path: string,
): Promise<Sniffed & { readonly bytes: number; readonly head: Uint8Array }> {
  const { head, bytes } = await readHead(path);
  const sniffed = sniff(head);
  if (sniffed.format === 'not-audio') throw new MediaError(`this is ${sniffed.description}, not audio`);
  return { ...sniffed, bytes, head };
}

async function readHead(path: string): Promise<{ head: Uint8Array; bytes: number }> {
  try {
    await using file = await open(path);
    const head = new Uint8Array(SNIFF_BYTES);
    const { bytesRead } = await file.read(head, 0, SNIFF_BYTES, 0);
    return { head: head.subarray(0, bytesRead), bytes: (await file.stat()).size };
  } catch (error) {
    throw new MediaError(`the file cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
