import { type AudioFeatures, BANDS, FeatureReader } from './audio-features.ts';
import { COMPONENTS, componentsOf, WINDOW } from './clip-windows.ts';
import { distinctivenessOf } from './distinctiveness.ts';
import type { FftEngine } from './fft-engine.ts';
import { type Segment, segmentsOf } from './segments.ts';

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
  /** How many the clip has. */
  readonly segments: number;
  /** One for each of the clip's segments: the loudest second in it; of a single one perhaps another. */
  readonly windows: readonly ClipWindow[];
}

/** A clip, and what is kept of its sketch. */
export interface SketchedClip {
  readonly features: AudioFeatures;
  readonly sketch?: ClipSketch | undefined;
}

/** Frames (0.25 s). */
const LEAST_LONGER = 8;

const [HEAD_NUMBERS, NUMBERS_A_WINDOW] = [2, 1 + COMPONENTS.length];

/** @param wave the whole whitened waveform */
export function sketchOf(features: AudioFeatures, wave: Float32Array, engine: FftEngine): ClipSketch {
  const reader = new FeatureReader(features);
  const energies = frameEnergies(reader, features.frames);
  const segments = segmentsOf(features.frames);
  const last = ({ from, length }: Segment) => Math.max(from, from + length - WINDOW);
  const first = segments.map((segment) => loudest(energies, segment.from, last(segment)));
  const windows = [...first, ...secondOf(segments, first, last)].map((from) => ({
    from,
    components: componentsOf(reader, from),
  }));
  return { distinctiveness: Math.round(distinctivenessOf(wave, engine)), segments: segments.length, windows };
}

/** What is hidden where a clip of one segment is loudest may be told by the other end of it, if that is so much longer. */
function secondOf(segments: readonly Segment[], [first]: readonly number[], last: (of: Segment) => number): number[] {
  const [only, ...others] = segments;
  if (!only || others.length > 0 || only.length < WINDOW + LEAST_LONGER) return [];
  return [2 * first! < only.from + last(only) ? last(only) : only.from];
}

/** As 32-bit floats of this machine: the distinctiveness, how many segments, then each window's first frame and components. */
export function packedSketch({ distinctiveness, segments, windows }: ClipSketch): Uint8Array {
  const numbers = new Float32Array(HEAD_NUMBERS + windows.length * NUMBERS_A_WINDOW);
  numbers.set([distinctiveness, segments]);
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
    segments: numbers[1]!,
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
