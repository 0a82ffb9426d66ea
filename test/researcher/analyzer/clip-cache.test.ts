import { fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type AudioFeatures, FeatureReader, FeatureWriter } from '../../../researcher/analyzer/audio-features.ts';
import { type CachedClip, ClipCache } from '../../../researcher/analyzer/clip-cache.ts';
import { ANALYZER } from '../../../researcher/analyzer/version.ts';
import { media } from '../worker/support/scripted-analysis.ts';

let folder: string;
const caches: ClipCache[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'archivist-clips-'));
});
afterEach(() => {
  for (const cache of caches.splice(0)) cache.close();
  rmSync(folder, { recursive: true, force: true });
});

function cacheOf(limitBytes?: number): ClipCache {
  const cache = new ClipCache({ folder, ...(limitBytes !== undefined && { limitBytes }) });
  caches.push(cache);
  return cache;
}

const hashOf = (i: number) => i.toString(16).padStart(64, '0');

/** Features that no two clips share. */
function clip(i: number, frames = 180, waveSamples = frames * 128 - 3): CachedClip {
  let state = i + 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 16;
  };
  const writer = new FeatureWriter();
  writer.appendFrames(frames, () => Int8Array.from({ length: frames }, next));
  writer.appendWave(Int16Array.from({ length: waveSamples }, () => (next() & 511) - 256));
  return { media: { ...media('0', 5_760_000_000), hash: hashOf(i) }, features: writer.features() };
}

function numbersOf(features: AudioFeatures) {
  const reader = new FeatureReader(features);
  const wave = new Int16Array(features.waveSamples);
  reader.readWave(0, wave.length, wave);
  const bands = Array.from({ length: 24 }, (_, band) => {
    const row = new Int8Array(features.frames);
    reader.copyBand(band, 0, row.length, row);
    return [...row];
  });
  return { frames: features.frames, waveSamples: features.waveSamples, bands, wave: [...wave] };
}

test.each([
  ['of some seconds', 180, 23_037],
  ['with the largest and smallest numbers', 40, 5_120],
  ['longer than a piece of memory', 8_100, 1_036_700],
  ['without a wave', 3, 0],
])('A clip %s comes back as it was', async (_, frames, waveSamples) => {
  const kept = clip(1, frames, waveSamples);
  if (waveSamples > 1) new Int16Array(kept.features.wave[0]!).set([32_767, -32_768]);
  await cacheOf().write(kept);
  const found = await cacheOf().read(hashOf(1));
  expect(found?.media).toEqual(kept.media);
  expect(numbersOf(found!.features)).toEqual(numbersOf(kept.features));
});

test('Many clips are one file, and several are read at once', async () => {
  const cache = cacheOf();
  for (let i = 0; i < 20; i++) await cache.write(clip(i));
  cache.close();
  expect(readdirSync(folder)).toEqual([`clips.${ANALYZER}.sqlite`]);
  const found = await cache.readAll([3, 99, 5].map(hashOf));
  expect(found.map((one) => one?.media.hash)).toEqual([hashOf(3), undefined, hashOf(5)]);
  expect([cache.has(hashOf(3)), cache.has(hashOf(99))]).toEqual([true, false]);
});

test('The file keeps to its limit, whatever comes', async () => {
  const limit = 1_000_000;
  const cache = cacheOf(limit);
  for (let i = 0; i < 100; i++) {
    await cache.read(hashOf(i % 70));
    await cache.write(clip(i % 70));
  }
  cache.close();
  expect(statSync(join(folder, readdirSync(folder)[0]!)).size).toBeLessThan(1.3 * limit);
});

test('A round of more clips than the room holds finds most of them', async () => {
  const cache = cacheOf();
  await cache.write(clip(0));
  const [{ bytes }] = new DatabaseSync(join(folder, `clips.${ANALYZER}.sqlite`))
    .prepare('SELECT bytes FROM held')
    .all() as unknown as [{ bytes: number }];
  rmSync(folder, { recursive: true });
  const small = new ClipCache({ folder, limitBytes: 50 * bytes });
  caches.push(small);
  const hits = [];
  for (let episode = 1; episode <= 3; episode++) {
    hits.push(0);
    for (let i = 0; i < 60; i++) {
      if (await small.read(hashOf(i))) hits[hits.length - 1]!++;
      else await small.write(clip(i));
    }
  }
  expect(hits[0]).toBe(0);
  for (const found of hits.slice(1)) expect(found).toBeGreaterThanOrEqual(45);
});

test('One damaged clip is missing, and its neighbours are not', async () => {
  const cache = cacheOf();
  for (const i of [1, 2]) await cache.write(clip(i));
  const file = new DatabaseSync(join(folder, `clips.${ANALYZER}.sqlite`));
  const row = file.prepare('SELECT features FROM clips WHERE hash = ?').get(hashOf(1)) as { features: Uint8Array };
  row.features[row.features.length - 20]! ^= 1;
  file.prepare('UPDATE clips SET features = ? WHERE hash = ?').run(row.features, hashOf(1));
  file.close();
  expect(await cache.read(hashOf(1))).toBeUndefined();
  expect((await cache.read(hashOf(2)))?.media.hash).toBe(hashOf(2));
});

test('A folder that cannot be made only means that nothing is kept', async () => {
  writeFileSync(join(folder, 'file'), '');
  const cache = new ClipCache({ folder: join(folder, 'file', 'cache') });
  await cache.write(clip(1));
  expect(await cache.read(hashOf(1))).toBeUndefined();
  expect(cache.has(hashOf(1))).toBe(false);
});

test('Files of other versions go after a day, and not before', async () => {
  const names = [
    'clips.archivist-analyzer@1.sqlite',
    `${'a'.repeat(64)}.v3.clip`,
    'clips.archivist-analyzer@99.sqlite',
  ];
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), '');
  const then = new Date(Date.now() - 25 * 3_600_000);
  for (const name of names.slice(0, 2)) utimesSync(join(folder, name), then, then);
  await cacheOf().write(clip(1));
  expect(names.map((name) => existsSync(join(folder, name)))).toEqual([false, false, true]);
});

test('Processes that write at once and are killed leave whole clips', async () => {
  const script = join(folder, 'writer.ts');
  const root = join(__dirname, '../../..');
  writeFileSync(
    script,
    `import { FeatureWriter } from '${root}/researcher/analyzer/audio-features.ts';
     import { ClipCache } from '${root}/researcher/analyzer/clip-cache.ts';
     const cache = new ClipCache({ folder: process.argv[2], limitBytes: 2_000_000 });
     const own = Number(process.argv[3]);
     for (let i = 0; ; i++) {
       const writer = new FeatureWriter();
       writer.appendFrames(60, () => new Int8Array(60).fill(own + i));
       writer.appendWave(new Int16Array(60 * 128).map(() => Math.random() * 65_536));
       const hash = (own * 1_000_000 + i).toString(16).padStart(64, '0');
       await cache.write({ media: { hash }, features: writer.features() });
       if (i === 60) process.send('going');
     }`,
  );
  const writers = [1, 2].map((own) => fork(script, [folder, String(own)]));
  await Promise.all(writers.map((writer) => new Promise((resolve) => writer.once('message', resolve))));
  for (const writer of writers) writer.kill('SIGKILL');
  await Promise.all(writers.map((writer) => new Promise((resolve) => writer.once('exit', resolve))));
  const file = new DatabaseSync(join(folder, `clips.${ANALYZER}.sqlite`));
  const hashes = file
    .prepare('SELECT hash FROM clips')
    .all()
    .map(({ hash }) => String(hash));
  expect(file.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  expect(file.prepare('SELECT count, bytes FROM tally').get()).toEqual(
    file.prepare('SELECT COUNT(*) AS count, SUM(bytes) AS bytes FROM held').get(),
  );
  expect(file.prepare('SELECT COUNT(*) AS count FROM held JOIN clips ON key = hash').get()).toEqual({
    count: hashes.length,
  });
  file.close();
  expect(hashes.length).toBeGreaterThan(60);
  const found = await cacheOf(2_000_000).readAll(hashes);
  expect(found.filter((one) => one === undefined)).toEqual([]);
});
