import { decoded } from './decoded.ts';
import { type WrittenGranule, writtenMp3 } from './written-mp3.ts';

/* Layer III blocks that no encoder in use writes, and channels of different blocks: which the decoder mixes early. */

type Block = WrittenGranule['block'];
const LONG: readonly Block[] = ['long'];
const all = (blocks: readonly Block[], lines: WrittenGranule['lines'], mixed = false): WrittenGranule[] =>
  Array.from({ length: 40 }, (_, i) => ({ block: blocks[i % blocks.length]!, mixed, lines }));
const alone = (granules: readonly WrittenGranule[]) => decoded(writtenMp3(granules.map((one) => [one])));
const rms = (audio: Float32Array): number =>
  Math.sqrt(audio.reduce((sum, value) => sum + value * value, 0) / audio.length);
const apart = (a: Float32Array, b: Float32Array): number => rms(a.map((value, i) => value - (b[i] ?? 0))) / rms(a);

test('MIXED-1: the short windows of a mixed block are those of a short one', async () => {
  // A line in each of the three windows of some bands.
  const lines = { 36: 1, 41: -1, 46: 1, 100: 1, 112: -1, 200: 1 } as const;
  const [mixed, short] = [await alone(all(['short'], lines, true)), await alone(all(['short'], lines))];
  expect(mixed.unheardShare).toBe(0);
  expect(rms(short.audio)).toBeGreaterThan(1e-3);
  expect(apart(short.audio, mixed.audio)).toBeLessThan(1e-5);
});

test('MIXED-2: the long part of a mixed block is as loud as in a long one, to its last band', async () => {
  for (const line of [3, 12, 30]) {
    const [mixed, long] = [await alone(all(['short'], { [line]: 1 }, true)), await alone(all(LONG, { [line]: 1 }))];
    expect(rms(mixed.audio) / rms(long.audio)).toBeCloseTo(1, 1);
    expect(apart(long.audio, mixed.audio)).toBeLessThan(0.1);
  }
});

test('MIXED-3: where the blocks around it are mixed too, the lowest sub-bands have the window of long blocks throughout', async () => {
  const cycle: readonly Block[] = ['long', 'start', 'short', 'end'];
  const [mixed, long] = [await alone(all(cycle, { 5: 1 }, true)), await alone(all(LONG, { 5: 1 }))];
  expect(apart(long.audio, mixed.audio)).toBeLessThan(1e-5);
});

test('MIXED-4: channels are mixed to their mean whether their blocks are alike, differ, or take turns', async () => {
  const left = all(['long', 'long', 'start', 'short', 'end', 'long'], { 7: 1, 60: -1, 90: 1 });
  const right = all(['long', 'start', 'short', 'end', 'long', 'long', 'long'], { 9: -1, 61: 1, 130: 1 });
  const both = await decoded(writtenMp3(left.map((one, i) => [one, right[i]!])));
  const [first, second] = [(await alone(left)).audio, (await alone(right)).audio];
  const mean = first.map((value, i) => 0.5 * (value + second[i]!));
  expect(both.unheardShare).toBe(0);
  expect(both.audio).toHaveLength(mean.length);
  expect(apart(mean, both.audio)).toBeLessThan(1e-5);
});
