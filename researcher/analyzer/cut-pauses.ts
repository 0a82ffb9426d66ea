import { WAVE_RATE } from './audio-features.ts';
import { energyOf } from './clip-energy.ts';
import { ClipWave, LAG_REACH, WAVE_BLOCK } from './clip-wave.ts';
import type { FftEngine } from './fft-engine.ts';
import { CERTAIN, LEAST_JOINED, MOST_CUT, MOSTLY } from './plays.ts';
import type { WaveMatch, WaveVerifier } from './verify.ts';

/** Wave samples (3 s) of the clip beside a part that are looked for: the next part begins there. */
const NEIGHBOUR = 3 * WAVE_RATE;
/** Fainter parts (share of the clip's energy) say nothing. */
const LEAST_SOUND = 0.02;
/** Nor do parts next to one that is shorter than this (0.25 s), for it may be chance itself. */
const LEAST_FIRST = 0.25 * WAVE_RATE;
/** Parts that one play is put together from. */
const MOST_PARTS = 24;

/**
 * Where a part of a clip is surely heard and the rest of it is not: perhaps the pauses were cut out, as players do it, and
 * the parts before and after lie nearer to it. They may be too short to be found by themselves.
 */
export function partsBeside(
  verifier: WaveVerifier,
  engine: FftEngine,
  wave: Float32Array,
  matches: readonly WaveMatch[],
): WaveMatch[] {
  const found: WaveMatch[] = [];
  for (const match of matches) {
    if (match.score < CERTAIN || match.coverage >= MOSTLY || match.to - match.from < LEAST_FIRST) continue;
    for (const side of [-1, 1] as const) {
      let next: WaveMatch | undefined = match;
      while (found.length < MOST_PARTS) {
        next = neighbour(verifier, engine, wave, next, side);
        if (!next) break;
        found.push(next);
      }
    }
  }
  return found;
}

/** The part before (−1) or after (1) another one, up to MOST_CUT nearer to it than in the clip. */
function neighbour(
  verifier: WaveVerifier,
  engine: FftEngine,
  wave: Float32Array,
  { start, from, to }: WaveMatch,
  side: -1 | 1,
): WaveMatch | undefined {
  const first = Math.round(side < 0 ? Math.max(0, from - NEIGHBOUR) : to);
  const last = Math.round(side < 0 ? from : Math.min(wave.length, to + NEIGHBOUR));
  if (last - first < LEAST_JOINED || !isSound(wave, first, last)) return undefined;
  const rest = wave.subarray(first, last);
  const clip = new ClipWave(rest, engine, engine.fft(WAVE_BLOCK));
  let best: WaveMatch | undefined;
  for (let cut = 0; cut <= Math.min(MOST_CUT, last - first); cut += 2 * LAG_REACH) {
    const match = verifier.match(clip, start + first - side * cut, 1, () => CERTAIN);
    const nearer = match ? side * (start + first - match.start) : 0;
    if (!match || match.score < CERTAIN || nearer <= 0 || nearer > MOST_CUT) continue;
    if (match.to - match.from < LEAST_JOINED || !isSound(wave, first + match.from, first + match.to)) continue;
    if (!best || match.to - match.from > best.to - best.from) best = match;
  }
  clip.release();
  return (
    best && {
      ...best,
      start: best.start - first / best.drift,
      from: first + best.from,
      to: first + best.to,
      ...(best.reach && { reach: { from: first + best.reach.from, to: first + best.reach.to } }),
      coverage: (best.to - best.from) / wave.length,
    }
  );
}

const isSound = (wave: Float32Array, from: number, to: number): boolean =>
  energyOf(wave, from, to) >= LEAST_SOUND * energyOf(wave);
