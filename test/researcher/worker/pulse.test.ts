import { Pulse } from '../../../researcher/worker/pulse.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function pulse({ sending = true } = {}) {
  const beats: number[] = [];
  const stalls: number[] = [];
  let lastSentAt = performance.now();
  const start = lastSentAt;
  const now = () => performance.now() - start;
  const made = new Pulse({
    intervalMs: 240_000,
    stalledAfterMs: 480_000,
    lastSentAt: () => lastSentAt,
    beat: () => {
      beats.push(now());
      if (sending) lastSentAt = performance.now();
    },
    onStalled: () => stalls.push(now()),
  });
  const report = () => {
    lastSentAt = performance.now();
  };
  return { made, beats, stalls, report };
}

/** Progress every half minute. */
async function workFor(minutes: number, { made }: { made: Pulse }): Promise<void> {
  for (let i = 0; i < minutes * 2; i++) {
    await jest.advanceTimersByTimeAsync(30_000);
    made.progress();
  }
}

test('While work goes on there is a sign of life in every interval', async () => {
  const one = pulse();
  await workFor(20, one);
  one.made.stop();
  expect(one.beats).toEqual([240_000, 480_000, 720_000, 960_000, 1_200_000]);
});

test('Any message is a sign of life: none besides is sent where reports come often', async () => {
  const one = pulse();
  for (let i = 0; i < 10; i++) {
    await workFor(3, one);
    one.report();
  }
  one.made.stop();
  expect(one.beats).toEqual([]);
});

test('Without progress the signs of life end, and the stall is told once', async () => {
  const one = pulse();
  await workFor(5, one);
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect(one.beats.every((at) => at < 300_000 + 480_000)).toBe(true);
  expect(one.stalls).toEqual([792_000]);
});

test('A sign that is still on its way is not sent again in the same interval', async () => {
  const one = pulse({ sending: false });
  await workFor(9, one);
  one.made.stop();
  expect(one.beats).toEqual([240_000, 480_000]);
});

test('After its stop there is no sign and no stall', async () => {
  const one = pulse();
  one.made.stop();
  await jest.advanceTimersByTimeAsync(3_600_000);
  expect([one.beats, one.stalls]).toEqual([[], []]);
});
