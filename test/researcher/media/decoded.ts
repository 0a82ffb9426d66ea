import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecodedMedia, decodeFile, MediaError } from '../../../researcher/media/decode.ts';

interface Decoded extends DecodedMedia {
  readonly audio: Float32Array;
}

/** Half an hour: all of it is kept here. */
const MOST_SAMPLES = 1_800 * 48_000;

/** Decodes bytes as a file of that name, without ffmpeg; all of its audio that is there, mono. */
export async function decoded(bytes: Uint8Array, name = 'audio.bin'): Promise<Decoded> {
  const folder = await mkdtemp(join(tmpdir(), 'decode-'));
  try {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const pieces: Float32Array[] = [];
    let kept = 0;
    const keep = (samples: Float32Array) => {
      kept += samples.length;
      if (kept > MOST_SAMPLES) throw new Error(`more than ${MOST_SAMPLES} samples were made of ${bytes.length} bytes`);
      pieces.push(samples.slice());
    };
    const media = await decodeFile(path, keep, { ffmpeg: false });
    // Without what is described behind the end of a file that was cut off: damage may describe days.
    const audio = new Float32Array(kept);
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
    return (await decoded(bytes)).audio;
  } catch (error) {
    expect(error).toBeInstanceOf(MediaError);
    return undefined;
  }
}
