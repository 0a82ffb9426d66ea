import { BANDS, type FeatureReader } from './audio-features.ts';

/** Frames (1 s) of a window, by which clips are looked for at first. */
export const WINDOW = 32;

/** Half waves over time, from one on: of faster ones a frame beside says nothing, and windows of the episode are two apart. */
const TIMES = 6;

export interface Component {
  readonly band: number;
  readonly time: number;
}

/**
 * What is kept of a window: products with cosines over the bands and over time (how many half waves), shape by shape. In
 * units of their deviations the fine shapes of the spectrum tell sounds apart as well as the coarse ones; its mean over time
 * is that of what lies around.
 */
export const COMPONENTS: readonly Component[] = Array.from({ length: BANDS * TIMES }, (_, i) => ({
  band: Math.floor(i / TIMES),
  time: 1 + (i % TIMES),
}));

/** Weights of `count` values: an orthonormal cosine with so many half waves. */
export function cosine(halfWaves: number, count: number): Float32Array {
  const scale = Math.sqrt((halfWaves === 0 ? 1 : 2) / count);
  return Float32Array.from({ length: count }, (_, i) => scale * Math.cos((Math.PI * halfWaves * (i + 0.5)) / count));
}

const OVER_BANDS = Array.from({ length: BANDS }, (_, k) => cosine(k, BANDS));
const OVER_TIME = Array.from({ length: WINDOW }, (_, k) => cosine(k, WINDOW));

export const overBands = (k: number): Float32Array => OVER_BANDS[k]!;
export const overTime = (k: number): Float32Array => OVER_TIME[k]!;

/** The components of the window that begins with frame `from`, in the order of COMPONENTS. */
export function componentsOf(reader: FeatureReader, from: number): Float32Array {
  const row = new Float32Array(WINDOW);
  const shapes = Array.from({ length: BANDS }, () => new Float32Array(WINDOW));
  for (let i = 0; i < BANDS; i++) {
    reader.readBand(i, from, WINDOW, row);
    for (const [band, shape] of shapes.entries()) addScaled(shape, row, OVER_BANDS[band]![i]!);
  }
  return Float32Array.from(COMPONENTS, ({ band, time }) => innerProduct(shapes[band]!, OVER_TIME[time]!));
}

function addScaled(sum: Float32Array, values: Float32Array, scale: number): void {
  for (let i = 0; i < values.length; i++) sum[i]! += scale * values[i]!;
}

function innerProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
