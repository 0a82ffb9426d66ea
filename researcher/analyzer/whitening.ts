import { BANDS } from './audio-features.ts';
import type { FloatBlock } from './float-block.ts';
import type { Kernels } from './kernels/kernels.ts';

/** Share of the mean variance that every direction gets: what hardly moves in an episode is not blown up to noise. */
const LEAST_VARIANCE = 0.1;
/** Frames that are read at once: an episode of a day is not held in floats. */
export const FRAMES_AT_ONCE = 8_192;

/**
 * The inverse of the covariance C of an episode's bands (with LEAST_VARIANCE on its diagonal), row after row: of the
 * products x·C⁻¹·y with a clip's bands, all directions of the episode's own ups and downs count alike. Neighbouring
 * bands rise and fall together in talk; a steady or noisy sound, which differs from it in the rest only, would be
 * outvoted (the matched filter of coloured noise: Kay, Fundamentals of Statistical Signal Processing II, 4.4).
 *
 * @param frames of the episode
 * @param read the bands of `count` frames from frame `from` on into `rows`, FRAMES_AT_ONCE values each
 */
export function inverseCovariance(
  frames: number,
  kernels: Kernels,
  rows: FloatBlock,
  read: (from: number, count: number) => void,
): Float64Array {
  const matrix = new Float64Array(BANDS * BANDS);
  for (let from = 0; from < frames; from += FRAMES_AT_ONCE) {
    const count = Math.min(FRAMES_AT_ONCE, frames - from);
    read(from, count);
    for (let a = 0; a < BANDS; a++) {
      for (let b = 0; b <= a; b++) {
        matrix[a * BANDS + b]! += kernels.dot(rows, a * FRAMES_AT_ONCE, rows, b * FRAMES_AT_ONCE, count);
      }
    }
  }
  let trace = 0;
  for (let a = 0; a < BANDS; a++) {
    for (let b = 0; b <= a; b++) {
      const value = matrix[a * BANDS + b]! / Math.max(1, frames);
      matrix[a * BANDS + b] = value;
      matrix[b * BANDS + a] = value;
    }
    trace += matrix[a * BANDS + a]!;
  }
  const floor = (LEAST_VARIANCE * trace) / BANDS + 1e-6;
  for (let a = 0; a < BANDS; a++) matrix[a * BANDS + a]! += floor;
  return inverse(matrix, BANDS);
}

/** Gauss and Jordan; a positive definite matrix needs no pivots. */
function inverse(matrix: Float64Array, size: number): Float64Array {
  const left = Float64Array.from(matrix);
  const right = new Float64Array(size * size);
  for (let i = 0; i < size; i++) right[i * size + i] = 1;
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = 1 / left[pivot * size + pivot]!;
    for (let k = 0; k < size; k++) {
      left[pivot * size + k]! *= scale;
      right[pivot * size + k]! *= scale;
    }
    for (let row = 0; row < size; row++) {
      const factor = left[row * size + pivot]!;
      if (row === pivot || factor === 0) continue;
      for (let k = 0; k < size; k++) {
        left[row * size + k]! -= factor * left[pivot * size + k]!;
        right[row * size + k]! -= factor * right[pivot * size + k]!;
      }
    }
  }
  return right;
}
