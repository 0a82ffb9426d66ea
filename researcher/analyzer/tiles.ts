import type { FeatureReader } from './audio-features.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { sincTable } from './sinc-table.ts';

/** Wave samples of one look at the spectrum (128 ms): long enough to tell harmonics apart, short enough for ±0.2 % of pitch. */
export const TILE_WINDOW = 512;
/** Bins of 7.8 Hz from 109 Hz on, in bands of 62.5 Hz up to 1,984 Hz: a band of one window is a tile. */
const FIRST_BIN = 14;
const BAND_BINS = 8;
const BAND_COUNT = 30;
const FLOATS = 2 * BAND_BINS * BAND_COUNT;
/**
 * What |Σ X·Y*| of foreign sound is on average, in units of √Σ|X|²|Y|²: √(π/4) of a complex normal variable, times what
 * the overlap of neighbouring bins of a Hann window adds, √(1 + 2·(2/3)² + 2·(1/6)²).
 */
const CHANCE = 0.886 * 1.393;

/** What two spectra have in common, summed over bands. */
export interface Agreement {
  /** Σ|Σ X·Y*| beyond what chance gives, and the most that it could be. */
  common: number;
  most: number;
}

/** One look at a spectrum: FLOATS numbers (Re, Im of the bins in use). */
export type Look = Float32Array;

/** Takes looks at an episode and at a clip, at any pitch; one a thread. */
export class Looks {
  readonly #fft: RealFft;
  readonly #time: FloatBlock;
  readonly #spectrum: FloatBlock;
  readonly #place = new Float32Array(TILE_WINDOW);

  constructor(engine: FftEngine) {
    this.#fft = engine.fft(TILE_WINDOW);
    [this.#time, this.#spectrum] = [engine.block(TILE_WINDOW), engine.block(TILE_WINDOW)];
  }

  /** The episode around a sample. */
  atEpisode(reader: FeatureReader, centre: number): Look {
    reader.readWave(Math.round(centre) - TILE_WINDOW / 2, TILE_WINDOW, this.#place);
    const time = this.#time.data;
    for (let k = 0; k < TILE_WINDOW; k++) time[k] = this.#place[k]! * HANN[k]!;
    return this.#look();
  }

  /** A clip around a sample, as it sounds when it is played so much higher. */
  atClip(wave: Float32Array, centre: number, pitch: number): Look {
    const time = this.#time.data;
    if (pitch === 1) {
      const from = Math.round(centre) - TILE_WINDOW / 2;
      for (let k = 0; k < TILE_WINDOW; k++) time[k] = (wave[from + k] ?? 0) * HANN[k]!;
    } else {
      const from = centre - (TILE_WINDOW / 2) * pitch;
      for (let k = 0; k < TILE_WINDOW; k++) time[k] = BETWEEN.at(wave, from + k * pitch) * HANN[k]!;
    }
    return this.#look();
  }

  #look(): Look {
    this.#fft.forward(this.#time, this.#spectrum);
    return this.#spectrum.data.slice(2 * FIRST_BIN, 2 * FIRST_BIN + FLOATS);
  }
}

/**
 * Adds to `sum` how well two looks agree: in each tile the magnitude of their cross-spectrum, whatever its phase. A phase
 * vocoder, a filter or a room turns the phases of each partial by itself and leaves that. What foreign sound of the same
 * spectrum would reach is taken off both sides, so that a tile with a single tone in it says nothing.
 */
export function addAgreement(x: Look, y: Look, sum: Agreement): void {
  let common = 0;
  let most = 0;
  for (let at = 0; at < FLOATS; at += 2 * BAND_BINS) {
    let [re, im, xx, yy, both] = [0, 0, 0, 0, 0];
    for (let k = at; k < at + 2 * BAND_BINS; k += 2) {
      const xr = x[k]!;
      const xi = x[k + 1]!;
      const yr = y[k]!;
      const yi = y[k + 1]!;
      const px = xr * xr + xi * xi;
      const py = yr * yr + yi * yi;
      re += xr * yr + xi * yi;
      im += xi * yr - xr * yi;
      xx += px;
      yy += py;
      both += px * py;
    }
    const all = Math.sqrt(xx * yy);
    const chance = Math.min(all, CHANCE * Math.sqrt(both));
    common += Math.sqrt(re * re + im * im) - chance;
    most += all - chance;
  }
  sum.common += common;
  sum.most += most;
}

const HANN = Float32Array.from(
  { length: TILE_WINDOW },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / TILE_WINDOW),
);
const BETWEEN = sincTable(8);
