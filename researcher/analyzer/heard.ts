import type { FeatureReader } from './audio-features.ts';
import { sumOfSquares } from './episode-index.ts';

/** Wave samples (50 ms) that are judged together. */
const BLOCK = 200;
/** Of the energy of an ordinary block: quieter ones are silence. */
const QUIET_SHARE = 0.02;
/** Half of what the clip contributes where it is heard lies between heard and not heard. */
const BETWEEN = 0.5;
const ROUNDS = 3;
/** Independent values of a block: 50 ms of 1,850 Hz. */
const VALUES_A_BLOCK = 185;
/** Standard deviations by which the rest of a clip must be missed before it is said not to be there. */
const MISSED_SIGMAS = 1.5;
/** Samples on each side that a value between samples is made of. */
const TAPS = 3;

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
  /** With what lies before and after it, if that is so faint that it cannot be missed. */
  readonly reach: Part;
}

/**
 * Which part of a clip is heard, to 50 ms: the run of blocks with the most evidence (Kadane's largest sum of a stretch).
 * What is evidence follows from how strong the clip is in the part it is given, `from` to `to`; two more rounds with the
 * part that was found.
 */
export function heardPart(
  reader: FeatureReader,
  wave: Float32Array,
  { start, drift, from, to }: LaidPart,
  sign: 1 | -1,
): HeardPart {
  const count = Math.max(1, Math.round(wave.length / BLOCK));
  const edge = (block: number) => Math.round((block * wave.length) / count);
  const place = new Float32Array(Math.ceil(wave.length / count) + 3 + 2 * TAPS);
  const shared = new Float64Array(count);
  const own = new Float64Array(count);
  const noise = new Float64Array(count);
  for (let block = 0; block < count; block++) {
    const [first, last] = [edge(block), edge(block + 1)];
    const at = start + first / drift;
    const whole = Math.floor(at);
    reader.readWave(whole - TAPS, last - first + 2 * TAPS, place);
    shared[block] = sign * productBetween(place, at - whole, wave, first, last);
    own[block] = sumOfSquares(wave, first, last);
    noise[block] = Math.sqrt(sumOfSquares(place, TAPS, TAPS + last - first) + 1);
  }
  const quiet = (QUIET_SHARE * own.reduce((sum, energy) => sum + energy, 0)) / count;
  let evidence = new Float64Array(count);
  let run = { from: Math.floor((from * count) / wave.length), to: Math.ceil((to * count) / wave.length) };
  for (let round = 0; round < ROUNDS; round++) {
    const [common, all] = [sumOf(shared, run), sumOf(own, run)];
    if (!(common > 0)) break;
    const gain = (BETWEEN * common) / all;
    evidence = shared.map((value, i) => (value - gain * own[i]!) / noise[i]!);
    run = largestStretch(evidence);
  }
  // Silence at the ends of a clip is as good as heard; a pause within may have been cut out.
  if (own.subarray(0, run.from).every((energy) => energy < quiet)) run.from = 0;
  if (own.subarray(run.to).every((energy) => energy < quiet)) run.to = count;
  const missed = (from: number, to: number) =>
    sumOf(evidence, { from, to }) < -MISSED_SIGMAS * Math.sqrt(sumOf(own, { from, to }) / VALUES_A_BLOCK);
  const reach = {
    from: missed(0, run.from) ? edge(run.from) : 0,
    to: missed(run.to, count) ? edge(run.to) : wave.length,
  };
  return { from: edge(run.from), to: edge(run.to), reach };
}

function sumOf(values: Float64Array, { from, to }: Part): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum;
}

function largestStretch(values: Float64Array): Part {
  let best = { from: 0, to: values.length };
  let [most, sum, from] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (sum <= 0) [sum, from] = [0, i];
    sum += values[i]!;
    if (sum > most) {
      most = sum;
      best = { from, to: i + 1 };
    }
  }
  return best;
}

/** Σ place(k + rest) · wave(first + k), between samples by a windowed sinc; `place` begins TAPS samples earlier. */
function productBetween(place: Float32Array, rest: number, wave: Float32Array, first: number, last: number): number {
  let sum = 0;
  for (let tap = 0; tap < 2 * TAPS; tap++) {
    const x = tap - TAPS + 1 - rest;
    const weight =
      x === 0 ? 1 : ((0.5 + 0.5 * Math.cos((Math.PI * x) / (TAPS + 1))) * Math.sin(Math.PI * x)) / (Math.PI * x);
    sum += weight * innerProduct(place, tap + 1, wave, first, last);
  }
  return sum;
}

function innerProduct(a: Float32Array, from: number, b: Float32Array, first: number, last: number): number {
  let sum = 0;
  for (let k = first; k < last; k++) sum += a[from + k - first]! * b[k]!;
  return sum;
}
