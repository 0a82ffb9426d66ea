import { type AudioFeatures, BANDS, FeatureReader, WAVE_PER_FRAME } from './audio-features.ts';
import type { FftEngine } from './fft-engine.ts';
import type { IntegerRows } from './kernels/kernels.ts';
import { FRAMES_AT_ONCE, inverseCovariance } from './whitening.ts';

/** Frames of the longest segment of a clip that is compared with the episode's bands. */
export const LONGEST_SEGMENT = 64;
/** The root of the mean square of whitened bands as integers; what is beyond 32 times that is cut, so no sum overflows. */
const WHITE_UNIT = 256;
const MOST_WHITE = 32 * WHITE_UNIT;

/** Numbers from … to − 1 of lists of frames, and of the products of `length` frames from each on. */
interface PlacedProducts {
  readonly at: Int32Array;
  readonly products: Int32Array;
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** What all clips share when they are looked for in one episode. One a thread; the features are shared between threads. */
export class EpisodeIndex {
  readonly engine: FftEngine;
  readonly reader: FeatureReader;
  readonly frames: number;
  /** Whitened bands C⁻¹·x, frame after frame, and LONGEST_SEGMENT frames of silence; times `whiteScale`. */
  readonly white: IntegerRows;
  readonly whiteScale: number;
  /** Inverse covariance of the bands. */
  readonly #whitening: Float64Array;
  /** Sum of the whitened energies x·C⁻¹·x before frame i (frames + 1 values). */
  readonly #energy: Float64Array;
  /** The same of the wave, in steps of WAVE_PER_FRAME samples. */
  readonly #waveEnergy: Float64Array;

  constructor(features: AudioFeatures, engine: FftEngine) {
    this.engine = engine;
    this.reader = new FeatureReader(features);
    this.frames = features.frames;
    const { kernels } = engine;
    const rows = engine.block(BANDS * FRAMES_AT_ONCE);
    const row = (band: number, count: number) =>
      rows.data.subarray(band * FRAMES_AT_ONCE, band * FRAMES_AT_ONCE + count);
    const read = (from: number, count: number) => {
      for (let band = 0; band < BANDS; band++) this.reader.readBand(band, from, count, row(band, count));
    };
    this.#whitening = inverseCovariance(this.frames, kernels, rows, read);
    this.#energy = new Float64Array(this.frames + 1);
    const block = engine.block(((this.frames + LONGEST_SEGMENT) * BANDS) / 2);
    this.white = { block, values: BANDS };
    const usual = Math.sqrt(trace(this.#whitening) / BANDS);
    this.whiteScale = WHITE_UNIT / usual;
    const [weights, white] = [engine.block(BANDS * BANDS), engine.block(FRAMES_AT_ONCE)];
    weights.data.set(this.#whitening);
    for (let from = 0; from < this.frames; from += FRAMES_AT_ONCE) {
      const count = Math.min(FRAMES_AT_ONCE, this.frames - from);
      read(from, count);
      for (let band = 0; band < BANDS; band++) {
        white.data.fill(0);
        kernels.addWeighted(rows, 0, FRAMES_AT_ONCE, weights, band * BANDS, BANDS, white, 0, count);
        addProducts(white.data, row(band, count), count, this.#energy, from);
        asIntegers(white.data, count, this.whiteScale, block.int16, from * BANDS + band);
      }
    }
    engine.release([rows, weights, white]);
    for (let i = 0; i < this.frames; i++) this.#energy[i + 1]! += this.#energy[i]!;
    this.#waveEnergy = runningWaveEnergy(this.reader);
  }

  /**
   * Writes products[i] · scale / √energy of the `length` frames from frame at[i] on, which counts as `floor` where it is
   * less, into `out`.
   */
  normalised(
    { at, products, from, to, length }: PlacedProducts,
    floor: number,
    scale: number,
    out: Float64Array,
  ): void {
    const energies = this.#energy;
    for (let i = from; i < to; i++) {
      const energy = energies[Math.min(this.frames, at[i]! + length)]! - energies[at[i]!]!;
      out[i - from] = (products[i]! * scale) / Math.sqrt(Math.max(floor, energy));
    }
  }

  /** Energy of about `samples` wave samples from `start` on, to the nearest 32 ms. */
  waveEnergy(start: number, samples: number): number {
    const last = this.#waveEnergy.length - 1;
    const at = (sample: number) => Math.max(0, Math.min(last, Math.round(sample / WAVE_PER_FRAME)));
    return this.#waveEnergy[at(start + samples)]! - this.#waveEnergy[at(start)]!;
  }

  /** Whitened energy Σ x·C⁻¹·x of frames, by the products of their bands (the lower triangle). */
  whitenedEnergy(products: Float64Array): number {
    let energy = 0;
    for (let a = 0; a < BANDS; a++) {
      for (let b = 0; b < a; b++) energy += 2 * this.#whitening[a * BANDS + b]! * products[a * BANDS + b]!;
      energy += this.#whitening[a * BANDS + a]! * products[a * BANDS + a]!;
    }
    return energy;
  }
}

// Loops of their own, for nested ones are compiled again and again.

function asIntegers(values: Float32Array, count: number, scale: number, out: Int16Array, at: number): void {
  for (let i = 0; i < count; i++) {
    out[at + i * BANDS] = Math.max(-MOST_WHITE, Math.min(MOST_WHITE, Math.round(values[i]! * scale)));
  }
}

/** sums[from + i + 1] += a[i] · b[i] */
function addProducts(a: Float32Array, b: Float32Array, count: number, sums: Float64Array, from: number): void {
  for (let i = 0; i < count; i++) sums[from + i + 1]! += a[i]! * b[i]!;
}

/** Of C⁻¹, which is the covariance of C⁻¹·x too: the sum of the mean squares of all bands. */
function trace(matrix: Float64Array): number {
  let sum = 0;
  for (let band = 0; band < BANDS; band++) sum += matrix[band * BANDS + band]!;
  return sum;
}

export function sumOfSquares(values: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += values[k]! * values[k]!;
  return sum;
}

function runningWaveEnergy(reader: FeatureReader): Float64Array {
  const count = Math.ceil(reader.waveSamples / WAVE_PER_FRAME);
  const sums = new Float64Array(count + 1);
  const at = new Float32Array(WAVE_PER_FRAME * 256);
  for (let from = 0; from < count; from += 256) {
    reader.readWave(from * WAVE_PER_FRAME, at.length, at);
    for (let i = from; i < Math.min(count, from + 256); i++) {
      sums[i + 1] = sums[i]! + sumOfSquares(at, (i - from) * WAVE_PER_FRAME, (i - from + 1) * WAVE_PER_FRAME);
    }
  }
  return sums;
}
