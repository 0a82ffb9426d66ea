import type { ClipSketch } from './clip-sketch.ts';
import { COMPONENTS } from './clip-windows.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { type EpisodeRows, episodeRows, ROW_ZERO, STRIDE } from './episode-rows.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { SCAN_GROUP, scanIndex } from './kernels/kernels.ts';

/** Share of the windows of the episode at which a clip's segment is compared in full. */
const KEPT_SHARE = 0.003;
/** A clip of fewer segments than this is kept at more places in all: none of the others can be heard instead. */
const ENOUGH_SEGMENTS = 3;
/** Of a short episode so many. */
const LEAST_KEPT = 64;
/** Windows of the episode from which is told what share a value is. */
const SAMPLED = 512;
/** What a component of a query that is as large as the others becomes; what is beyond four times that is cut. */
const QUERY_UNIT = 30;
const MOST_QUERY = 127;
/** Rows that are scanned between two looks at what was found. */
const ROWS_AT_ONCE = 512;

/** Where the windows of many clips may be, for all clips in one pass over the episode. */
export class ClipScan {
  readonly #engine: FftEngine;
  readonly #rows: EpisodeRows;
  readonly #samples: FloatBlock;
  readonly #sampleAt: FloatBlock;
  readonly #products: FloatBlock;
  readonly #lists = new FrameLists();

  constructor(index: EpisodeIndex) {
    const { engine } = index;
    this.#engine = engine;
    this.#rows = episodeRows(index.reader, engine);
    const values = COMPONENTS.length;
    this.#samples = engine.block((SAMPLED * values) / 2);
    this.#sampleAt = engine.block(SAMPLED);
    this.#products = engine.block(SAMPLED);
    const [all, samples] = [this.#rows.rows.block.bytes, this.#samples.int16];
    for (let i = 0; i < SAMPLED; i++) {
      const row = Math.floor((i * this.#rows.count) / SAMPLED);
      for (let k = 0; k < values; k++) samples[i * values + k] = all[row * values + k]! - ROW_ZERO;
      this.#sampleAt.int32[i] = i;
    }
  }

  /** Places that are kept of a clip, about. */
  usualPlaces(clip: ClipSketch): number {
    return clip.windows.length * this.#shareOf(clip) * this.#rows.count;
  }

  /** Of the windows of the episode those at which each window of a clip is kept. */
  #shareOf({ windows }: ClipSketch): number {
    return Math.max(KEPT_SHARE * Math.max(1, ENOUGH_SEGMENTS / windows.length), LEAST_KEPT / this.#rows.count);
  }

  /** For each window of each clip the frames of the episode where it may begin, in their order. */
  places(clips: readonly ClipSketch[]): Int32Array[][] {
    const { kernels } = this.#engine;
    const queries = clips.flatMap((clip) =>
      clip.windows.map(({ components }) => ({ components, share: this.#shareOf(clip) })),
    );
    const values = COMPONENTS.length;
    const groups = Math.ceil(queries.length / SCAN_GROUP);
    const block = this.#engine.block((groups * SCAN_GROUP * values) / 4);
    const least = this.#engine.block(groups * SCAN_GROUP);
    const single = this.#engine.block(values / 2);
    const out = this.#engine.block(2 * groups * SCAN_GROUP * ROWS_AT_ONCE);
    least.int32.fill(2 ** 31 - 1);
    for (const [query, { components, share }] of queries.entries()) {
      const below = Math.floor((1 - share) * SAMPLED) - 1;
      if (!quantizedQuery(components, this.#rows.scales, single.int16)) continue;
      const sum = laidOut(single.int16, query, block.bytes);
      kernels.products({ block: this.#samples, values }, this.#sampleAt, 0, SAMPLED, single, 0, values, this.#products);
      // Rows have ROW_ZERO more than the samples in each component.
      least.int32[query] = below < 0 ? -(2 ** 31) : nthSmallest(this.#products.int32, SAMPLED, below) + ROW_ZERO * sum;
    }
    const lists = this.#lists;
    lists.empty(queries.length);
    for (let row = 0; row < this.#rows.count; row += ROWS_AT_ONCE) {
      const some = Math.min(ROWS_AT_ONCE, this.#rows.count - row);
      const count = kernels.scan(this.#rows.rows, row, some, block, groups, least, out);
      lists.add(out.int32, count, row);
    }
    const found = lists.dealt();
    this.#engine.release([block, least, single, out]);
    let next = 0;
    return clips.map(({ windows }) => windows.map(() => found[next++]!));
  }
}

/** The value at index `nth` if the first `count` were sorted; changes their order (Hoare, "Algorithm 65: Find", 1961). */
export function nthSmallest(values: Int32Array, count: number, nth: number): number {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, k] = [low, high];
    while (i <= k) {
      while (values[i]! < pivot) i++;
      while (values[k]! > pivot) k--;
      if (i > k) break;
      const value = values[i]!;
      values[i++] = values[k]!;
      values[k--] = value;
    }
    if (nth <= k) high = k;
    else if (nth >= i) low = i;
    else break;
  }
  return values[nth]!;
}

/** Collects frames for many queries as they come, in memory that is used again for the next ones, and deals them out. */
class FrameLists {
  #counts = new Int32Array(0);
  /** A query and a frame in turns. */
  #pairs = new Int32Array(65_536);
  #length = 0;

  empty(queries: number): void {
    this.#counts = new Int32Array(queries);
    this.#length = 0;
  }

  /** `count` pairs of a query and a row, which is counted from row `first` on. */
  add(pairs: Int32Array, count: number, first: number): void {
    if (this.#length + 2 * count > this.#pairs.length) {
      const longer = new Int32Array(2 * (this.#length + 2 * count));
      longer.set(this.#pairs.subarray(0, this.#length));
      this.#pairs = longer;
    }
    const [all, counts] = [this.#pairs, this.#counts];
    let at = this.#length;
    for (let i = 0; i < 2 * count; i += 2) {
      const query = pairs[i]!;
      counts[query]!++;
      all[at++] = query;
      all[at++] = (first + pairs[i + 1]!) * STRIDE;
    }
    this.#length = at;
  }

  /** The frames of each query, in the order in which they came. */
  dealt(): Int32Array[] {
    const frames = new Int32Array(this.#length / 2);
    const next = new Int32Array(this.#counts.length);
    for (let query = 1; query < next.length; query++) next[query] = next[query - 1]! + this.#counts[query - 1]!;
    const all = this.#pairs;
    for (let i = 0; i < this.#length; i += 2) frames[next[all[i]!]!++] = all[i + 1]!;
    return Array.from(this.#counts, (count, query) => frames.subarray(next[query]! - count, next[query]));
  }
}

/** A query of so many components among the others. @returns the sum of its components */
function laidOut(query: Int16Array, number: number, out: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < COMPONENTS.length; i++) {
    out[scanIndex(number, i, COMPONENTS.length)] = query[i]!;
    sum += query[i]!;
  }
  return sum;
}

/** In units of the episode's deviations, of one length. False of silence. */
function quantizedQuery(components: Float32Array, scales: Float32Array, out: Int16Array): boolean {
  let sum = 0;
  for (let i = 0; i < components.length; i++) sum += (components[i]! * scales[i]!) ** 2;
  if (!(sum > 1e-9)) return false;
  const scale = QUERY_UNIT * Math.sqrt(components.length / sum);
  for (let i = 0; i < components.length; i++) {
    out[i] = Math.round(Math.max(-MOST_QUERY, Math.min(MOST_QUERY, components[i]! * scales[i]! * scale)));
  }
  return true;
}
