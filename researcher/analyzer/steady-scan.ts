import { type FeatureReader, FRAME_RATE, WAVE_RATE } from './audio-features.ts';
import type { Candidate } from './candidates.ts';
import { turnRound } from './fft.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { offerPeaks, TopList } from './peaks.ts';

/** Hann window and step in wave samples: each bin is a signal of 23 Hz around it, 31 values a second. */
const WINDOW = 256;
const STEP = 128;
const RATE = WAVE_RATE / STEP;
/** Bins at 312, 500, 750 and 1,125 Hz; even ones, whose phase does not turn from step to step. */
const BINS = [20, 32, 48, 72];
/** Values of one FFT block (16 s), and of the longest piece of a clip (3 s): in step for ±100 ppm. */
const BLOCK = 512;
const PIECE = 94;
/** Values that are made at once, and what a filter's 1 is. */
const AT_ONCE = 1_024;
const FILTER_UNIT = 500;
const HOP = BLOCK - PIECE;
/** Pieces of longer clips begin so far apart (6 s). */
const STRIDE = 188;
/** Two peaks are at least this far apart (0.1 s). */
const PEAK_REACH = 3;
/** Coherence, in units of what all places have on average, from which on a place is worth a look. */
const LEAST_COHERENCE = 3.5;
/** Peaks of each piece, and so many more for each hour. */
const [PEAKS, PEAKS_AN_HOUR] = [8, 8];

/** Re and Im of one bin over time. */
interface Band {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/**
 * Places of a clip by its waveform alone, for sounds whose bands hardly move: steady, noisy, tonal. Four narrow bands of
 * the whitened waveform are correlated with the episode's (overlap-save FFT); their squared coherences are added up, so
 * that phases need only agree within a band. What a few bands of 23 Hz hold of three seconds is enough to tell noises
 * apart (some seventy independent complex values each), at a hundredth of the work of the whole waveform.
 */
export class SteadyScan {
  readonly #engine: FftEngine;
  readonly #fft: RealFft;
  readonly #reader: FeatureReader;
  /** Made when the first clip needs them: spectra of Re and Im, block after block, and the running energy. */
  #episode: { blocks: FloatBlock[][]; energies: Float64Array[]; length: number } | undefined;

  /** Of the pieces that were looked for last: nearly all are of one size. */
  #levels: { size: number; readonly blocks: readonly FloatBlock[] } | undefined;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#engine = engine;
    this.#fft = engine.fft(BLOCK);
  }

  /** Places of any piece of the clip, the most coherent first. */
  candidates(wave: Float32Array): Candidate[] {
    const { length } = this.#prepared();
    const clip = FILTERS.map((filter) =>
      bandOf(this.#engine, filter, wave.length, (from, count, out) => copy(wave, from, count, out)),
    );
    const size = Math.min(PIECE, clip[0]!.re.length);
    const coherence = this.#engine.block(length);
    const found: Candidate[] = [];
    const peaks = PEAKS + Math.ceil((PEAKS_AN_HOUR * length) / RATE / 3_600);
    for (let from = 0; from + size <= clip[0]!.re.length; from += STRIDE) {
      const mean = this.#correlate(clip, from, size, coherence);
      const list = new TopList(peaks, LEAST_COHERENCE * mean);
      offerPeaks(this.#engine.kernels, coherence, length, PEAK_REACH, list);
      const frames = FRAME_RATE / RATE;
      for (const { value, item } of list.entries()) {
        found.push({
          start: (item - from) * frames,
          from: Math.round(from * frames),
          length: Math.round(size * frames),
          likeness: Math.sqrt(value / BINS.length),
          evidence: Math.sqrt(value / mean),
        });
      }
    }
    this.#engine.release([coherence]);
    return found.sort((a, b) => b.evidence - a.evidence || a.start - b.start);
  }

  /** Sum of the squared coherences of all bands for each place, in `out`; returns its mean. */
  #correlate(clip: readonly Band[], from: number, size: number, out: FloatBlock): number {
    const { blocks, length } = this.#prepared();
    const [time, real, imaginary] = [0, 1, 2].map(() => this.#engine.block(BLOCK)) as [
      FloatBlock,
      FloatBlock,
      FloatBlock,
    ];
    const [re, im] = [this.#engine.block(BLOCK), this.#engine.block(BLOCK)];
    const levels = this.#levelsOf(size);
    out.data.fill(0);
    for (const [band, { re: clipRe, im: clipIm }] of clip.entries()) {
      let energy = turnRound(clipRe, from, size, time);
      this.#fft.forwardPacked(time, re);
      energy += turnRound(clipIm, from, size, time);
      this.#fft.forwardPacked(time, im);
      for (const [block, spectra] of blocks.entries()) {
        const [x, y] = [spectra[2 * band]!, spectra[2 * band + 1]!];
        real.data.fill(0);
        this.#fft.multiplyAdd(x, re, real, 1);
        this.#fft.multiplyAdd(y, im, real, 1);
        imaginary.data.fill(0);
        this.#fft.multiplyAdd(y, re, imaginary, 1);
        this.#fft.multiplyAdd(x, im, imaginary, -1);
        this.#fft.inversePacked(real, time);
        // The spectrum is not needed any more.
        this.#fft.inversePacked(imaginary, real);
        const at = block * HOP;
        const count = Math.min(HOP, length - at);
        this.#engine.kernels.addCoherence(
          time,
          real,
          levels[band]!,
          at,
          count,
          1 / BLOCK / BLOCK / (energy + 1e-9),
          out,
          at,
        );
      }
    }
    this.#engine.release([time, real, imaginary, re, im]);
    return sumOf(out.data, length) / length + 1e-12;
  }

  /** For each band 1 / the energy of so many values from each on. */
  #levelsOf(size: number): readonly FloatBlock[] {
    const { energies, length } = this.#prepared();
    this.#levels ??= { size: 0, blocks: energies.map(() => this.#engine.block(length)) };
    if (this.#levels.size !== size) {
      for (const [band, running] of energies.entries()) {
        const floor = (0.05 * size * running[length]!) / length + 1e-9;
        inverseEnergies(running, size, floor, this.#levels.blocks[band]!.data);
      }
      this.#levels.size = size;
    }
    return this.#levels.blocks;
  }

  #prepared() {
    this.#episode ??= this.#prepare();
    return this.#episode;
  }

  #prepare() {
    const { waveSamples } = this.#reader;
    const length = valuesOf(waveSamples);
    const blocks: FloatBlock[][] = Array.from({ length: Math.max(1, Math.ceil(length / HOP)) }, () => []);
    const time = this.#engine.block(BLOCK);
    // Band after band: only one is held in full.
    const energies = FILTERS.map((filter) => {
      const { re, im } = bandOf(this.#engine, filter, waveSamples, (from, count, out) =>
        this.#reader.readWave(from, count, out),
      );
      for (const [block, spectra] of blocks.entries()) {
        for (const part of [re, im]) {
          time.data.fill(0);
          time.data.set(part.subarray(block * HOP, block * HOP + BLOCK));
          const spectrum = this.#engine.block(BLOCK);
          this.#fft.forwardPacked(time, spectrum);
          spectra.push(spectrum);
        }
      }
      const sums = new Float64Array(length + 1);
      for (let i = 0; i < length; i++) sums[i + 1] = sums[i]! + re[i]! * re[i]! + im[i]! * im[i]!;
      return sums;
    });
    this.#engine.release([time]);
    return { blocks, energies, length };
  }
}

const valuesOf = (samples: number): number => Math.max(1, Math.floor(samples / STEP));

/** A narrow band of a waveform of so many samples, of which `read` gives any. */
function bandOf(
  engine: FftEngine,
  filters: (typeof FILTERS)[number],
  samples: number,
  read: (from: number, count: number, out: Int16Array) => void,
): Band {
  const length = valuesOf(samples);
  const band = { re: new Float32Array(length), im: new Float32Array(length) };
  const wave = engine.block((AT_ONCE * STEP + WINDOW) / 2);
  const [filter, rows, out] = [engine.block(WINDOW / 2), engine.block(AT_ONCE), engine.block(AT_ONCE)];
  for (let i = 0; i < AT_ONCE; i++) rows.int32[i] = i;
  for (let from = 0; from < length; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, length - from);
    const some = count * STEP + WINDOW;
    read(from * STEP + (STEP - WINDOW) / 2, some, wave.int16.subarray(0, some));
    for (const part of ['re', 'im'] as const) {
      filter.int16.set(filters[part]);
      engine.kernels.products({ block: wave, values: STEP }, rows, 0, count, filter, 0, WINDOW, out);
      band[part].set(out.int32.subarray(0, count), from);
    }
  }
  engine.release([wave, filter, rows, out]);
  return band;
}

function copy(wave: Float32Array, from: number, count: number, out: Int16Array): void {
  for (let k = 0; k < count; k++) out[k] = wave[from + k] ?? 0;
}

function sumOf(values: Float32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]!;
  return sum;
}

/** out[i] = 1 / the energy of `size` values from i on, which counts as `floor` at least. */
function inverseEnergies(running: Float64Array, size: number, floor: number, out: Float32Array): void {
  const last = running.length - 1;
  const whole = Math.max(0, last - size);
  for (let i = 0; i < whole; i++) {
    const energy = running[i + size]! - running[i]!;
    out[i] = 1 / (energy > floor ? energy : floor);
  }
  for (let i = whole; i < last; i++) out[i] = 1 / Math.max(floor, running[last]! - running[i]!);
}

/** A Hann window times a wave of each bin, as integers: a sum of WINDOW products with 16-bit ones stays within 32 bits. */
const FILTERS = BINS.map((bin) => {
  const turned = (turn: (angle: number) => number) =>
    Int16Array.from({ length: WINDOW }, (_, i) => {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW);
      return Math.round(FILTER_UNIT * hann * turn((2 * Math.PI * bin * i) / WINDOW));
    });
  return { re: turned(Math.cos), im: turned((angle) => -Math.sin(angle)) };
});
