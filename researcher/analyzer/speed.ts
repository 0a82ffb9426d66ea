import type { FftEngine } from './fft-engine.ts';
import { BetweenSamples } from './sinc-table.ts';

const TAPS = 8;

/** Plays waveforms faster or slower. */
export class Speeds {
  readonly #engine: FftEngine;
  readonly #between: BetweenSamples;

  constructor(engine: FftEngine) {
    this.#engine = engine;
    this.#between = new BetweenSamples(engine, TAPS);
  }

  /** A waveform played `speed` times as fast. */
  at(wave: Float32Array, speed: number): Float32Array {
    const count = Math.max(1, Math.floor((wave.length - 1) / speed) + 1);
    const out = this.#engine.block(count);
    this.#between.read(wave, { start: 0, step: speed, count }, out);
    const played = out.data.slice();
    this.#engine.release([out]);
    return played;
  }
}
