import { type AudioFeatures, BANDS, FeatureReader } from './audio-features.ts';
import { COMPONENTS, componentsOf, WINDOW } from './clip-windows.ts';
import { distinctivenessOf } from './distinctiveness.ts';
import type { FftEngine } from './fft-engine.ts';
import { segmentsOf } from './segments.ts';

/** A part of a clip by which it is looked for at first. */
export interface ClipWindow {
  /** Frame at which it begins. */
  readonly from: number;
  /** In the order of COMPONENTS. */
  readonly components: Float32Array;
}

/** What the search needs of a clip before it listens anywhere; the same for all episodes, and kept with the features. */
export interface ClipSketch {
  /** Effective degrees of freedom. */
  readonly distinctiveness: number;
  /** One for each of the clip's segments: the loudest second in it. */
  readonly windows: readonly ClipWindow[];
}

/** A clip, and what is kept of its sketch. */
export interface SketchedClip {
  readonly features: AudioFeatures;
  readonly sketch?: ClipSketch | undefined;
}

const [HEAD_NUMBERS, NUMBERS_A_WINDOW] = [1, 1 + COMPONENTS.length];

/** @param wave the whole whitened waveform */
export function sketchOf(features: AudioFeatures, wave: Float32Array, engine: FftEngine): ClipSketch {
  const reader = new FeatureReader(features);
  const energies = frameEnergies(reader, features.frames);
  const windows = segmentsOf(features.frames).map(({ from: first, length }) => {
    const from = loudest(energies, first, Math.max(first, first + length - WINDOW));
    return { from, components: componentsOf(reader, from) };
  });
  return { distinctiveness: Math.round(distinctivenessOf(wave, engine)), windows };
}

/** As 32-bit floats of this machine: the distinctiveness, then each window's first frame and components. */
export function packedSketch({ distinctiveness, windows }: ClipSketch): Uint8Array {
  const numbers = new Float32Array(HEAD_NUMBERS + windows.length * NUMBERS_A_WINDOW);
  numbers[0] = distinctiveness;
  for (const [i, { from, components }] of windows.entries()) {
    const at = HEAD_NUMBERS + i * NUMBERS_A_WINDOW;
    numbers[at] = from;
    numbers.set(components, at + 1);
  }
  return new Uint8Array(numbers.buffer);
}

/** The reverse. @throws Error when it is no whole sketch */
export function unpackedSketch(bytes: Uint8Array): ClipSketch {
  const numbers = new Float32Array(bytes.slice().buffer);
  const windows = (numbers.length - HEAD_NUMBERS) / NUMBERS_A_WINDOW;
  if (!Number.isInteger(windows) || windows < 1) throw new Error(`${bytes.length} bytes are no sketch of a clip`);
  return {
    distinctiveness: numbers[0]!,
    windows: Array.from({ length: windows }, (_, i) => {
      const at = HEAD_NUMBERS + i * NUMBERS_A_WINDOW;
      return { from: numbers[at]!, components: numbers.subarray(at + 1, at + NUMBERS_A_WINDOW) };
    }),
  };
}

/** Sums of the energy before each frame. */
function frameEnergies(reader: FeatureReader, frames: number): Float64Array {
  const sums = new Float64Array(frames + 1);
  const row = new Float32Array(frames);
  for (let band = 0; band < BANDS; band++) {
    reader.readBand(band, 0, frames, row);
    for (let i = 0; i < frames; i++) sums[i + 1]! += row[i]! * row[i]!;
  }
  for (let i = 0; i < frames; i++) sums[i + 1]! += sums[i]!;
  return sums;
}

function loudest(sums: Float64Array, first: number, last: number): number {
  let [best, most] = [first, -1];
  for (let at = first; at <= last; at++) {
    const energy = sums[Math.min(sums.length - 1, at + WINDOW)]! - sums[at]!;
    if (energy > most) [best, most] = [at, energy];
  }
  return best;
}
