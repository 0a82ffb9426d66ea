import { researchSuite } from '../../bench/suites/research.ts';

test('the real worker researches an episode three times: with nothing kept, with the clips, with all', async () => {
  const result = await researchSuite([{ minutes: 1, clips: 3 }], () => undefined);
  const [size] = result.sizes;
  expect(size?.decodeAlone).toBeGreaterThan(0);
  expect(size?.runs.map(({ caches }) => caches)).toEqual(['first', 'next episode', 'next item']);
  for (const { items, pairs, plays, failures, stages, cpuSeconds, ratio, peakMegabytes } of size!.runs) {
    expect({ items, pairs, plays, failures }).toEqual({ items: 1, pairs: 3, plays: size!.runs[0]!.plays, failures: 0 });
    const sum = stages.starting + stages.opening + stages.searching;
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(cpuSeconds + 0.01);
    expect(ratio).toBeCloseTo(cpuSeconds / size!.decodeAlone, 0);
    expect(peakMegabytes).toBeGreaterThan(10);
  }
  expect(size!.runs[0]!.plays).toBeGreaterThan(0);
}, 120_000);
