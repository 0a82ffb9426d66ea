import { likeliestPart } from '../../../researcher/analyzer/likeliest-part.ts';

const VALUES = 28;
const HEARD = { from: 4, to: 10 };

/** Stretches of a clip of energy 1 that are played so loud (amplitude) in a place of that much more noise; nothing scatters. */
function played(loud: readonly number[], { own = loud.map(() => 1), noise = 0.2 } = {}) {
  return likeliestPart(
    Float64Array.from(loud, (gain, i) => gain * own[i]!),
    Float64Array.from(own),
    Float64Array.from(loud, (gain, i) => gain ** 2 * own[i]! + noise),
    VALUES,
    HEARD,
  );
}

const times = (count: number, value: number) => Array<number>(count).fill(value);

test('a clip that is there from end to end', () => {
  expect(played(times(20, 1))).toEqual({ from: 0, to: 20 });
});

test('a clip that is cut off is told to one stretch, at either end', () => {
  expect(played([...times(12, 1), ...times(8, 0)])).toEqual({ from: 0, to: 12 });
  expect(played([...times(4, 0), ...times(16, 1)])).toEqual({ from: 4, to: 20 });
});

test('what is faded is there as far as it is more than a quarter as loud, and a last bit beyond it', () => {
  const fade = Array.from({ length: 10 }, (_, i) => 1 - i / 10);
  expect(played([...times(10, 1), ...fade])).toEqual({ from: 0, to: 20 });
});

test('what would be too faint to be heard is not missed', () => {
  const own = [...times(12, 1), ...times(8, 0.01)];
  const faint = [...times(12, 1), ...times(8, 0)];
  expect(played(faint, { own, noise: 1 })).toEqual({ from: 0, to: 20 });
});

test('silence of the place where the clip has sound is missed, however faint that is', () => {
  const own = [...times(12, 1), ...times(8, 0.01)];
  const faint = [...times(12, 1), ...times(8, 0)];
  expect(played(faint, { own, noise: 1e-6 })).toEqual({ from: 0, to: 12 });
});

test('a single stretch that is not there, as a click hides it, ends nothing', () => {
  expect(played([...times(12, 1), 0, ...times(7, 1)])).toEqual({ from: 0, to: 20 });
});

test('where nothing is in common nothing is missing', () => {
  expect(played(times(20, 0))).toEqual({ from: 0, to: 20 });
});
