import type { FeatureReader } from './audio-features.ts';
import type { EpisodeIndex } from './episode-index.ts';
import type { FloatBlock } from './float-block.ts';
import type { Kernels } from './kernels/kernels.ts';
import { likeliestPart, type Stretches, sumOf } from './likeliest-part.ts';

/** Wave samples (50 ms) that are judged together. */
const BLOCK = 200;
/** Of the energy of an ordinary block: quieter ones are silence. */
const QUIET_SHARE = 0.02;
/** Half of what the clip contributes where it is heard lies between heard and not heard. */
const BETWEEN = 0.5;
const ROUNDS = 3;
/** Independent values of a block: 50 ms of 1,850 Hz are 185; of ordinary sounds, tonal and bursting, a seventh of them is new. */
const VALUES_A_BLOCK = 28;
/** Samples on each side that a value between samples is made of. */
const TAPS = 3;
/** More than a block and its taps: clips shorter than a block are one. */
const SLACK = 2 * BLOCK;

/** A part of a clip in its samples, and how the clip is laid on the episode. */
export interface LaidPart {
  readonly start: number;
  readonly drift: number;
  readonly from: number;
  readonly to: number;
}

/** Part of a clip, in samples. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** `from` to `to` is what is heard for certain. */
export interface HeardPart extends Part {
  /** What is likeliest to be played: what is too faint there to be missed, or is faded, is part of it. */
  readonly reach: Part;
}

/** Which part of a clip is heard; one a thread. */
export class HeardParts {
  readonly #reader: FeatureReader;
  readonly #kernels: Kernels;
  readonly #integers: FloatBlock;
  readonly #place: FloatBlock;
  readonly #clip: FloatBlock;

  constructor({ reader, engine }: EpisodeIndex) {
    this.#reader = reader;
    this.#kernels = engine.kernels;
    this.#integers = engine.block(SLACK);
    this.#place = engine.block(2 * SLACK);
    this.#clip = engine.block(2 * SLACK);
  }

  /**
   * To 50 ms: the run of blocks with the most evidence (Kadane's largest sum of a stretch). What is evidence follows from how
   * strong the clip is in the part it is given, `from` to `to`; two more rounds with the part that was found.
   */
  part(wave: Float32Array, { start, drift, from, to }: LaidPart, sign: 1 | -1): HeardPart {
    const count = Math.max(1, Math.round(wave.length / BLOCK));
    const edge = (block: number) => Math.round((block * wave.length) / count);
    const shared = new Float64Array(count);
    const own = new Float64Array(count);
    const noise = new Float64Array(count);
    for (let block = 0; block < count; block++) {
      const [first, last] = [edge(block), edge(block + 1)];
      const length = last - first;
      const at = start + first / drift;
      const whole = Math.floor(at);
      this.#reader.readWave(whole - TAPS, length + 2 * TAPS, this.#integers.int16.subarray(0, length + 2 * TAPS));
      this.#kernels.fromInt16(this.#integers, this.#place, length + 2 * TAPS);
      this.#clip.data.set(wave.subarray(first, last));
      shared[block] = sign * this.#productBetween(at - whole, length);
      own[block] = this.#kernels.dot(this.#clip, 0, this.#clip, 0, length);
      noise[block] = this.#kernels.dot(this.#place, TAPS, this.#place, TAPS, length) + 1;
    }
    const quiet = (QUIET_SHARE * own.reduce((sum, energy) => sum + energy, 0)) / count;
    let run = { from: Math.floor((from * count) / wave.length), to: Math.ceil((to * count) / wave.length) };
    const evidence = new Float64Array(count);
    for (let round = 0; round < ROUNDS; round++) {
      const [common, all] = [sumOf(shared, run), sumOf(own, run)];
      if (!(common > 0)) break;
      const gain = (BETWEEN * common) / all;
      for (let i = 0; i < count; i++) evidence[i] = (shared[i]! - gain * own[i]!) / Math.sqrt(noise[i]!);
      run = largestStretch(evidence);
    }
    // Silence at the ends of a clip is as good as heard; a pause within may have been cut out.
    if (own.subarray(0, run.from).every((energy) => energy < quiet)) run.from = 0;
    if (own.subarray(run.to).every((energy) => energy < quiet)) run.to = count;
    const reach = likeliestPart(shared, own, noise, VALUES_A_BLOCK, run);
    return { from: edge(run.from), to: edge(run.to), reach: { from: edge(reach.from), to: edge(reach.to) } };
  }

  /** Σ place(k + rest) · clip(k), between samples by a windowed sinc; the place begins TAPS samples earlier. */
  #productBetween(rest: number, length: number): number {
    let sum = 0;
    for (let tap = 0; tap < 2 * TAPS; tap++) {
      const x = tap - TAPS + 1 - rest;
      const weight =
        x === 0 ? 1 : ((0.5 + 0.5 * Math.cos((Math.PI * x) / (TAPS + 1))) * Math.sin(Math.PI * x)) / (Math.PI * x);
      sum += weight * this.#kernels.dot(this.#place, tap + 1, this.#clip, 0, length);
    }
    return sum;
  }
}

function largestStretch(values: Float64Array): Stretches {
  let [from, to, most, sum, first] = [0, values.length, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (sum <= 0) first = i;
    sum = Math.max(0, sum) + values[i]!;
    if (sum > most) {
      from = first;
      to = i + 1;
    }
    most = Math.max(most, sum);
  }
  return { from, to };
}
