import type { ClipSketch } from './clip-sketch.ts';
import { COMPONENTS } from './clip-windows.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { type EpisodeRows, episodeRows, ROW_LENGTH, STRIDE } from './episode-rows.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { SCAN_GROUP } from './kernels/kernels.ts';

/** Share of the windows of the episode at which a clip's segment is compared in full. */
const KEPT_SHARE = 0.01;
/** A clip of fewer segments than this is kept at more places in all: none of the others can be heard instead. */
const ENOUGH_SEGMENTS = 4;
/** Of a short episode so many. */
const LEAST_KEPT = 64;
/** Windows of the episode from which is told what share a value is. */
const SAMPLED = 512;
/** Rows that are scanned between two looks at what was found. */
const ROWS_AT_ONCE = 512;

/** Where the windows of many clips may be, for all clips in one pass over the episode. */
export class ClipScan {
  readonly #engine: FftEngine;
  readonly #rows: EpisodeRows;
  readonly #samples: FloatBlock;
  readonly #sampleAt: FloatBlock;
  readonly #products: FloatBlock;

  constructor(index: EpisodeIndex) {
    const { engine } = index;
    this.#engine = engine;
    this.#rows = episodeRows(index.reader, engine);
    const values = COMPONENTS.length;
    this.#samples = engine.block((SAMPLED * values) / 2);
    this.#sampleAt = engine.block(SAMPLED);
    this.#products = engine.block(SAMPLED);
    const all = this.#rows.rows.block.int16;
    for (let i = 0; i < SAMPLED; i++) {
      const row = Math.floor((i * this.#rows.count) / SAMPLED);
      this.#samples.int16.set(all.subarray(row * values, (row + 1) * values), i * values);
      this.#sampleAt.int32[i] = i;
    }
  }

  /** For each window of each clip the frames of the episode where it may begin, in their order. */
  places(clips: readonly ClipSketch[]): number[][][] {
    const { kernels } = this.#engine;
    const queries = clips.flatMap(({ windows }) =>
      windows.map(({ components }) => ({ components, of: windows.length })),
    );
    const values = COMPONENTS.length;
    const groups = Math.ceil(queries.length / SCAN_GROUP);
    const block = this.#engine.block((groups * SCAN_GROUP * values) / 2);
    const least = this.#engine.block(groups * SCAN_GROUP);
    const single = this.#engine.block(values / 2);
    const out = this.#engine.block(2 * groups * SCAN_GROUP * ROWS_AT_ONCE);
    least.int32.fill(2 ** 31 - 1);
    for (const [query, { components, of }] of queries.entries()) {
      const share = KEPT_SHARE * Math.max(1, ENOUGH_SEGMENTS / of);
      const below = Math.floor((1 - Math.max(share, LEAST_KEPT / this.#rows.count)) * SAMPLED) - 1;
      if (!quantizedQuery(components, this.#rows.scales, single.int16)) continue;
      const from = (query - (query % SCAN_GROUP)) * values + 2 * (query % SCAN_GROUP);
      for (let i = 0; i < values; i++) {
        block.int16[from + Math.floor(i / 2) * 2 * SCAN_GROUP + (i % 2)] = single.int16[i]!;
      }
      kernels.products({ block: this.#samples, values }, this.#sampleAt, 0, SAMPLED, single, 0, values, this.#products);
      const sorted = this.#products.int32.slice(0, SAMPLED).sort();
      least.int32[query] = sorted[below] ?? -(2 ** 31);
    }
    const found: number[][] = queries.map(() => []);
    for (let row = 0; row < this.#rows.count; row += ROWS_AT_ONCE) {
      const some = Math.min(ROWS_AT_ONCE, this.#rows.count - row);
      const count = kernels.scan(this.#rows.rows, row, some, block, groups, least, out);
      const pairs = out.int32;
      for (let i = 0; i < count; i++) found[pairs[2 * i]!]!.push((row + pairs[2 * i + 1]!) * STRIDE);
    }
    this.#engine.release([block, least, single, out]);
    let next = 0;
    return clips.map(({ windows }) => windows.map(() => found[next++]!));
  }
}

/** In units of the episode's deviations, of one length. False of silence. */
function quantizedQuery(components: Float32Array, scales: Float32Array, out: Int16Array): boolean {
  let sum = 0;
  for (let i = 0; i < components.length; i++) sum += (components[i]! * scales[i]!) ** 2;
  if (!(sum > 1e-9)) return false;
  const scale = ROW_LENGTH / Math.sqrt(sum);
  for (let i = 0; i < components.length; i++) out[i] = Math.round(components[i]! * scales[i]! * scale);
  return true;
}
