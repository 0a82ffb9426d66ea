import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecodedMedia, decodeFile, MediaError } from '../../../researcher/media/decode.ts';

interface Decoded extends DecodedMedia {
  readonly audio: Float32Array;
}

/** Decodes bytes as a file of that name, without ffmpeg; all of its audio, mono. */
export async function decoded(bytes: Uint8Array, name = 'audio.bin', maximumSeconds?: number): Promise<Decoded> {
  const folder = await mkdtemp(join(tmpdir(), 'decode-'));
  try {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const pieces: Float32Array[] = [];
    const options = { ffmpeg: false, ...(maximumSeconds !== undefined && { maximumSeconds }) } as const;
    const media = await decodeFile(path, (samples) => pieces.push(samples.slice()), options);
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

/** What is heard of a damaged file; undefined where it is refused. Anything but a MediaError fails the test. */
export async function heardOf(bytes: Uint8Array): Promise<Float32Array | undefined> {
  try {
    // What damage tells of may be days of silence, and all of it is kept here: it is refused as too long, as by a researcher.
    return (await decoded(bytes, 'audio.bin', 300)).audio;
  } catch (error) {
    expect(error).toBeInstanceOf(MediaError);
    return undefined;
  }
}
