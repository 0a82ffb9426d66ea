import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CacheOptions } from '../../../researcher/analyzer/cache-options.ts';
import { AnalyzerPool, type ClipOutcome, type EpisodeResearch } from '../../../researcher/analyzer/pool.ts';
import type { DecodedMedia } from '../../../researcher/media/decode.ts';
import { babble, mixed, mp3 } from '../media/audio.ts';

jest.setTimeout(120_000);

const WORKER = join(__dirname, '../../../researcher/analyzer/worker.ts');
const RATE = 22_050;
const pools: AnalyzerPool[] = [];
let folder: string;
let episode: string;
let clips: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pool-'));
  const sounds = [11, 12, 13, 14].map((seed) => babble(seed, 3, RATE));
  const talk = sounds.reduce((sum, sound, i) => mixed(sum, sound, 4 + 5 * i, 1, RATE), babble(1, 30, RATE));
  episode = join(folder, 'episode.mp3');
  await writeFile(episode, await mp3(talk, { sampleRate: RATE, kbps: 64 }));
  clips = await Promise.all(
    sounds.map(async (sound, i) => {
      const path = join(folder, `${i}.mp3`);
      await writeFile(path, await mp3(sound, { sampleRate: RATE, kbps: 64 }));
      return path;
    }),
  );
  await writeFile(join(folder, 'page.mp3'), '<!DOCTYPE html><html></html>');
  // Threads that misbehave at clips of these names, for what no file can be made to do.
  await writeFile(
    join(folder, 'misbehaving.cjs'),
    `const { parentPort } = require('node:worker_threads');
     const media = { durationNs: 1, hash: '' };
     parentPort.on('message', ({ kind, clips }) => {
       if (kind === 'plan-episode') parentPort.postMessage({ kind: 'episode', opened: { media, features: {} } });
       if (kind !== 'find-clips') return;
       clips.forEach(({ path }, clip) => {
         parentPort.postMessage({ kind: 'at', clip });
         if (path === 'hangs') for (;;);
         if (path === 'exits') process.exit(3);
         if (path === 'throws') throw new Error('a bug');
         if (path === 'eats') { const all = []; for (;;) all.push(new Array(1e5).fill({})); }
         if (path === 'forgotten') return;
         parentPort.postMessage({ kind: 'clip-found', clip, of: { media, found: { plays: [], path } } });
       });
       parentPort.postMessage({ kind: 'done' });
     });`,
  );
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});
afterAll(() => rm(folder, { recursive: true }));

function pool(workers: number, workerFile = WORKER): AnalyzerPool {
  const made = new AnalyzerPool({ workers, workerFile, ffmpeg: false, heapMegabytes: 128 });
  pools.push(made);
  return made;
}

async function outcomes(of: AnalyzerPool, work: Partial<EpisodeResearch> = {}): Promise<ClipOutcome[]> {
  const all: ClipOutcome[] = [];
  await of.research({
    episode,
    clips,
    onClip: (index, outcome) => {
      expect(index).toBe(all.length);
      all.push(outcome);
    },
    ...work,
  });
  return all;
}

test('results are the same bytes whatever the number of workers, and in the order of the clips', async () => {
  const one = await outcomes(pool(1));
  expect(one.map((outcome) => outcome.kind === 'researched' && outcome.found.plays.length)).toEqual([1, 1, 1, 1]);
  for (const workers of [2, 3]) expect(JSON.stringify(await outcomes(pool(workers)))).toBe(JSON.stringify(one));
});

test('from the cache they are the same, and a damaged cache counts as empty', async () => {
  const cache = { folder: join(folder, 'cache') };
  const fresh = await outcomes(pool(1), { cache });
  const kept = (await readdir(cache.folder)).find((name) => name.endsWith('.sqlite'))!;
  expect(JSON.stringify(await outcomes(pool(2), { cache }))).toBe(JSON.stringify(fresh));
  await Promise.all(pools.splice(0).map((made) => made.close()));
  await writeFile(join(cache.folder, kept), 'damaged');
  expect(JSON.stringify(await outcomes(pool(1), { cache }))).toBe(JSON.stringify(fresh));
});

describe('what is kept is not asked for again', () => {
  const noFile = () => Promise.reject(new Error('the file was asked for'));

  /** Hashes of the episode and the clips, whose features are kept in the cache. */
  async function kept(cache: CacheOptions) {
    let media: DecodedMedia | undefined;
    const fresh = await outcomes(pool(1), { cache, onEpisode: (decoded) => (media = decoded) });
    const hashes = fresh.map((outcome) => (outcome.kind === 'researched' ? outcome.media.hash : ''));
    return { fresh, hash: media!.hash, media, clips: hashes.map((hash) => ({ hash, file: noFile })) };
  }

  test.each([1, 2])('by another pool of %i: the episode comes from disk', async (workers) => {
    const cache = { folder: join(folder, `kept-${workers}`) };
    const { fresh, hash, media, clips } = await kept(cache);
    const told: DecodedMedia[] = [];
    const again = await outcomes(pool(workers), {
      ...{ cache, clips, episode: { hash, file: noFile } },
      onEpisode: (decoded) => told.push(decoded),
    });
    expect(JSON.stringify(again)).toBe(JSON.stringify(fresh));
    expect(told).toEqual([media]);
  });

  test('by the same pool: the episode is still in memory', async () => {
    const cache = { folder: join(folder, 'kept-in-memory') };
    const { fresh, hash, clips } = await kept(cache);
    const same = pools.at(-1)!;
    for (const name of await readdir(cache.folder)) {
      if (name.endsWith('.episode')) await rm(join(cache.folder, name));
    }
    const again = await outcomes(same, { cache, clips, episode: { hash, file: noFile } });
    expect(JSON.stringify(again)).toBe(JSON.stringify(fresh));
  });

  test('where it was let go meanwhile, the files are asked for', async () => {
    const cache = { folder: join(folder, 'kept-no-more') };
    const { fresh, hash, clips: known } = await kept(cache);
    await rm(cache.folder, { recursive: true });
    const asked: string[] = [];
    const source = (of: string, path: string) => ({
      hash: of,
      file: async () => {
        asked.push(path);
        return path;
      },
    });
    const again = await outcomes(pool(2), {
      ...{ cache, episode: source(hash, episode) },
      clips: known.map((clip, i) => (i === 2 ? clip : source(clip.hash, clips[i]!))),
    });
    expect(again[2]).toEqual({ kind: 'failed', failure: 'the file was asked for' });
    expect(JSON.stringify(again.toSpliced(2, 1))).toBe(JSON.stringify(fresh.toSpliced(2, 1)));
    expect(asked.sort()).toEqual([clips[0], clips[1], clips[3], episode].sort());
  });

  test('another episode takes its place', async () => {
    const cache = { folder: join(folder, 'kept-other') };
    const one = pool(1);
    const first = await outcomes(one, { cache });
    const other = await outcomes(one, { cache, episode: clips[0]! });
    expect(other.map((outcome) => outcome.kind === 'researched' && outcome.found.plays.length)).toEqual([1, 0, 0, 0]);
    expect(JSON.stringify(await outcomes(one, { cache }))).toBe(JSON.stringify(first));
  });
});

test('clips that come late do not keep the others waiting', async () => {
  const late = Promise.withResolvers<string>();
  const all: number[] = [];
  await pool(1).research({
    episode,
    clips: [clips[0]!, clips[1]!, late.promise, clips[3]!],
    onClip: (index) => {
      all.push(index);
      if (index === 1) late.resolve(clips[2]!);
    },
  });
  expect(all).toEqual([0, 1, 2, 3]);
});

test('a clip that cannot be had fails alone', async () => {
  const work = [
    clips[0]!,
    join(folder, 'page.mp3'),
    join(folder, 'missing.mp3'),
    Promise.reject(new Error('404')),
    clips[1]!,
  ];
  const all = await outcomes(pool(2), { clips: work });
  expect(all.map(({ kind }) => kind)).toEqual(['researched', 'failed', 'failed', 'failed', 'researched']);
  expect(all[1]).toEqual({ kind: 'failed', failure: 'this is an HTML page, not audio' });
  expect(all[2]).toMatchObject({ failure: expect.stringContaining('cannot be read') });
  expect(all[3]).toEqual({ kind: 'failed', failure: '404' });
});

test('an episode that cannot be read is an error of the episode', async () => {
  const work = outcomes(pool(1), { episode: join(folder, 'page.mp3') });
  await expect(work).rejects.toMatchObject({
    name: 'MediaError',
    subject: 'episode',
    message: 'this is an HTML page, not audio',
  });
});

test.each([
  ['hangs', /did not go on for 1 s and was ended/],
  ['exits', /ended unexpectedly/],
  ['throws', /broke off: a bug/],
  ['eats', /ran out of memory/],
  ['forgotten', /did not tell of it/],
])('a thread that %s is replaced, and only its clip fails', async (name, failure) => {
  const all = await outcomes(pool(1, join(folder, 'misbehaving.cjs')), {
    clips: ['a', name, 'b', 'c'],
    clipTimeoutMs: 1_000 + (name === 'eats' ? 60_000 : 0),
  });
  expect(all).toMatchObject([
    { kind: 'researched' },
    { kind: 'failed', failure: expect.stringMatching(failure) },
    { kind: 'researched', found: { path: 'b' } },
    { kind: 'researched', found: { path: 'c' } },
  ]);
});

test('stopping ends the threads and throws the reason', async () => {
  const stop = new AbortController();
  const work = outcomes(pool(1, join(folder, 'misbehaving.cjs')), {
    clips: ['a', 'hangs'],
    signal: stop.signal,
    onProgress: (share) => share > 0.5 && stop.abort(new Error('Ctrl-C')),
  });
  await expect(work).rejects.toThrow('Ctrl-C');
});

test('progress grows and ends at 1', async () => {
  const shares: number[] = [];
  await outcomes(pool(2), { onProgress: (share) => void shares.push(share) });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
});
