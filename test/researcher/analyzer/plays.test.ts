import { WAVE_RATE } from '../../../researcher/analyzer/audio-features.ts';
import { thresholdFor } from '../../../researcher/analyzer/distinctiveness.ts';
import { isHeard, leastOfHeard, playsOf } from '../../../researcher/analyzer/plays.ts';
import type { WaveMatch } from '../../../researcher/analyzer/verify.ts';

/** A clip of four seconds, equally loud throughout. */
const WAVE = new Float32Array(4 * WAVE_RATE).fill(1_000);
const FREEDOM = 2_000;

/** A match of these shares of the clip. */
function matchOf(score: number, from: number, to: number, more: Partial<WaveMatch> = {}): WaveMatch {
  const [first, last] = [from * WAVE.length, to * WAVE.length];
  return { start: 40_000, score, coverage: to - from, from: first, to: last, drift: 1, ...more };
}

test('what is heard must agree by what that part of the clip asks for, not by what the whole does', () => {
  const score = 0.396;
  expect(thresholdFor(FREEDOM)).toBeLessThan(score);
  expect(thresholdFor(FREEDOM / 2)).toBeGreaterThan(score);

  expect(playsOf([matchOf(score, 0, 1)], WAVE, FREEDOM)).toMatchObject({ plays: [{ likeness: score }], possible: [] });
  expect(playsOf([matchOf(score, 0, 0.5)], WAVE, FREEDOM)).toMatchObject({
    plays: [],
    possible: [{ likeness: score }],
  });
});

test('some seconds of a long clip are worth their time, however quiet they are beside the rest', () => {
  const long = Float32Array.from({ length: 60 * WAVE_RATE }, (_, i) => (i < 5 * WAVE_RATE ? 30 : 1_000));
  const seconds = (to: number) => ({ ...matchOf(0.6, 0, 0), coverage: to / 60, to: to * WAVE_RATE });
  expect(isHeard(seconds(5), long, 10_000)).toBe(true);
  expect(isHeard(seconds(1), long, 10_000)).toBe(false);
});

test('the score of a place at the threshold of its part is that of a place at the threshold of the clip', () => {
  const at = (share: number) => playsOf([matchOf(thresholdFor(share * FREEDOM) + 1e-6, 0, share)], WAVE, FREEDOM).plays;
  expect(at(0.5)[0]!.score).toBeCloseTo(at(1)[0]!.score, 4);
});

test('a third of a clip is enough if it leaves little doubt and half of the clip is probably there', () => {
  const reach = { from: 0, to: 0.5 * WAVE.length };
  expect(isHeard(matchOf(0.68, 0.05, 0.39, { reach }), WAVE, FREEDOM)).toBe(true);
  expect(isHeard(matchOf(0.68, 0.05, 0.39), WAVE, FREEDOM)).toBe(false);
  expect(isHeard(matchOf(0.6, 0.05, 0.39, { reach }), WAVE, FREEDOM)).toBe(false);
  expect(isHeard(matchOf(0.68, 0.1, 0.39, { reach }), WAVE, FREEDOM)).toBe(false);
});

test('what could count by the rest of it is laid exactly', () => {
  const perSample = FREEDOM / WAVE.length;
  const least = (share: number) => leastOfHeard({ from: 0, to: share * WAVE.length }, WAVE, perSample);
  expect(least(0.34)).toBeLessThanOrEqual(0.65);
  expect(least(0.3)).toBe(0.7);
});
