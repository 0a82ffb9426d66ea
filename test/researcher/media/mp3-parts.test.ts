import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFftEngine } from '../../../researcher/analyzer/fft.ts';
import { Resampler, WANTED_HZ } from '../../../researcher/analyzer/resampler.ts';
import type { AudioSink } from '../../../researcher/media/audio-sink.ts';
import { decodeFile } from '../../../researcher/media/decode.ts';
import { decodeMp3Part, surveyMp3 } from '../../../researcher/media/mp3-parts.ts';
import { babble, type Mp3Format, mp3, randomFrom } from './audio.ts';

jest.setTimeout(120_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parts-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function collected(decode: (sink: (samples: Float32Array) => void) => Promise<unknown>): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  await decode((samples) => pieces.push(samples.slice()));
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  pieces.reduce((at, piece) => {
    all.set(piece, at);
    return at + piece.length;
  }, 0);
  return all;
}

function furthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

const formats: Mp3Format[] = [
  { sampleRate: 44_100, kbps: 64 },
  { sampleRate: 44_100, channels: 2, kbps: 128 },
  { sampleRate: 22_050, kbps: 48 },
  { sampleRate: 44_100, vbrQuality: 4 },
];

test.each(formats)('%j: any part is what the whole has there, sample by sample', async (format) => {
  const rate = format.sampleRate ?? 44_100;
  const path = join(folder, 'audio.mp3');
  await writeFile(path, await mp3(babble(1, 30, rate), format));
  const whole = await collected((sink) => decodeFile(path, sink));
  const survey = await surveyMp3(path);
  const media = await decodeFile(path, () => undefined);
  expect(survey).toMatchObject({ samples: whole.length, hash: media.hash, sampleRate: rate });
  expect(survey.checkpoints.length).toBeGreaterThan(1);
  for (const [from, to] of [
    [0, rate],
    [12 * rate + 1, 19 * rate],
    [25 * rate, survey.samples],
    [0, survey.samples],
  ] as const) {
    const part = await collected((sink) => decodeMp3Part(path, survey, from, to, sink));
    expect(part.length).toBe(to - from);
    expect(furthest(part, whole.subarray(from, to))).toBeLessThan(1e-6);
  }
});

test.each<[Mp3Format, number]>([
  [{ sampleRate: 44_100, channels: 2, kbps: 128 }, 4],
  [{ sampleRate: 48_000, kbps: 64 }, 4],
  [{ sampleRate: 32_000, kbps: 64 }, 2],
  [{ sampleRate: 22_050, kbps: 48 }, 2],
  [{ sampleRate: 16_000, kbps: 32 }, 1],
])('%j: of what is above the wanted one sample of %i is made, and a low-pass hears the same', async (format, every) => {
  const rate = format.sampleRate!;
  const path = join(folder, 'low.mp3');
  await writeFile(path, await mp3(babble(1, 12, rate), format));
  const survey = await surveyMp3(path);
  const [from, to] = [2 * rate + 1, 10 * rate];
  const part = (wantedHz?: number) =>
    collected((sink) => decodeMp3Part(path, survey, from, to, (samples) => sink(samples), wantedHz));
  const [whole, low] = [await part(), await part(WANTED_HZ)];
  expect(low.length).toBe(to - from);
  expect(low.filter((value) => value !== 0).length).toBeLessThanOrEqual(Math.ceil(low.length / every));
  // The loudest is 0.3. At its ends a part is cut off, which is heard at all frequencies.
  const [all, lower] = [await resampled(whole, rate), await resampled(low, rate)];
  expect(furthest(all.subarray(100, -100), lower.subarray(100, -100))).toBeLessThan(1e-4);
});

test('damage is never louder than twice full scale, and what is not heard is the same, if only what is wanted is made', async () => {
  const clean = await mp3(babble(1, 12, 48_000), { sampleRate: 48_000, channels: 2, kbps: 128 });
  const path = join(folder, 'damaged.mp3');
  const random = randomFrom(3);
  for (let variant = 0; variant < 6; variant++) {
    const bytes = Buffer.from(clean);
    for (let i = 0; i < 150; i++)
      bytes[2_000 + Math.floor(random() * (bytes.length - 2_000))] = Math.floor(random() * 256);
    await writeFile(path, bytes);
    const survey = await surveyMp3(path);
    const told = async (wantedHz?: number) => {
      let [length, unheard, most] = [0, 0, 0];
      const sink: AudioSink = (samples, _, why) => {
        length += samples.length;
        if (why) unheard += samples.length;
        most = samples.reduce((all, value) => Math.max(all, Math.abs(value)), most);
      };
      await decodeMp3Part(path, survey, 0, survey.samples, sink, wantedHz);
      return { length, unheard, most };
    };
    const { most, ...heard } = await told(WANTED_HZ);
    expect(most).toBeLessThanOrEqual(2 * 4);
    expect(await told()).toMatchObject(heard);
  }
});

const resampled = (samples: Float32Array, rate: number): Promise<Float32Array> =>
  collected(async (sink) => {
    const resampler = new Resampler(createFftEngine(), sink);
    resampler.push(samples, rate);
    resampler.end();
  });

test('junk, holes and tags do not shift a part', async () => {
  const clean = await mp3(babble(1, 30));
  const path = join(folder, 'dirty.mp3');
  const junk = Buffer.alloc(1_000, 0xfe);
  await writeFile(
    path,
    Buffer.concat([junk, clean.subarray(0, 50_000), junk, clean.subarray(50_000, 90_000), clean.subarray(90_300)]),
  );
  const whole = await collected((sink) => decodeFile(path, sink));
  const survey = await surveyMp3(path);
  expect(Math.abs(survey.samples - whole.length)).toBeLessThanOrEqual(2 * 1_152);
  const part = await collected((sink) => decodeMp3Part(path, survey, 20 * 44_100, 22 * 44_100, sink));
  const best = [-2, -1, 0, 1, 2].map((frames) => {
    const from = 20 * 44_100 + frames * 1_152;
    return furthest(part, whole.subarray(from, from + part.length));
  });
  expect(Math.min(...best)).toBeLessThan(1e-6);
});
