import { BANDS } from './audio-features.ts';

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
 * @param read the bands of `count` frames from frame `from` on, each in its row
 */
export function inverseCovariance(
  frames: number,
  read: (from: number, count: number, rows: readonly Float32Array[]) => void,
): Float64Array {
  const matrix = new Float64Array(BANDS * BANDS);
  const rows = Array.from({ length: BANDS }, () => new Float32Array(FRAMES_AT_ONCE));
  for (let from = 0; from < frames; from += FRAMES_AT_ONCE) {
    const count = Math.min(FRAMES_AT_ONCE, frames - from);
    read(from, count, rows);
    for (let a = 0; a < BANDS; a++) {
      for (let b = 0; b <= a; b++) matrix[a * BANDS + b]! += innerProduct(rows[a]!, rows[b]!, count);
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

/** out = Σ row of `matrix` · rows, for one band of the result. */
export function combined(
  matrix: Float64Array,
  band: number,
  rows: readonly Float32Array[],
  length: number,
  out: Float32Array,
): void {
  out.fill(0, 0, length);
  for (let other = 0; other < BANDS; other++) addScaled(out, rows[other]!, matrix[band * BANDS + other]!, length);
}

function innerProduct(a: Float32Array, b: Float32Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(out: Float32Array, values: Float32Array, scale: number, length: number): void {
  for (let i = 0; i < length; i++) out[i]! += scale * values[i]!;
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
