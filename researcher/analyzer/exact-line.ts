import type { FeatureReader } from './audio-features.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { grown } from './fft.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import type { LaidPart } from './heard.ts';
import { parabolicTop } from './peaks.ts';
import { BetweenSamples, sincTable } from './sinc-table.ts';

/** Pieces (0.4 s) of the part that is heard, and as many at most: a line is laid through where each of them lies. */
const PIECE = 1_600;
const MOST_PIECES = 24;
/** Samples (3 ms) on each side of the line where the pieces are looked for, in steps. */
const REACH = 12;
const STEP = 0.125;
/** Values on each side that one between them is made of. */
const TAPS = 6;
const BETWEEN = sincTable(TAPS);
const LAGS = 2 * (REACH + TAPS) + 1;
/** Values a sample that are made of each piece: the nearest of them tells which lag is worth an exact look. */
const DENSITY = 8;
const DENSE = 2 * REACH * DENSITY + 1;
/** How much later the end of the part may lie beside the beginning than the line says, in samples. */
const MOST_BEND = 4;
/** A part shorter than this (0.8 s) does not tell its slope. */
const LEAST_SLOPED = 2 * PIECE;
/** So much more must agree before a clock is said to differ. */
const WORTH_A_SLOPE = 1.003;
/** Correlation of the high sounds from which on they are heard: behind a low pass they are noise. */
const LEAST_HIGH = 0.2;

/** One kind of correlations of all pieces. */
interface Correlations {
  /** Of each piece its middle (−0.5 … 0.5 of the part), and its correlations at every lag around the line. */
  readonly at: readonly number[];
  readonly values: readonly Float32Array[];
  /** The same from lag −REACH on, DENSE of each piece. */
  readonly dense: Float32Array;
  /** −1: upside down. */
  readonly sign: 1 | -1;
}

/** Lays clips exactly; one a thread. */
export class ExactLines {
  readonly #reader: FeatureReader;
  readonly #engine: FftEngine;
  readonly #between: BetweenSamples;
  readonly #lags: FloatBlock;
  readonly #dense: FloatBlock;
  #place: FloatBlock;
  #clip: FloatBlock;

  constructor({ reader, engine }: EpisodeIndex) {
    this.#reader = reader;
    this.#engine = engine;
    this.#between = new BetweenSamples(engine, TAPS);
    [this.#lags, this.#dense] = [engine.block(LAGS), engine.block(DENSE * MOST_PIECES)];
    [this.#place, this.#clip] = [engine.block(2 * PIECE), engine.block(2 * PIECE)];
  }

  /**
   * Lays a clip where it is to a hundredth of a sample: the straight line along which the correlations of its pieces add up to
   * the most, read between the samples (a correlation of what has no sounds above half the rate has none either). The
   * signals' differences are compared where they correlate, for what is high tells times apart best (Knapp & Carter: the
   * variance of a delay falls with the square of the frequency), and the edge of a high pass delays what is low.
   */
  line(wave: Float32Array, laid: LaidPart, sign: 1 | -1): LaidPart {
    const { from, to } = laid;
    const length = to - from;
    const count = Math.max(1, Math.min(MOST_PIECES, Math.round(length / PIECE)));
    let highs = 1e-9;
    const [at, plain, high]: [number[], Float32Array[], Float32Array[]] = [[], [], []];
    for (let piece = 0; piece < count; piece++) {
      const edge = (i: number) => Math.round(from + (i * length) / count);
      const [first, last] = [edge(piece), edge(piece + 1)];
      const { lags, energy } = this.#correlations(wave, laid, first, last, sign);
      highs += energy;
      at.push(((first + last) / 2 - from) / length - 0.5);
      plain.push(lags);
      high.push(sharpened(lags));
    }
    const highSounds = this.#correlated(at, high);
    // Upside down it may be below only: a high pass turns what is near its edge by half a period.
    const turned = bestOf({ ...highSounds, sign: -1 }, length, laid);
    const upright = bestOf(highSounds, length, laid);
    const sharp = turned.sum > upright.sum ? turned : upright;
    const isHeard = sharp.sum >= LEAST_HIGH * highs;
    const best = isHeard ? sharp : bestOf(this.#correlated(at, plain), length, laid);
    const slope = 1 / laid.drift + best.bend / length;
    // The line turns about the middle of the part.
    const middle = laid.start + (from + length / 2) / laid.drift + best.lag;
    return { ...laid, start: middle - (from + length / 2) * slope, drift: 1 / slope };
  }

  /** Until the next call. */
  #correlated(at: readonly number[], values: readonly Float32Array[]): Correlations {
    const places = { start: TAPS, step: 1 / DENSITY, count: DENSE };
    for (const [piece, lags] of values.entries()) this.#between.read(lags, places, this.#dense, piece * DENSE);
    return { at, values, dense: this.#dense.data, sign: 1 };
  }

  /** Of a piece of the clip with its place, and the energy that the differences of both have (root of the product). */
  #correlations(
    wave: Float32Array,
    { start, drift }: LaidPart,
    first: number,
    last: number,
    sign: 1 | -1,
  ): { lags: Float32Array; energy: number } {
    const reach = REACH + TAPS;
    const middle = (first + last) / 2;
    // Within a piece the clip is laid as fast as it is, by its middle.
    const exact = start + middle / drift - (middle - first);
    const whole = Math.round(exact);
    const samples = last - first + 2 * reach;
    this.#place = grown(this.#engine, this.#place, samples);
    this.#clip = grown(this.#engine, this.#clip, samples);
    const place = this.#place.data.subarray(0, samples);
    this.#reader.readWave(whole - reach, samples, place);
    this.#clip.data.set(wave.subarray(first, last));
    const found = new Float32Array(LAGS);
    for (let lag = 0; lag < LAGS; lag++) {
      found[lag] = sign * this.#engine.kernels.dot(this.#place, lag, this.#clip, 0, last - first);
    }
    this.#between.read(found, { start: exact - whole, step: 1, count: LAGS }, this.#lags);
    const lags = this.#lags.data.slice(0, LAGS);
    return { lags, energy: Math.sqrt(roughness(place, reach, reach + last - first) * roughness(wave, first, last)) };
  }
}

interface Fit {
  readonly lag: number;
  readonly bend: number;
  readonly sum: number;
}

/** As no clock differs, unless another slope is clearly better. */
function bestOf(correlations: Correlations, length: number, laid: LaidPart): Fit {
  const straight = (1 - 1 / laid.drift) * length;
  const fits = (bend: number) => bestLag(correlations, bend);
  const steady = Math.abs(straight) <= MOST_BEND ? fits(straight) : fits(0);
  if (length < LEAST_SLOPED) return steady;
  let best = steady;
  for (let bend = -MOST_BEND; bend <= MOST_BEND; bend += 4 * STEP) {
    const fit = fits(bend);
    if (fit.sum > best.sum * (best === steady ? WORTH_A_SLOPE : 1)) best = fit;
  }
  if (best === steady) return steady;
  const [before, after] = [fits(best.bend - STEP), fits(best.bend + STEP)];
  return fits(best.bend + STEP * parabolicTop(before.sum, best.sum, after.sum));
}

/** The lag at which the pieces agree most if the part is bent so much. */
function bestLag(correlations: Correlations, bend: number): Fit {
  let top = { lag: 0, sum: Number.NEGATIVE_INFINITY };
  for (let lag = MOST_BEND / 2 - REACH; lag <= REACH - MOST_BEND / 2; lag += 1 / 2) {
    const sum = nearlyAt(correlations, lag, bend);
    if (sum > top.sum) top = { lag, sum };
  }
  top = { lag: top.lag, sum: sumAt(correlations, top.lag, bend) };
  for (let step = 1 / 4; step >= STEP; step /= 2) {
    for (const lag of [top.lag - step, top.lag + step]) {
      const sum = sumAt(correlations, lag, bend);
      if (sum > top.sum) top = { lag, sum };
    }
  }
  const [before, after] = [sumAt(correlations, top.lag - STEP, bend), sumAt(correlations, top.lag + STEP, bend)];
  const lag = top.lag + STEP * parabolicTop(before, top.sum, after);
  return { lag, bend, sum: sumAt(correlations, lag, bend) };
}

// Loops of their own are compiled once.

function sumAt({ at, values, sign }: Correlations, lag: number, bend: number): number {
  let sum = 0;
  for (let i = 0; i < at.length; i++) sum += BETWEEN.at(values[i]!, REACH + TAPS + lag + bend * at[i]!);
  return sign * sum;
}

/** To a sixteenth of a sample. */
function nearlyAt({ at, dense, sign }: Correlations, lag: number, bend: number): number {
  let sum = 0;
  for (let i = 0; i < at.length; i++) {
    const place = Math.round((REACH + lag + bend * at[i]!) * DENSITY);
    sum += dense[i * DENSE + Math.max(0, Math.min(DENSE - 1, place))]!;
  }
  return sign * sum;
}

/** The correlation of two signals' differences, from their own: its second difference. */
function sharpened(lags: Float32Array): Float32Array {
  return lags.map((value, i) => 2 * value - (lags[i - 1] ?? 0) - (lags[i + 1] ?? 0));
}

/** Energy of the differences of samples from … to − 1. */
function roughness(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from + 1; k < to; k++) sum += (samples[k]! - samples[k - 1]!) ** 2;
  return sum;
}
