import { randomFrom } from '../../audio/random.ts';
import { RATE, samplesIn, sine } from '../../audio/synthesis/signal.ts';
import { Doubling, doubled } from '../../audio/test-set/doubling.ts';
import { atSpeed, inRoom, overTelephone, stretched } from '../../audio/test-set/processing.ts';

const tone = (frequency: number, seconds: number): Float32Array =>
  Float32Array.from({ length: samplesIn(seconds) }, (_, i) => 0.5 * sine((i * frequency) / RATE));

/** Frequency by counting upward zero crossings, in Hz. */
function pitch(sound: Float32Array): number {
  let crossings = 0;
  for (let i = 1; i < sound.length; i++) if (sound[i - 1]! < 0 && sound[i]! >= 0) crossings++;
  return (crossings * RATE) / sound.length;
}

function likeness(a: Float32Array, b: Float32Array, from: number, to: number): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
}

test('The series for the sine agrees with Math.sin', () => {
  for (let turns = -2; turns < 2; turns += 0.0137) expect(sine(turns)).toBeCloseTo(Math.sin(2 * Math.PI * turns), 6);
});

test('Speed 1 gives the same sound back, without delay', () => {
  const sound = tone(440, 0.2);
  expect(likeness(atSpeed(sound, 1), sound, 500, sound.length - 500)).toBeGreaterThan(0.9999);
});

test('A sound played 2 % faster is shorter and higher by 2 %', () => {
  const sound = tone(440, 0.5);
  const fast = atSpeed(sound, 1.02);
  expect(fast.length / sound.length).toBeCloseTo(1 / 1.02, 3);
  expect(pitch(fast) / pitch(sound)).toBeCloseTo(1.02, 2);
});

test.each([0.98, 1.02])('A sound stretched by %p has another length and the same pitch', (factor) => {
  const sound = tone(440, 2);
  const other = stretched(sound, factor);
  expect(other.length / sound.length).toBeCloseTo(factor, 3);
  expect(pitch(other) / pitch(sound)).toBeCloseTo(1, 2);
});

test.each([true, false])('The telephone (steep: %p) passes 1 kHz and stops 100 Hz and 5 kHz', (steep) => {
  const power = (frequency: number): number =>
    overTelephone(tone(frequency, 0.1), steep).reduce((sum, x) => sum + x * x, 0);
  expect(power(100)).toBeLessThan(0.05 * power(1_000));
  expect(power(5_000)).toBeLessThan(0.05 * power(1_000));
});

test('A room lengthens a sound and leaves its start where it was', () => {
  const click = new Float32Array(1_000);
  click[100] = 1;
  const sound = inRoom(click, randomFrom('room'), 0.3);
  expect(sound.length).toBe(1_000 + samplesIn(0.3));
  expect(sound.findIndex((x) => x !== 0)).toBe(100);
  expect(sound.subarray(samplesIn(0.2)).some((x) => x !== 0)).toBe(true);
});

test('Doubling keeps every sample in place and interpolates between them', () => {
  const out = doubled(tone(1_000, 0.1));
  expect(out.length).toBe(2 * samplesIn(0.1));
  for (let i = 200; i < out.length - 200; i++) expect(out[i]).toBeCloseTo(0.5 * sine((i * 500) / RATE), 3);
});

test('Doubling gives the same output whatever the blocks', () => {
  const random = randomFrom('blocks');
  const sound = Float32Array.from({ length: 5_000 }, () => random.next() - 0.5);
  const doubling = new Doubling();
  const parts: number[] = [];
  for (let at = 0; at < sound.length; ) {
    const length = random.integer(1, 300);
    parts.push(...doubling.push(sound.subarray(at, at + length)));
    at += length;
  }
  parts.push(...doubling.finish());
  expect(Float32Array.from(parts)).toEqual(doubled(sound));
});

test('The same seed gives the same numbers, and another seed others', () => {
  const numbers = (seed: string): number[] => Array.from({ length: 5 }, randomFrom(seed).next);
  expect(numbers('1')).toEqual(numbers('1'));
  expect(numbers('1')).not.toEqual(numbers('2'));
});

test('Random numbers stay in their bounds and reach both ends', () => {
  const random = randomFrom('bounds');
  const drawn = Array.from({ length: 2_000 }, () => random.integer(3, 6));
  expect([...new Set(drawn)].sort()).toEqual([3, 4, 5, 6]);
  expect(random.shuffled([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
  expect(() => random.pick([])).toThrow('empty list');
});
