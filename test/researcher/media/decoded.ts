import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecodedMedia, decodeFile } from '../../../researcher/media/decode.ts';

/** Decodes bytes as a file of that name, without ffmpeg; all of its audio, mono. */
export async function decoded(
  bytes: Uint8Array,
  name = 'audio.bin',
): Promise<DecodedMedia & { readonly audio: Float32Array }> {
  const folder = await mkdtemp(join(tmpdir(), 'decode-'));
  try {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const pieces: Float32Array[] = [];
    const media = await decodeFile(path, (samples) => pieces.push(samples.slice()), { ffmpeg: false });
    const audio = new Float32Array(media.samples);
    pieces.reduce((at, piece) => {
      audio.set(piece, at);
      return at + piece.length;
    }, 0);
    return { ...media, audio };
  } finally {
    await rm(folder, { recursive: true });
  }
}
