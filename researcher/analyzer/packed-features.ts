import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type AudioFeatures, BANDS, FeatureReader, PIECE_FRAMES, WAVE_PER_FRAME } from './audio-features.ts';

/** What a stretch of features is packed from. */
export interface PackedSizes {
  readonly frames: number;
  readonly waveSamples: number;
}

/** The fastest level: a whitened wave is noise, and higher ones find nothing more in it. The checksum tells damage. */
const ZSTD = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};

/** Bytes of the smallest buffer that Node's zlib makes. */
const LEAST_CHUNK = 64;

/**
 * Features as one run of bytes, without loss, in little more than half of their size: band after band, then the lower
 * bytes of the wave and then the upper ones, which hardly differ, all of it as a Zstandard frame.
 */
export function packedFeatures(features: AudioFeatures): { readonly sizes: PackedSizes; readonly bytes: Uint8Array } {
  const { frames, waveSamples } = features;
  const reader = new FeatureReader(features);
  const plain = new Uint8Array(BANDS * frames + 2 * waveSamples);
  for (let band = 0; band < BANDS; band++) {
    reader.copyBand(band, 0, frames, new Int8Array(plain.buffer, band * frames, frames));
  }
  const wave = new Int16Array(waveSamples);
  reader.readWave(0, waveSamples, wave);
  splitBytes(wave, plain.subarray(BANDS * frames, BANDS * frames + waveSamples), plain.subarray(-waveSamples));
  return { sizes: { frames, waveSamples }, bytes: zstdCompressSync(plain, ZSTD) };
}

/** The reverse. `room`: frames that there is memory for at least. @throws Error when the bytes are damaged, or are not of these sizes */
export function unpackedFeatures(
  { frames, waveSamples }: PackedSizes,
  bytes: Uint8Array,
  room: number = frames,
): AudioFeatures {
  const size = BANDS * frames + 2 * waveSamples;
  // In one piece: a buffer that is filled to its end is followed by another one.
  const plain = zstdDecompressSync(bytes, { maxOutputLength: size, chunkSize: size + LEAST_CHUNK });
  if (plain.length !== size) throw new Error(`${size} bytes of features are expected, but ${plain.length} came`);
  const bands = piecesOf(BANDS, Math.max(frames, room));
  for (const [i, piece] of bands.entries()) {
    const length = piece.byteLength / BANDS;
    const rows = new Uint8Array(piece);
    for (let band = 0; band < BANDS; band++) {
      const from = band * frames + i * PIECE_FRAMES;
      rows.set(plain.subarray(from, Math.min(from + length, (band + 1) * frames)), band * length);
    }
  }
  const wave = piecesOf(2 * WAVE_PER_FRAME, Math.max(waveSamples / WAVE_PER_FRAME, room));
  const [lower, upper] = [plain.subarray(BANDS * frames, BANDS * frames + waveSamples), plain.subarray(-waveSamples)];
  for (const [i, piece] of wave.entries()) {
    const from = i * PIECE_FRAMES * WAVE_PER_FRAME;
    joinBytes(
      lower.subarray(from),
      upper.subarray(from),
      new Int16Array(piece, 0, Math.min(piece.byteLength / 2, waveSamples - from)),
    );
  }
  return { frames, waveSamples, bands, wave };
}

/** Memory for so many frames, of a clip no more than it needs. */
function piecesOf(bytesAFrame: number, frames: number): SharedArrayBuffer[] {
  if (frames <= PIECE_FRAMES) return [new SharedArrayBuffer(Math.ceil(frames) * bytesAFrame)];
  return Array.from(
    { length: Math.ceil(frames / PIECE_FRAMES) },
    () => new SharedArrayBuffer(PIECE_FRAMES * bytesAFrame),
  );
}

function splitBytes(values: Int16Array, lower: Uint8Array, upper: Uint8Array): void {
  for (let i = 0; i < values.length; i++) {
    lower[i] = values[i]!;
    upper[i] = values[i]! >> 8;
  }
}

function joinBytes(lower: Uint8Array, upper: Uint8Array, values: Int16Array): void {
  for (let i = 0; i < values.length; i++) values[i] = lower[i]! | (upper[i]! << 8);
}
