import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

/** Read and decoded at once: small enough for the processor's cache, large enough to read fast. */
const PIECE_BYTES = 65_536;
/** After so many pieces the event loop has a turn. */
const PIECES_A_TURN = 16;

/**
 * The bytes of a file from `start` on, in pieces that are only valid until the next one is asked for. They are read
 * synchronously, for whoever works through them holds its thread anyway: asynchronous reads cost a short clip as much
 * time as its decoding where other threads are busy. Throws the error of the file system, or the signal's reason.
 */
export async function* filePieces(
  path: string,
  { start = 0, signal }: { readonly start?: number; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const buffer = new Uint8Array(PIECE_BYTES);
    let position = start;
    for (let turn = 1; ; turn++) {
      if (turn % PIECES_A_TURN === 0) await setImmediate();
      signal?.throwIfAborted();
      const bytes = readSync(file, buffer, 0, PIECE_BYTES, position);
      if (bytes === 0) return;
      position += bytes;
      yield buffer.subarray(0, bytes);
    }
  } finally {
    closeSync(file);
  }
}

/** SHA-256 of a file in hex, as results have it. Throws what `filePieces` throws. */
export async function fileHash(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of filePieces(path, { signal })) hash.update(piece);
  return hash.digest('hex');
}
