/** Rate of the audio that features are made from, Hz. */
export const AUDIO_RATE = 8_000;
/** Rate of the whitened waveform, Hz. */
export const WAVE_RATE = 4_000;
/** Band features a second: one every 32 ms. */
export const FRAME_RATE = 31.25;
/** Samples of the whitened waveform a band frame. */
export const WAVE_PER_FRAME = WAVE_RATE / FRAME_RATE;
/** Bands of a frame, 200–3,400 Hz on a logarithmic scale. */
export const BANDS = 24;
/** Band features are kept as integers of 1/32. */
export const BAND_UNIT = 1 / 32;

/** Samples at AUDIO_RATE a frame. */
export const SAMPLES_A_FRAME = AUDIO_RATE / FRAME_RATE;

/** 256 s of frames. Shared memory comes in pieces: nothing is copied as it grows. */
const FRAMES_A_PIECE = 8_000;

export { FRAMES_A_PIECE as PIECE_FRAMES };

const WAVE_A_PIECE = FRAMES_A_PIECE * WAVE_PER_FRAME;

/**
 * What is kept of an audio file: plain data that worker threads share (no copy is made when it is posted).
 * `bands`: pieces of BANDS × FRAMES_A_PIECE signed bytes, band after band, in units of BAND_UNIT; a single piece may be
 * of fewer frames.
 * `wave`: pieces of WAVE_A_PIECE 16-bit integers at WAVE_RATE (the last one may be shorter).
 * Frame i and wave sample i · WAVE_PER_FRAME are at the same time, i · 32 ms after the beginning.
 * About 32 MB an hour.
 */
export interface AudioFeatures {
  readonly frames: number;
  readonly waveSamples: number;
  readonly bands: readonly SharedArrayBuffer[];
  readonly wave: readonly SharedArrayBuffer[];
}

/** Memory that features take. */
export const bytesOf = ({ bands, wave }: AudioFeatures): number =>
  [...bands, ...wave].reduce((sum, { byteLength }) => sum + byteLength, 0);

/** 16 s. */
const FIRST_WAVE = 65_536;

/** Collects features as they are made. */
export class FeatureWriter {
  frames = 0;
  waveSamples = 0;
  readonly #bands: SharedArrayBuffer[] = [];
  readonly #wave: SharedArrayBuffer[] = [];

  /** Appends `count` frames; `row(band)` has the values of a band in them, in units of BAND_UNIT. */
  appendFrames(count: number, row: (band: number) => Int8Array): void {
    for (let done = 0; done < count; ) {
      const at = this.frames % FRAMES_A_PIECE;
      if (at === 0) this.#bands.push(new SharedArrayBuffer(BANDS * FRAMES_A_PIECE));
      const piece = new Int8Array(this.#bands.at(-1)!);
      const length = Math.min(count - done, FRAMES_A_PIECE - at);
      for (let band = 0; band < BANDS; band++) {
        piece.set(row(band).subarray(done, done + length), band * FRAMES_A_PIECE + at);
      }
      done += length;
      this.frames += length;
    }
  }

  appendWave(samples: Int16Array): void {
    for (let done = 0; done < samples.length; ) {
      const at = this.waveSamples % WAVE_A_PIECE;
      const length = Math.min(samples.length - done, WAVE_A_PIECE - at);
      new Int16Array(this.#wavePiece(at, length)).set(samples.subarray(done, done + length), at);
      done += length;
      this.waveSamples += length;
    }
  }

  /** The last piece, with room for `length` samples from `at` on; it begins small, for most clips are. */
  #wavePiece(at: number, length: number): SharedArrayBuffer {
    if (at === 0) this.#wave.push(new SharedArrayBuffer(2 * Math.min(WAVE_A_PIECE, Math.max(length, FIRST_WAVE))));
    const piece = this.#wave.at(-1)!;
    if (2 * (at + length) <= piece.byteLength) return piece;
    const larger = new SharedArrayBuffer(2 * Math.min(WAVE_A_PIECE, Math.max(at + length, 4 * at)));
    new Uint8Array(larger).set(new Uint8Array(piece));
    this.#wave[this.#wave.length - 1] = larger;
    return larger;
  }

  features(): AudioFeatures {
    return { frames: this.frames, waveSamples: this.waveSamples, bands: this.#bands, wave: this.#wave };
  }
}

/** Integers of 16 bits in a word: engines copy shared memory word by word where it begins with a whole one, else byte by byte. */
const IN_A_WORD = 4;

/** Reads features as floats; what lies outside the audio is 0. One a thread. */
export class FeatureReader {
  readonly frames: number;
  readonly waveSamples: number;
  readonly #bands: readonly Int8Array[];
  readonly #wave: readonly Int16Array[];
  /** Frames of a piece: of a single one it may be fewer than FRAMES_A_PIECE. */
  readonly #pieceFrames: number;
  /** Whole words of the wave, not shared. */
  #words = new Int16Array(0);

  constructor(features: AudioFeatures) {
    this.frames = features.frames;
    this.waveSamples = features.waveSamples;
    this.#bands = features.bands.map((piece) => new Int8Array(piece));
    this.#wave = features.wave.map((piece) => new Int16Array(piece));
    this.#pieceFrames = features.bands.length > 0 ? features.bands[0]!.byteLength / BANDS : FRAMES_A_PIECE;
  }

  /** Band values (unit 1) of frames start … start + length − 1 into `out`. */
  readBand(band: number, start: number, length: number, out: Float32Array): void {
    eachRun(this.#pieceFrames, this.frames, start, length, out, (piece, at, i, count) => {
      inUnits(this.#bands[piece]!, band * this.#pieceFrames + at, count, out, i);
    });
  }

  /** The same as they are kept, in units of BAND_UNIT. */
  copyBand(band: number, start: number, length: number, out: Int8Array): void {
    eachRun(this.#pieceFrames, this.frames, start, length, out, (piece, at, i, count) => {
      const offset = band * this.#pieceFrames + at;
      out.set(this.#bands[piece]!.subarray(offset, offset + count), i);
    });
  }

  /** All bands of frames start … start + length − 1, which are in the audio, in units of BAND_UNIT: frame after frame. */
  copyFrames(start: number, length: number, out: Int16Array): void {
    for (let i = 0; i < length; ) {
      const at = (start + i) % this.#pieceFrames;
      const count = Math.min(length - i, this.#pieceFrames - at);
      const piece = this.#bands[Math.floor((start + i) / this.#pieceFrames)]!;
      for (let band = 0; band < BANDS; band++)
        dealt(piece, band * this.#pieceFrames + at, count, out, i * BANDS + band);
      i += count;
    }
  }

  /** Wave samples start … start + length − 1 into `out`. */
  readWave(start: number, length: number, out: Float32Array | Int16Array): void {
    eachRun(WAVE_A_PIECE, this.waveSamples, start, length, out, (piece, at, i, count) => {
      out.set(this.#copied(this.#wave[piece]!, at, count), i);
    });
  }

  /** Values from … of shared memory, until the next call. */
  #copied(wave: Int16Array, from: number, count: number): Int16Array {
    const skipped = from % IN_A_WORD;
    const first = from - skipped;
    const end = Math.min(wave.length, first + Math.ceil((skipped + count) / IN_A_WORD) * IN_A_WORD);
    if (this.#words.length < end - first) this.#words = new Int16Array(end - first);
    this.#words.set(wave.subarray(first, end));
    return this.#words.subarray(skipped, skipped + count);
  }
}

function inUnits(values: Int8Array, from: number, count: number, out: Float32Array, at: number): void {
  for (let k = 0; k < count; k++) out[at + k] = values[from + k]! * BAND_UNIT;
}

/** Values side by side to places BANDS apart. */
function dealt(values: Int8Array, from: number, count: number, out: Int16Array, at: number): void {
  for (let k = 0; k < count; k++) out[at + k * BANDS] = values[from + k]!;
}

/**
 * Calls `copy` for every run of values start … start + length − 1 that lies in one piece: `count` of them from index `at`
 * of the piece on, for index `i` of `out`. What lies outside the audio becomes 0.
 */
function eachRun(
  pieceLength: number,
  total: number,
  start: number,
  length: number,
  out: Float32Array | Int16Array | Int8Array,
  copy: (piece: number, at: number, i: number, count: number) => void,
): void {
  const from = Math.max(0, Math.min(length, -start));
  const to = Math.max(from, Math.min(length, total - start));
  out.fill(0, 0, from);
  out.fill(0, to, length);
  for (let i = from; i < to; ) {
    const at = (start + i) % pieceLength;
    const count = Math.min(to - i, pieceLength - at);
    copy(Math.floor((start + i) / pieceLength), at, i, count);
    i += count;
  }
}

/** One piece of features: those of a longer stretch of audio from frame `skip` on. */
export function featurePiece(
  features: AudioFeatures,
  skip: number,
): { bands: SharedArrayBuffer; wave: SharedArrayBuffer } {
  const bands = new SharedArrayBuffer(BANDS * FRAMES_A_PIECE);
  const wave = new SharedArrayBuffer(2 * WAVE_A_PIECE);
  const reader = new FeatureReader(features);
  for (let band = 0; band < BANDS; band++) {
    const row = new Int8Array(bands, band * FRAMES_A_PIECE, FRAMES_A_PIECE);
    reader.copyBand(band, skip, FRAMES_A_PIECE, row);
  }
  reader.readWave(skip * WAVE_PER_FRAME, WAVE_A_PIECE, new Int16Array(wave));
  return { bands, wave };
}
