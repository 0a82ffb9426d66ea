import { WAVE_RATE } from './audio-features.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';

/** Hann window and step in wave samples: each bin is a signal of 12 Hz around it, 16 values a second. */
const WINDOW = 512;
const STEP = 256;
export const NARROW_RATE = WAVE_RATE / STEP;
/** Bins at 250 to 1,800 Hz, each a seventh above the one before; even ones, whose phase does not turn from step to step. */
const BINS = [32, 36, 42, 48, 54, 62, 70, 80, 92, 104, 120, 136, 156, 178, 202, 230];
export const NARROW_BANDS = BINS.length;
/** Values that are made at once, and what a filter's 1 is. */
const AT_ONCE = 1_024;
const FILTER_UNIT = 250;

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
  readonly #parts: readonly [FloatBlock, FloatBlock];

  constructor(engine: FftEngine) {
    this.#engine = engine;
    this.#wave = engine.block((AT_ONCE * STEP + WINDOW) / 2);
    this.#filters = FILTERS.map((filter) => {
      const block = engine.block(WINDOW / 2);
      block.int16.set(filter);
      return block;
    });
    this.#rows = engine.block(AT_ONCE);
    this.#parts = [engine.block(AT_ONCE), engine.block(AT_ONCE)];
    for (let i = 0; i < AT_ONCE; i++) this.#rows.int32[i] = i;
  }

  /**
   * Re and Im of values from … to − 1 of each band, their magnitudes as square roots: what is mixed in is loud for moments,
   * which would outvote the rest.
   */
  of(reader: ReadWave, from: number, to: number): Float32Array[] {
    const bands = BINS.map(() => new Float32Array(2 * (to - from)));
    for (let at = from; at < to; at += AT_ONCE) {
      const count = Math.min(AT_ONCE, to - at);
      const samples = (count - 1) * STEP + WINDOW;
      reader.readWave(at * STEP + (STEP - WINDOW) / 2, samples, this.#wave.int16.subarray(0, samples));
      for (const [band, pairs] of bands.entries()) {
        for (const [part, out] of this.#parts.entries()) {
          const rows = { block: this.#wave, values: STEP };
          this.#engine.kernels.products(rows, this.#rows, 0, count, this.#filters[2 * band + part]!, 0, WINDOW, out);
        }
        levelled(this.#parts[0].int32, this.#parts[1].int32, count, pairs, 2 * (at - from));
      }
    }
    return bands;
  }
}

/** Values of a band of so many samples. */
export const narrowValues = (samples: number): number => Math.max(1, Math.floor(samples / STEP));

// A loop of its own is compiled once.

function levelled(re: Int32Array, im: Int32Array, count: number, out: Float32Array, at: number): void {
  for (let i = 0; i < count; i++) {
    const scale = 1 / Math.sqrt(Math.sqrt(re[i]! ** 2 + im[i]! ** 2) + 1e-9);
    out[at + 2 * i] = re[i]! * scale;
    out[at + 2 * i + 1] = im[i]! * scale;
  }
}

/** Of each bin a Hann window times its wave, Re and Im, as integers: a sum of WINDOW products with 16-bit ones stays within 32 bits. */
const FILTERS = BINS.flatMap((bin) => {
  const turned = (turn: (angle: number) => number) =>
    Int16Array.from({ length: WINDOW }, (_, i) => {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW);
      return Math.round(FILTER_UNIT * hann * turn((2 * Math.PI * bin * i) / WINDOW));
    });
  return [turned(Math.cos), turned((angle) => -Math.sin(angle))];
});
