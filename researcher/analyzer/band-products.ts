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

/** A comparison, where its bands lie, its first and last place, and the next one. */
interface Asked extends Comparison {
  readonly bandsAt: number;
  readonly begin: number;
  readonly end: number;
  next: number;
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
    const asked = this.#laidOut(comparisons);
    for (let first = 0; first <= this.#index.frames; first += FRAMES_AT_ONCE) {
      for (const one of asked) this.#upTo(one, first + FRAMES_AT_ONCE);
    }
    const products = this.#out.int32;
    for (const { segment, values, begin: from, end: to } of asked) {
      const place = { at: this.#at.int32, products, from, to, length: segment.length };
      this.#index.normalised(place, SILENT_LEVEL * segment.length, segment.scale, values);
    }
  }

  /** Those of the next places that lie before frame `end`. */
  #upTo(one: Asked, end: number): void {
    const from = one.next;
    one.next = firstFrom(this.#at.int32, from, one.end, end);
    if (one.next === from) return;
    const { engine, white } = this.#index;
    const values = one.segment.length * BANDS;
    engine.kernels.products(white, this.#at, from, one.next - from, this.#bands, one.bandsAt, values, this.#out);
  }

  /** Bands and frames of all comparisons, one after the other, in the engine's memory. */
  #laidOut(comparisons: readonly Comparison[]): Asked[] {
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

/** The first of numbers from … to − 1, which are in their order, that is `least` or more; `to` if there is none. */
function firstFrom(numbers: Int32Array, from: number, to: number, least: number): number {
  let i = from;
  while (i < to && numbers[i]! < least) i++;
  return i;
}

/** A block of at least `length` floats, whatever they are; this one is released if it is too short. */
function roomy(engine: FftEngine, block: FloatBlock, length: number): FloatBlock {
  if (length <= block.length) return block;
  engine.release([block]);
  return engine.block(Math.ceil(1.25 * length));
}
