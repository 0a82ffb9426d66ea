import { BANDS } from './audio-features.ts';
import type { EpisodeIndex } from './episode-index.ts';
import type { FftEngine } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import type { LoadedSegment } from './loaded-segments.ts';

/** Frames of the episode that all segments are compared with before the next ones: their bands (200 KB) stay in the processor's cache. */
const FRAMES_AT_ONCE = 4_096;
/** Whitened energy a frame that silence of the episode counts as: a hundredth of what is usual. */
const SILENT_LEVEL = 0.25;

/** A segment, and where it is compared with the episode. */
export interface Comparison {
  readonly segment: LoadedSegment;
  /** Frames at which it would begin, in their order, at most as many as the episode has. */
  readonly frames: Int32Array;
  /** Normalised correlations of the whitened bands there, −1..1: written by `compare`. */
  readonly values: Float64Array;
}

/** Compares the bands of segments with those of an episode; one a thread. */
export class BandProducts {
  readonly #index: EpisodeIndex;
  #bands: FloatBlock;
  #at: FloatBlock;
  #out: FloatBlock;

  constructor(index: EpisodeIndex) {
    this.#index = index;
    const { engine } = index;
    [this.#bands, this.#at, this.#out] = [engine.block(BANDS), engine.block(BANDS), engine.block(BANDS)];
  }

  /** All comparisons in one pass over the episode. */
  compare(comparisons: readonly Comparison[]): void {
    const { engine, white, frames } = this.#index;
    const asked = this.#laidOut(comparisons);
    const at = this.#at.int32;
    for (let first = 0; first <= frames; first += FRAMES_AT_ONCE) {
      for (const one of asked) {
        const from = one.next;
        let to = from;
        while (to < one.end && at[to]! < first + FRAMES_AT_ONCE) to++;
        if (to === from) continue;
        const values = one.segment.length * BANDS;
        engine.kernels.products(white, this.#at, from, to - from, this.#bands, one.bandsAt, values, this.#out);
        one.next = to;
      }
    }
    const products = this.#out.int32;
    for (const { segment, values, begin: from, end: to } of asked) {
      const place = { at, products, from, to, length: segment.length };
      this.#index.normalised(place, SILENT_LEVEL * segment.length, segment.scale, values);
    }
  }

  /** Bands and frames of all comparisons, one after the other, in the engine's memory. */
  #laidOut(comparisons: readonly Comparison[]) {
    let [integers, places] = [0, 0];
    const asked = comparisons.map((comparison) => {
      const one = {
        ...comparison,
        bandsAt: integers,
        begin: places,
        next: places,
        end: places + comparison.frames.length,
      };
      integers += comparison.segment.bands.length;
      places = one.end;
      return one;
    });
    const { engine } = this.#index;
    this.#bands = roomy(engine, this.#bands, Math.ceil(integers / 2));
    [this.#at, this.#out] = [roomy(engine, this.#at, places), roomy(engine, this.#out, places)];
    for (const { segment, bandsAt, frames, begin } of asked) {
      this.#bands.int16.set(segment.bands, bandsAt);
      this.#at.int32.set(frames, begin);
    }
    return asked;
  }
}

/** A block of at least `length` floats, whatever they are; this one is released if it is too short. */
function roomy(engine: FftEngine, block: FloatBlock, length: number): FloatBlock {
  if (length <= block.length) return block;
  engine.release([block]);
  return engine.block(Math.ceil(1.25 * length));
}
