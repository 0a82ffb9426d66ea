import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { decodeMp3Part, surveyMp3 } from '../../../researcher/media/mp3-parts.ts';
import { FrameWalker } from '../../../researcher/media/mpeg-frames.ts';
import { parseFrameHeader } from '../../../researcher/media/mpeg-header.ts';
import { babble, mp3, randomFrom } from './audio.ts';
import { decoded } from './decoded.ts';
import { offsetMs } from './offset.ts';

jest.setTimeout(120_000);

// Looked up once: reaching a global is slow where Jest runs tests.
const { abs, max } = Math;

const FRAME = 1_152;
/** Frames after a hole until a decoder has what it needs of those before. */
const RECOVERY = 12 * FRAME;

let folder: string;
let constant: Buffer;
let variable: Buffer;
let plain: Float32Array;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'damaged-'));
  constant = await mp3(babble(1, 20));
  variable = await mp3(babble(1, 20), { vbrQuality: 4 });
  plain = (await decoded(constant)).audio;
});
afterAll(() => rm(folder, { recursive: true }));

/** Where the frames of a clean file begin, and its end. */
function starts(bytes: Buffer): number[] {
  const all = [0];
  for (let at = 0; at < bytes.length; all.push(at)) at += parseFrameHeader(bytes, at)!.frameBytes;
  return all;
}

const inserted = (bytes: Buffer, at: number, what: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);

/** Bytes in which no frame is found but by chance. */
function noiseOf(length: number): Buffer {
  const random = randomFrom(length);
  return Buffer.from(Array.from({ length }, () => random() * 256));
}

const overwritten = (bytes: Buffer, at: number, length: number, value = 0): Buffer =>
  Buffer.from(bytes).fill(value, at, at + length);

/** The same but for the last digit, in which a decoder that missed frames differs. */
function expectSame(a: Float32Array, b: Float32Array): void {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = max(worst, abs(a[i]! - b[i]!));
  expect(worst).toBeLessThan(1e-6);
}

/** How late, in samples, the last fifth of the wanted audio is heard. */
function delayOf(audio: Float32Array, wanted = plain): number {
  const delay = audio.length - wanted.length;
  const from = Math.floor(wanted.length * 0.8);
  expectSame(audio.subarray(from + delay), wanted.subarray(from));
  return delay;
}

/** Whole, survey and parts of a file say the same; the whole. */
async function heard(bytes: Buffer): Promise<Float32Array> {
  const { audio } = await decoded(bytes);
  const path = join(folder, 'damaged.mp3');
  await writeFile(path, bytes);
  const survey = await surveyMp3(path);
  expect(survey.samples).toBe(audio.length);
  for (const share of [0, 0.15, 0.55, 0.8]) {
    const from = Math.floor(share * audio.length);
    const to = Math.min(audio.length, from + 2 * survey.sampleRate);
    let at = from;
    let worst = 0;
    await decodeMp3Part(path, survey, from, to, (samples) => {
      for (const sample of samples) worst = max(worst, abs(sample - audio[at++]!));
    });
    expect(at).toBe(to);
    expect(worst).toBeLessThan(1e-6);
  }
  return audio;
}

describe('a stretch in another sample rate', () => {
  test.each([
    [48_000, 1_152, 'between two frames', 0],
    [48_000, 1_152, 'within a frame', 100],
    [32_000, 1_152, 'between two frames', 0],
    [22_050, 576, 'within a frame', 57],
  ] as const)('of %i Hz (%i samples a frame) %s is heard, in its time', async (sampleRate, samples, _where, into) => {
    const sound = babble(2, 5, sampleRate);
    const advertisement = await mp3(sound, { sampleRate });
    const frames = starts(advertisement).length - 1;
    const at = starts(constant)[300]!;
    const audio = await heard(inserted(constant, at + into, advertisement));
    const length = Math.round((frames * samples * 44_100) / sampleRate);
    expect(delayOf(audio)).toBe(length);
    expectSame(audio.subarray(0, 300 * FRAME), plain.subarray(0, 300 * FRAME));
    // What LAME and a decoder add is in the advertisement, in its own samples.
    const from = (300 + (into > 0 ? 1 : 0)) * FRAME;
    const heardThere = audio.subarray(from, from + length);
    expect(offsetMs(heardThere, 44_100, sound, sampleRate)).toBeCloseTo((1_105 / sampleRate) * 1_000, 0);
  });

  test('of which there is more than of the first decides what the file is: the advertisement in front is heard too', async () => {
    const rate = 8_000;
    const advertisement = await mp3(babble(2, 100, rate), { sampleRate: rate, kbps: 8 });
    const { sampleRate, durationNs, unheardShare } = await decoded(Buffer.concat([constant, advertisement]));
    expect(sampleRate).toBe(rate);
    expect(durationNs / 1e9).toBeCloseTo(20 + 100, 0);
    expect(unheardShare).toBeLessThan(0.01);
    await heard(Buffer.concat([constant, advertisement]));
  });

  test('twenty of them are as long as all together', async () => {
    const one = (await mp3(babble(2, 1, 48_000), { sampleRate: 48_000 })).subarray(0, 7 * 192);
    const at = starts(constant);
    const pieces = Array.from({ length: 20 }, (_, i) => [constant.subarray(at[i * 30]!, at[(i + 1) * 30]!), one]);
    const audio = await heard(Buffer.concat([...pieces.flat(), constant.subarray(at[600]!)]));
    expect(Math.abs(delayOf(audio) - 20 * 7 * FRAME * (44_100 / 48_000))).toBeLessThanOrEqual(10);
  });

  test('of three frames is none', async () => {
    const other = await mp3(babble(2, 1, 48_000), { sampleRate: 48_000 });
    const at = starts(other);
    const audio = await heard(inserted(constant, starts(constant)[300]!, other.subarray(at[5], at[8])));
    expect(delayOf(audio)).toBe(0);
  });
});

describe('a tag that reaches beyond the end of the file', () => {
  const id3 = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f]);
  const ape = Buffer.alloc(32);
  ape.write('APETAGEX');
  ape.writeUInt32LE(2_000, 8);
  ape.writeUInt32LE(0x7fffffff, 12);
  ape.writeUInt32LE(0xa0000000, 20);

  test.each([
    ['ID3', id3],
    ['APE', ape],
  ])('(%s) swallows nothing, at the beginning and in the middle', async (_name, tag) => {
    for (const frame of [0, 300]) {
      expectSame(await heard(inserted(constant, starts(constant)[frame]!, tag)), plain);
    }
  });

  test.each([
    ['ID3', id3],
    ['APE', ape],
  ])('(%s) and was cut off is not held against a short file', async (_name, tag) => {
    const short = constant.subarray(0, starts(constant)[60]);
    const bytes = Buffer.concat([short, tag, noiseOf(60_000)]);
    expectSame(await heard(bytes), (await decoded(short)).audio);
  });

  test('is still a tag where it reaches just to the end', async () => {
    const honest = Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 7, 104]), Buffer.alloc(1_000)]);
    expectSame(await heard(Buffer.concat([constant, honest])), plain);
    const walker = new FrameWalker(
      { frames: () => undefined, other: () => undefined, lost: () => undefined },
      { bytes: constant.length + 1_010 },
    );
    walker.push(Buffer.concat([constant, honest]));
    walker.end();
    expect(walker).toMatchObject({ tagBytes: 1_010, junkBytes: 0 });
  });
});

describe('a file that was cut within a frame', () => {
  const size = 300_000;
  const id3 = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, size >> 14, (size >> 7) & 127, size & 127]);
  const ape = Buffer.alloc(32);
  ape.write('APETAGEX');
  ape.writeUInt32LE(2_000, 8);
  ape.writeUInt32LE(size, 12);
  ape.writeUInt32LE(0xa0000000, 20);

  test.each([
    ['ID3', id3],
    ['APE', ape],
  ])('and to which one was joined that begins with an %s tag: the picture in it takes no time', async (_name, tag) => {
    for (const bytes of [constant, variable]) {
      const cut = bytes.subarray(0, starts(bytes)[300]! + 50);
      const audio = await heard(Buffer.concat([cut, tag, noiseOf(size), bytes]));
      const { length } = (await decoded(Buffer.concat([cut, bytes]))).audio;
      expect(Math.abs(audio.length - length)).toBeLessThanOrEqual(FRAME);
    }
  });
});

describe('a first run of few frames', () => {
  /** What many encoders put before the audio: a frame that says so. */
  function info(): Buffer {
    const header = parseFrameHeader(constant, 0)!;
    const frame = Buffer.alloc(header.frameBytes);
    constant.copy(frame, 0, 0, 4);
    frame.write('Info', 4 + header.sideBytes);
    return frame;
  }

  test.each([3, 4, 6, 7, 8])(
    '(%i and a tag) before junk or another stream: a part is what the whole is',
    async (count) => {
      const at = starts(constant)[count]!;
      const other = await mp3(babble(2, 5, 48_000), { sampleRate: 48_000 });
      for (const what of [noiseOf(200), Buffer.alloc(418), other]) {
        const audio = await heard(Buffer.concat([info(), constant.subarray(0, at), what, constant.subarray(at)]));
        delayOf(audio);
      }
    },
  );
});

test('Where mono and stereo are joined, a part is what the whole is', async () => {
  const stereo = await mp3(babble(1, 20), { channels: 2, kbps: 128 });
  for (const order of [
    [constant, stereo],
    [stereo, constant],
    [constant, stereo, constant],
  ])
    await heard(Buffer.concat(order));
});

describe('bytes between frames', () => {
  test('of a constant bitrate whose encoder never pads: whole frames were overwritten, others put in', async () => {
    const padded = starts(constant);
    const frames = padded.slice(0, -1).map((at, i) => Buffer.from(constant.subarray(at, padded[i + 1])));
    const bytes = Buffer.concat(
      frames.map((frame) => {
        if ((frame[2]! & 2) === 0) return frame;
        frame[2]! &= ~2;
        return frame.subarray(0, -1);
      }),
    );
    const at = starts(bytes);
    const { length } = (await decoded(bytes)).audio;
    for (const count of [1, 2, 10, 100]) {
      const damaged = overwritten(bytes, at[200]!, at[200 + count]! - at[200]!);
      expect((await heard(damaged)).length).toBe(length);
    }
    expect((await heard(inserted(bytes, at[200]!, Buffer.alloc(1_000)))).length).toBe(length);
  });

  test('of a constant bitrate that were overwritten pass in silence, and what follows is in its place', async () => {
    const at = starts(constant)[200]! + 77;
    const audio = await heard(overwritten(constant, at, 40_000));
    expect(delayOf(audio)).toBe(0);
    expectSame(audio.subarray(0, 200 * FRAME), plain.subarray(0, 200 * FRAME));
    expect(audio.subarray(202 * FRAME, 390 * FRAME).every((sample) => sample === 0)).toBe(true);
  });

  test('of a constant bitrate that were put in shift nothing', async () => {
    for (const length of [1, 100, 1_000, 3_456, 40_000]) {
      const audio = await heard(inserted(constant, starts(constant)[200]!, Buffer.alloc(length, 0x55)));
      expect(delayOf(audio)).toBe(0);
    }
  });

  test('of a variable bitrate pass in about the time that was overwritten', async () => {
    const whole = (await decoded(variable)).audio;
    const at = starts(variable);
    for (const frames of [1, 40, 100]) {
      const audio = await heard(overwritten(variable, at[200]!, at[200 + frames]! - at[200]!));
      const delay = delayOf(audio, whole);
      expect(Math.abs(delay)).toBeLessThanOrEqual(FRAME * Math.ceil(0.15 * frames));
    }
  });

  test('an ID3v1 tag where a file was joined on passes in no time', async () => {
    const tag = Buffer.alloc(128);
    tag.write('TAG');
    const joined = (await decoded(Buffer.concat([variable, variable]))).audio;
    expectSame(await heard(Buffer.concat([variable, tag, variable])), joined);
  });

  test('tell of 60 seconds at most', async () => {
    const long = await mp3(babble(1, 140, 8_000), { sampleRate: 8_000, kbps: 8 });
    const whole = (await decoded(long)).audio;
    // A frame has 72 bytes and 72 ms.
    expect(delayOf(await heard(overwritten(long, 30_000, 59_000)), whole)).toBe(0);
    expect(delayOf(await heard(overwritten(long, 30_000, 61_000)), whole)).toBeLessThan(-60 * 8_000);
  });

  test('one damaged header costs one frame of sound and no time', async () => {
    const at = starts(constant);
    for (const byte of [0, 1, 2]) {
      const audio = await heard(overwritten(constant, at[200]! + byte, 1));
      expect(delayOf(audio)).toBe(0);
      expectSame(audio.subarray(200 * FRAME + RECOVERY), plain.subarray(200 * FRAME + RECOVERY));
    }
  });

  test('overwritten anywhere, by zeros or by noise, they never shift what follows', async () => {
    const random = randomFrom(8);
    const noise = Buffer.from(Array.from({ length: 30_000 }, () => random() * 256));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20 * 210, max: 60_000 }),
        fc.integer({ min: 1, max: 30_000 }),
        fc.boolean(),
        async (at, length, zeros) => {
          const bytes = overwritten(constant, at, length);
          if (!zeros) noise.copy(bytes, at, 0, length);
          const { audio } = await decoded(bytes);
          // Noise that hits a few bits of a header may leave one that lies about its length.
          expect(Math.abs(audio.length - plain.length)).toBeLessThanOrEqual(zeros ? 0 : FRAME);
          if (audio.length === plain.length) delayOf(audio);
        },
      ),
      { numRuns: 40 },
    );
  });
});
