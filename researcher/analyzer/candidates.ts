import { BAND_UNIT, BANDS, FRAME_RATE } from './audio-features.ts';
import type { ScannedClip } from './clip-scan.ts';
import type { EpisodeIndex } from './episode-index.ts';
import type { FloatBlock } from './float-block.ts';
import { TopList } from './peaks.ts';
import type { Segment } from './segments.ts';

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

/** Peaks of chance, in standard deviations of the series: below this there are too many. */
const LEAST_EVIDENCE = 3.5;
/** Peaks of each series that are listed, and so many more for each hour of the episode. */
const [PEAKS, PEAKS_AN_HOUR] = [16, 64];
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
const SAMPLED = 512;
/** Comparisons that all segments together are worth, at places where one of them may be. */
const TOGETHER = 600;

/** Values of a series at some frames of the episode, in their order. */
interface Places {
  readonly frames: Int32Array;
  readonly values: Float64Array;
}

interface Series extends Segment {
  /** Of all places. */
  readonly deviation: number;
  /** Correlation at a list of frames. */
  readonly at: (frames: Int32Array) => Float64Array;
}

/**
 * Compares clips with an episode where the scan says that they may be: the bands of segments of two seconds, all bands
 * summed, normalised by both energies (Lewis, "Fast Normalized Cross-Correlation", 1995).
 */
export class BandComparison {
  readonly #index: EpisodeIndex;
  readonly #samples: Int32Array;
  readonly #peaks: number;
  readonly #clip: FloatBlock;
  #at: FloatBlock;
  #out: FloatBlock;

  constructor(index: EpisodeIndex, longest: number) {
    this.#index = index;
    this.#peaks = PEAKS + Math.ceil((PEAKS_AN_HOUR * index.frames) / FRAMES_AN_HOUR);
    this.#samples = Int32Array.from({ length: SAMPLED }, (_, i) => Math.floor((i * index.frames) / SAMPLED));
    this.#clip = index.engine.block((longest * BANDS) / 2);
    [this.#at, this.#out] = [index.engine.block(SAMPLED), index.engine.block(SAMPLED)];
  }

  /** @param places for each segment, frames of the episode near which its window may begin, in their order */
  candidates(clip: ScannedClip, places: readonly (readonly number[])[]): Candidates {
    const { segments, windows } = clip;
    let movement = 0;
    const total = new Float64Array(SAMPLED);
    const series: Series[] = [];
    const found: Candidate[] = [];
    const starts: { start: number; evidence: number }[] = [];
    for (const [i, segment] of segments.entries()) {
      const { from, length } = segment;
      const energy = this.#load(clip, segment);
      movement += energy;
      if (energy === 0) continue;
      const at = this.#correlation(length, energy);
      const sampled = at(this.#samples.map((frame) => Math.min(this.#index.frames, frame + from)));
      const deviation = rootMeanSquare(sampled);
      for (let k = 0; k < SAMPLED; k++) total[k]! += sampled[k]!;
      series.push({ from, length, deviation, at });
      const frames = around(places[i]!, windows[i]!.from - from, this.#index.frames);
      const values = at(frames);
      const list = new TopList(this.#peaks, LEAST_EVIDENCE * deviation);
      eachPeak({ frames, values }, (frame, value) => {
        list.offer(value, frame);
        if (segments.length > 1 && frame >= from) starts.push({ start: frame - from, evidence: value / deviation });
      });
      for (const { value, item } of list.entries()) {
        found.push({ start: item - from, from, length, likeness: value, evidence: value / deviation });
      }
    }
    if (series.length > 1) found.push(...this.#together(clip, series, starts, rootMeanSquare(total)));
    return {
      candidates: withoutRepetitions(found),
      movement: movement / segments.reduce((sum, { length }) => sum + length, 0),
    };
  }

  /** The sum of all segments, where one of them may be. */
  #together(
    clip: ScannedClip,
    series: readonly Series[],
    starts: { start: number; evidence: number }[],
    deviation: number,
  ): Candidate[] {
    starts.sort((a, b) => b.evidence - a.evidence || a.start - b.start);
    const chosen = Int32Array.from(
      new Set(starts.slice(0, Math.ceil(TOGETHER / series.length)).map(({ start }) => start)),
    );
    chosen.sort();
    const sums = new Float64Array(chosen.length);
    for (const segment of series) {
      this.#load(clip, segment);
      const values = segment.at(chosen.map((start) => Math.min(this.#index.frames, start + segment.from)));
      for (let i = 0; i < sums.length; i++) sums[i]! += values[i]!;
    }
    const list = new TopList(this.#peaks, LEAST_EVIDENCE * deviation);
    eachPeak({ frames: chosen, values: sums }, (frame, value) => list.offer(value, frame));
    return list.entries().map(({ value, item }) => ({
      ...{ start: item, from: 0, length: clip.frames },
      ...{ likeness: value / clip.segments.length, evidence: value / deviation },
    }));
  }

  /** Makes a segment ready to be compared. @returns its whitened energy, 0 of silence */
  #load({ reader }: ScannedClip, { from, length }: Segment): number {
    const rows = Array.from({ length: BANDS }, () => new Float32Array(length));
    const { int16 } = this.#clip;
    let plain = 0;
    for (const [band, row] of rows.entries()) {
      reader.readBand(band, from, length, row);
      for (let i = 0; i < length; i++) {
        plain += row[i]! * row[i]!;
        int16[i * BANDS + band] = row[i]! / BAND_UNIT;
      }
    }
    return plain < SILENT_FRAME * length ? 0 : this.#index.whitenedEnergy(rows, length);
  }

  /** The correlation of the segment that was made ready last. */
  #correlation(length: number, energy: number): (frames: Int32Array) => Float64Array {
    const { engine, white, whiteScale } = this.#index;
    const scale = BAND_UNIT / whiteScale / Math.sqrt(energy);
    return (frames) => {
      const count = frames.length;
      if (count > this.#at.length) {
        engine.release([this.#at, this.#out]);
        [this.#at, this.#out] = [engine.block(2 * count), engine.block(2 * count)];
      }
      this.#at.int32.set(frames);
      engine.kernels.products(white, this.#at, count, this.#clip, length * BANDS, this.#out);
      const products = this.#out.int32;
      const values = new Float64Array(count);
      for (let i = 0; i < count; i++) {
        values[i] = products[i]! * scale * this.#index.inverseLevel(frames[i]!, length, SILENT_LEVEL * length);
      }
      return values;
    };
  }
}

/** Frames at which a segment begins whose window begins, `shift` frames later, at a place or beside it. */
function around(places: readonly number[], shift: number, most: number): Int32Array {
  const frames = new Int32Array(3 * places.length);
  let count = 0;
  let last = -1;
  for (const place of places) {
    for (let frame = Math.max(last + 1, place - shift - 1); frame <= Math.min(most, place - shift + 1); frame++) {
      frames[count++] = frame;
      last = frame;
    }
  }
  return frames.subarray(0, count);
}

/** Every value that no other within PEAK_REACH frames exceeds; of equal ones the first. */
function eachPeak({ frames, values }: Places, tell: (frame: number, value: number) => void): void {
  for (let i = 0; i < frames.length; i++) {
    const [frame, value] = [frames[i]!, values[i]!];
    let isPeak = true;
    for (let k = i - 1; isPeak && k >= 0 && frames[k]! >= frame - PEAK_REACH; k--) isPeak = values[k]! < value;
    for (let k = i + 1; isPeak && k < frames.length && frames[k]! <= frame + PEAK_REACH; k++)
      isPeak = values[k]! <= value;
    if (isPeak) tell(frame, value);
  }
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
  return Math.sqrt(sum / Math.max(1, values.length)) + 1e-9;
}
