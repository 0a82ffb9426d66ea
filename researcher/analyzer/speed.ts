import type { FeatureReader } from './audio-features.ts';
import type { FftEngine, FloatBlock, RealFft } from './fft.ts';
import { sincTable } from './sinc-table.ts';

/** Fine enough to keep 0.75 s in step up to 1.5 kHz. */
const SPEED_STEP = 0.0006;
const MOST_SPEED = 0.03;
const BLOCK = 2_048;
/** Two pieces of 0.37 s are looked at, next to each other. */
const PIECE = 1_500;
const PIECES = 2;
/** Lags −REACH … +REACH (62 ms) around where the bands say. */
const REACH = 248;
/** The clip is made so many times as dense once; then straight lines between samples will do for every speed. */
const DENSITY = 4;
const TAPS = 8;

export interface SpeedGuess {
  /** How much faster than the clip it runs, 0.97..1.03. */
  readonly speed: number;
  /** Sample of the episode where sample `anchor` of the clip is. */
  readonly position: number;
  readonly anchor: number;
  /** Normalised correlation there. */
  readonly likeness: number;
}

/**
 * Looks for a clip played at another speed: two pieces of its waveform, resampled to every speed within ±3 %, are
 * correlated with one place of the episode.
 */
export class SpeedSearch {
  readonly #reader: FeatureReader;
  readonly #fft: RealFft;
  readonly #time: FloatBlock;
  readonly #product: FloatBlock;
  readonly #template: FloatBlock;
  readonly #pieces: readonly FloatBlock[];

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#fft = engine.fft(BLOCK);
    [this.#time, this.#product, this.#template] = [engine.block(BLOCK), engine.block(BLOCK), engine.block(BLOCK)];
    this.#pieces = Array.from({ length: PIECES }, () => engine.block(BLOCK));
  }

  /**
   * The best speed for the part of a clip from sample `anchor` on, which the bands place at sample
   * `position` of the episode; undefined if the clip is too short for it.
   */
  guess(wave: Float32Array, anchor: number, position: number): SpeedGuess | undefined {
    const piece = Math.min(PIECE, Math.floor((wave.length - anchor) / (PIECES * (1 + MOST_SPEED))));
    if (piece < PIECE / 3) return undefined;
    const begin = Math.round(position);
    let energy = 1;
    this.#pieces.forEach((spectrum, i) => {
      const time = this.#time.data;
      this.#reader.readWave(begin + i * piece - REACH, BLOCK, time);
      time.fill(0, piece + 2 * REACH);
      for (let k = REACH; k < REACH + piece; k++) energy += time[k]! * time[k]!;
      this.#fft.forwardPacked(this.#time, spectrum);
    });
    const dense = denser(wave, anchor, Math.ceil(PIECES * piece * (1 + MOST_SPEED)) + 2);
    let best: SpeedGuess | undefined;
    const steps = Math.round(MOST_SPEED / SPEED_STEP);
    for (let step = -steps; step <= steps; step++) {
      const speed = 1 + step * SPEED_STEP;
      const found = this.#atSpeed(dense, piece, speed, energy);
      if (!best || found.likeness > best.likeness) {
        best = { speed, anchor, position: begin + found.lag, likeness: found.likeness };
      }
    }
    return best;
  }

  #atSpeed(dense: Float32Array, piece: number, speed: number, energy: number) {
    this.#product.data.fill(0);
    let clipEnergy = 1;
    this.#pieces.forEach((spectrum, i) => {
      // Turned round in time, as for every correlation here.
      const time = this.#time.data.fill(0);
      for (let k = 0; k < piece; k++) {
        const at = (i * piece + k) * speed * DENSITY;
        const whole = Math.floor(at);
        const before = dense[whole]!;
        const value = before + (at - whole) * (dense[whole + 1]! - before);
        time[k === 0 ? 0 : BLOCK - k] = value;
        clipEnergy += value * value;
      }
      this.#fft.forwardPacked(this.#time, this.#template);
      this.#fft.multiplyAdd(spectrum, this.#template, this.#product, 1 / BLOCK);
    });
    this.#fft.inversePacked(this.#product, this.#time);
    const values = this.#time.data;
    let top = 0;
    for (let lag = 1; lag <= 2 * REACH; lag++) if (values[lag]! > values[top]!) top = lag;
    return { lag: top - REACH, likeness: values[top]! / Math.sqrt(energy * clipEnergy) };
  }
}

/** Samples of the waveform from `from` on, DENSITY times as dense. */
function denser(wave: Float32Array, from: number, length: number): Float32Array {
  const out = new Float32Array(length * DENSITY);
  for (let k = 0; k < out.length; k++) out[k] = KERNELS.at(wave, from + k / DENSITY);
  return out;
}

/** A waveform played `speed` times as fast. */
export function atSpeed(wave: Float32Array, speed: number): Float32Array {
  const out = new Float32Array(Math.max(1, Math.floor((wave.length - 1) / speed) + 1));
  for (let k = 0; k < out.length; k++) out[k] = KERNELS.at(wave, k * speed);
  return out;
}

const KERNELS = sincTable(TAPS);
