import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClipFinder } from '../../../researcher/analyzer/find-clips.ts';
import { openClip, openEpisode } from '../../../researcher/analyzer/open-audio.ts';
import { MediaError } from '../../../researcher/media/decode.ts';
import { babble, mp3 } from '../media/audio.ts';
import { hostileInputs } from './hostile-inputs.ts';

jest.setTimeout(120_000);

/** Longer than any of them should need, also on a busy machine. */
const LONG_MS = 15_000;

let folder: string;
let finder: ClipFinder;
let clip: Awaited<ReturnType<typeof openClip>>;
let inputs: [string, Buffer][];
const printed: unknown[] = [];

beforeAll(async () => {
  for (const name of ['log', 'error', 'warn', 'info'] as const) {
    jest.spyOn(console, name).mockImplementation((...words) => void printed.push(words));
  }
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  const episode = join(folder, 'episode.mp3');
  await writeFile(episode, await mp3(babble(1, 20)));
  finder = new ClipFinder((await openEpisode(episode, { ffmpeg: false })).features);
  await writeFile(join(folder, 'clip.mp3'), await mp3(babble(2, 3)));
  clip = await openClip(join(folder, 'clip.mp3'), { ffmpeg: false });
  inputs = Object.entries(await hostileInputs());
});

afterAll(() => rm(folder, { recursive: true }));

async function file(bytes: Buffer): Promise<string> {
  const path = join(folder, 'hostile.mp3');
  await writeFile(path, bytes);
  return path;
}

/** What came of it: a failure for people, or nothing found. */
async function outcome(work: () => Promise<number>): Promise<string> {
  try {
    return `${await work()} found`;
  } catch (error) {
    if (!(error instanceof MediaError) || error.message.length < 10 || error.message.length > 300) throw error;
    return 'failure';
  }
}

test('there are at least fifty of them', () => {
  expect(inputs.length).toBeGreaterThanOrEqual(50);
});

test('as a clip, each is a clear failure or is not found; in time, and without a word on the console', async () => {
  for (const [name, bytes] of inputs) {
    const path = await file(bytes);
    const began = performance.now();
    const result = await outcome(async () => {
      const { features } = await openClip(path, { ffmpeg: false });
      return finder.find(features).plays.length;
    });
    expect({ name, result }).toEqual({ name, result: expect.stringMatching(/^(failure|0 found)$/) });
    expect({ name, slow: performance.now() - began > LONG_MS }).toEqual({ name, slow: false });
  }
  expect(printed).toEqual([]);
});

test('as an episode, each is a clear failure or nothing is found in it', async () => {
  for (const [name, bytes] of inputs) {
    const path = await file(bytes);
    const result = await outcome(async () => {
      const { features } = await openEpisode(path, { ffmpeg: false });
      return new ClipFinder(features).find(clip.features).plays.length;
    });
    expect({ name, result }).toEqual({ name, result: expect.stringMatching(/^(failure|0 found)$/) });
  }
  expect(printed).toEqual([]);
});

test('the failures say what the file is', async () => {
  const failures = new Map<string, string>();
  for (const [name, bytes] of inputs) {
    await openClip(await file(bytes), { ffmpeg: false }).catch((error: Error) => failures.set(name, error.message));
  }
  expect(failures.get('an empty file')).toBe('this is an empty file, not audio');
  expect(failures.get('an HTML page')).toBe('this is an HTML page, not audio');
  expect(failures.get('an HTML page after blanks and a byte order mark')).toBe('this is an HTML page, not audio');
  expect(failures.get('an MP4 file')).toContain('this MP4 file has no description of what is in it');
  expect(failures.get('AAC named .mp3')).toContain('no AAC frames were found in it; ffmpeg may know it');
  expect(failures.get('a WAV header and no data')).toContain('no audio');
  expect(failures.get('random bytes')).toContain('no MPEG audio frames');
  expect(failures.get('a WAV file of an unknown encoding')).toContain('a WAV file of MP3 (known are PCM');
});

test('a clip that is too short or silent is no failure: it cannot be judged, and says why', async () => {
  const all = new Map(inputs);
  const why = async (name: string) => (await openClip(await file(all.get(name)!), { ffmpeg: false })).notJudged;
  expect(await why('a clip of 0.3 s')).toMatch(/^it is too short: it lasts 0\.3\d* s, and at least 0\.4 s are needed/);
  expect(await why('silence')).toBe('it is too quiet: there is nothing in it but silence');
  expect(await why('a tone')).toBeUndefined();
});

test('a plain clip is called not distinctive', async () => {
  const all = new Map(inputs);
  for (const name of ['a tone', 'mains hum', 'silence', 'a click in silence', 'a constant voltage']) {
    const { features } = await openClip(await file(all.get(name)!), { ffmpeg: false });
    expect({ name, distinctive: finder.find(features).distinctive }).toEqual({ name, distinctive: false });
  }
});

test('a clip of ten minutes is searched like any other', async () => {
  const rate = 16_000;
  const long = new Float32Array(600 * rate);
  const pieces = [3, 4, 7].map((seed) => babble(seed, 13, rate));
  for (let at = 0, i = 0; at + 13 * rate <= long.length; at += 13 * rate, i++) long.set(pieces[(i * i) % 3]!, at);
  await writeFile(join(folder, 'long.mp3'), await mp3(long, { sampleRate: rate, kbps: 24 }));
  const { features } = await openClip(join(folder, 'long.mp3'), { ffmpeg: false });
  expect(finder.find(features).plays).toEqual([]);
});
