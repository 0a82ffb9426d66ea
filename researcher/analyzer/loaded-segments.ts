import { BAND_UNIT, BANDS, type FeatureReader } from './audio-features.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { type Segment, segmentsOf } from './segments.ts';

/** Energy a frame below which a segment is silence. */
const SILENT_FRAME = 0.1;

/** A segment of a clip that was made ready to be compared with an episode. */
export interface LoadedSegment extends Segment {
  /** In units of BAND_UNIT, frame after frame. */
  readonly bands: Int16Array;
  /** What a product of integers times 1 / √energy of the place is multiplied by; 0 of silence. */
  readonly scale: number;
}

/** The segments of a clip. */
export function loadedSegments(index: EpisodeIndex, clip: FeatureReader): LoadedSegment[] {
  return segmentsOf(clip.frames).map(({ from, length }) => {
    const bands = new Int16Array(length * BANDS);
    clip.copyFrames(from, length, bands);
    const energy = energyOf(index, bands, length);
    return { from, length, bands, scale: energy > 0 ? BAND_UNIT / index.whiteScale / Math.sqrt(energy) : 0 };
  });
}

/** Whitened, 0 of silence. */
function energyOf(index: EpisodeIndex, bands: Int16Array, length: number): number {
  const products = innerProducts(bands, length);
  let plain = 0;
  for (let band = 0; band < BANDS; band++) plain += products[band * BANDS + band]!;
  if (plain * BAND_UNIT ** 2 < SILENT_FRAME * length) return 0;
  return index.whitenedEnergy(products) * BAND_UNIT ** 2;
}

/** Σ over the frames of each band times each other, the lower triangle. A loop of its own is compiled once. */
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
