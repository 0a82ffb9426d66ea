import { type FeatureReader, FRAME_RATE } from './audio-features.ts';
import type { Candidate } from './candidates.ts';
import type { ComplexFft, FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { NARROW_BANDS, NARROW_RATE, NarrowBands, narrowValues, type ReadWave } from './narrow-bands.ts';
import { offerPeaks, TopList } from './peaks.ts';

/** Values of one FFT block (16 s), and of the longest piece of a clip (3 s): in step for ±100 ppm. */
const BLOCK = 512;
const PIECE = 94;
const HOP = BLOCK - PIECE;
/** Pieces of longer clips begin so far apart (6 s). */
const STRIDE = 188;
/** Two peaks are at least this far apart (0.1 s). */
const PEAK_REACH = 3;
/** Coherence, in units of what all places have on average, from which on a place is worth a look. */
const LEAST_COHERENCE = 3.5;
/** Peaks of each piece, and so many more for each hour. */
const [PEAKS, PEAKS_AN_HOUR] = [8, 8];
/** Pieces of one size that are compared with a block of the episode while its spectra are in the processor's cache. */
const TOGETHER = 4;

/** A piece of a clip. */
interface Piece {
  readonly clip: number;
  /** Its first value. */
  readonly from: number;
  readonly size: number;
}

/** One band of a piece. */
interface BandSpectrum {
  readonly spectrum: FloatBlock;
  readonly energy: number;
}

/** Places of a block of the episode, and 1 / the energy of each band there; what agrees is added to `out`. */
interface BlockPlaces {
  readonly at: number;
  readonly count: number;
  readonly levels: readonly FloatBlock[];
  readonly out: FloatBlock;
}

/** Bands of an episode. */
interface Prepared {
  /** Spectra of the bands, block after block. */
  readonly blocks: readonly (readonly FloatBlock[])[];
  /** Of each band, the energy of all values before each. */
  readonly energies: readonly Float64Array[];
  /** Values of a band. */
  readonly length: number;
}

/**
 * Places of a clip by its waveform alone, for sounds whose bands hardly move: steady, noisy, tonal. Four narrow bands of
 * the whitened waveform are correlated with the episode's (overlap-save FFT); their squared coherences are added up, so
 * that phases need only agree within a band. What a few bands of 23 Hz hold of three seconds is enough to tell noises
 * apart (some seventy independent complex values each), at a hundredth of the work of the whole waveform.
 */
export class SteadyScan {
  readonly #engine: FftEngine;
  readonly #fft: ComplexFft;
  readonly #reader: FeatureReader;
  /** Both are made when the first clip needs them. */
  #bands: NarrowBands | undefined;
  #episode: Prepared | undefined;
  /** The clip that was looked for last: it may have more pieces. */
  #clip: { readonly of: ReadWave; readonly bands: readonly Float32Array[] } | undefined;
  /** Of the pieces that were looked for last: nearly all are of one size. */
  #levels: { size: number; readonly blocks: readonly FloatBlock[] } | undefined;

  constructor(reader: FeatureReader, engine: FftEngine) {
    this.#reader = reader;
    this.#engine = engine;
    this.#fft = engine.complexFft(BLOCK);
  }

  /** Of each clip places of any piece of it, the most coherent first. */
  candidates(clips: readonly ReadWave[]): Candidate[][] {
    const found: Candidate[][] = clips.map(() => []);
    if (clips.length === 0) return found;
    const pieces = clips.flatMap(piecesOf).sort((a, b) => a.size - b.size || a.clip - b.clip || a.from - b.from);
    for (let at = 0; at < pieces.length; ) {
      let end = at + 1;
      while (end < pieces.length && end < at + TOGETHER && pieces[end]!.size === pieces[at]!.size) end++;
      this.#look(clips, pieces.slice(at, end), found);
      at = end;
    }
    for (const places of found) places.sort((a, b) => b.evidence - a.evidence || a.start - b.start);
    return found;
  }

  /** Looks for pieces of one size. */
  #look(clips: readonly ReadWave[], pieces: readonly Piece[], found: readonly Candidate[][]): void {
    const { length } = this.#prepared();
    const coherences = this.#coherences(clips, pieces);
    const peaks = PEAKS + Math.ceil((PEAKS_AN_HOUR * length) / NARROW_RATE / 3_600);
    const frames = FRAME_RATE / NARROW_RATE;
    for (const [i, { clip, from, size }] of pieces.entries()) {
      const mean = sumOf(coherences[i]!.data, length) / length + 1e-12;
      const list = new TopList(peaks, LEAST_COHERENCE * mean);
      offerPeaks(this.#engine.kernels, coherences[i]!, length, PEAK_REACH, list);
      for (const { value, item } of list.entries()) {
        found[clip]!.push({
          start: (item - from) * frames,
          from: Math.round(from * frames),
          length: Math.round(size * frames),
          likeness: Math.sqrt(value / NARROW_BANDS),
          evidence: Math.sqrt(value / mean),
        });
      }
    }
    this.#engine.release(coherences);
  }

  /** Of each piece the sum of the squared coherences of all bands, for each place. */
  #coherences(clips: readonly ReadWave[], pieces: readonly Piece[]): FloatBlock[] {
    const { blocks, length } = this.#prepared();
    const levels = this.#levelsOf(pieces[0]!.size);
    const spectra = pieces.map((piece) => this.#spectraOf(clips[piece.clip]!, piece));
    const out = pieces.map(() => this.#engine.block(length));
    const scratch = [this.#engine.block(2 * BLOCK), this.#engine.block(2 * BLOCK)] as const;
    for (let block = 0; block < blocks.length; block++) {
      const at = block * HOP;
      const count = Math.min(HOP, length - at);
      for (let i = 0; i < spectra.length; i++) {
        this.#addCoherences(blocks[block]!, spectra[i]!, { at, count, levels, out: out[i]! }, scratch);
      }
    }
    this.#engine.release([...scratch, ...spectra.flat().map(({ spectrum }) => spectrum)]);
    return out;
  }

  /** Adds those of one block of the episode. What loops around it is not compiled with it, again and again. */
  #addCoherences(
    bands: readonly FloatBlock[],
    of: readonly BandSpectrum[],
    { at, count, levels, out }: BlockPlaces,
    [product, time]: readonly [FloatBlock, FloatBlock],
  ): void {
    for (let band = 0; band < NARROW_BANDS; band++) {
      const { spectrum, energy } = of[band]!;
      this.#fft.multiply(bands[band]!, spectrum, product);
      this.#fft.inverse(product, time);
      const scale = 1 / BLOCK / BLOCK / (energy + 1e-9);
      this.#engine.kernels.addPower(time, levels[band]!, at, count, scale, out, at);
    }
  }

  /** Of each band of a piece, turned round in time: its product with another spectrum is their correlation. */
  #spectraOf(clip: ReadWave, { from, size }: Piece): BandSpectrum[] {
    const time = this.#engine.block(2 * BLOCK);
    const spectra = this.#bandsOf(clip).map((pairs) => {
      const energy = turnedRound(pairs, from, size, time.data.fill(0));
      const spectrum = this.#engine.block(2 * BLOCK);
      this.#fft.forward(time, spectrum);
      return { spectrum, energy };
    });
    this.#engine.release([time]);
    return spectra;
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

  /** All bands of a clip. */
  #bandsOf(clip: ReadWave): readonly Float32Array[] {
    if (this.#clip?.of !== clip) {
      this.#clip = { of: clip, bands: Array.from({ length: NARROW_BANDS }, (_, band) => this.#bandOf(band, clip)) };
    }
    return this.#clip.bands;
  }

  #bandOf(band: number, of: ReadWave): Float32Array {
    this.#bands ??= new NarrowBands(this.#engine);
    return this.#bands.of(band, of);
  }

  #prepared(): Prepared {
    this.#episode ??= this.#prepare();
    return this.#episode;
  }

  #prepare(): Prepared {
    const length = narrowValues(this.#reader.waveSamples);
    const blocks: FloatBlock[][] = Array.from({ length: Math.max(1, Math.ceil(length / HOP)) }, () => []);
    const time = this.#engine.block(2 * BLOCK);
    // Band after band: only one is held in full.
    const energies = Array.from({ length: NARROW_BANDS }, (_, band) => {
      const pairs = this.#bandOf(band, this.#reader);
      for (const [block, spectra] of blocks.entries()) {
        time.data.fill(0);
        time.data.set(pairs.subarray(2 * block * HOP, 2 * (block * HOP + BLOCK)));
        const spectrum = this.#engine.block(2 * BLOCK);
        this.#fft.forward(time, spectrum);
        spectra.push(spectrum);
      }
      return runningEnergy(pairs);
    });
    this.#engine.release([time]);
    return { blocks, energies, length };
  }
}

function piecesOf({ waveSamples }: ReadWave, clip: number): Piece[] {
  const length = narrowValues(waveSamples);
  const size = Math.min(PIECE, length);
  return Array.from({ length: Math.floor((length - size) / STRIDE) + 1 }, (_, i) => ({ clip, from: i * STRIDE, size }));
}

// Loops of their own are compiled once.

/** Conjugates of `size` values from … in `out`, which is 0, the first at 0 and each next one before it, round the end. Returns their energy. */
function turnedRound(pairs: Float32Array, from: number, size: number, out: Float32Array): number {
  let energy = 0;
  for (let k = 0; k < size; k++) {
    const [re, im] = [pairs[2 * (from + k)]!, pairs[2 * (from + k) + 1]!];
    const at = k === 0 ? 0 : out.length - 2 * k;
    out[at] = re;
    out[at + 1] = -im;
    energy += re * re + im * im;
  }
  return energy;
}

function runningEnergy(pairs: Float32Array): Float64Array {
  const sums = new Float64Array(pairs.length / 2 + 1);
  for (let i = 1; i < sums.length; i++) sums[i] = sums[i - 1]! + pairs[2 * i - 2]! ** 2 + pairs[2 * i - 1]! ** 2;
  return sums;
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
  // A choice between two numbers would be allocated, each of them.
  for (let i = 0; i < whole; i++) out[i] = 1 / Math.max(floor, running[i + size]! - running[i]!);
  for (let i = whole; i < last; i++) out[i] = 1 / Math.max(floor, running[last]! - running[i]!);
}
