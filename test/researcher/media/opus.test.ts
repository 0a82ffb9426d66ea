import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { MediaError } from '../../../researcher/media/decode.ts';
import { OggReader } from '../../../researcher/media/ogg-packets.ts';
import { decoded, heardOf } from './decoded.ts';

jest.setTimeout(120_000);

/** 1.5 s at 48 kHz, mono: sin(2π(300 t + 400 t²)), made with libopus at 20 kbit/s; pre-skip 312. */
const FIXTURE = join(__dirname, '../../fixtures/audio/sweep.opus');

let fixture: Buffer;
beforeAll(async () => {
  fixture = await readFile(FIXTURE);
});

test('Ogg Opus decodes to the sample, at its place', async () => {
  const { audio } = await decoded(fixture);
  expect(audio.length).toBe(72_000);
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < audio.length; i++) {
    const t = i / 48_000;
    const wanted = Math.sin(2 * Math.PI * (300 * t + 400 * t * t));
    ab += audio[i]! * wanted;
    aa += audio[i]! ** 2;
    bb += wanted * wanted;
  }
  expect(ab / Math.sqrt(aa * bb)).toBeGreaterThan(0.95);
});

test('how the bytes are cut into pieces makes no difference to the packets', () => {
  const packets = (cuts: readonly number[]) => {
    const all: string[] = [];
    const reader = new OggReader((page) =>
      all.push(...page.packets.map((packet) => Buffer.from(packet).toString('hex'))),
    );
    for (let at = 0, i = 0; at < fixture.length; at += cuts[i++ % cuts.length]!) {
      reader.push(fixture.subarray(at, at + cuts[i % cuts.length]!));
    }
    return all;
  };
  const whole = packets([fixture.length]);
  expect(whole.length).toBe(78);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 700 }), (cut) => {
      expect(packets([cut])).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test('files that were joined are heard one after the other', async () => {
  const { audio } = await decoded(fixture);
  const twice = (await decoded(Buffer.concat([fixture, fixture]))).audio;
  expect(twice.length).toBe(2 * audio.length);
  expect(twice.subarray(0, audio.length)).toEqual(audio);
});

test('a page that is damaged passes in silence, and what follows is in its place', async () => {
  const whole = (await decoded(fixture)).audio;
  const bytes = Buffer.from(fixture);
  // In the second of four pages of audio.
  bytes[1_800]! ^= 0x10;
  const { audio, unheardShare } = await decoded(bytes);
  expect(audio.length).toBe(whole.length);
  expect(unheardShare).toBeCloseTo(1 / 3, 2);
  expect(audio.subarray(24_000, 47_000).every((sample) => sample === 0)).toBe(true);
  let [difference, energy] = [0, 0];
  // libopus needs a while to forget what it missed.
  for (let i = 60_000; i < whole.length; i++) {
    difference += (audio[i]! - whole[i]!) ** 2;
    energy += whole[i]! ** 2;
  }
  expect(difference / energy).toBeLessThan(0.01);
});

test('damaged anywhere, it is a MediaError or audio, and nothing worse', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 5_000 }),
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.boolean(),
      async (at, junk, cut) => {
        const place = at % fixture.length;
        const bytes = Buffer.concat([
          fixture.subarray(0, place),
          junk,
          fixture.subarray(cut ? place : place + junk.length),
        ]);
        expect((await heardOf(bytes))?.length ?? 0).toBeLessThanOrEqual(72_000 + 5_760);
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  ['cut in its head', 40],
  ['cut after its head', 47],
  ['without audio', 100],
])('a file %s is a clear failure', async (_name, length) => {
  await expect(decoded(fixture.subarray(0, length))).rejects.toBeInstanceOf(MediaError);
});
