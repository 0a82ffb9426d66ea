import { BANDS, type FeatureReader } from './audio-features.ts';
import { COMPONENTS, overBands, overTime, WINDOW } from './clip-windows.ts';
import { sumOfSquares } from './episode-index.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import type { ByteRows } from './kernels/kernels.ts';

/** Frames from one window of the episode to the next. */
export const STRIDE = 2;
/** Windows that are made at once: their memory stays in the processor's cache. */
const AT_ONCE = 2_048;
/** Frames of the windows that are made at once. */
const FRAMES = AT_ONCE * STRIDE + WINDOW;
/** Where weights over time begin, and how many of them a list of dealt frames has. */
const OVER_TIME = BANDS * BANDS;
const TAPS = WINDOW / STRIDE;
/** Every so manieth batch tells how large the components usually are. */
const MEASURED = 4;
/** What a component that is as large as usual becomes; what is beyond four times that is cut. */
const ROW_UNIT = 16;
/** What is added to each component of a row, so that none is negative. */
export const ROW_ZERO = 64;
const MOST = ROW_ZERO - 1;
/** What is quieter than this share of the usual is not made as loud as the rest. */
const LEAST_LEVEL = 0.1;

export interface EpisodeRows {
  /** A window each, its components in units of their deviations, all rows of one length, and ROW_ZERO added. */
  readonly rows: ByteRows;
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
    const some = Math.min(AT_ONCE, count - from);
    maker.make(from, some);
    for (let k = 0; k < values; k++) squares[k]! += sumOfSquares(maker.made.data, k * AT_ONCE, k * AT_ONCE + some);
  }
  const measured = squares.reduce((most, square) => Math.max(most, square), 0);
  const windows = Math.ceil(count / MEASURED / AT_ONCE) * AT_ONCE;
  const scales = Float32Array.from(
    squares,
    (square) => 1 / Math.sqrt(Math.max(square, 1e-6 * measured, 1e-9) / Math.min(windows, count)),
  );
  const block = engine.block(Math.ceil((count * values) / 4));
  const [lengths, scratch] = [engine.block(AT_ONCE), engine.block(AT_ONCE)];
  const { kernels } = engine;
  const least = LEAST_LEVEL * Math.sqrt(values);
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Math.min(AT_ONCE, count - from);
    maker.make(from, some);
    lengths.data.fill(0);
    for (let k = 0; k < values; k++) {
      const at = k * AT_ONCE;
      kernels.multiply(maker.made, at, maker.made, at, scratch, 0, some, scales[k]! ** 2);
      kernels.add(lengths, 0, scratch, 0, some);
    }
    toFactors(lengths.data, ROW_UNIT * Math.sqrt(values), least);
    for (let k = 0; k < values; k++) {
      kernels.multiply(maker.made, k * AT_ONCE, lengths, 0, scratch, 0, some, scales[k]!);
      kernels.toInt16(scratch, scratch, some);
      toRows(scratch.int16, some, block.bytes, from * values + k, values);
    }
  }
  engine.release([lengths, scratch]);
  maker.release();
  return { rows: { block, values }, count, scales };
}

/** Makes the components of many windows at a time. */
class WindowMaker {
  readonly #reader: FeatureReader;
  readonly #engine: FftEngine;
  readonly #row = new Float32Array(FRAMES);
  readonly #bands: FloatBlock;
  readonly #shape: FloatBlock;
  /** The frames of a shape, dealt out to STRIDE lists in turns, one after the other. */
  readonly #dealt: FloatBlock;
  /** Weights over bands, of one shape after the other, and over time, dealt out in the same way. */
  readonly #weights: FloatBlock;
  readonly #made: FloatBlock;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#engine = engine;
    this.#bands = engine.block(BANDS * FRAMES);
    this.#shape = engine.block(FRAMES);
    this.#dealt = engine.block(FRAMES);
    this.#weights = engine.block(OVER_TIME + WINDOW * WINDOW);
    this.#made = engine.block(COMPONENTS.length * AT_ONCE);
    for (let k = 0; k < BANDS; k++) this.#weights.data.set(overBands(k), k * BANDS);
    for (let k = 0; k < WINDOW; k++) deal(overTime(k), WINDOW, this.#weights.data.subarray(OVER_TIME + k * WINDOW));
  }

  /** A component of AT_ONCE windows after the other, of which `make` makes the first ones. */
  get made(): FloatBlock {
    return this.#made;
  }

  /** Windows from number `from` on. */
  make(from: number, count: number): void {
    const { kernels } = this.#engine;
    const frames = count * STRIDE + WINDOW;
    for (let band = 0; band < BANDS; band++) {
      this.#reader.readBand(band, from * STRIDE, frames, this.#row.subarray(0, frames));
      this.#bands.data.set(this.#row.subarray(0, frames), band * FRAMES);
    }
    this.#made.data.fill(0);
    let shape = -1;
    for (const [component, { band, time }] of COMPONENTS.entries()) {
      if (band !== shape) {
        shape = band;
        this.#shape.data.fill(0);
        kernels.addWeighted(this.#bands, 0, FRAMES, this.#weights, band * BANDS, BANDS, this.#shape, 0, frames);
        deal(this.#shape.data, FRAMES, this.#dealt.data);
      }
      for (let phase = 0; phase < STRIDE; phase++) {
        const weights = OVER_TIME + time * WINDOW + phase * TAPS;
        const dealt = phase * (FRAMES / STRIDE);
        kernels.addWeighted(
          this.#dealt,
          dealt,
          1,
          this.#weights,
          weights,
          TAPS,
          this.#made,
          component * AT_ONCE,
          count,
        );
      }
    }
  }

  release(): void {
    this.#engine.release([this.#bands, this.#shape, this.#dealt, this.#weights, this.#made]);
  }
}

// Loops of their own are compiled once.

/** Values to STRIDE lists in turns, one list after the other. */
function deal(values: Float32Array, count: number, out: Float32Array): void {
  for (let phase = 0, at = 0; phase < STRIDE; phase++) {
    for (let i = phase; i < count; i += STRIDE) out[at++] = values[i]!;
  }
}

/** Squares of lengths to what makes them so long; less than `least` counts as that. */
function toFactors(squares: Float32Array, length: number, least: number): void {
  for (let i = 0; i < squares.length; i++) squares[i] = length / Math.max(least, Math.sqrt(squares[i]!));
}

/** One component of rows, which are `step` bytes apart. */
function toRows(values: Int16Array, count: number, out: Int8Array, at: number, step: number): void {
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    out[at + i * step] = ROW_ZERO + (value > MOST ? MOST : value < -MOST ? -MOST : value);
  }
}
