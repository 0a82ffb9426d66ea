import type { FeatureReader } from './audio-features.ts';
import { sumOfSquares } from './episode-index.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
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
  readonly #engine: FftEngine;
  readonly #dense: FloatBlock;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#fft = engine.fft(BLOCK);
    [this.#time, this.#product, this.#template] = [engine.block(BLOCK), engine.block(BLOCK), engine.block(BLOCK)];
    this.#engine = engine;
    this.#dense = engine.block(DENSITY * (Math.ceil(PIECES * PIECE * (1 + MOST_SPEED)) + 2));
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
    for (const [i, spectrum] of this.#pieces.entries()) {
      // Turned round in time, so that lag −REACH comes last of 2 · REACH + 1 correlations, and the templates stay as they are.
      const [place, time] = [this.#template.data, this.#time.data.fill(0)];
      this.#reader.readWave(begin + i * piece - REACH, piece + 2 * REACH, place);
      for (let k = 0; k < piece + 2 * REACH; k++) time[(2 * REACH - k + BLOCK) % BLOCK] = place[k]!;
      energy += sumOfSquares(place, REACH, REACH + piece);
      this.#fft.forwardPacked(this.#time, spectrum);
    }
    makeDenser(wave, anchor, Math.ceil(PIECES * piece * (1 + MOST_SPEED)) + 2, this.#dense.data);
    let best: SpeedGuess | undefined;
    const steps = Math.round(MOST_SPEED / SPEED_STEP);
    for (let step = -steps; step <= steps; step++) {
      const speed = 1 + step * SPEED_STEP;
      const found = this.#atSpeed(piece, speed, energy);
      if (!best || found.likeness > best.likeness) {
        best = { speed, anchor, position: begin + found.lag, likeness: found.likeness };
      }
    }
    return best;
  }

  #atSpeed(piece: number, speed: number, energy: number) {
    const { kernels } = this.#engine;
    this.#product.data.fill(0);
    this.#time.data.fill(0);
    let clipEnergy = 1;
    for (const [i, spectrum] of this.#pieces.entries()) {
      const step = speed * DENSITY;
      clipEnergy += kernels.linear(this.#dense, this.#time, piece, i * piece * step, step);
      this.#fft.forwardPacked(this.#time, this.#template);
      this.#fft.multiplyAdd(spectrum, this.#template, this.#product, 1 / BLOCK);
    }
    this.#fft.inversePacked(this.#product, this.#time);
    const top = kernels.top(this.#time, 2 * REACH + 1);
    return { lag: REACH - top, likeness: this.#time.data[top]! / Math.sqrt(energy * clipEnergy) };
  }
}

/** Samples of the waveform from `from` on, DENSITY times as dense. */
function makeDenser(wave: Float32Array, from: number, length: number, out: Float32Array): void {
  for (let k = 0; k < length * DENSITY; k++) out[k] = KERNELS.at(wave, from + k / DENSITY);
}

/** A waveform played `speed` times as fast. */
export function atSpeed(wave: Float32Array, speed: number): Float32Array {
  const out = new Float32Array(Math.max(1, Math.floor((wave.length - 1) / speed) + 1));
  for (let k = 0; k < out.length; k++) out[k] = KERNELS.at(wave, k * speed);
  return out;
}

const KERNELS = sincTable(TAPS);
