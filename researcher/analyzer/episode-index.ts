import { type AudioFeatures, BANDS, FeatureReader, WAVE_PER_FRAME } from './audio-features.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { combined, inverseCovariance } from './whitening.ts';

/** Frames of one FFT block in the band domain (33 s), and the longest segment that is correlated with it. */
export const BAND_BLOCK = 1_024;
export const LONGEST_SEGMENT = 64;
const HOP = BAND_BLOCK - LONGEST_SEGMENT;
/** Above this the spectra are made anew for every clip instead of being kept (about 5 hours). */
const MOST_KEPT_BYTES = 64 * 1_048_576;

/**
 * What all clips share when they are looked for in one episode: the FFTs of its band features in overlapping
 * blocks and the running energy. One a thread; the features themselves are shared between threads.
 */
export class EpisodeIndex {
  readonly engine: FftEngine;
  readonly reader: FeatureReader;
  readonly frames: number;
  readonly blocks: number;
  readonly bandFft: RealFft;
  /** Inverse covariance of the bands. */
  readonly #whitening: Float64Array;
  readonly #rows = Array.from({ length: BANDS }, () => new Float32Array(BAND_BLOCK));
  /** Sum of the whitened energies x·C⁻¹·x before frame i (frames + 1 values). */
  readonly #energy: Float64Array;
  /** The same of the wave, in steps of WAVE_PER_FRAME samples. */
  readonly #waveEnergy: Float64Array;
  readonly #time: FloatBlock;
  readonly #kept: (FloatBlock[] | undefined)[] = [];
  readonly #keep: boolean;
  readonly #scratch: FloatBlock[] = [];
  readonly #series: FloatBlock[] = [];
  readonly #levels: FloatBlock;

  constructor(features: AudioFeatures, engine: FftEngine) {
    this.engine = engine;
    this.reader = new FeatureReader(features);
    this.frames = features.frames;
    this.blocks = Math.max(1, Math.ceil(features.frames / HOP));
    this.bandFft = engine.fft(BAND_BLOCK);
    this.#time = engine.block(BAND_BLOCK);
    this.#keep = this.blocks * BANDS * BAND_BLOCK * 4 <= MOST_KEPT_BYTES;
    const rows = Array.from({ length: BANDS }, (_, band) => {
      const row = new Float32Array(this.frames);
      this.reader.readBand(band, 0, this.frames, row);
      return row;
    });
    this.#whitening = inverseCovariance(rows);
    this.#energy = this.#runningEnergy(rows);
    this.#levels = engine.block(this.frames);
    this.#waveEnergy = runningWaveEnergy(this.reader);
  }

  /** A series of one value a frame, number i of them; its memory is used again for the next clip. */
  series(i: number): FloatBlock {
    this.#series[i] ??= this.engine.block(this.frames);
    return this.#series[i];
  }

  /**
   * For each frame 1 over the root of the energy of the `length` frames from there on, which counts as `floor` where it
   * is less. Only valid until the next call.
   */
  inverseLevels(length: number, floor: number): FloatBlock {
    inverseRoots(this.#energy, this.frames, length, floor, this.#levels.data);
    return this.#levels;
  }

  /** First frame of a block; its correlation is valid for HOP frames from there. */
  blockStart(block: number): number {
    return block * HOP;
  }

  blockFrames(block: number): number {
    return Math.min(HOP, this.frames - block * HOP);
  }

  /** Packed spectra of all bands of a block. Only valid until the next call. */
  spectra(block: number): readonly FloatBlock[] {
    const kept = this.#kept[block];
    if (kept) return kept;
    if (!this.#keep && this.#scratch.length > 0) return this.#transform(block, this.#scratch);
    const blocks = Array.from({ length: BANDS }, () => this.engine.block(BAND_BLOCK));
    if (this.#keep) this.#kept[block] = blocks;
    else this.#scratch.push(...blocks);
    return this.#transform(block, blocks);
  }

  /** Energy of about `samples` wave samples from `start` on, to the nearest 32 ms. */
  waveEnergy(start: number, samples: number): number {
    const last = this.#waveEnergy.length - 1;
    const at = (sample: number) => Math.max(0, Math.min(last, Math.round(sample / WAVE_PER_FRAME)));
    return this.#waveEnergy[at(start + samples)]! - this.#waveEnergy[at(start)]!;
  }

  #transform(block: number, spectra: readonly FloatBlock[]): readonly FloatBlock[] {
    for (let band = 0; band < BANDS; band++) this.reader.readBand(band, block * HOP, BAND_BLOCK, this.#rows[band]!);
    for (let band = 0; band < BANDS; band++) {
      combined(this.#whitening, band, this.#rows, BAND_BLOCK, this.#time.data);
      this.bandFft.forwardPacked(this.#time, spectra[band]!);
    }
    return spectra;
  }

  /** Whitened energy x·C⁻¹·x of some frames of a clip's bands. */
  whitenedEnergy(rows: readonly Float32Array[], length: number): number {
    const white = new Float32Array(length);
    let energy = 0;
    for (let band = 0; band < BANDS; band++) {
      combined(this.#whitening, band, rows, length, white);
      for (let i = 0; i < length; i++) energy += white[i]! * rows[band]![i]!;
    }
    return energy;
  }

  #runningEnergy(rows: readonly Float32Array[]): Float64Array {
    const sums = new Float64Array(this.frames + 1);
    const white = new Float32Array(this.frames);
    for (let band = 0; band < BANDS; band++) {
      combined(this.#whitening, band, rows, this.frames, white);
      addProducts(white, rows[band]!, sums);
    }
    for (let i = 0; i < this.frames; i++) sums[i + 1]! += sums[i]!;
    return sums;
  }
}

// Loops of their own, for nested ones are compiled again and again.

function inverseRoots(energy: Float64Array, frames: number, length: number, floor: number, out: Float32Array): void {
  for (let i = 0; i < frames; i++) {
    out[i] = 1 / Math.sqrt(Math.max(floor, energy[Math.min(frames, i + length)]! - energy[i]!));
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
