import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AudioFeatures } from '../../../researcher/analyzer/audio-features.ts';
import { FeatureExtractor } from '../../../researcher/analyzer/feature-extractor.ts';
import { createFftEngine } from '../../../researcher/analyzer/fft.ts';
import { findClips, type Play } from '../../../researcher/analyzer/find-clips.ts';
import { openEpisode } from '../../../researcher/analyzer/open-audio.ts';
import { Speeds } from '../../../researcher/analyzer/speed.ts';
import { babble, mixed, mp3, randomFrom } from '../media/audio.ts';

jest.setTimeout(120_000);

const RATE = 22_050;
const speeds = new Speeds(createFftEngine());
const atSpeed = (sound: Float32Array, speed: number) => speeds.at(sound, speed);
const talk = babble(1, 40, RATE);
const clip = babble(2, 6, RATE);

function featuresOf(samples: Float32Array, rate = RATE, piece = 10_000): AudioFeatures {
  const extractor = new FeatureExtractor();
  for (let at = 0; at < samples.length; at += piece) extractor.push(samples.subarray(at, at + piece), rate);
  return extractor.end();
}

const clipFeatures = featuresOf(clip);

/** The talk with silence where the clip goes in. */
function played(sound: Float32Array, seconds: number, talkGain = 0): Float32Array {
  const quiet = talk.slice();
  const from = Math.round(seconds * RATE);
  for (let i = from; i < from + sound.length && i < quiet.length; i++) quiet[i]! *= talkGain;
  return mixed(quiet, sound, seconds, 1, RATE);
}

function plays(episode: Float32Array, rate = RATE): readonly Play[] {
  return findClips(featuresOf(episode, rate), [clipFeatures])[0]!.plays;
}

test('a clean play is found within 0.1 ms, whole, at its speed, with a score near 1', () => {
  const found = plays(played(clip, 12.3456));
  expect(found).toHaveLength(1);
  expect(found[0]!.offsetNs / 1e6).toBeCloseTo(12_345.6, 0);
  expect(Math.abs(found[0]!.offsetNs / 1e6 - 12_345.6)).toBeLessThan(0.1);
  expect(found[0]).toMatchObject({ coverage: 1 });
  expect(found[0]!.score).toBeGreaterThan(0.9);
  expect(found[0]!.speed).toBeCloseTo(1, 4);
});

test('every one of several plays is found, in the order of time', () => {
  const found = plays(mixed(played(clip, 30), clip, 5, 1, RATE));
  expect(found.map(({ offsetNs }) => Math.round(offsetNs / 1e7))).toEqual([500, 3_000]);
});

test('where it is not played, nothing is found', () => {
  expect(plays(talk)).toEqual([]);
});

test.each([
  ['under talk as loud', () => played(clip, 20, 1)],
  [
    'quieter by 20 dB',
    () =>
      played(
        clip.map((v) => v / 10),
        20,
      ),
  ],
  [
    'upside down',
    () =>
      played(
        clip.map((v) => -v),
        20,
      ),
  ],
  [
    'in noise',
    () => {
      const random = randomFrom(9);
      return played(
        clip.map((v) => v + 0.03 * (random() - 0.5)),
        20,
      );
    },
  ],
])('it is found %s', (_name, episode) => {
  const found = plays(episode());
  expect(found).toHaveLength(1);
  expect(Math.abs(found[0]!.offsetNs / 1e6 - 20_000)).toBeLessThan(1);
});

test.each([0.98, 0.99, 1.01, 1.02])('played %d times as fast it is found, and its speed told', (speed) => {
  const found = plays(played(atSpeed(clip, speed), 20));
  expect(found).toHaveLength(1);
  expect(found[0]!.speed).toBeCloseTo(speed, 3);
  expect(Math.abs(found[0]!.offsetNs / 1e6 - 20_000)).toBeLessThan(2);
});

test('without its second half it is found at its beginning, with less coverage', () => {
  const found = plays(played(clip.slice(0, 3.6 * RATE), 20));
  expect(found).toHaveLength(1);
  expect(Math.abs(found[0]!.offsetNs / 1e6 - 20_000)).toBeLessThan(1);
  expect(found[0]!.coverage).toBeGreaterThanOrEqual(0.45);
  expect(found[0]!.coverage).toBeLessThan(0.8);
});

test('without its beginning it is found where that would have been', () => {
  const found = plays(played(clip.slice(2 * RATE), 20));
  expect(found).toHaveLength(1);
  expect(Math.abs(found[0]!.offsetNs / 1e6 - 18_000)).toBeLessThan(1);
});

test('cut off by the beginning of the episode its offset is 0', () => {
  const found = plays(played(clip.slice(1.5 * RATE), 0));
  expect(found.map(({ offsetNs }) => offsetNs)).toEqual([0]);
});

test.each([8_000, 11_025, 16_000, 32_000, 44_100, 48_000])(
  'the sample rate of the episode, here %d Hz, does not matter',
  (rate) => {
    const found = plays(atSpeed(played(clip, 20), RATE / rate), rate);
    expect(found).toHaveLength(1);
    expect(Math.abs(found[0]!.offsetNs / 1e6 - 20_000)).toBeLessThan(0.5);
  },
);

test('features do not depend on how the audio was cut into pieces', () => {
  const parts = [1, 777, 8_192, 100_000].map((piece) => featuresOf(clip.subarray(0, 2 * RATE), RATE, piece));
  for (const part of parts) expect(part).toEqual(parts[0]);
});

test('the same input gives the same output, to the last digit', () => {
  const episode = featuresOf(played(clip, 12, 1));
  expect(findClips(episode, [clipFeatures, clipFeatures])).toEqual(findClips(episode, [clipFeatures, clipFeatures]));
});

test('from MP3 to offset: two files of other sample rates, within 1 ms but for the encoders’ delays', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'find-'));
  await writeFile(join(folder, 'episode.mp3'), await mp3(played(clip, 20, 0.5), { sampleRate: 22_050, kbps: 48 }));
  const { features, media } = await openEpisode(join(folder, 'episode.mp3'), { ffmpeg: false });
  await rm(folder, { recursive: true });
  const [found] = findClips(features, [clipFeatures])[0]!.plays;
  // LAME and the decoder delay the sound by 1,105 samples, and this file has no tag that tells it.
  expect(Math.abs(found!.offsetNs / 1e6 - 20_000 - (1_105 / RATE) * 1_000)).toBeLessThan(1);
  expect(media.durationNs / 1e9).toBeCloseTo(40, 0);
});
