import { LAGS } from './clip-wave.ts';
import type { FloatBlock } from './float-block.ts';
import type { Kernels } from './kernels/kernels.ts';

/** Clocks and resamplers differ by this much at most; more is a change of speed. */
const MOST_DRIFT = 400e-6;
/** Of a segment's energy: a place that is quieter is silence, where only what is rounded correlates. */
const SILENT_SHARE = 1e-3;
/** Segments (3.6 s) of the shortest run that a line is laid through by itself, of clips that have more. */
const SHORTEST_RUN = 4;

export interface Profile {
  /** Correlation at lags −LAG_REACH … LAG_REACH. */
  readonly values: FloatBlock;
  /** Energy of the episode in the middle of the range. */
  readonly energy: number;
  readonly clipEnergy: number;
}

export interface Line {
  /** Lag index of the first segment, and samples that each next segment is later. */
  readonly lag: number;
  readonly slope: number;
}

/**
 * The straight line of lags along which the correlations add up to the most: coherent over all segments,
 * with a drift of up to ±400 ppm; also over every run of about half of them, for partial plays.
 */
export function bestLine(
  kernels: Kernels,
  profiles: readonly Profile[],
  segmentSamples: number,
  scratch: FloatBlock,
): Line | undefined {
  const count = profiles.length;
  const most = Math.floor((count - 1) * segmentSamples * MOST_DRIFT);
  const runs = runsOf(count);
  const best: BestLine = { lag: 0, end: 0, weight: Number.NEGATIVE_INFINITY };
  // The peak of whitened audio is two samples wide: every third end of the line, then what lies between.
  for (let end = -most; end <= most; end += 3) improve(best, kernels, profiles, runs, end, scratch);
  const around = best.end;
  for (const end of [around - 2, around - 1, around + 1, around + 2]) {
    if (Math.abs(end) <= most) improve(best, kernels, profiles, runs, end, scratch);
  }
  return best.weight > 0 ? { lag: best.lag, slope: slopeOf(best.end, count) } : undefined;
}

interface BestLine {
  lag: number;
  /** Samples that the last segment is later than the first. */
  end: number;
  weight: number;
}

const slopeOf = (end: number, count: number): number => (count > 1 ? end / (count - 1) : 0);

/** Makes `best` the best line that ends `end` samples later than it begins, if that is better. */
function improve(
  best: BestLine,
  kernels: Kernels,
  profiles: readonly Profile[],
  runs: readonly Run[],
  end: number,
  scratch: FloatBlock,
): void {
  const slope = slopeOf(end, profiles.length);
  for (const { from, to } of runs) {
    const { lag, weight } = alongLine(kernels, profiles, slope, from, to, scratch);
    if (weight > best.weight) {
      best.lag = lag;
      best.end = end;
      best.weight = weight;
    }
  }
}

/** The best lag of one line over some segments; weight: the sum over what foreign audio of this energy would give. */
function alongLine(
  kernels: Kernels,
  profiles: readonly Profile[],
  slope: number,
  from: number,
  to: number,
  sum: FloatBlock,
) {
  sum.data.fill(0);
  let norm = 1;
  for (let i = from; i < to; i++) {
    const { values, energy, clipEnergy } = profiles[i]!;
    norm += jointEnergy(energy, clipEnergy);
    const shift = Math.round(slope * i);
    addShifted(kernels, sum, values, shift);
  }
  const top = kernels.top(sum, LAGS);
  return { lag: top, weight: sum.data[top]! / Math.sqrt(norm) };
}

/** Of a place and the segment that would lie there, multiplied; silence counts as so much that no rounding outweighs it. */
const jointEnergy = (energy: number, clipEnergy: number): number =>
  Math.max(energy, SILENT_SHARE * clipEnergy) * clipEnergy;

/** A product of both as a normalised correlation. */
export const correlationOf = (product: number, energy: number, clipEnergy: number): number =>
  product / Math.sqrt(jointEnergy(energy, clipEnergy) + 1);

/** sum[lag] += values[lag + shift], as far as there are such lags. */
export function addShifted(kernels: Kernels, sum: FloatBlock, values: FloatBlock, shift: number): void {
  const from = Math.max(0, -shift);
  kernels.add(sum, from, values, from + shift, Math.max(0, LAGS - Math.abs(shift)));
}

/** Segments from … to − 1. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/**
 * All segments; and, from three on, every run of half of them, of a quarter, and so on down to SHORTEST_RUN: of long music
 * a few seconds may be heard.
 */
function runsOf(count: number): Run[] {
  const runs: Run[] = [{ from: 0, to: count }];
  for (let length = Math.ceil(count / 2); length < count; length = Math.ceil(length / 2)) {
    const step = Math.max(1, Math.floor(length / 3));
    for (let from = 0; from + length < count; from += step) runs.push({ from, to: from + length });
    runs.push({ from: count - length, to: count });
    if (length <= SHORTEST_RUN) break;
  }
  return runs;
}
