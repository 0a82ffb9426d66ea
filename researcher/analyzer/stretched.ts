import type { ClipWave } from './clip-wave.ts';
import { LAG_REACH, LAGS } from './clip-wave.ts';
import { parabolicTop } from './peaks.ts';
import type { Profile, WaveMatch, WaveVerifier } from './verify.ts';

/** Wave samples of the segments: short, for the pieces between two seams of a stretched sound are. */
export const STRETCHED_SEGMENT = 1_800;
const MOST_STRETCH = 0.03;
const STRETCH_STEP = 0.0025;
/** A segment may lie so many samples (7 ms) beside the line: as far as such programs look for a good seam. */
const JITTER = 28;
/** The largest of that many chance correlations, on average, in standard deviations. */
const CHANCE_SIGMAS = 2.3;
/** A segment counts as heard from this correlation on. */
const HEARD = 0.25;

/**
 * A clip played longer or shorter at the same pitch (Verhelst & Roelands, WSOLA, ICASSP 1993, and its like): pieces
 * of the sound are unchanged, but each is a little beside where a straight line would have it. So every
 * short segment is correlated by itself, and may lie up to 7 ms from the line; the score is what they reach together.
 * `anchor` is the sample of the clip that the bands place at sample `position` of the episode.
 */
export function matchStretched(
  verifier: WaveVerifier,
  clip: ClipWave,
  anchor: number,
  position: number,
  distinctiveness: number,
): WaveMatch | undefined {
  let best: { score: number; stretch: number; lag: number; start: number; profiles: readonly Profile[] } | undefined;
  const steps = Math.round(MOST_STRETCH / STRETCH_STEP);
  for (let step = -steps; step <= steps; step++) {
    const stretch = 1 + step * STRETCH_STEP;
    const start = Math.round(position - anchor * stretch);
    const profiles = verifier.profiles(clip, start, 0, clip.segments.length, stretch);
    const sum = new Float32Array(LAGS);
    let most = 1;
    for (const { values, energy, clipEnergy } of profiles) {
      most += Math.sqrt(energy * clipEnergy);
      addDilated(values, sum);
    }
    let lag = 0;
    for (let i = 1; i < LAGS; i++) if (sum[i]! > sum[lag]!) lag = i;
    if (!best || sum[lag]! / most > best.score) best = { score: sum[lag]! / most, stretch, lag, start, profiles };
  }
  if (!best) return undefined;
  // What chance reaches when it may choose among so many lags is no evidence: 0 on the scale of the score.
  const chance = Math.min(0.9, CHANCE_SIGMAS / Math.sqrt(Math.max(1, distinctiveness / clip.segments.length)));
  return matchOf({ ...best, score: Math.max(0, (best.score - chance) / (1 - chance)) }, clip);
}

/** Adds to each lag the largest value within JITTER of it (in blocks: exact enough, and cheap). */
function addDilated(values: Float32Array, sum: Float32Array): void {
  const block = JITTER / 2;
  const tops = new Float32Array(Math.ceil(LAGS / block));
  for (let i = 0; i < LAGS; i++) {
    const at = Math.floor(i / block);
    if (values[i]! > tops[at]!) tops[at] = values[i]!;
  }
  for (let i = 0; i < LAGS; i++) {
    const at = Math.floor(i / block);
    sum[i]! += Math.max(tops[at]!, tops[at - 1] ?? 0, tops[at + 1] ?? 0);
  }
}

function matchOf(
  best: { score: number; stretch: number; lag: number; start: number; profiles: readonly Profile[] },
  clip: ClipWave,
): WaveMatch | undefined {
  const { profiles, lag, stretch } = best;
  const segments = profiles.map(({ values, energy, clipEnergy }) => {
    let top = Math.max(1, lag - JITTER);
    for (let i = top + 1; i <= Math.min(LAGS - 2, lag + JITTER); i++) if (values[i]! > values[top]!) top = i;
    const exact = top + parabolicTop(values[top - 1]!, values[top]!, values[top + 1]!);
    return { lag: exact, likeness: values[top]! / Math.sqrt(energy * clipEnergy + 1) };
  });
  const from = segments.findIndex(({ likeness }) => likeness >= HEARD);
  const to = segments.findLastIndex(({ likeness }) => likeness >= HEARD) + 1;
  if (from < 0) return undefined;
  // The first piece heard is where the clip was laid; the line only says how it goes on.
  return {
    start: best.start + segments[from]!.lag - LAG_REACH,
    score: best.score,
    coverage: segments.filter(({ likeness }) => likeness >= HEARD).length / segments.length,
    from: from * clip.segmentSamples,
    to: to * clip.segmentSamples,
    drift: 1 / stretch,
  };
}
