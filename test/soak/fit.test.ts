import { growthOf, type Sample } from './fit.ts';

/** Three lives of a process, forty measurements each; a hundred pairs between two. */
function lives(mb: (n: number, life: number) => number): Sample[] {
  return [0, 1, 2].flatMap((life) =>
    Array.from({ length: 40 }, (_, n) => ({ life, pairs: (life * 40 + n) * 100, mb: mb(n, life) })),
  );
}

/** Up and down by one MB, the same at each run. */
const noise = (n: number): number => Math.sin(n * 12.9898 + 78.233);

test('what grows within each life is found, although each new life begins anew', () => {
  const { slope, error, grows } = growthOf(
    'x',
    lives((n, life) => 100 + life + n * 0.5 + noise(n)),
    1,
  );
  expect(slope).toBeCloseTo(5, 0);
  expect(error).toBeLessThan(0.5);
  expect(grows).toBe(true);
});

test('what is loaded and filled in the first half of a life is no growth, nor is what goes up and down', () => {
  const { slope, error, grows, most } = growthOf(
    'x',
    lives((n) => Math.min(n, 18) * 10 + noise(n)),
    1,
  );
  expect(Math.abs(slope)).toBeLessThan(2 * error);
  expect({ grows, most: Math.round(most / 10) }).toEqual({ grows: false, most: 18 });
});

test('as much as is allowed is no growth; too little and too few measurements say nothing', () => {
  const grows = (mb: number) =>
    growthOf(
      'x',
      lives((n) => n * mb),
      1,
    ).grows;
  // Nearly two thousand pairs are measured of each life: 0.9, 1.5 and 3 MB a thousand.
  expect([grows(0.09), grows(0.15), grows(0.3)]).toEqual([false, false, true]);
  expect(growthOf('x', lives((n) => n).slice(0, 3), 1)).toMatchObject({
    grows: false,
    error: Number.POSITIVE_INFINITY,
  });
  expect(growthOf('x', [], 1)).toMatchObject({ first: 0, last: 0, most: 0, grows: false });
});
