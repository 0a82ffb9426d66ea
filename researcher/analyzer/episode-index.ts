import { type AudioFeatures, BANDS, FeatureReader, WAVE_PER_FRAME } from './audio-features.ts';
import type { FftEngine } from './fft-engine.ts';
import type { IntegerRows } from './kernels/kernels.ts';
import { combined, inverseCovariance } from './whitening.ts';

/** Frames of the longest segment of a clip that is compared with the episode's bands. */
export const LONGEST_SEGMENT = 64;
/** The root of the mean square of whitened bands as integers; what is beyond 32 times that is cut, so no sum overflows. */
const WHITE_UNIT = 256;
const USUAL_STEP = 16;
const MOST_WHITE = 32 * WHITE_UNIT;

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
    const rows = Array.from({ length: BANDS }, (_, band) => {
      const row = new Float32Array(this.frames);
      this.reader.readBand(band, 0, this.frames, row);
      return row;
    });
    this.#whitening = inverseCovariance(rows);
    this.#energy = new Float64Array(this.frames + 1);
    const block = engine.block(((this.frames + LONGEST_SEGMENT) * BANDS) / 2);
    this.white = { block, values: BANDS };
    const usual = this.#usual(rows);
    this.whiteScale = usual > 0 ? WHITE_UNIT / usual : 0;
    const white = new Float32Array(this.frames);
    for (let band = 0; band < BANDS; band++) {
      combined(this.#whitening, band, rows, this.frames, white);
      addProducts(white, rows[band]!, this.#energy);
      asIntegers(white, this.whiteScale, block.int16, band);
    }
    for (let i = 0; i < this.frames; i++) this.#energy[i + 1]! += this.#energy[i]!;
    this.#waveEnergy = runningWaveEnergy(this.reader);
  }

  /**
   * out[i] = products[i] · scale / √energy of the `length` frames from frame at[i] on, which counts as `floor` where it is
   * less.
   */
  normalised(
    at: Int32Array,
    products: Int32Array,
    count: number,
    length: number,
    floor: number,
    scale: number,
    out: Float64Array,
  ): void {
    const energies = this.#energy;
    for (let i = 0; i < count; i++) {
      const energy = energies[Math.min(this.frames, at[i]! + length)]! - energies[at[i]!]!;
      out[i] = (products[i]! * scale) / Math.sqrt(Math.max(floor, energy));
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

  /** Root of the mean square of the whitened bands, of one frame in USUAL_STEP. */
  #usual(rows: readonly Float32Array[]): number {
    const some = rows.map((row) => row.filter((_, i) => i % USUAL_STEP === 0));
    const white = new Float32Array(some[0]!.length);
    let sum = 0;
    for (let band = 0; band < BANDS; band++) {
      combined(this.#whitening, band, some, white.length, white);
      sum += sumOfSquares(white, 0, white.length);
    }
    return Math.sqrt(sum / BANDS / Math.max(1, white.length));
  }
}

// Loops of their own, for nested ones are compiled again and again.

function asIntegers(values: Float32Array, scale: number, out: Int16Array, at: number): void {
  for (let i = 0; i < values.length; i++) {
    out[i * BANDS + at] = Math.max(-MOST_WHITE, Math.min(MOST_WHITE, Math.round(values[i]! * scale)));
  }
}

/** sums[i + 1] += a[i] · b[i] */
function addProducts(a: Float32Array, b: Float32Array, sums: Float64Array): void {
  for (let i = 0; i < a.length; i++) sums[i + 1]! += a[i]! * b[i]!;
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
