import { type AudioFeatures, BANDS, FeatureReader } from './audio-features.ts';
import { BAND_BLOCK, type EpisodeIndex, LONGEST_SEGMENT } from './episode-index.ts';
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
  /** Normalised correlation of the bands there, −1..1. */
  readonly likeness: number;
}

/** Peaks that are looked at for each segment, and for the clip as a whole. */
const PEAKS_A_SEGMENT = 24;
const PEAKS_A_CLIP = 60;
/** Clips of one or two segments have few chances: more peaks each. */
const PEAKS_A_SHORT_CLIP = 160;
/** More segments than this (48 s) are thinned out. */
const MOST_SEGMENTS = 24;
/** Two peaks of one segment are at least this far apart (0.19 s). */
const PEAK_REACH = 6;
const LEAST_LIKENESS = 0.12;
/** Candidates for beginnings this close are one. */
const SAME_START = 1;
/** Energy a frame below which a segment is silence. */
const SILENT_FRAME = 0.5;

/**
 * Where a clip may be: its band features, in segments of about two seconds, correlated with the episode's
 * along time (overlap-save FFT, all bands summed in the frequency domain), normalised by both energies
 * (Lewis, "Fast Normalized Cross-Correlation", 1995); the best peaks of every segment and of the sum.
 * Strongest first, without repetitions.
 */
export function findCandidates(index: EpisodeIndex, clip: AudioFeatures): Candidate[] {
  const { engine, bandFft } = index;
  const segments = segmentsOf(clip.frames);
  const reader = new FeatureReader(clip);
  const time = engine.block(BAND_BLOCK);
  const sum = engine.block(BAND_BLOCK);
  const series = segments.map((_, i) => index.series(i));
  const spectra = segments.map(() => Array.from({ length: BANDS }, () => engine.block(BAND_BLOCK)));
  const row = new Float32Array(LONGEST_SEGMENT);
  const energies = segments.map(({ from, length }, i) => {
    let energy = 0;
    for (let band = 0; band < BANDS; band++) {
      reader.readBand(band, from, length, row);
      energy += turnRound(row, 0, length, time);
      bandFft.forwardPacked(time, spectra[i]![band]!);
    }
    return energy;
  });
  // Quieter than this is silence: dividing by it would make peaks of nothing.
  const segmentFrames = segments[0]!.length;
  const levels = index.inverseLevels(segmentFrames, SILENT_FRAME * segmentFrames * 0.5);
  const scales = energies.map((energy) =>
    energy < SILENT_FRAME * segmentFrames ? 0 : 1 / BAND_BLOCK / Math.sqrt(energy),
  );
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
  return merged(engine, segments, series, total, clip.frames);
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
  if (count <= MOST_SEGMENTS) return all;
  return Array.from({ length: MOST_SEGMENTS }, (_, i) => all[Math.floor((i * count) / MOST_SEGMENTS)]!);
}

function merged(
  engine: FftEngine,
  segments: readonly Segment[],
  series: readonly FloatBlock[],
  total: FloatBlock,
  clipFrames: number,
): Candidate[] {
  const frames = total.length;
  const found: Candidate[] = [];
  segments.forEach(({ from, length }, i) => {
    const list = new TopList(
      Math.max(PEAKS_A_SEGMENT, Math.ceil(PEAKS_A_SHORT_CLIP / segments.length ** 2)),
      LEAST_LIKENESS,
    );
    offerPeaks(engine.kernels, series[i]!, frames, PEAK_REACH, list);
    for (const { value, item } of list.entries()) found.push({ start: item - from, from, length, likeness: value });
  });
  if (segments.length > 1) {
    segments.forEach(({ from }, i) => {
      engine.kernels.add(total, 0, series[i]!, from, Math.max(0, frames - from));
    });
    const list = new TopList(PEAKS_A_CLIP, LEAST_LIKENESS * 0.5 * segments.length);
    offerPeaks(engine.kernels, total, frames, PEAK_REACH, list);
    for (const { value, item } of list.entries()) {
      found.push({ start: item, from: 0, length: clipFrames, likeness: value / segments.length });
    }
  }
  // Evidence grows with the root of the length.
  const weight = ({ likeness, length }: Candidate) => likeness * Math.sqrt(length);
  found.sort((a, b) => weight(b) - weight(a) || a.start - b.start || a.from - b.from);
  const kept: Candidate[] = [];
  for (const candidate of found) {
    if (!kept.some(({ start }) => Math.abs(start - candidate.start) <= SAME_START)) kept.push(candidate);
  }
  return kept;
}
