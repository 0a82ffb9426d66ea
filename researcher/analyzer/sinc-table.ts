import { grown } from './fft.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import type { PhaseTable, Places } from './kernels/between.ts';

const PHASES = 512;

/** Weights of a windowed sinc (Hann window, `taps` on each side) for 512 phases of a sample, and the first of the next one. */
function sincWeights(taps: number): Float32Array {
  const width = 2 * taps;
  const weights = new Float32Array((PHASES + 1) * width);
  for (let phase = 0; phase <= PHASES; phase++) {
    for (let n = 0; n < width; n++) {
      const x = n - taps + 1 - phase / PHASES;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (taps + 1));
      weights[phase * width + n] = window * (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
    }
  }
  return weights;
}

/** The value of a signal at one place, as BetweenSamples tells it, where a kernel would not pay. */
export function sincTable(taps: number): { at(signal: Float32Array, position: number): number } {
  const width = 2 * taps;
  const weights = sincWeights(taps);
  const at = (signal: Float32Array, position: number): number => {
    const whole = Math.floor(position);
    const first = whole - taps + 1;
    const weight = Math.round((position - whole) * PHASES) * width - first;
    const last = Math.min(first + width, signal.length);
    let sum = 0;
    for (let n = Math.max(0, first); n < last; n++) sum += signal[n]! * weights[weight + n]!;
    return sum;
  };
  return { at };
}

/** Tells a sampled signal between its samples by a windowed sinc; what lies outside the signal is 0. */
export class BetweenSamples {
  readonly #engine: FftEngine;
  readonly #taps: number;
  readonly #table: PhaseTable;
  /** A stretch of the signal, with what its ends need. */
  #stretch: FloatBlock;

  /** @param taps samples on each side; an even number */
  constructor(engine: FftEngine, taps: number) {
    this.#engine = engine;
    this.#taps = taps;
    const table = sincWeights(taps);
    const weights = engine.block(table.length);
    weights.data.set(table);
    this.#table = { weights, phases: PHASES, width: 2 * taps };
    this.#stretch = engine.block(4 * taps);
  }

  /** Writes the values at places of a signal into `out`, from `outAt` on. */
  read(signal: Float32Array, { start, step, count }: Places, out: FloatBlock, outAt = 0): void {
    const from = Math.floor(start) - this.#taps + 1;
    const to = Math.floor(start + (count - 1) * step) + this.#taps + 1;
    this.#stretch = grown(this.#engine, this.#stretch, to - from);
    const stretch = this.#stretch.data;
    const [first, last] = [Math.max(from, 0), Math.max(from, 0, Math.min(to, signal.length))];
    stretch.fill(0, 0, first - from);
    stretch.set(signal.subarray(first, last), first - from);
    stretch.fill(0, last - from, to - from);
    this.#engine.kernels.between(this.#stretch, this.#table, { start: start - from, step, count }, out, outAt);
  }
}
