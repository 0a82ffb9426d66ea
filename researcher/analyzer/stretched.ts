import type { ClipWave } from './clip-wave.ts';
import { LAG_REACH, LAGS } from './clip-wave.ts';
import { addShifted, correlationOf, type Profile } from './line.ts';
import { parabolicTop } from './peaks.ts';
import type { WaveMatch, WaveVerifier } from './verify.ts';

/** Wave samples of the segments: short, for the pieces between two seams of a stretched sound are. */
export const STRETCHED_SEGMENT = 1_800;
/** Correlations are made for these stretches, and shifted for those between them. */
const COARSE = [0.976, 0.988, 1, 1.012, 1.024];
const FINE = [-0.006, -0.004, -0.002, 0, 0.002, 0.004, 0.006];
/** Segments (9 s) around the anchor that the stretch is sought with. */
const MOST_SEGMENTS = 20;
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
  let best: Laid | undefined;
  const segments = clip.count;
  const middle = Math.min(segments - 1, Math.floor(anchor / clip.segmentSamples));
  const first = Math.max(0, Math.min(middle - MOST_SEGMENTS / 2, segments - MOST_SEGMENTS));
  const last = Math.min(segments, first + MOST_SEGMENTS);
  const { kernels, lags: sum } = verifier;
  for (const coarse of COARSE) {
    const start = Math.round(position - anchor * coarse);
    const profiles = verifier.profiles(clip, start, first, last, coarse);
    const most = profiles.reduce((all, { energy, clipEnergy }) => all + Math.sqrt(energy * clipEnergy), 1);
    for (const { values } of profiles) dilate(values.data);
    for (const fine of FINE) {
      sum.data.fill(0);
      profiles.forEach(({ values }, i) => {
        addShifted(kernels, sum, values, Math.round(fine * ((first + i) * clip.segmentSamples - anchor)));
      });
      const lag = kernels.top(sum, LAGS);
      const score = sum.data[lag]! / most;
      if (!best || score > best.score) best = { score, stretch: coarse + fine, position: position + lag - LAG_REACH };
    }
  }
  if (!best) return undefined;
  // What chance reaches when it may choose among so many lags is no evidence: 0 on the scale of the score.
  const chance = Math.min(0.9, CHANCE_SIGMAS / Math.sqrt(Math.max(1, distinctiveness / clip.count)));
  const score = Math.max(0, (best.score - chance) / (1 - chance));
  if (score === 0) return undefined;
  const start = Math.round(best.position - anchor * best.stretch);
  return matchOf(verifier.profiles(clip, start, 0, segments, best.stretch), { ...best, score }, start, clip);
}

interface Laid {
  readonly score: number;
  readonly stretch: number;
  /** Where the anchor lies in the episode. */
  readonly position: number;
}

/** Replaces each lag's value by the largest within JITTER of it (in blocks: exact enough, and cheap). */
function dilate(values: Float32Array): void {
  const block = JITTER / 2;
  const tops = new Float32Array(Math.ceil(LAGS / block));
  for (let at = 0, i = 0; at < tops.length; at++) {
    let top = 0;
    for (const end = Math.min(LAGS, (at + 1) * block); i < end; i++) if (values[i]! > top) top = values[i]!;
    tops[at] = top;
  }
  for (let at = 0; at < tops.length; at++) {
    values.fill(Math.max(tops[at]!, tops[at - 1] ?? 0, tops[at + 1] ?? 0), at * block, (at + 1) * block);
  }
}

/** Each segment at its own best lag within JITTER of the line. */
function matchOf(
  profiles: readonly Profile[],
  { score, stretch }: Laid,
  start: number,
  clip: ClipWave,
): WaveMatch | undefined {
  const segments = profiles.map(({ values: { data: values }, energy, clipEnergy }) => {
    let top = LAG_REACH - JITTER;
    for (let i = top + 1; i <= LAG_REACH + JITTER; i++) if (values[i]! > values[top]!) top = i;
    const exact = top + parabolicTop(values[top - 1]!, values[top]!, values[top + 1]!);
    return { lag: exact, likeness: correlationOf(values[top]!, energy, clipEnergy) };
  });
  const from = segments.findIndex(({ likeness }) => likeness >= HEARD);
  const to = segments.findLastIndex(({ likeness }) => likeness >= HEARD) + 1;
  if (from < 0) return undefined;
  return {
    // The first piece heard is where the clip was laid; the line only says how it goes on.
    start: start + segments[from]!.lag - LAG_REACH,
    score,
    coverage: segments.filter(({ likeness }) => likeness >= HEARD).length / segments.length,
    from: from * clip.segmentSamples,
    to: to * clip.segmentSamples,
    drift: 1 / stretch,
  };
}
