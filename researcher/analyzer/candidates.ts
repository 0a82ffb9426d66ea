import { type AudioFeatures, FeatureReader, FRAME_RATE } from './audio-features.ts';
import { BandProducts, type Comparison } from './band-products.ts';
import type { ClipSketch } from './clip-sketch.ts';
import { ComparisonRoom } from './comparison-room.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { earlier, later } from './frames.ts';
import { type LoadedSegment, loadedSegments } from './loaded-segments.ts';
import { eachPeak, TopList } from './peaks.ts';

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

/** A clip to be compared. */
export interface ComparedClip {
  readonly features: AudioFeatures;
  readonly sketch: ClipSketch;
  /** For each window of the sketch, frames of the episode near which it may begin, in their order. */
  readonly places: readonly Int32Array[];
}

/** Chance has its best places at 5 to 8 standard deviations of the series; of 359 true ones on recorded and synthetic sets three were below 6, and a few of half a clip below 4.5. */
const LEAST_EVIDENCE = 4.2;
/** Peaks of each series that are listed, and so many more for each hour of the episode. */
const [PEAKS, PEAKS_AN_HOUR] = [48, 48];
/** Two peaks of one segment are at least this far apart (0.19 s). */
const PEAK_REACH = 6;
/** Candidates for beginnings this close are one. */
const SAME_START = 1;
const FRAMES_AN_HOUR = 3_600 * FRAME_RATE;
/** Places of the episode from which the deviations of a clip's series are told. */
const SAMPLED = 128;
/** Evidence from which on the frames beside a place are compared too: a peak is three frames wide. */
const LEAST_LOOKED = 2;
/** Evidence of a segment from which on all segments together are looked at. */
const LEAST_TOGETHER = 3;
/** Comparisons that all segments together are worth, at places where one of them may be. */
const TOGETHER = 300;

/**
 * Compares clips with an episode where the scan says that they may be: the bands of segments of two seconds, all bands
 * summed, normalised by both energies (Lewis, "Fast Normalized Cross-Correlation", 1995). Many clips go together, for
 * what is slow is the way of the episode's bands from memory.
 */
export class BandComparison {
  readonly #index: EpisodeIndex;
  readonly #products: BandProducts;
  readonly #samples: Int32Array;
  readonly #peaks: number;
  readonly #room = new ComparisonRoom();
  #beside = new Int32Array(0);

  constructor(index: EpisodeIndex) {
    this.#index = index;
    this.#products = new BandProducts(index);
    this.#peaks = PEAKS + Math.ceil((PEAKS_AN_HOUR * index.frames) / FRAMES_AN_HOUR);
    this.#samples = Int32Array.from({ length: SAMPLED }, (_, i) => Math.floor((i * index.frames) / SAMPLED));
  }

  /** Of clips that go together, each the strongest first, without repetitions. */
  candidates(clips: readonly ComparedClip[]): Candidate[][] {
    this.#room.empty();
    const all = clips.map(({ features, sketch, places }) => {
      const segments = loadedSegments(this.#index, new FeatureReader(features));
      const looked = segments.map((segment, i) => {
        // Where the segment begins, its window begins so much later.
        const begins = this.#earlier(places[i]!, sketch.windows[i]!.from - segment.from);
        return this.#looked(segment, begins);
      });
      return { frames: features.frames, looked };
    });
    const segments = all.flatMap(({ looked }) => looked).filter(({ segment }) => segment.scale > 0);
    this.#products.compare(segments.map(({ sampled }) => sampled));
    this.#products.compare(segments.map(({ at }) => at));
    for (const looked of segments) {
      looked.deviation = rootMeanSquare(looked.sampled.values);
      looked.beside = this.#at(looked.segment, this.#framesBeside(looked.at, LEAST_LOOKED * looked.deviation));
    }
    this.#products.compare(segments.map(({ beside }) => beside));
    const single = all.map(({ looked }) => this.#ofSegments(looked));
    this.#products.compare(single.flatMap(({ together }) => together));
    return all.map(({ looked, frames }, i) => {
      const { found, starts } = single[i]!;
      if (starts.length > 0) found.push(...this.#ofAll(single[i]!, looked.length, frames));
      return withoutRepetitions(found);
    });
  }

  #looked(segment: LoadedSegment, begins: Int32Array): LookedAt {
    return {
      segment,
      sampled: this.#later(segment, this.#samples),
      at: this.#at(segment, begins),
      ...{ deviation: 0, beside: this.#at(segment, begins.subarray(0, 0)) },
    };
  }

  #at(segment: LoadedSegment, frames: Int32Array): Comparison {
    return { segment, frames, values: this.#room.values(frames.length) };
  }

  /** A segment where the clip would begin at some frames. */
  #later(segment: LoadedSegment, starts: Int32Array): Comparison {
    const frames = this.#room.frames(starts.length);
    later(starts, segment.from, this.#index.frames, frames);
    return this.#at(segment, frames);
  }

  /** Places `shift` frames earlier, as far as they are in the episode. */
  #earlier(places: Int32Array, shift: number): Int32Array {
    if (shift === 0) return places;
    const frames = this.#room.frames(places.length);
    return frames.subarray(0, earlier(places, shift, frames));
  }

  /** Of one clip. */
  #ofSegments(all: readonly LookedAt[]): OfSegments {
    const total = new Float64Array(SAMPLED);
    const found: Candidate[] = [];
    const starts: Start[] = [];
    for (const { segment, sampled, at, beside, deviation } of all) {
      const { from, length, scale } = segment;
      if (scale === 0) continue;
      add(total, sampled.values);
      const places = merged(at, LEAST_LOOKED * deviation, beside);
      const list = new TopList(this.#peaks, LEAST_EVIDENCE * deviation);
      const together = all.length > 1 ? LEAST_TOGETHER * deviation : Number.POSITIVE_INFINITY;
      eachPeak(places.frames, places.values, PEAK_REACH, Math.min(list.threshold, together), (frame, value) => {
        list.offer(value, frame);
        if (value > together && frame >= from) starts.push({ start: frame - from, evidence: value / deviation });
      });
      for (const { value, item } of list.entries()) {
        found.push({ start: item - from, from, length, likeness: value, evidence: value / deviation });
      }
    }
    const chosen = bestStarts(starts, Math.ceil(TOGETHER / all.length));
    const heard = chosen.length > 0 ? all.filter(({ segment }) => segment.scale > 0) : [];
    return { found, total, starts: chosen, together: heard.map(({ segment }) => this.#later(segment, chosen)) };
  }

  /** The sum of all segments, of which there are so many. */
  #ofAll({ total, starts: frames, together }: OfSegments, segments: number, clipFrames: number): Candidate[] {
    const deviation = rootMeanSquare(total);
    const values = new Float64Array(frames.length);
    for (const one of together) add(values, one.values);
    const list = new TopList(this.#peaks, LEAST_EVIDENCE * deviation);
    eachPeak(frames, values, PEAK_REACH, list.threshold, (frame, value) => list.offer(value, frame));
    return list.entries().map(({ value, item }) => ({
      ...{ start: item, from: 0, length: clipFrames },
      ...{ likeness: value / segments, evidence: value / deviation },
    }));
  }

  /** The frames beside those that have more than `least`; between two places half of that is enough, for of clicks a peak is one frame wide. */
  #framesBeside({ frames, values }: Series, least: number): Int32Array {
    if (this.#beside.length < 2 * frames.length) this.#beside = new Int32Array(4 * frames.length);
    const beside = this.#beside;
    let [count, last] = [0, -1];
    for (let i = 0; i < frames.length; i++) {
      const [before, after] = [frames[i]! - 1, frames[i]! + 1];
      if (values[i]! <= least) {
        if (frames[i + 1] !== after + 1 || Math.max(values[i]!, values[i + 1]!) <= least / 2) continue;
        beside[count++] = after;
        last = after;
        continue;
      }
      if (before > last) beside[count++] = before;
      if (after <= this.#index.frames) beside[count++] = after;
      last = after;
    }
    const kept = this.#room.frames(count);
    kept.set(beside.subarray(0, count));
    return kept;
  }
}

/** Where a segment is compared: at places all over the episode, where the scan says, and beside what says anything there. */
interface LookedAt {
  readonly segment: LoadedSegment;
  readonly sampled: Comparison;
  readonly at: Comparison;
  deviation: number;
  beside: Comparison;
}

/** Values at frames, in their order. */
interface Series {
  readonly frames: Int32Array;
  readonly values: Float64Array;
}

/** What the segments of a clip say, each by itself. */
interface OfSegments {
  readonly found: Candidate[];
  /** Sums of what all of them say at the places by which deviations are told. */
  readonly total: Float64Array;
  /** Where all of them are looked at together, and each of them there. */
  readonly starts: Int32Array;
  readonly together: readonly Comparison[];
}

interface Start {
  readonly start: number;
  readonly evidence: number;
}

/** The `count` best of them in their order, each once. */
function bestStarts(starts: Start[], count: number): Int32Array {
  starts.sort((a, b) => b.evidence - a.evidence || a.start - b.start);
  return Int32Array.from(new Set(starts.slice(0, count).map(({ start }) => start))).sort();
}

// Loops of their own are compiled once.

function add(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) sum[i]! += values[i]!;
}

/** Both in their order, of the first those with more than `least`. */
function merged(at: Series, least: number, beside: Series): Series {
  const size = countAbove(at.values, least) + beside.frames.length;
  const [frames, values] = [new Int32Array(size), new Float64Array(size)];
  let [i, next] = [0, 0];
  for (let count = 0; count < size; count++) {
    while (i < at.frames.length && at.values[i]! <= least) i++;
    const isPlace = next === beside.frames.length || (i < at.frames.length && at.frames[i]! < beside.frames[next]!);
    const from = isPlace ? at : beside;
    const k = isPlace ? i++ : next++;
    frames[count] = from.frames[k]!;
    values[count] = from.values[k]!;
  }
  return { frames, values };
}

function countAbove(values: Float64Array, least: number): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > least) count++;
  return count;
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

function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum / values.length) + 1e-9;
}
