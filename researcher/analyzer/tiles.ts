import type { FeatureReader } from './audio-features.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { AGREEMENT_FLOATS, POWER_FLOATS } from './kernels/kernels.ts';
import { BetweenSamples } from './sinc-table.ts';

/** Wave samples of one look at the spectrum (128 ms): long enough to tell harmonics apart, short enough for ±0.2 % of pitch. */
export const TILE_WINDOW = 512;
/** Bins of 7.8 Hz from 109 Hz on, in bands of eight (62.5 Hz) up to 1,984 Hz: a band of one window is a tile. */
const FIRST_FLOAT = 2 * 14;
const BAND_COUNT = Math.floor((TILE_WINDOW - FIRST_FLOAT) / AGREEMENT_FLOATS);
/** Behind the spectrum lie its powers. */
const LOOK_FLOATS = TILE_WINDOW + BAND_COUNT * POWER_FLOATS;
/**
 * What |Σ X·Y*| of foreign sound is on average, in units of √Σ|X|²|Y|²: √(π/4) of a complex normal variable, times what
 * the overlap of neighbouring bins of a Hann window adds, √(1 + 2·(2/3)² + 2·(1/6)²).
 */
const CHANCE = 0.886 * 1.393;
/** A clip is made so many times as dense before it is read at another pitch; then straight lines between samples will do. */
const DENSITY = 4;
const TAPS = 4;
/** Samples of a clip that are made dense at once, and beyond its ends, for other pitches. */
const STRETCH = 1_024;
const MARGIN = 32;
/** Values (4 MB) of a clip of a minute: memory that is used again for the next one. */
const MOST_KEPT = 1_048_576;
const HANN = Float32Array.from(
  { length: TILE_WINDOW },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / TILE_WINDOW),
);

/** What two spectra have in common beyond what chance gives, and the most that it could be; sums of many. */
export interface Agreement {
  common: number;
  most: number;
}

/** A spectrum of one window and its powers; its memory is used again after `forget`. */
export type Look = FloatBlock;

/** A clip DENSITY times as dense, made as far as it is asked for; one a thread, for one clip after the other. */
export class DenseWave {
  readonly #engine: FftEngine;
  readonly #between: BetweenSamples;
  #wave: Float32Array = new Float32Array(0);
  #values: FloatBlock;
  #length = 0;
  #made = new Uint8Array(0);

  constructor(engine: FftEngine) {
    this.#engine = engine;
    this.#between = new BetweenSamples(engine, TAPS);
    this.#values = engine.block(STRETCH);
  }

  /** The clip from now on. */
  take(wave: Float32Array): void {
    if (this.#wave === wave) return;
    this.#wave = wave;
    const stretches = Math.ceil((wave.length + 2 * MARGIN) / STRETCH);
    this.#length = stretches * STRETCH * DENSITY;
    const isTooLong = this.#values.length > MOST_KEPT && this.#length <= MOST_KEPT;
    if (isTooLong || this.#values.length < this.#length) {
      this.#engine.release([this.#values]);
      this.#values = this.#engine.block(this.#length);
    }
    this.#made = new Uint8Array(stretches);
  }

  /** Writes `count` values from sample `start` on, `step` samples apart, on straight lines; 0 outside the clip. */
  read(start: number, step: number, count: number, out: FloatBlock): void {
    const first = Math.max(0, Math.floor((start + MARGIN) / STRETCH));
    const last = Math.min(this.#made.length - 1, Math.floor((start + step * count + 1 + MARGIN) / STRETCH));
    for (let stretch = first; stretch <= last; stretch++) {
      if (this.#made[stretch]) continue;
      this.#made[stretch] = 1;
      const from = stretch * STRETCH;
      const places = { start: from - MARGIN, step: 1 / DENSITY, count: STRETCH * DENSITY };
      this.#between.read(this.#wave, places, this.#values, from * DENSITY);
    }
    const places = { start: (start + MARGIN) * DENSITY, step: step * DENSITY, count };
    this.#engine.kernels.lines(this.#values, this.#length, places, out);
  }
}

/** Takes looks at an episode and at a clip, at any pitch; one a thread. */
export class Looks {
  readonly #engine: FftEngine;
  readonly #reader: FeatureReader;
  readonly #fft: RealFft;
  readonly #time: FloatBlock;
  readonly #answer: FloatBlock;
  readonly #place: FloatBlock;
  readonly #hann: FloatBlock;
  readonly #blocks: FloatBlock[] = [];
  #used = 0;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#engine = engine;
    this.#fft = engine.fft(TILE_WINDOW);
    [this.#time, this.#answer] = [engine.block(TILE_WINDOW), engine.block(4)];
    [this.#place, this.#hann] = [engine.block(TILE_WINDOW), engine.block(TILE_WINDOW)];
    this.#hann.data.set(HANN);
  }

  /** Looks that are taken from now on may use the memory of those since `mark` was told. */
  forget(mark: number): void {
    this.#used = mark;
  }

  get mark(): number {
    return this.#used;
  }

  /** The episode around a sample. */
  atEpisode(centre: number): Look {
    this.#reader.readWave(Math.round(centre) - TILE_WINDOW / 2, TILE_WINDOW, this.#place.data);
    return this.#look();
  }

  /** A clip around a sample, as it sounds when it is played so much higher. */
  atPitch(dense: DenseWave, centre: number, pitch: number): Look {
    dense.read(centre - (TILE_WINDOW / 2) * pitch, pitch, TILE_WINDOW, this.#place);
    return this.#look();
  }

  /**
   * How well two looks agree, and the most that it could be; until the next call. In each tile the magnitude of their
   * cross-spectrum, whatever its phase: a phase vocoder, a filter or a room turns the phases of each partial by itself and
   * leaves that. What foreign sound of the same spectrum would reach is taken off both sides, so that a tile with a single
   * tone in it says nothing.
   */
  agreement(x: Look, y: Look): Float32Array {
    this.#engine.kernels.agreement(x, y, FIRST_FLOAT, BAND_COUNT, TILE_WINDOW, this.#answer, CHANCE);
    return this.#answer.data;
  }

  /** Adds both to `sum`. */
  agree(x: Look, y: Look, sum: Agreement): void {
    const data = this.agreement(x, y);
    sum.common += data[0]!;
    sum.most += data[1]!;
  }

  #look(): Look {
    this.#blocks[this.#used] ??= this.#engine.block(LOOK_FLOATS);
    const look = this.#blocks[this.#used++]!;
    this.#engine.kernels.multiply(this.#place, 0, this.#hann, 0, this.#time, 0, TILE_WINDOW, 1);
    this.#fft.forward(this.#time, look);
    this.#engine.kernels.powers(look, FIRST_FLOAT, BAND_COUNT, TILE_WINDOW);
    return look;
  }
}
