import { type FeatureReader, FRAME_RATE } from './audio-features.ts';
import type { Candidate } from './candidates.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { BYTE_ZERO, type ByteBand, type BytePiece } from './kernels/kernels.ts';
import { NARROW_BANDS, NARROW_RATE, NarrowBands, narrowValues, type ReadWave } from './narrow-bands.ts';
import { eachPeak, TopList } from './peaks.ts';

/** Values of the longest piece of a clip (3 s): in step for ±100 ppm. */
const PIECE = 48;
/** Pieces of longer clips begin so far apart (6 s). */
const STRIDE = 94;
/**
 * A piece is compared with every place in the band that is worth most, then in more and more at the places that have at
 * least so much, where chance has 1 in each band on average (Wald, "Sequential Tests of Statistical Hypotheses", 1945).
 */
const STAGES = [
  { bands: 1, least: 2.5 },
  { bands: 2, least: 5.4 },
  { bands: 4, least: 10 },
];
/** Fewer values than this say too little: a short piece begins with more bands. */
const LEAST_VALUES = 48;
/** Places of the episode from which is told what chance reaches; a multiple of four, as `addCoherence` wants them. */
const SAMPLED = 512;
/** Two peaks are at least this far apart (0.26 s). */
const PEAK_REACH = 3;
/** Evidence from which on a place is worth a look: were values independent, chance would reach it at one place in three hours; it does at some three in one. */
const LEAST_EVIDENCE = 12;
/** Peaks of each piece, and so many more for each hour. */
const [PEAKS, PEAKS_AN_HOUR] = [8, 8];
/** What a part of a value that is as large as usual becomes, of the episode and of a piece; what is beyond the last byte is cut. */
const [SIGNAL_UNIT, QUERY_UNIT] = [16, 30];
const [MOST_SIGNAL, MOST_QUERY] = [BYTE_ZERO - 1, 127];
/** Values whose energy is less than this share of the usual count as that. */
const LEAST_LEVEL = 0.05;
/** Bytes of a vector. */
const VECTOR = 16;

interface Episode {
  readonly bands: readonly ByteBand[];
  /** Mean energy of a value of each band, before it became bytes. */
  readonly levels: readonly number[];
  /** Values of a band. */
  readonly length: number;
  /** All places, those that tell what chance reaches, and room for those that are kept after each stage. */
  readonly all: Sums;
  readonly sampled: Sums;
  readonly kept: readonly Sums[];
}

/** What one band of a piece says. */
interface BandOfPiece {
  readonly band: number;
  readonly piece: BytePiece;
  /** How loud it is against the episode, times the values that it is worth. */
  readonly worth: number;
  /** 1 / its energy. */
  readonly scale: number;
}

/** Places at which a piece is compared, a multiple of four, and what was added up there. */
interface Sums {
  readonly places: FloatBlock;
  readonly count: number;
  readonly sums: FloatBlock;
}

/**
 * Places of a clip by its waveform alone, for what the bands of loudness do not tell: steady, noisy and tonal sounds, and
 * short ones beneath talk. Sixteen narrow bands of the whitened waveform are correlated with the episode's, and their
 * squared coherences added up, each in units of what chance has on average, so that phases need only agree within a band.
 * Each holds some thirty independent values in three seconds.
 */
export class NarrowScan {
  readonly #engine: FftEngine;
  readonly #reader: FeatureReader;
  /** Both are made when the first clip needs them. */
  #bands: NarrowBands | undefined;
  #made: Episode | undefined;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#engine = engine;
  }

  /** Places of any piece of a clip, the strongest first. */
  candidates(clip: ReadWave): Candidate[] {
    const length = narrowValues(clip.waveSamples);
    const size = Math.min(PIECE, length);
    const found: Candidate[] = [];
    for (let from = 0; from + size <= length; from += STRIDE) found.push(...this.#look(clip, from, size));
    return found.sort((a, b) => b.evidence - a.evidence || a.start - b.start);
  }

  #look(clip: ReadWave, from: number, size: number): Candidate[] {
    const { length } = this.#episode();
    const values = this.#engine.block((NARROW_BANDS * 2 * paddedBytes(size)) / 4);
    const bands = this.#bandsOf(clip, from, size, values).sort((a, b) => b.worth - a.worth || a.band - b.band);
    const means = bands.map((one) => this.#meanByChance(one));
    const usual = means.reduce((sum, mean) => sum + mean, 0) / means.length;
    const list = new TopList(PEAKS + Math.ceil((PEAKS_AN_HOUR * length) / NARROW_RATE / 3_600), LEAST_SUM);
    const { places, count, sums } = this.#summed(bands, means);
    eachPeak(places.int32.subarray(0, count), sums.data, PEAK_REACH, LEAST_SUM, (place, sum) => list.offer(sum, place));
    this.#engine.release([values]);
    const frames = FRAME_RATE / NARROW_RATE;
    return list.entries().map(({ value, item }) => ({
      ...{ start: (item - from) * frames, from: from * frames, length: size * frames },
      ...{ likeness: Math.min(1, Math.sqrt((value / NARROW_BANDS) * usual)), evidence: evidenceOf(value) },
    }));
  }

  /** The sums of all bands, at the places that have enough in the first ones. */
  #summed(bands: readonly BandOfPiece[], means: readonly number[]): Sums {
    const { all, kept } = this.#episode();
    let at = all;
    at.sums.data.fill(0);
    let added = 0;
    for (const [stage, { bands: to, least }] of STAGES.entries()) {
      if (to * bands[0]!.piece.size < LEAST_VALUES) continue;
      for (; added < to; added++) this.#add(bands[added]!, means[added]!, at);
      at = this.#above(at, least, kept[stage]!);
    }
    for (; added < NARROW_BANDS; added++) this.#add(bands[added]!, means[added]!, at);
    return at;
  }

  /** Adds the coherence of one band at some places, in units of what chance has. */
  #add({ band, piece, scale }: BandOfPiece, mean: number, { places, count, sums }: Sums): void {
    this.#engine.kernels.addCoherence(this.#episode().bands[band]!, places, count, piece, scale / mean, sums);
  }

  /** Mean coherence of a band at the sampled places. */
  #meanByChance(one: BandOfPiece): number {
    const { sampled } = this.#episode();
    sampled.sums.data.fill(0);
    this.#add(one, 1, sampled);
    return sumOf(sampled.sums.data) / SAMPLED + 1e-12;
  }

  /** The places with more than `least`, written into `kept`. */
  #above({ places, count, sums }: Sums, least: number, kept: Sums): Sums {
    const length = this.#engine.kernels.above(sums, count, least, kept.places);
    take(places.int32, sums.data, kept.places.int32, length, kept.sums.data);
    return { ...kept, count: upToFour(length) };
  }

  /** Each band of a piece as bytes in `values`. */
  #bandsOf(clip: ReadWave, from: number, size: number, values: FloatBlock): BandOfPiece[] {
    const bytes = paddedBytes(size);
    return this.#narrow(clip, from, from + size).map((pairs, band) => {
      const { energy, squares } = energiesOf(pairs);
      const unit = QUERY_UNIT / Math.sqrt(energy / pairs.length + 1e-9);
      const at = 2 * band * bytes;
      const query = asQuery(pairs, unit, values.bytes.subarray(at, at + 2 * bytes));
      return {
        ...{ band, piece: { values, at, bytes, size, zero: query.zero } },
        worth: (energy / size / (this.#episode().levels[band]! + 1e-9)) * (energy ** 2 / (squares + 1e-9)),
        scale: 1 / (query.energy + 1e-9),
      };
    });
  }

  #narrow(wave: ReadWave, from: number, to: number): Float32Array[] {
    this.#bands ??= new NarrowBands(this.#engine);
    return this.#bands.of(wave, from, to);
  }

  #episode(): Episode {
    this.#made ??= this.#prepared();
    return this.#made;
  }

  #prepared(): Episode {
    const length = narrowValues(this.#reader.waveSamples);
    const levels: number[] = [];
    const bands = this.#narrow(this.#reader, 0, length).map((pairs) => {
      const { energy } = energiesOf(pairs);
      levels.push(energy / length);
      const unit = SIGNAL_UNIT / Math.sqrt(energy / pairs.length + 1e-9);
      const room = upToFour(length) + PIECE;
      const values = this.#engine.block(Math.ceil(room / 2));
      const energies = this.#engine.block(room + 1);
      asSignal(pairs, unit, values.bytes.fill(BYTE_ZERO), energies.int32);
      return { values, energies, floor: LEAST_LEVEL * 2 * SIGNAL_UNIT ** 2 };
    });
    const sums = (count: number): Sums => {
      const [places, sums] = [this.#engine.block(upToFour(count)), this.#engine.block(upToFour(count))];
      return { places, count: upToFour(count), sums };
    };
    const [all, sampled] = [sums(length), sums(SAMPLED)];
    for (let i = 0; i < all.count; i++) all.places.int32[i] = i;
    for (let i = 0; i < SAMPLED; i++) sampled.places.int32[i] = Math.floor((i * length) / SAMPLED);
    return { bands, levels, length, all, sampled, kept: STAGES.map(() => sums(length)) };
  }
}

const upToFour = (count: number): number => 4 * Math.ceil(count / 4);
const paddedBytes = (size: number): number => VECTOR * Math.ceil((2 * size) / VECTOR);

/**
 * The negative logarithm of the probability by which chance reaches what all bands say together: by chance each has an
 * exponential distribution of mean 1, and their sum Erlang's.
 */
function evidenceOf(sum: number): number {
  let [term, below] = [1, 1];
  for (let k = 1; k < NARROW_BANDS; k++) {
    term *= sum / k;
    below += term;
  }
  return sum - Math.log(below);
}

/** The sum that has an evidence of LEAST_EVIDENCE. */
const LEAST_SUM = leastSum();

function leastSum(): number {
  let sum = NARROW_BANDS;
  while (evidenceOf(sum) < LEAST_EVIDENCE) sum += 0.01;
  return sum;
}

// Loops of their own are compiled once.

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

/** Places and sums number which[i]; the places in the same memory, the last one again up to a multiple of four. */
function take(places: Int32Array, sums: Float32Array, which: Int32Array, count: number, taken: Float32Array): void {
  for (let i = 0; i < count; i++) {
    taken[i] = sums[which[i]!]!;
    which[i] = places[which[i]!]!;
  }
  for (let i = count; i < upToFour(count); i++) [which[i], taken[i]] = [which[count - 1]!, 0];
}

/** Σ |z|² and Σ |z|⁴ of complex values. */
function energiesOf(pairs: Float32Array): { readonly energy: number; readonly squares: number } {
  let [energy, squares] = [0, 0];
  for (let i = 0; i < pairs.length; i += 2) {
    const one = pairs[i]! ** 2 + pairs[i + 1]! ** 2;
    energy += one;
    squares += one * one;
  }
  return { energy, squares };
}

const asByte = (value: number, most: number): number => Math.round(Math.max(-most, Math.min(most, value)));

/** As bytes with BYTE_ZERO added, and the energy of those before each. */
function asSignal(pairs: Float32Array, unit: number, out: Int8Array, energies: Int32Array): void {
  let energy = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    const [re, im] = [asByte(pairs[i]! * unit, MOST_SIGNAL), asByte(pairs[i + 1]! * unit, MOST_SIGNAL)];
    out[i] = BYTE_ZERO + re;
    out[i + 1] = BYTE_ZERO + im;
    energy += re * re + im * im;
    energies[i / 2 + 1] = energy;
  }
  energies.fill(energy, pairs.length / 2 + 1);
}

/** What gives Re of products with the conjugate in the first half of `out`, and Im in the other. */
function asQuery(
  pairs: Float32Array,
  unit: number,
  out: Int8Array,
): { readonly energy: number; readonly zero: readonly [number, number] } {
  const half = out.length / 2;
  let [energy, sumRe, sumIm] = [0, 0, 0];
  for (let i = 0; i < pairs.length; i += 2) {
    const [re, im] = [asByte(pairs[i]! * unit, MOST_QUERY), asByte(pairs[i + 1]! * unit, MOST_QUERY)];
    out[i] = re;
    out[i + 1] = im;
    out[half + i] = -im;
    out[half + i + 1] = re;
    energy += re * re + im * im;
    sumRe += re + im;
    sumIm += re - im;
  }
  return { energy, zero: [BYTE_ZERO * sumRe, BYTE_ZERO * sumIm] };
}
