import { BAND_UNIT, BANDS, type FeatureReader, FRAME_RATE } from './audio-features.ts';
import type { ClipWindow } from './clip-sketch.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { grown } from './fft.ts';
import type { FloatBlock } from './float-block.ts';
import { TopList } from './peaks.ts';
import { type Segment, segmentsOf } from './segments.ts';

/** A place where a clip may begin. */
export interface Candidate {
  /** Frame of the episode at which the clip would begin; may lie before its beginning. */
  readonly start: number;
  /** Frames of the clip that made it a candidate. */
  readonly from: number;
  readonly length: number;
  /** Normalised correlation of the whitened bands there, −1..1. */
  readonly likeness: number;
  /** The same in standard deviations of all places of the episode. */
  readonly evidence: number;
}

export interface Candidates {
  /** Strongest first, without repetitions. */
  readonly candidates: Candidate[];
  /** Whitened energy of the clip's bands, a frame. */
  readonly movement: number;
}

/** Chance has its best places at 5 to 8 standard deviations of the series; of 359 true ones on recorded and synthetic sets three were below 6. */
const LEAST_EVIDENCE = 4.5;
/** Peaks of each series that are listed, and so many more for each hour of the episode. */
const [PEAKS, PEAKS_AN_HOUR] = [16, 24];
/** Two peaks of one segment are at least this far apart (0.19 s). */
const PEAK_REACH = 6;
/** Candidates for beginnings this close are one. */
const SAME_START = 1;
const FRAMES_AN_HOUR = 3_600 * FRAME_RATE;
/** Energy a frame below which a segment is silence. */
const SILENT_FRAME = 0.1;
/** Whitened energy a frame that silence of the episode counts as: a hundredth of what is usual. */
const SILENT_LEVEL = 0.25;
/** Places of the episode from which the deviations of a clip's series are told. */
const SAMPLED = 256;
/** Evidence from which on the frames beside a place are compared too: a peak is three frames wide. */
const LEAST_LOOKED = 2;
/** Evidence of a segment from which on all segments together are looked at. */
const LEAST_TOGETHER = 3;
/** Comparisons that all segments together are worth, at places where one of them may be. */
const TOGETHER = 600;

/** A segment that was made ready to be compared. */
interface Loaded extends Segment {
  /** Integers before it in the memory of all segments. */
  readonly at: number;
  /** What a product of integers times 1 / √energy of the place is multiplied by; 0 of silence. */
  readonly scale: number;
}

/**
 * Compares clips with an episode where the scan says that they may be: the bands of segments of two seconds, all bands
 * summed, normalised by both energies (Lewis, "Fast Normalized Cross-Correlation", 1995).
 */
export class BandComparison {
  readonly #index: EpisodeIndex;
  readonly #samples: Int32Array;
  readonly #sampled = new Float64Array(SAMPLED);
  readonly #peaks: number;
  /** Bands of all segments of a clip, frame after frame. */
  #bands: FloatBlock;
  #at: FloatBlock;
  #out: FloatBlock;
  #frames = new Int32Array(0);
  #near = new Int32Array(0);
  #values = new Float64Array(0);

  constructor(index: EpisodeIndex) {
    this.#index = index;
    this.#peaks = PEAKS + Math.ceil((PEAKS_AN_HOUR * index.frames) / FRAMES_AN_HOUR);
    this.#samples = Int32Array.from({ length: SAMPLED }, (_, i) => Math.floor((i * index.frames) / SAMPLED));
    const { engine } = index;
    [this.#bands, this.#at, this.#out] = [engine.block(BANDS), engine.block(SAMPLED), engine.block(SAMPLED)];
  }

  /** @param places for each segment, frames of the episode near which its window may begin, in their order */
  candidates(clip: FeatureReader, windows: readonly ClipWindow[], places: readonly (readonly number[])[]): Candidates {
    const { movement, segments } = this.#load(clip);
    const total = new Float64Array(SAMPLED);
    const found: Candidate[] = [];
    const starts: Start[] = [];
    for (const [i, segment] of segments.entries()) {
      const { from, length, scale } = segment;
      if (scale === 0) continue;
      this.#correlate(segment, this.#samples, SAMPLED, from, this.#sampled);
      const deviation = rootMeanSquare(this.#sampled, SAMPLED);
      add(total, this.#sampled, SAMPLED);
      const first = this.#beginnings(places[i]!, windows[i]!.from - from);
      this.#correlate(segment, this.#frames, first, 0, this.#values);
      const count = this.#beside(first, LEAST_LOOKED * deviation);
      this.#correlate(segment, this.#near, count, 0, this.#values);
      const list = new TopList(this.#peaks, LEAST_EVIDENCE * deviation);
      const together = segments.length > 1 ? LEAST_TOGETHER * deviation : Number.POSITIVE_INFINITY;
      eachPeak(this.#near, this.#values, count, Math.min(list.threshold, together), (frame, value) => {
        list.offer(value, frame);
        if (value > together && frame >= from) starts.push({ start: frame - from, evidence: value / deviation });
      });
      for (const { value, item } of list.entries()) {
        found.push({ start: item - from, from, length, likeness: value, evidence: value / deviation });
      }
    }
    if (starts.length > 0) found.push(...this.#together(clip.frames, segments, starts, rootMeanSquare(total, SAMPLED)));
    return { candidates: withoutRepetitions(found), movement };
  }

  /** The sum of all segments, where one of them may be. */
  #together(clipFrames: number, segments: readonly Loaded[], starts: Start[], deviation: number): Candidate[] {
    starts.sort((a, b) => b.evidence - a.evidence || a.start - b.start);
    const chosen = [...new Set(starts.slice(0, Math.ceil(TOGETHER / segments.length)).map(({ start }) => start))];
    const frames = Int32Array.from(chosen).sort();
    const sums = new Float64Array(frames.length);
    const values = new Float64Array(frames.length);
    for (const segment of segments) {
      if (segment.scale === 0) continue;
      this.#correlate(segment, frames, frames.length, segment.from, values);
      add(sums, values, frames.length);
    }
    const list = new TopList(this.#peaks, LEAST_EVIDENCE * deviation);
    eachPeak(frames, sums, frames.length, list.threshold, (frame, value) => list.offer(value, frame));
    return list.entries().map(({ value, item }) => ({
      ...{ start: item, from: 0, length: clipFrames },
      ...{ likeness: value / segments.length, evidence: value / deviation },
    }));
  }

  /** Makes the segments of a clip ready to be compared. */
  #load(clip: FeatureReader): { readonly segments: Loaded[]; readonly movement: number } {
    const { engine, whiteScale } = this.#index;
    const segments = segmentsOf(clip.frames);
    const integers = segments.length * segments[0]!.length * BANDS;
    this.#bands = grown(engine, this.#bands, Math.ceil(integers / 2));
    const row = new Int8Array(segments[0]!.length);
    let [at, all, frames] = [0, 0, 0];
    const loaded = segments.map(({ from, length }) => {
      const begin = at;
      at += length * BANDS;
      const bands = this.#bands.int16.subarray(begin, at);
      for (let band = 0; band < BANDS; band++) {
        clip.copyBand(band, from, length, row);
        for (let i = 0; i < length; i++) bands[i * BANDS + band] = row[i]!;
      }
      const energy = this.#energy(bands, length);
      all += energy;
      frames += length;
      return { from, length, at: begin, scale: energy > 0 ? BAND_UNIT / whiteScale / Math.sqrt(energy) : 0 };
    });
    return { segments: loaded, movement: all / frames };
  }

  /** Whitened energy of a segment, 0 of silence. */
  #energy(bands: Int16Array, length: number): number {
    const products = innerProducts(bands, length);
    let plain = 0;
    for (let band = 0; band < BANDS; band++) plain += products[band * BANDS + band]!;
    if (plain * BAND_UNIT ** 2 < SILENT_FRAME * length) return 0;
    return this.#index.whitenedEnergy(products) * BAND_UNIT ** 2;
  }

  /** Frames at which a segment begins whose window begins, `shift` frames later, at a place; how many. */
  #beginnings(places: readonly number[], shift: number): number {
    if (this.#frames.length < places.length) {
      this.#frames = new Int32Array(2 * places.length);
      this.#near = new Int32Array(6 * places.length);
      this.#values = new Float64Array(6 * places.length);
    }
    let count = 0;
    for (const place of places) if (place >= shift) this.#frames[count++] = place - shift;
    return count;
  }

  /** Of `count` frames those with more than `least`, and the frames beside them; how many. */
  #beside(count: number, least: number): number {
    let [near, last] = [0, -1];
    for (let i = 0; i < count; i++) {
      if (this.#values[i]! <= least) continue;
      const end = Math.min(this.#index.frames, this.#frames[i]! + 1);
      for (let frame = Math.max(last + 1, this.#frames[i]! - 1); frame <= end; frame++) {
        this.#near[near++] = frame;
        last = frame;
      }
    }
    return near;
  }

  /** out[i] = the correlation of a segment at frames[i] + shift, for `count` of them. */
  #correlate(segment: Loaded, frames: Int32Array, count: number, shift: number, out: Float64Array): void {
    const { engine, white } = this.#index;
    if (count > this.#at.length) {
      engine.release([this.#at, this.#out]);
      [this.#at, this.#out] = [engine.block(2 * count), engine.block(2 * count)];
    }
    const at = this.#at.int32;
    for (let i = 0; i < count; i++) at[i] = Math.min(this.#index.frames, frames[i]! + shift);
    const { length, scale } = segment;
    engine.kernels.products(white, this.#at, count, this.#bands, segment.at, length * BANDS, this.#out);
    this.#index.normalised(at, this.#out.int32, count, length, SILENT_LEVEL * length, scale, out);
  }
}

interface Start {
  readonly start: number;
  readonly evidence: number;
}

// Loops of their own are compiled once.

/** Σ over the frames of each band times each other, the lower triangle. */
function innerProducts(bands: Int16Array, length: number): Float64Array {
  const sums = new Float64Array(BANDS * BANDS);
  for (let at = 0; at < length * BANDS; at += BANDS) {
    for (let a = 0; a < BANDS; a++) {
      const value = bands[at + a]!;
      if (value === 0) continue;
      for (let b = 0; b <= a; b++) sums[a * BANDS + b]! += value * bands[at + b]!;
    }
  }
  return sums;
}

function add(sum: Float64Array, values: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) sum[i]! += values[i]!;
}

/** Every value above `least` that no other within PEAK_REACH frames exceeds; of equal ones the first. */
function eachPeak(
  frames: Int32Array,
  values: Float64Array,
  count: number,
  least: number,
  tell: (frame: number, value: number) => void,
): void {
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    if (value > least && isPeak(frames, values, count, i)) tell(frames[i]!, value);
  }
}

function isPeak(frames: Int32Array, values: Float64Array, count: number, at: number): boolean {
  const [frame, value] = [frames[at]!, values[at]!];
  for (let k = at - 1; k >= 0 && frames[k]! >= frame - PEAK_REACH; k--) if (values[k]! >= value) return false;
  for (let k = at + 1; k < count && frames[k]! <= frame + PEAK_REACH; k++) if (values[k]! > value) return false;
  return true;
}

function withoutRepetitions(found: Candidate[]): Candidate[] {
  found.sort((a, b) => b.evidence - a.evidence || a.start - b.start || a.from - b.from);
  const taken = new Set<number>();
  return found.filter(({ start }) => {
    for (let near = start - SAME_START; near <= start + SAME_START; near++) if (taken.has(near)) return false;
    taken.add(start);
    return true;
  });
}

function rootMeanSquare(values: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / count) + 1e-9;
}
