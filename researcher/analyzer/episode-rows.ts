import { BANDS, type FeatureReader } from './audio-features.ts';
import { COMPONENTS, overBands, overTime, WINDOW } from './clip-windows.ts';
import type { FftEngine } from './fft-engine.ts';
import type { IntegerRows } from './kernels/kernels.ts';

/** Frames from one window of the episode to the next. */
export const STRIDE = 2;
/** Windows that are made at once: their memory stays in the processor's cache. */
const AT_ONCE = 2_048;
/** Every so manieth batch tells how large the components usually are. */
const MEASURED = 4;
/** Length of a row: products of two stay within 32 bits. */
export const ROW_LENGTH = 8_192;
/** What is quieter than this share of the usual is not made as loud as the rest. */
const LEAST_LEVEL = 0.1;

export interface EpisodeRows {
  /** A window each, its components in units of their deviations, all rows of one length. */
  readonly rows: IntegerRows;
  readonly count: number;
  /** 1 / the deviation of each component. */
  readonly scales: Float32Array;
}

/** The windows of an episode, STRIDE frames apart; a multiple of four. */
export function episodeRows(reader: FeatureReader, engine: FftEngine): EpisodeRows {
  const values = COMPONENTS.length;
  const count = Math.ceil(Math.max(1, reader.frames / STRIDE) / 4) * 4;
  const maker = new WindowMaker(reader, engine);
  const squares = new Float64Array(values);
  for (let from = 0; from < count; from += MEASURED * AT_ONCE) {
    addSquares(maker.made(from, Math.min(AT_ONCE, count - from)), squares);
  }
  const measured = squares.reduce((most, square) => Math.max(most, square), 0);
  const windows = Math.ceil(count / MEASURED / AT_ONCE) * AT_ONCE;
  const scales = Float32Array.from(
    squares,
    (square) => 1 / Math.sqrt(Math.max(square, 1e-6 * measured, 1e-9) / Math.min(windows, count)),
  );
  const block = engine.block(Math.ceil((count * values) / 2));
  for (let from = 0; from < count; from += AT_ONCE) {
    const made = maker.made(from, Math.min(AT_ONCE, count - from));
    quantized(made, scales, block.int16.subarray(from * values));
  }
  maker.release();
  return { rows: { block, values }, count, scales };
}

function addSquares(made: Float32Array, squares: Float64Array): void {
  const values = squares.length;
  for (let i = 0; i < made.length; ) for (let k = 0; k < values; k++, i++) squares[k]! += made[i]! * made[i]!;
}

function quantized(made: Float32Array, scales: Float32Array, out: Int16Array): void {
  const values = scales.length;
  const least = LEAST_LEVEL * Math.sqrt(values);
  for (let from = 0; from < made.length; from += values) {
    let sum = 0;
    for (let k = 0; k < values; k++) {
      made[from + k]! *= scales[k]!;
      sum += made[from + k]! * made[from + k]!;
    }
    const scale = ROW_LENGTH / Math.max(least, Math.sqrt(sum));
    for (let k = 0; k < values; k++) out[from + k] = Math.round(made[from + k]! * scale);
  }
}

/** Makes the components of many windows at a time. */
class WindowMaker {
  readonly #reader: FeatureReader;
  readonly #engine: FftEngine;
  readonly #bands;
  readonly #shape;
  readonly #phases;
  readonly #sum;
  readonly #row;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#engine = engine;
    const frames = AT_ONCE * STRIDE + WINDOW;
    this.#row = new Float32Array(frames);
    this.#bands = Array.from({ length: BANDS }, () => engine.block(frames));
    this.#shape = engine.block(frames);
    this.#phases = Array.from({ length: STRIDE }, () => engine.block(frames / STRIDE));
    this.#sum = engine.block(AT_ONCE);
  }

  /** Window after window, from number `from` on. */
  made(from: number, count: number): Float32Array {
    const { kernels } = this.#engine;
    const frames = count * STRIDE + WINDOW;
    for (const [band, block] of this.#bands.entries()) {
      this.#reader.readBand(band, from * STRIDE, frames, this.#row.subarray(0, frames));
      block.data.set(this.#row.subarray(0, frames));
    }
    const values = COMPONENTS.length;
    const out = new Float32Array(count * values);
    let shape = -1;
    for (const [component, { band, time }] of COMPONENTS.entries()) {
      if (band !== shape) {
        shape = band;
        this.#shape.data.fill(0);
        const weights = overBands(band);
        for (const [i, block] of this.#bands.entries())
          kernels.addScaled(this.#shape, 0, block, 0, frames, weights[i]!);
        deal(
          this.#shape.data,
          frames,
          this.#phases.map(({ data }) => data),
        );
      }
      const sum = this.#sum.data.fill(0);
      const weights = overTime(time);
      for (let t = 0; t < WINDOW; t++) {
        const phase = this.#phases[t % STRIDE]!;
        kernels.addScaled(this.#sum, 0, phase, Math.floor(t / STRIDE), count, weights[t]!);
      }
      for (let i = 0; i < count; i++) out[i * values + component] = sum[i]!;
    }
    return out;
  }

  release(): void {
    this.#engine.release([...this.#bands, this.#shape, ...this.#phases, this.#sum]);
  }
}

/** Values to as many lists as there are, in turns. */
function deal(values: Float32Array, count: number, lists: readonly Float32Array[]): void {
  for (let i = 0; i < count; i++) lists[i % lists.length]![Math.floor(i / lists.length)] = values[i]!;
}
