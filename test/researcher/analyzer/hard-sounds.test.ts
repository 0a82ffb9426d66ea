import { FeatureExtractor } from '../../../researcher/analyzer/feature-extractor.ts';
import { createFftEngine } from '../../../researcher/analyzer/fft.ts';
import { ClipFinder, findClips, type Play } from '../../../researcher/analyzer/find-clips.ts';
import { Speeds } from '../../../researcher/analyzer/speed.ts';
import { babble, mixed, randomFrom } from '../media/audio.ts';

jest.setTimeout(120_000);

const RATE = 8_000;
const speeds = new Speeds(createFftEngine());
const atSpeed = (sound: Float32Array, speed: number) => speeds.at(sound, speed);
const talk = babble(1, 40, RATE);

function featuresOf(samples: Float32Array) {
  const extractor = new FeatureExtractor();
  extractor.push(samples, RATE);
  return extractor.end();
}

function plays(episode: Float32Array, clip: Float32Array): readonly Play[] {
  return findClips(featuresOf(episode), [featuresOf(clip)])[0]!.plays;
}

const rms = (x: Float32Array) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

/** `sound` so many dB louder than `beside`. */
function louder(sound: Float32Array, beside: Float32Array, db: number): Float32Array {
  const gain = (rms(beside) / rms(sound)) * 10 ** (db / 20);
  return sound.map((v) => v * gain);
}

/** Noise that does not change, rounded off by a running mean. */
function steadyNoise(seconds: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  const white = Float32Array.from({ length: seconds * RATE + 4 }, () => random() - 0.5);
  return Float32Array.from(
    { length: seconds * RATE },
    (_, i) => white[i]! + white[i + 1]! + white[i + 2]! + white[i + 3]!,
  );
}

/** The talk, which stops while the sound is played. */
function inPlaceOfTalk(sound: Float32Array, seconds: number): Float32Array {
  const quiet = talk.slice();
  quiet.fill(0, seconds * RATE, seconds * RATE + sound.length);
  return mixed(quiet, sound, seconds, 1, RATE);
}

test.each([0, -3, -6])('a steady noise of 1.3 s over talk, at %d dB against it, is found', (db) => {
  const noise = steadyNoise(1.3, 5);
  const found = plays(mixed(talk, louder(noise, talk, db), 30, 1, RATE), noise);
  expect(found).toHaveLength(1);
  expect(Math.abs(found[0]!.offsetNs / 1e6 - 30_000)).toBeLessThan(1);
});

test('another noise of the same colour is not that noise', () => {
  expect(plays(mixed(talk, louder(steadyNoise(1.3, 6), talk, 0), 30, 1, RATE), steadyNoise(1.3, 5))).toEqual([]);
});

test('of a long clip of which only the beginning is heard, that part is told', () => {
  const clip = babble(7, 20, RATE);
  const [play, ...more] = plays(inPlaceOfTalk(clip.slice(0, 5 * RATE), 25), clip);
  expect(more).toEqual([]);
  expect(Math.abs(play!.offsetNs / 1e6 - 25_000)).toBeLessThan(1);
  expect(play!.heardFromNs).toBeLessThan(0.1e9);
  expect(Math.abs(play!.heardToNs / 1e9 - 5)).toBeLessThan(0.2);
  expect(Math.abs(play!.coverage - 0.25)).toBeLessThan(0.05);
});

test('the middle of a clip is told to five in a hundred', () => {
  const clip = babble(2, 6, RATE);
  const [play, ...more] = plays(inPlaceOfTalk(clip.slice(1.8 * RATE, 4.2 * RATE), 30), clip);
  expect(more).toEqual([]);
  expect(Math.abs(play!.offsetNs / 1e6 - 28_200)).toBeLessThan(1);
  expect(Math.abs(play!.coverage - 0.4)).toBeLessThan(0.05);
  expect(Math.abs(play!.heardFromNs / 1e9 - 1.8)).toBeLessThan(0.15);
  expect(Math.abs(play!.heardToNs / 1e9 - 4.2)).toBeLessThan(0.15);
});

test.each([0.96, 1.04])('a tape made it %d times as fast: it is found, and how fast it is', (speed) => {
  const clip = babble(2, 3, RATE);
  const [play, ...more] = plays(inPlaceOfTalk(atSpeed(clip, speed), 30), clip);
  expect(more).toEqual([]);
  expect(Math.abs(play!.offsetNs / 1e6 - 30_000)).toBeLessThan(2);
  expect(play!.speed).toBeCloseTo(speed, 3);
});

test('speech whose pauses were cut out is one play', () => {
  const parts = [babble(3, 2.5, RATE), babble(4, 1.5, RATE)];
  const pause = new Float32Array(0.8 * RATE);
  const clip = Float32Array.from([...parts[0]!, ...pause, ...parts[1]!]);
  const found = plays(inPlaceOfTalk(Float32Array.from([...parts[0]!, ...parts[1]!]), 30), clip);
  expect(found).toHaveLength(1);
  expect(Math.abs(found[0]!.offsetNs / 1e6 - 30_000)).toBeLessThan(5);
  expect(found[0]!.heardToNs / 1e9).toBeGreaterThan(4.5);
});

test('a clip of 0.5 s is found, and not where it does not play', () => {
  const clip = babble(2, 0.5, RATE);
  const found = plays(inPlaceOfTalk(clip, 30), clip);
  expect(found.map(({ offsetNs }) => Math.round(offsetNs / 1e8))).toEqual([300]);
  expect(plays(talk, clip)).toEqual([]);
});

test('a trace tells how far a play comes', () => {
  const clip = babble(2, 3, RATE);
  const finder = new ClipFinder(featuresOf(inPlaceOfTalk(clip, 30)));
  expect(finder.trace(featuresOf(clip), 30)).toMatchObject({ rank: 0, heard: true });
  expect(finder.trace(featuresOf(clip), 30).wave).toBeGreaterThan(0.9);
  expect(finder.trace(featuresOf(clip), 10).wave).toBeLessThan(0.42);
});

test.each([
  ['0.25 s', 0.25],
  ['0.12 s', 0.12],
])('speech whose pause of %s was cut out is found at the place of its earliest part', (_, seconds) => {
  const [early, late] = [babble(3, 0.9, RATE), babble(4, 2.5, RATE)];
  const clip = Float32Array.from([...early, ...new Float32Array(seconds * RATE), ...late]);
  const [play, ...more] = plays(inPlaceOfTalk(Float32Array.from([...early, ...late]), 30), clip);
  expect(more).toEqual([]);
  expect(Math.abs(play!.offsetNs / 1e6 - 30_000)).toBeLessThan(2);
  expect(play!.laterOffsetsNs?.map((ns) => Math.round(ns / 1e6))).toEqual([30_000 - 1_000 * seconds]);
  expect(play!.coverage).toBeGreaterThan(0.9);
});

test('a place is exact to a hundredth of a millisecond, at another speed to a tenth', () => {
  const clip = babble(2, 3, RATE);
  const clean = plays(inPlaceOfTalk(clip, 30), clip)[0]!;
  expect(Math.abs(clean.offsetNs / 1e6 - 30_000)).toBeLessThan(0.01);
  const faster = plays(inPlaceOfTalk(atSpeed(clip, 1.015), 30), clip)[0]!;
  expect(Math.abs(faster.offsetNs / 1e6 - 30_000)).toBeLessThan(0.1);
});

test('a knock with a long faint echo is found where the echo is not heard', () => {
  const knock = babble(9, 0.4, RATE);
  const echo = steadyNoise(2, 12).map((v) => 0.0003 * v);
  const clip = Float32Array.from([...knock, ...echo]);
  const [play, ...more] = plays(inPlaceOfTalk(knock, 30), clip);
  expect(more).toEqual([]);
  expect(Math.abs(play!.offsetNs / 1e6 - 30_000)).toBeLessThan(1);
  expect(play!.coverage).toBeLessThan(0.45);
});

test('a clip that began before the episode did is found by the rest of it', () => {
  const clip = babble(7, 8, RATE);
  const [play, ...more] = plays(Float32Array.from([...clip.slice(3 * RATE), ...talk]), clip);
  expect(more).toEqual([]);
  expect(play).toMatchObject({ offsetNs: 0, speed: 1 });
  expect(Math.abs(play!.heardFromNs / 1e9 - 3)).toBeLessThan(0.15);
  expect(Math.abs(play!.coverage - 0.625)).toBeLessThan(0.05);
});

test('a play that is cut off before silence is told as far as it is heard', () => {
  const clip = babble(7, 8, RATE);
  const episode = talk.slice();
  episode.fill(0, 20 * RATE, 35 * RATE);
  const [play, ...more] = plays(mixed(episode, clip.slice(0, 4 * RATE), 22, 1, RATE), clip);
  expect(more).toEqual([]);
  expect(Math.abs(play!.offsetNs / 1e6 - 22_000)).toBeLessThan(0.1);
  expect(Math.abs(play!.coverage - 0.5)).toBeLessThan(0.05);
});

test('a fade that ends below the talk is as good as heard', () => {
  const clip = babble(7, 6, RATE);
  const faded = clip.map((v, i) => v * Math.min(1, (2 * (clip.length - i)) / clip.length) ** 2);
  const [play] = plays(mixed(talk, louder(faded, talk, 3), 20, 1, RATE), faded);
  expect(play!.coverage).toBeGreaterThan(0.95);
});
