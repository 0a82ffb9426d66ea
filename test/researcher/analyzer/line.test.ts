import { LAGS } from '../../../researcher/analyzer/clip-wave.ts';
import { createFftEngine } from '../../../researcher/analyzer/fft.ts';
import { bestLine } from '../../../researcher/analyzer/line.ts';

const engine = createFftEngine();

/** Correlations that are largest at one lag. */
function profile(lag: number, most: number, energy: number) {
  const values = engine.block(LAGS);
  values.data[lag] = most;
  return { values, energy, clipEnergy: 1e8 };
}

test('what is rounded beside digital silence does not outweigh the part of a clip that is heard', () => {
  // Of four segments the first half is heard; where the other one would lie is nothing, and FFTs round.
  const profiles = [profile(100, 7e7, 1e8), profile(100, 7e7, 1e8), profile(300, 40, 0), profile(300, 40, 0)];
  expect(bestLine(engine.kernels, profiles, 3_200, engine.block(LAGS))).toMatchObject({ lag: 100 });
});
