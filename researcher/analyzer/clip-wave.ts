import { type AudioFeatures, FeatureReader } from './audio-features.ts';
import { turnRound } from './fft.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';

/** Samples (4 kHz) of one FFT of the waveform; and the longest segment: the rest is the range of lags. */
export const WAVE_BLOCK = 4_096;
export const LONGEST_WAVE_SEGMENT = 3_600;
/** Lags −REACH … +REACH (±62 ms) are looked at around a candidate. */
export const LAG_REACH = (WAVE_BLOCK - LONGEST_WAVE_SEGMENT) / 2;
export const LAGS = 2 * LAG_REACH + 1;

export interface WaveSegment {
  /** Sample of the clip (at `speed` 1: of the unchanged clip). */
  readonly from: number;
  /** Packed, turned round in time, and shifted so that correlation index 0 is lag −LAG_REACH. */
  readonly spectrum: FloatBlock;
  readonly energy: number;
}

/**
 * A clip's whitened waveform in segments of about 0.9 s, ready to be correlated: all of one length.
 * `speed` s > 1 is the clip played faster: its sample i stands at i / s. Must be released.
 */
export class ClipWave {
  readonly wave: Float32Array;
  readonly samples: number;
  readonly segmentSamples: number;
  /** Of segments. */
  readonly count: number;
  readonly #segments: (WaveSegment | undefined)[] = [];
  readonly #engine: FftEngine;
  readonly #fft: RealFft;

  constructor(wave: Float32Array, engine: FftEngine, fft: RealFft, longest: number = LONGEST_WAVE_SEGMENT) {
    this.#engine = engine;
    this.wave = wave;
    this.samples = wave.length;
    const count = Math.max(1, Math.ceil(wave.length / longest));
    this.segmentSamples = Math.min(longest, Math.floor(wave.length / count));
    this.#fft = fft;
    this.count = count;
  }

  /** Made when it is first asked for: at most places a glance at one or two is enough. */
  segment(i: number): WaveSegment {
    this.#segments[i] ??= this.#made(i);
    return this.#segments[i];
  }

  #made(i: number): WaveSegment {
    const from = i * this.segmentSamples;
    const time = this.#engine.block(WAVE_BLOCK);
    const spectrum = this.#engine.block(WAVE_BLOCK);
    const energy = turnRound(this.wave, from, this.segmentSamples, time);
    this.#fft.forwardPacked(time, spectrum);
    this.#engine.release([time]);
    return { from, spectrum, energy };
  }

  release(): void {
    this.#engine.release(this.#segments.filter((segment) => segment !== undefined).map(({ spectrum }) => spectrum));
  }
}

/** The whole whitened waveform of a clip. */
export function waveOf(features: AudioFeatures): Float32Array {
  const wave = new Float32Array(features.waveSamples);
  new FeatureReader(features).readWave(0, wave.length, wave);
  return wave;
}
