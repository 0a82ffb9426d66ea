import { type FeatureReader, WAVE_RATE } from './audio-features.ts';
import { type ClipWave, LAG_REACH, LAGS, WAVE_BLOCK } from './clip-wave.ts';
import type { EpisodeIndex } from './episode-index.ts';
import { ExactLines } from './exact-line.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { HeardParts, type LaidPart } from './heard.ts';
import type { Kernels } from './kernels/kernels.ts';
import { bestLine, correlationOf, type Line, type Profile } from './line.ts';
import { parabolicTop } from './peaks.ts';

/** What the waveforms say of one place. */
export interface WaveMatch {
  /** Sample (4 kHz, fractional) of the episode at which the clip begins; negative if that was cut off. */
  readonly start: number;
  /** Normalised correlation of the whitened waveforms over the covered part, 0..1. */
  readonly score: number;
  /** Share of the clip that was heard, 0..1. */
  readonly coverage: number;
  /** Covered part in samples of the clip. */
  readonly from: number;
  readonly to: number;
  /** The same with what is too faint there to be missed; absent where nobody looked. */
  readonly reach?: { readonly from: number; readonly to: number };
  /** How much faster than the clip it runs: 1 + 100e-6 is 100 ppm. */
  readonly drift: number;
}

/** A part is heard while its own correlation is at least this share of the whole's. */
const HEARD_SHARE = 0.45;
/** Of the energy of an ordinary segment: quieter ones say nothing. */
const QUIET_SHARE = 0.05;

/** Share of a score that a place reaches before it is laid exactly. */
const NEARLY = 0.8;

/** Edges in Hz, as bins of a WAVE_BLOCK FFT: narrower below, where filters turn the phase faster. */
const SCORE_BANDS = [110, 200, 300, 420, 580, 800, 1_100, 1_500, 1_950].map((hz) =>
  Math.round((hz / WAVE_RATE) * WAVE_BLOCK),
);

/** Correlates a clip's waveform with places of an episode; one a thread. */
export class WaveVerifier {
  readonly #reader: FeatureReader;
  readonly #heard: HeardParts;
  readonly #exact: ExactLines;
  readonly #fft: RealFft;
  readonly #time: FloatBlock;
  readonly #spectrum: FloatBlock;
  readonly #product: FloatBlock;
  readonly #back: FloatBlock;

  readonly #index: EpisodeIndex;
  readonly #engine: FftEngine;
  readonly #integers: FloatBlock;
  /** One a segment; used again by the next clip. */
  readonly #profiles: FloatBlock[] = [];
  /** A value a lag, for sums of profiles. */
  readonly lags: FloatBlock;

  constructor(index: EpisodeIndex, fft: RealFft) {
    const { engine } = index;
    this.#index = index;
    this.#reader = index.reader;
    this.#heard = new HeardParts(index);
    this.#exact = new ExactLines(index);
    this.#fft = fft;
    this.#time = engine.block(WAVE_BLOCK);
    this.#spectrum = engine.block(WAVE_BLOCK);
    this.#product = engine.block(WAVE_BLOCK);
    this.#back = engine.block(WAVE_BLOCK);
    this.#engine = engine;
    this.#integers = engine.block(WAVE_BLOCK / 2);
    this.lags = engine.block(LAGS);
  }

  get kernels(): Kernels {
    return this.#engine.kernels;
  }

  /**
   * Correlations of segments first … last − 1 with the episode for every lag around `start` (sample of the clip's
   * beginning). Only valid until the next call.
   */
  profiles(clip: ClipWave, start: number, first: number, last: number, stretch = 1): Profile[] {
    const profiles: Profile[] = [];
    for (let i = first; i < last; i++) {
      this.#product.data.fill(0);
      const energy = this.#multiply(clip, i, start, stretch);
      this.#fft.inversePacked(this.#product, this.#back);
      this.#profiles[i - first] ??= this.#engine.block(LAGS);
      const values = this.#profiles[i - first]!;
      values.data.set(this.#back.data.subarray(0, LAGS));
      profiles.push({ values, energy, clipEnergy: clip.segment(i).energy });
    }
    return profiles;
  }

  /** Adds the cross-spectrum of a segment with its place to the product; returns the energy of that place. */
  #multiply(clip: ClipWave, i: number, start: number, stretch: number): number {
    const segment = clip.segment(i);
    const at = Math.round(start + segment.from * stretch);
    this.#reader.readWave(at - LAG_REACH, WAVE_BLOCK, this.#integers.int16);
    this.#engine.kernels.fromInt16(this.#integers, this.#time, WAVE_BLOCK);
    this.#fft.forwardPacked(this.#time, this.#spectrum);
    this.#fft.multiplyAdd(this.#spectrum, segment.spectrum, this.#product, 1 / WAVE_BLOCK);
    return this.#index.waveEnergy(at, clip.segmentSamples);
  }

  /** A quick look: the best normalised correlation of some segments together, at any lag; negative if it is upside down. */
  glance(clip: ClipWave, start: number, first: number, last: number): number {
    let [energy, clipEnergy] = [0, 0];
    this.#product.data.fill(0);
    for (let i = first; i < last; i++) {
      energy += this.#multiply(clip, i, start, 1);
      clipEnergy += clip.segment(i).energy;
    }
    this.#fft.inversePacked(this.#product, this.#back);
    const best = this.#back.data[this.#engine.kernels.topMagnitude(this.#back, LAGS)]!;
    return correlationOf(best, energy, clipEnergy);
  }

  /**
   * The best match of the clip around `start`, whole or in part; undefined if nothing correlates.
   * `sign` −1 looks for it upside down (a channel with its wires swapped). `leastScore`: what the part that is heard must
   * reach to count; from 1 on it is not scored.
   */
  match(
    clip: ClipWave,
    start: number,
    sign: 1 | -1 = 1,
    leastScore: (heard: LaidPart) => number = () => 0,
  ): WaveMatch | undefined {
    const profiles = this.profiles(clip, start, 0, clip.count);
    if (sign < 0) {
      for (const { values } of profiles) for (let lag = 0; lag < LAGS; lag++) values.data[lag] = -values.data[lag]!;
    }
    const line = bestLine(this.#engine.kernels, profiles, clip.segmentSamples, this.lags);
    const match = line && matchAlong(profiles, line, clip, Math.round(start));
    if (!match) return undefined;
    const part = { ...match, ...this.#heard.part(clip.wave, match, sign) };
    // To lay it exactly costs more than all the rest: not what is chance.
    const least = leastScore(part);
    if (least >= 1 || this.#bandScore(clip, part) < NEARLY * least) return undefined;
    const heard = { ...part, ...this.#exact.line(clip.wave, part, sign) };
    return { ...heard, coverage: (heard.to - heard.from) / clip.samples, score: this.#bandScore(clip, heard) };
  }

  /**
   * The score: coherence of the covered part, band by band. In each of a few bands the cross-spectra of all
   * segments are added up and their magnitude is taken, so a constant turn of phase in a band (a telephone's or
   * an equaliser's filter) costs nothing; weighted by the energy that both have in it, so a missing band
   * costs nothing either: Σ|Σ X·Y*| / Σ√(Σ|X|² · Σ|Y|²).
   */
  #bandScore(clip: ClipWave, { start, drift, from, to }: WaveMatch): number {
    const count = SCORE_BANDS.length - 1;
    const sums = Array.from({ length: count }, () => ({ re: 0, im: 0, x: 0, y: 0 }));
    // Pieces of about a segment: what is heard may be shorter than one.
    const pieces = Math.max(1, Math.round((to - from) / clip.segmentSamples));
    for (let piece = 0; piece < pieces; piece++) {
      const at = Math.round(from + (piece * (to - from)) / pieces);
      const end = Math.min(at + WAVE_BLOCK, Math.round(from + ((piece + 1) * (to - from)) / pieces));
      const time = this.#time.data.fill(0);
      this.#reader.readWave(Math.round(start + at / drift), end - at, time);
      this.#fft.forward(this.#time, this.#spectrum);
      time.fill(0);
      time.set(clip.wave.subarray(at, end));
      this.#fft.forward(this.#time, this.#product);
      const [x, y] = [this.#spectrum.data, this.#product.data];
      for (let band = 0; band < count; band++) {
        addBand(sums[band]!, x, y, 2 * SCORE_BANDS[band]!, 2 * SCORE_BANDS[band + 1]!);
      }
    }
    let [common, most] = [0, 1];
    for (const { re, im, x, y } of sums) {
      common += Math.sqrt(re * re + im * im);
      most += Math.sqrt(x * y);
    }
    return common / most;
  }
}

/** Adds floats from … to − 1 of two spectra: Re and Im of Σ X·Y*, Σ|X|² and Σ|Y|². A loop of its own is compiled once. */
function addBand(
  sum: { re: number; im: number; x: number; y: number },
  x: Float32Array,
  y: Float32Array,
  from: number,
  to: number,
): void {
  for (let k = from; k < to; k += 2) {
    const xr = x[k]!;
    const xi = x[k + 1]!;
    const yr = y[k]!;
    const yi = y[k + 1]!;
    sum.re += xr * yr + xi * yi;
    sum.im += xi * yr - xr * yi;
    sum.x += xr * xr + xi * xi;
    sum.y += yr * yr + yi * yi;
  }
}

function matchAlong(profiles: readonly Profile[], line: Line, clip: ClipWave, start: number): WaveMatch | undefined {
  const at = (i: number, offset: number): number => {
    const lag = line.lag + Math.round(line.slope * i) + offset;
    return lag >= 0 && lag < LAGS ? profiles[i]!.values.data[lag]! : 0;
  };
  // Each segment by itself, smoothed over its neighbours, then the run that carries the match.
  const count = profiles.length;
  const ordinary = profiles.reduce((sum, { clipEnergy }) => sum + clipEnergy, 0) / count;
  const single = profiles.map((profile, i) =>
    profile.clipEnergy < QUIET_SHARE * ordinary
      ? Number.NaN
      : correlationOf(at(i, 0), profile.energy, profile.clipEnergy),
  );
  const [from, to] = heardRun(single);
  let [sum, energy, clipEnergy] = [0, 0, 0];
  const [before, after] = [-1, 1].map((offset) => {
    let total = 0;
    for (let i = from; i < to; i++) total += at(i, offset);
    return total;
  }) as [number, number];
  for (let i = from; i < to; i++) {
    sum += at(i, 0);
    energy += profiles[i]!.energy;
    clipEnergy += profiles[i]!.clipEnergy;
  }
  const score = Math.min(1, sum / Math.sqrt(energy * clipEnergy + 1));
  if (!(score > 0)) return undefined;
  const lag = line.lag - LAG_REACH + parabolicTop(before, sum, after);
  return {
    // A segment's lag is that of its middle.
    start: start + lag - line.slope / 2,
    score,
    coverage: (to - from) / count,
    from: from * clip.segmentSamples,
    to: to === count ? clip.samples : to * clip.segmentSamples,
    drift: 1 - line.slope / clip.segmentSamples,
  };
}

/** The longest run of segments that are heard; quiet segments (NaN) in between belong to it. */
function heardRun(single: readonly number[]): [number, number] {
  const strongest = Math.max(...single.filter((value) => !Number.isNaN(value)), 0);
  const heard = (i: number) => {
    const value = single[i]!;
    if (Number.isNaN(value)) return true;
    const near = [single[i - 1], value, single[i + 1]].filter((v) => v !== undefined && !Number.isNaN(v)) as number[];
    const mean = near.reduce((a, b) => a + b, 0) / near.length;
    return Math.max(value, mean) >= HEARD_SHARE * strongest * 0.6 || value >= HEARD_SHARE * strongest;
  };
  let best: [number, number] = [0, single.length];
  let found = false;
  for (let from = 0; from < single.length; ) {
    if (!heard(from)) {
      from++;
      continue;
    }
    let to = from;
    while (to < single.length && heard(to)) to++;
    if (!found || to - from > best[1] - best[0]) best = [from, to];
    found = true;
    from = to;
  }
  return best;
}
