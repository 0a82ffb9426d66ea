import { type AudioFeatures, BANDS, FeatureReader, FRAME_RATE } from './audio-features.ts';
import { BAND_BLOCK, type EpisodeIndex, LONGEST_SEGMENT, sumOfSquares } from './episode-index.ts';
import { turnRound } from './fft.ts';
import type { FftEngine, RealFft } from './fft-engine.ts';
import type { FloatBlock } from './float-block.ts';
import { offerPeaks, TopList } from './peaks.ts';

/** A place where a clip may begin. */
export interface Candidate {
  /** Frame of the episode at which the clip would begin; may lie before its beginning. */
  readonly start: number;
  /** Frames of the clip that made it a candidate. */
  readonly from: number;
  readonly length: number;
  /** Normalised correlation of the whitened bands there, −1..1. */
  readonly likeness: number;
  /** The same in standard deviations of all places of the episode. */
  readonly evidence: number;
}

/** Longer clips than this many segments (48 s) are looked for by every so manieth of them, of which one has to be heard. */
const MOST_SEGMENTS = 24;
/** Then a segment begins every 4 s at least: the shortest part that is found of a long clip is longer. */
const LEAST_STRIDE_FRAMES = 125;
/** Peaks of chance, in standard deviations of the series: below this there are too many. */
const LEAST_EVIDENCE = 3.5;
/** Peaks of each series that are listed, and so many more for each hour of the episode. */
const [PEAKS, PEAKS_AN_HOUR] = [16, 64];
/** Two peaks of one segment are at least this far apart (0.19 s). */
const PEAK_REACH = 6;
/** Candidates for beginnings this close are one. */
const SAME_START = 1;
const FRAMES_AN_HOUR = 3_600 * FRAME_RATE;
/** Energy a frame below which a segment is silence. */
const SILENT_FRAME = 0.1;
/** Whitened energy a frame that silence of the episode counts as: a hundredth of what is usual. */
const SILENT_LEVEL = 0.25;

/**
 * Where a clip may be: its band features, in segments of about two seconds, correlated with the episode's
 * along time (overlap-save FFT, all bands summed in the frequency domain), normalised by both energies
 * (Lewis, "Fast Normalized Cross-Correlation", 1995); the best peaks of every segment and of the sum.
 * Strongest first, without repetitions. `movement`: whitened energy of the clip's bands, a frame.
 */
export function findCandidates(
  index: EpisodeIndex,
  clip: AudioFeatures,
): { readonly candidates: Candidate[]; readonly movement: number } {
  const { engine, bandFft } = index;
  const segments = segmentsOf(clip.frames);
  const reader = new FeatureReader(clip);
  const time = engine.block(BAND_BLOCK);
  const sum = engine.block(BAND_BLOCK);
  const series = segments.map((_, i) => index.series(i));
  const spectra = segments.map(() => Array.from({ length: BANDS }, () => engine.block(BAND_BLOCK)));
  const rows = Array.from({ length: BANDS }, () => new Float32Array(LONGEST_SEGMENT));
  const energies = segments.map(({ from, length }, i) => {
    let plain = 0;
    for (let band = 0; band < BANDS; band++) {
      reader.readBand(band, from, length, rows[band]!);
      plain += turnRound(rows[band]!, 0, length, time);
      bandFft.forwardPacked(time, spectra[i]![band]!);
    }
    return plain < SILENT_FRAME * length ? 0 : index.whitenedEnergy(rows, length);
  });
  // Quieter than this is silence: dividing by it would make peaks of nothing.
  const segmentFrames = segments[0]!.length;
  const levels = index.inverseLevels(segmentFrames, SILENT_LEVEL * segmentFrames);
  const scales = energies.map((energy) => (energy > 0 ? 1 / BAND_BLOCK / Math.sqrt(energy) : 0));
  for (let block = 0; block < index.blocks; block++) {
    // Once for all segments: of a long episode they are not kept.
    const episode = index.spectra(block);
    const start = index.blockStart(block);
    const length = index.blockFrames(block);
    for (let i = 0; i < scales.length; i++) {
      const scale = scales[i]!;
      if (scale === 0) {
        series[i]!.data.fill(0, start, start + length);
        continue;
      }
      correlate(bandFft, episode, spectra[i]!, sum, time);
      engine.kernels.multiply(time, 0, levels, start, series[i]!, start, length, scale);
    }
  }
  engine.release([time, sum, ...spectra.flat()] as FloatBlock[]);
  const total = index.series(segments.length);
  total.data.fill(0);
  const movement = energies.reduce((sum, energy) => sum + energy, 0) / (segments.length * segmentFrames);
  return { candidates: merged(engine, segments, series, total, clip.frames), movement };
}

/** The correlation of two signals, by the spectra of their bands, in `out`. */
function correlate(
  fft: RealFft,
  episode: readonly FloatBlock[],
  clip: readonly FloatBlock[],
  sum: FloatBlock,
  out: FloatBlock,
): void {
  sum.data.fill(0);
  for (let band = 0; band < BANDS; band++) fft.multiplyAdd(episode[band]!, clip[band]!, sum, 1);
  fft.inversePacked(sum, out);
}

interface Segment {
  readonly from: number;
  readonly length: number;
}

function segmentsOf(frames: number): Segment[] {
  const count = Math.max(1, Math.round(frames / (LONGEST_SEGMENT - 2)));
  const exact = frames / count;
  const length = Math.min(LONGEST_SEGMENT, Math.floor(exact));
  const all = Array.from({ length: count }, (_, i) => ({ from: Math.floor(i * exact), length }));
  const most = Math.max(MOST_SEGMENTS, Math.ceil(frames / LEAST_STRIDE_FRAMES));
  if (count <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * count) / most)]!);
}

function merged(
  engine: FftEngine,
  segments: readonly Segment[],
  series: readonly FloatBlock[],
  total: FloatBlock,
  clipFrames: number,
): Candidate[] {
  const frames = total.length;
  const peaks = PEAKS + Math.ceil((PEAKS_AN_HOUR * frames) / FRAMES_AN_HOUR);
  const found: Candidate[] = [];
  const offer = (values: FloatBlock, from: number, length: number, count: number) => {
    const deviation = rootMeanSquare(values.data, frames);
    const list = new TopList(peaks, LEAST_EVIDENCE * deviation);
    offerPeaks(engine.kernels, values, frames, PEAK_REACH, list);
    for (const { value, item } of list.entries()) {
      found.push({ start: item - from, from, length, likeness: value / count, evidence: value / deviation });
    }
  };
  segments.forEach(({ from, length }, i) => {
    offer(series[i]!, from, length, 1);
  });
  if (segments.length > 1) {
    segments.forEach(({ from }, i) => {
      engine.kernels.add(total, 0, series[i]!, from, Math.max(0, frames - from));
    });
    offer(total, 0, clipFrames, segments.length);
  }
  found.sort((a, b) => b.evidence - a.evidence || a.start - b.start || a.from - b.from);
  const kept: Candidate[] = [];
  for (const candidate of found) {
    if (!kept.some(({ start }) => Math.abs(start - candidate.start) <= SAME_START)) kept.push(candidate);
  }
  return kept;
}

function rootMeanSquare(values: Float32Array, length: number): number {
  return Math.sqrt(sumOfSquares(values, 0, length) / Math.max(1, length)) + 1e-9;
}
