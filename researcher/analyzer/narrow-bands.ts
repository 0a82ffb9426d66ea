import { WAVE_RATE } from './audio-features.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';

/** Hann window and step in wave samples: each bin is a signal of 23 Hz around it, 31 values a second. */
const WINDOW = 256;
const STEP = 128;
export const NARROW_RATE = WAVE_RATE / STEP;
/** Bins at 312, 500, 750 and 1,125 Hz; even ones, whose phase does not turn from step to step. */
const BINS = [20, 32, 48, 72];
export const NARROW_BANDS = BINS.length;
/** Values that are made at once, and what a filter's 1 is. */
const AT_ONCE = 1_024;
const FILTER_UNIT = 500;

/** A waveform of so many samples, of which `readWave` gives any. */
export interface ReadWave {
  readonly waveSamples: number;
  readWave(from: number, count: number, out: Int16Array): void;
}

/** Makes narrow bands of waveforms; one a thread. */
export class NarrowBands {
  readonly #engine: FftEngine;
  readonly #wave: FloatBlock;
  readonly #filters: readonly FloatBlock[];
  readonly #rows: FloatBlock;
  readonly #out: FloatBlock;

  constructor(engine: FftEngine) {
    this.#engine = engine;
    this.#wave = engine.block((AT_ONCE * STEP + WINDOW) / 2);
    this.#filters = FILTERS.map((filter) => {
      const block = engine.block(WINDOW / 2);
      block.int16.set(filter);
      return block;
    });
    [this.#rows, this.#out] = [engine.block(AT_ONCE), engine.block(AT_ONCE)];
    for (let i = 0; i < AT_ONCE; i++) this.#rows.int32[i] = i;
  }

  /** Re and Im of each value of one band. */
  of(band: number, reader: ReadWave): Float32Array {
    const length = narrowValues(reader.waveSamples);
    const pairs = new Float32Array(2 * length);
    for (let from = 0; from < length; from += AT_ONCE) {
      const count = Math.min(AT_ONCE, length - from);
      const samples = count * STEP + WINDOW;
      reader.readWave(from * STEP + (STEP - WINDOW) / 2, samples, this.#wave.int16.subarray(0, samples));
      for (const part of [0, 1]) {
        const filter = this.#filters[2 * band + part]!;
        const rows = { block: this.#wave, values: STEP };
        this.#engine.kernels.products(rows, this.#rows, 0, count, filter, 0, WINDOW, this.#out);
        const values = this.#out.int32;
        for (let i = 0; i < count; i++) pairs[2 * (from + i) + part] = values[i]!;
      }
    }
    return pairs;
  }
}

/** Values of a band of so many samples. */
export const narrowValues = (samples: number): number => Math.max(1, Math.floor(samples / STEP));

/** Of each bin a Hann window times its wave, Re and Im, as integers: a sum of WINDOW products with 16-bit ones stays within 32 bits. */
const FILTERS = BINS.flatMap((bin) => {
  const turned = (turn: (angle: number) => number) =>
    Int16Array.from({ length: WINDOW }, (_, i) => {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW);
      return Math.round(FILTER_UNIT * hann * turn((2 * Math.PI * bin * i) / WINDOW));
    });
  return [turned(Math.cos), turned((angle) => -Math.sin(angle))];
});
