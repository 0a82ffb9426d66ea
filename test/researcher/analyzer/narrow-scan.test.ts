import { FeatureReader, FeatureWriter } from '../../../researcher/analyzer/audio-features.ts';
import { createFftEngine, PlainFftEngine } from '../../../researcher/analyzer/fft.ts';
import { NarrowScan } from '../../../researcher/analyzer/narrow-scan.ts';
import { Pffft } from '../../../researcher/analyzer/pffft.ts';
import { randomFrom } from '../media/audio.ts';

const RATE = 4_000;
const random = randomFrom(9);
const noise = (seconds: number, loud: number): Float32Array =>
  Float32Array.from({ length: seconds * RATE }, () => 2 * loud * (random() - 0.5));

function features(wave: Float32Array): FeatureReader {
  const writer = new FeatureWriter();
  writer.appendWave(Int16Array.from(wave));
  return new FeatureReader(writer.features());
}

const talk = noise(120, 3_000);
const clips = [noise(1.5, 3_000), noise(4, 1_500), noise(11, 1_500), noise(0.5, 6_000)];
const plays = [20.5, 40.013, 70.9, 100.2];
for (const [i, clip] of clips.entries()) {
  for (const [k, value] of clip.entries()) talk[Math.round(plays[i]! * RATE) + k]! += value;
}
const [episode, asked] = [features(talk), clips.map(features)];
const found = asked.map((clip) => new NarrowScan(episode, createFftEngine()).candidates(clip));

test('noises that other noise hides are found by narrow bands, by every piece of them', () => {
  for (const [i, candidates] of found.entries()) {
    const near = candidates.filter(({ start }) => Math.abs(start / 31.25 - plays[i]!) <= 0.035);
    expect(near.length).toBe(i === 2 ? 2 : 1);
    expect(candidates[0]).toBe(near[0]);
    expect(candidates.length).toBeLessThan(near.length + 3);
  }
});

test.each([new PlainFftEngine(), new Pffft(false)])(
  'with other loops, and after other clips, it is the same ($name)',
  (engine) => {
    const scan = new NarrowScan(episode, engine);
    const again = asked.toReversed().map((clip) => scan.candidates(clip));
    expect(again.toReversed()).toEqual(found);
  },
);

test('silence is nowhere, and an episode may be shorter than a clip', () => {
  const engine = createFftEngine();
  expect(new NarrowScan(episode, engine).candidates(features(new Float32Array(2 * RATE)))).toEqual([]);
  expect(new NarrowScan(features(talk.slice(0, 100)), engine).candidates(asked[1]!).length).toBeLessThan(2);
});
