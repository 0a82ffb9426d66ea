import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { samePlays } from '../../../domain/copies.ts';
import type { AudioFeatures } from '../../../researcher/analyzer/audio-features.ts';
import { FeatureExtractor } from '../../../researcher/analyzer/feature-extractor.ts';
import { findClips } from '../../../researcher/analyzer/find-clips.ts';
import { openEpisode } from '../../../researcher/analyzer/open-audio.ts';
import { freshFolder, removeFreshFolders } from '../../local/support/fixture-assembly.ts';
import { babble, mixed, mp3 } from '../media/audio.ts';

jest.setTimeout(120_000);
afterAll(removeFreshFolders);

/* One episode as a host delivers it to several people: other advertisements, of another rate, before it and in it. */

const RATE = 22_050;
const clip = babble(2, 4, RATE);
const talk = (seed: number): Float32Array => babble(seed, 20, RATE).map((value) => 0.1 * value);
/** Two parts; the clip plays at 3 s and 12 s of the first, and at 8 s of the second. */
const parts = [mixed(mixed(talk(4), clip, 3, 1, RATE), clip, 12, 1, RATE), mixed(talk(5), clip, 8, 1, RATE)];
const advertisement = (seed: number, seconds: number): Promise<Buffer> =>
  mp3(babble(seed, seconds, 44_100), { sampleRate: 44_100, channels: 2, kbps: 96 });

async function found(name: string, pieces: readonly Buffer[]) {
  const path = join(freshFolder(), name);
  writeFileSync(path, Buffer.concat(pieces));
  const { media, features } = await openEpisode(path);
  const [{ plays }] = findClips(features, [clipFeatures()]) as [ReturnType<typeof findClips>[number]];
  return {
    offsetsNs: plays.map(({ offsetNs }) => offsetNs),
    heardFromNs: plays.map(({ heardFromNs }) => heardFromNs),
    heardToNs: plays.map(({ heardToNs }) => heardToNs),
    episodeFacts: { hash: media.hash, durationNs: media.durationNs },
    clipFacts: { hash: 'clip', durationNs: (clip.length / RATE) * 1e9 },
  };
}

function clipFeatures(): AudioFeatures {
  const extractor = new FeatureExtractor();
  extractor.push(clip, RATE);
  return extractor.end();
}

test('ADVERTISEMENTS-1: one episode with other advertisements has the same plays at other times, and each is one', async () => {
  const [first, second] = await Promise.all(
    parts.map((part) => mp3(part, { sampleRate: RATE, channels: 1, kbps: 64 })),
  );
  const plain = await found('plain.mp3', [first!, second!]);
  const before = await found('before.mp3', [await advertisement(11, 5), first!, second!]);
  const within = await found('within.mp3', [await advertisement(12, 3), first!, await advertisement(13, 6), second!]);
  expect(plain.offsetsNs).toHaveLength(3);
  expect(samePlays(plain, before)).toEqual([0, 1, 2]);
  expect(samePlays(before, within)).toEqual([0, 1, 2]);
  expect(samePlays(within, plain)).toEqual([0, 1, 2]);
  const shifts = within.offsetsNs.map((offset, index) => (offset - plain.offsetsNs[index]!) / 1e6);
  // By as much as the advertisements last, and what an encoder puts around them.
  expect(shifts[0]! / 1e3).toBeCloseTo(3, 0);
  expect(shifts[2]! / 1e3).toBeCloseTo(9, 0);
  expect(Math.abs(shifts[1]! - shifts[0]!)).toBeLessThan(1);
});
