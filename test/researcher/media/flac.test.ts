import fc from 'fast-check';
import { MediaError } from '../../../researcher/media/decode.ts';
import { flacDecoder } from '../../../researcher/media/flac.ts';
import { flac, randomFrom } from './audio.ts';
import { decoded, heardOf } from './decoded.ts';
import { escapedFlac } from './escaped-flac.ts';

jest.setTimeout(120_000);

/** Tone, noise, silence, and jumps between the values whose bytes are the most alike: every kind of subframe. */
function plane(seed: number, length: number, bits: number): Int32Array {
  const random = randomFrom(seed);
  const top = 2 ** (bits - 1) - 1;
  const edges = [0, -1, 1, top, -top - 1, 255, 256, -255, -256, 257].filter((value) => Math.abs(value) <= top + 1);
  const kinds = [
    (i: number) => Math.round(top * 0.8 * Math.sin(i * 0.03 + seed)),
    () => Math.floor((random() * 2 - 1) * top),
    () => 0,
    () => edges[Math.floor(random() * edges.length)]!,
  ];
  return Int32Array.from({ length }, (_, i) => kinds[Math.floor((i / length) * kinds.length)]!(i));
}

const mono = (planes: readonly Int32Array[], bits: number): Float32Array =>
  Float32Array.from(
    planes[0]!,
    (_, i) => planes.reduce((sum, at) => sum + at[i]!, 0) / planes.length / 2 ** (bits - 1),
  );

test.each([
  [8, 1, 44_100, 4_096],
  [16, 1, 44_100, 4_096],
  [16, 2, 48_000, 16],
  [16, 2, 8_000, 4_608],
  [24, 1, 96_000, 16_384],
  [24, 2, 44_100, 1_000],
  [16, 6, 44_100, 4_096],
])(
  '%i bits, %i channels, %i Hz in blocks of %i are decoded to the bit',
  async (bits, channels, sampleRate, blockSize) => {
    const planes = Array.from({ length: channels }, (_, channel) => plane(channel + 1, 70_001, bits));
    const { audio, ...media } = await decoded(await flac(planes, { bits, sampleRate, blockSize }));
    expect(media).toMatchObject({ format: 'FLAC', sampleRate, samples: 70_001, unheardShare: 0 });
    const wanted = mono(planes, bits);
    // More than two channels are summed in another order here.
    if (channels <= 2) expect(audio).toEqual(wanted);
    else for (let i = 0; i < wanted.length; i += 7) expect(audio[i]).toBeCloseTo(wanted[i]!, 6);
  },
);

const BLOCK = 4_096;
const song = plane(1, 30 * BLOCK, 16);
const wanted = mono([song], 16);
let file: Buffer;
let firstFrame: number;
beforeAll(async () => {
  file = await flac([song], { blockSize: BLOCK });
  firstFrame = file.indexOf(Buffer.from([0xff, 0xf8]), 42);
});
/** Where frame n begins: its header has the sync code, and n as its number (one byte below 128). */
function frameStart(n: number): number {
  const start = file.indexOf(Buffer.from([0xff, 0xf8, file[firstFrame + 2]!, file[firstFrame + 3]!, n]));
  expect(start).toBeGreaterThan(0);
  return start;
}

test('a tag, pictures and cover letters around the audio change nothing', async () => {
  const id3 = Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 4, 0, 0]), Buffer.alloc(65_536, 0xff)]);
  const picture = Buffer.alloc(4 + 300_000, 0xff);
  picture.writeUInt32BE((6 << 24) | 300_000);
  const dressed = Buffer.concat([id3, file.subarray(0, 42), picture, file.subarray(42), Buffer.alloc(5_000, 0x20)]);
  expect((await decoded(dressed)).audio).toEqual(wanted);
});

test('how the bytes are cut into pieces makes no difference', async () => {
  const short = await flac([song.subarray(0, 9_000)]);
  for (const cut of [1, 3, 41, 1_000]) {
    const audio: number[] = [];
    const decoder = flacDecoder((samples) => void audio.push(...samples), short);
    for (let at = 0; at < short.length; at += cut) decoder.push(short.subarray(at, at + cut));
    decoder.end();
    decoder.close();
    expect(Float32Array.from(audio)).toEqual(wanted.subarray(0, 9_000));
  }
});

test('a frame that is damaged passes in silence, and what follows is in its place', async () => {
  const bytes = Buffer.from(file);
  bytes[frameStart(10) + 200]! ^= 0x55;
  const { audio, unheardShare } = await decoded(bytes);
  const silenced = wanted.slice().fill(0, 10 * BLOCK, 11 * BLOCK);
  expect(audio).toEqual(silenced);
  expect(unheardShare).toBeCloseTo(1 / 30, 6);
});

test('frames that are missing pass in silence', async () => {
  const { audio } = await decoded(Buffer.concat([file.subarray(0, frameStart(4)), file.subarray(frameStart(9))]));
  expect(audio).toEqual(wanted.slice().fill(0, 4 * BLOCK, 9 * BLOCK));
});

test('first frames that metadata of a wrong length swallowed pass in silence', async () => {
  const { audio } = await decoded(Buffer.concat([file.subarray(0, firstFrame), file.subarray(frameStart(2))]));
  expect(audio).toEqual(wanted.slice().fill(0, 0, 2 * BLOCK));
});

test('a file that was cut out of another begins where it was cut', async () => {
  const { audio } = await decoded(Buffer.concat([file.subarray(0, firstFrame), file.subarray(frameStart(15))]));
  expect(audio).toEqual(wanted.subarray(15 * BLOCK));
});

test('files that were joined are heard one after the other, also with blocks of other lengths', async () => {
  const more = await flac([song.subarray(0, 20_000)], { blockSize: 1_000 });
  const { audio } = await decoded(Buffer.concat([file, more]));
  expect(audio.subarray(0, wanted.length)).toEqual(wanted);
  expect(audio.subarray(wanted.length)).toEqual(wanted.subarray(0, 20_000));
});

test.each([0, 1, 50_000])('a length of %i in the header is not believed', async (total) => {
  const bytes = Buffer.from(file);
  bytes.writeUInt32BE(total, 22);
  expect((await decoded(bytes)).audio).toEqual(wanted);
});

test('junk between frames, however long, is skipped', async () => {
  const junk = Buffer.alloc(400_000, 0x17);
  const bytes = Buffer.concat([file.subarray(0, frameStart(4)), junk, file.subarray(frameStart(4))]);
  const { audio } = await decoded(bytes);
  expect(audio.length).toBe(wanted.length);
  expect(audio).toEqual(wanted);
});

test('a file that was cut has what is left of it', async () => {
  const { audio } = await decoded(file.subarray(0, frameStart(7) + 50));
  expect(audio).toEqual(wanted.subarray(0, 7 * BLOCK));
});

test.each([
  ['without frames', () => file.subarray(0, firstFrame), 'contains no audio'],
  ['cut in STREAMINFO', () => file.subarray(0, 30), 'the beginning of this FLAC file is damaged'],
  [
    'whose metadata never ends',
    () => Buffer.concat([file.subarray(0, firstFrame).fill(0, 42, 43), Buffer.alloc(900, 1)]),
    'contains no audio',
  ],
  [
    'of text after its header',
    () => Buffer.concat([file.subarray(0, firstFrame), Buffer.alloc(90_000, 'x')]),
    'no audio',
  ],
])('a file %s is a clear failure', async (_name, bytes, message) => {
  await expect(decoded(bytes())).rejects.toThrow(MediaError);
  await expect(decoded(bytes())).rejects.toThrow(message);
});

test('Rice partitions that are stored with no bits at all are silence, and no frame is lost', async () => {
  // RFC 9639 §9.2.7.1; what libFLAC 1.3 stopped at. Noise, and silence in every other half frame.
  const blocks = 8;
  const random = randomFrom(5);
  const noise = Int32Array.from({ length: blocks * BLOCK }, (_, i) =>
    i % (2 * BLOCK) >= BLOCK + BLOCK / 2 ? 0 : Math.round((random() - 0.5) * 8_000),
  );
  const { audio, unheardShare } = await decoded(escapedFlac(noise, BLOCK));
  expect(unheardShare).toBe(0);
  expect(audio).toEqual(Float32Array.from(noise, (value) => value / 32_768));
});

test('what changes its channels and its bits midway is heard all the same', async () => {
  const stereo = await flac([song.subarray(0, 3 * BLOCK), song.subarray(0, 3 * BLOCK)], { blockSize: BLOCK });
  const frames = stereo.subarray(stereo.indexOf(Buffer.from([0xff, 0xf8]), 42));
  const { audio, unheardShare } = await decoded(Buffer.concat([file, frames]));
  expect(unheardShare).toBe(0);
  expect(audio.subarray(wanted.length)).toEqual(wanted.subarray(0, 3 * BLOCK));
});

test('damaged anywhere, it is a MediaError or audio, and nothing worse', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 100_000 }),
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.boolean(),
      fc.boolean(),
      async (place, junk, inHead, insert) => {
        const at = place % (inHead ? 60 : file.length);
        const bytes = Buffer.concat([file.subarray(0, at), junk, file.subarray(insert ? at : at + junk.length)]);
        const audio = await heardOf(bytes);
        expect(audio?.every(Number.isFinite) ?? true).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
