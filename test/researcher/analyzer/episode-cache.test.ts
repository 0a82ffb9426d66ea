import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AudioFeatures, FeatureReader, FeatureWriter } from '../../../researcher/analyzer/audio-features.ts';
import { EpisodeCache } from '../../../researcher/analyzer/episode-cache.ts';
import type { OpenedAudio } from '../../../researcher/analyzer/open-audio.ts';
import { media } from '../worker/support/scripted-analysis.ts';

let folder: string;
const caches: EpisodeCache[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archivist-episodes-'));
});
afterEach(() => {
  for (const cache of caches.splice(0)) cache.close();
  rmSync(folder, { recursive: true, force: true });
});

function cacheOf(limitBytes?: number): EpisodeCache {
  const cache = new EpisodeCache({ folder, ...(limitBytes !== undefined && { limitBytes }) });
  caches.push(cache);
  return cache;
}

const hashOf = (i: number) => i.toString(16).padStart(64, '0');

function episode(i: number, frames: number, waveSamples = frames * 128 - 5): OpenedAudio {
  let state = i + 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 16;
  };
  const writer = new FeatureWriter();
  writer.appendFrames(frames, () => Int8Array.from({ length: frames }, next));
  writer.appendWave(Int16Array.from({ length: waveSamples }, () => (next() & 511) - 256));
  return { media: { ...media('0', 1e9), hash: hashOf(i) }, features: writer.features() };
}

function digest(features: AudioFeatures): string {
  const reader = new FeatureReader(features);
  const wave = new Int16Array(features.waveSamples);
  reader.readWave(0, wave.length, wave);
  const row = new Int8Array(features.frames);
  reader.copyBand(23, 0, row.length, row);
  return Buffer.concat([Buffer.from(wave.buffer), Buffer.from(row)]).toString('base64');
}

const filesIn = () => readdirSync(folder).filter((name) => name.endsWith('.episode'));

test.each([
  ['shorter than a piece of memory', 300],
  ['of exactly one piece', 8_000],
  ['a frame longer', 8_001],
  ['of several pieces', 20_000],
])('An episode %s comes back as it was', async (_, frames) => {
  const kept = episode(1, frames);
  await cacheOf().write(kept);
  const found = await cacheOf().read(hashOf(1));
  expect(found?.media).toEqual(kept.media);
  expect([found?.features.frames, found?.features.waveSamples]).toEqual([frames, frames * 128 - 5]);
  expect(digest(found!.features)).toBe(digest(kept.features));
});

test('It takes little more than half of what it takes in memory', async () => {
  await cacheOf().write(episode(1, 16_000));
  expect(statSync(join(folder, filesIn()[0]!)).size).toBeLessThan(0.65 * 16_000 * (24 + 256));
});

test('What was not used for longest goes when there is no room', async () => {
  await cacheOf().write(episode(0, 1_000));
  const bytes = statSync(join(folder, filesIn()[0]!)).size;
  const cache = cacheOf(2.5 * bytes);
  await cache.write(episode(1, 1_000));
  await cache.read(hashOf(0));
  await cache.write(episode(2, 1_000));
  expect([0, 1, 2].map((i) => cache.has(hashOf(i)))).toEqual([true, false, true]);
  expect(filesIn()).toHaveLength(2);
});

test.each([
  ['is cut', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
  ['has another byte in the middle', (bytes: Buffer) => bytes.fill(bytes[500]! ^ 1, 500, 501)],
  ['is empty', () => Buffer.alloc(0)],
])('A file that %s counts as missing, and is written anew', async (_, damage) => {
  const cache = cacheOf();
  await cache.write(episode(1, 1_000));
  const path = join(folder, filesIn()[0]!);
  writeFileSync(path, damage(readFileSync(path)));
  expect(await cache.read(hashOf(1))).toBeUndefined();
  await cache.write(episode(1, 1_000));
  expect((await cache.read(hashOf(1)))?.media.hash).toBe(hashOf(1));
  expect(filesIn()).toHaveLength(1);
});

test('A file that is gone counts as missing', async () => {
  const cache = cacheOf();
  await cache.write(episode(1, 1_000));
  rmSync(join(folder, filesIn()[0]!));
  expect(await cache.read(hashOf(1))).toBeUndefined();
});

test('A folder that cannot be made only means that nothing is kept', async () => {
  writeFileSync(join(folder, 'file'), '');
  const cache = new EpisodeCache({ folder: join(folder, 'file', 'cache') });
  await cache.write(episode(1, 100));
  expect(await cache.read(hashOf(1))).toBeUndefined();
});

test('What a killed process or another version left goes after a day, and not before', async () => {
  await cacheOf().write(episode(1, 100));
  const left = [
    `${hashOf(9)}.x.episode`,
    `${hashOf(9)}.x.episode.tmp`,
    'episodes.archivist-analyzer@1.sqlite',
    `${hashOf(9)}.y.episode`,
  ];
  for (const name of left) writeFileSync(join(folder, name), '');
  const then = new Date(Date.now() - 25 * 3_600_000);
  for (const name of [...left.slice(0, 3), ...filesIn().slice(0, 1)]) utimesSync(join(folder, name), then, then);
  const cache = cacheOf();
  await cache.write(episode(2, 100));
  expect(left.map((name) => existsSync(join(folder, name)))).toEqual([false, false, false, true]);
  expect((await cache.read(hashOf(1)))?.media.hash).toBe(hashOf(1));
});
