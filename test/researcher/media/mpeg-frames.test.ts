import fc from 'fast-check';
import { FrameWalker } from '../../../researcher/media/mpeg-frames.ts';
import { type FrameHeader, parseFrameHeader } from '../../../researcher/media/mpeg-header.ts';
import { babble, mp3 } from './audio.ts';

jest.setTimeout(120_000);

interface Walked {
  readonly frames: Buffer[];
  readonly lost: number;
  readonly walker: FrameWalker;
}

/** Walks bytes cut into pieces of these lengths (repeated); the frames as they were handed over. */
function walked(bytes: Uint8Array, pieces: readonly number[] = [bytes.length]): Walked {
  const frames: Buffer[] = [];
  let lost = 0;
  const walker = new FrameWalker({
    frames: (run: Uint8Array, count: number, first: FrameHeader) => {
      let at = 0;
      for (let i = 0; i < count; i++) {
        const header = parseFrameHeader(run, at);
        if (!header || header.sampleRate !== first.sampleRate) throw new Error('not a frame of the stream');
        frames.push(Buffer.from(run.subarray(at, at + header.frameBytes)));
        at += header.frameBytes;
      }
      if (at !== run.length) throw new Error(`a run of ${run.length} bytes has frames of ${at}`);
    },
    other: () => {
      lost++;
    },
    lost: () => {
      lost++;
    },
  });
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = Math.max(1, pieces[i % pieces.length]!);
    walker.push(bytes.subarray(at, at + length));
    at += length;
  }
  walker.end();
  return { frames, lost, walker };
}

let stream: Buffer;
let plain: Walked;
beforeAll(async () => {
  stream = await mp3(babble(1, 3));
  plain = walked(stream);
});

test('a clean stream is nothing but frames', () => {
  expect(Buffer.concat(plain.frames)).toEqual(stream);
  expect(plain.walker).toMatchObject({ frames: plain.frames.length, junkBytes: 0, tagBytes: 0, lostFrames: 0 });
});

test('how the bytes are cut into pieces makes no difference', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(cuts, (pieces) => {
      expect(walked(stream, pieces).frames).toEqual(plain.frames);
    }),
    { numRuns: 60 },
  );
});

test('junk anywhere, also 0xff, costs no frame but the one it falls into', () => {
  const junk = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
    fc.integer({ min: 1, max: 3_000 }).map((n) => new Uint8Array(n).fill(0xff)),
  );
  fc.assert(
    fc.property(fc.nat({ max: stream.length }), junk, fc.integer({ min: 50, max: 5_000 }), (at, bytes, piece) => {
      const dirty = Buffer.concat([stream.subarray(0, at), bytes, stream.subarray(at)]);
      const { frames } = walked(dirty, [piece]);
      const known = new Set(plain.frames.map((frame) => frame.toString('latin1')));
      const intact = frames.filter((frame) => known.has(frame.toString('latin1'))).length;
      // Near both ends fewer than four frames are in a row, which are too few to find the stream by.
      const atAnEnd = at < 4 * 210 || at > stream.length - 4 * 210;
      expect(intact).toBeGreaterThanOrEqual(plain.frames.length - (atAnEnd ? 5 : 1));
      expect(frames.length).toBeLessThanOrEqual(plain.frames.length + 1);
    }),
    { numRuns: 150 },
  );
});

test('whatever the bytes, every byte is a frame, a tag or junk, and the walk ends', () => {
  const bits = fc.oneof(
    fc.uint8Array({ maxLength: 6_000 }),
    // Much like headers: what is hardest for a walker.
    fc.array(fc.constantFrom(0xff, 0xfb, 0xfa, 0xf3, 0x90, 0x64, 0x00, 0x49, 0x44, 0x33, 0x54, 0x41, 0x47), {
      maxLength: 6_000,
    }),
    fc
      .tuple(fc.nat({ max: 20_000 }), fc.nat({ max: 20_000 }))
      .map(([from, length]) => stream.subarray(from, from + length)),
  );
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 4 }), fc.integer({ min: 1, max: 7_000 }), (parts, piece) => {
      const bytes = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
      const { frames, walker } = walked(bytes, [piece]);
      const inFrames = frames.reduce((sum, frame) => sum + frame.length, 0);
      // A tag may claim more bytes than there are.
      expect(inFrames + walker.junkBytes).toBeLessThanOrEqual(bytes.length);
      expect(inFrames + walker.junkBytes + walker.tagBytes).toBeGreaterThanOrEqual(bytes.length);
      expect(walker.frames).toBe(frames.length);
    }),
    { numRuns: 300 },
  );
});

test('a frame that is cut short is lost, and counted', () => {
  const at = plain.frames.slice(0, 10).reduce((sum, frame) => sum + frame.length, 0);
  const hole = Buffer.concat([stream.subarray(0, at + 100), stream.subarray(at + plain.frames[10]!.length)]);
  const { frames, lost } = walked(hole);
  expect(frames.length).toBe(plain.frames.length - 1);
  expect(lost).toBe(1);
});

test('frames of another sample rate are not of this stream', async () => {
  const other = await mp3(babble(2, 2, 22_050), { sampleRate: 22_050, kbps: 48 });
  const { frames, walker } = walked(Buffer.concat([stream, other]));
  expect(frames.length).toBe(plain.frames.length);
  expect(walker).toMatchObject({ junkBytes: 0, otherBytes: other.length });
});

test.each([
  [
    'MPEG-1 layer III, 128 kbit/s, 44.1 kHz, stereo',
    [0xff, 0xfb, 0x90, 0x64],
    {
      version: 1,
      layer: 3,
      bitrate: 128_000,
      sampleRate: 44_100,
      channels: 2,
      frameBytes: 417,
      samplesPerFrame: 1_152,
    },
  ],
  ['the same with padding', [0xff, 0xfb, 0x92, 0x64], { frameBytes: 418 }],
  ['MPEG-1 layer III, mono', [0xff, 0xfb, 0x90, 0xc4], { channels: 1, sideBytes: 17 }],
  [
    'MPEG-2 layer III, 64 kbit/s, 22.05 kHz',
    [0xff, 0xf3, 0x80, 0x64],
    { version: 2, bitrate: 64_000, sampleRate: 22_050, samplesPerFrame: 576, frameBytes: 208 },
  ],
  [
    'MPEG-2.5 layer III, 8 kHz',
    [0xff, 0xe3, 0x18, 0xc4],
    { version: 2.5, sampleRate: 8_000, bitrate: 8_000, frameBytes: 72 },
  ],
  [
    'MPEG-1 layer II, 384 kbit/s, 32 kHz',
    [0xff, 0xfd, 0xe8, 0x04],
    { layer: 2, bitrate: 384_000, sampleRate: 32_000, frameBytes: 1_728 },
  ],
  [
    'MPEG-1 layer I, 384 kbit/s, 48 kHz',
    [0xff, 0xff, 0xc4, 0x04],
    { layer: 1, bitrate: 384_000, sampleRate: 48_000, frameBytes: 384, samplesPerFrame: 384 },
  ],
])('header: %s', (_name, bytes, expected) => {
  expect(parseFrameHeader(Uint8Array.from(bytes), 0)).toMatchObject(expected);
});

test.each([
  ['no synchronisation', [0xfe, 0xfb, 0x90, 0x64]],
  ['a reserved version', [0xff, 0xeb, 0x90, 0x64]],
  ['a reserved layer (AAC)', [0xff, 0xf9, 0x90, 0x64]],
  ['free format', [0xff, 0xfb, 0x00, 0x64]],
  ['a forbidden bitrate', [0xff, 0xfb, 0xf0, 0x64]],
  ['a reserved rate', [0xff, 0xfb, 0x9c, 0x64]],
  ['three bytes only', [0xff, 0xfb, 0x90]],
])('no header: %s', (_name, bytes) => {
  expect(parseFrameHeader(Uint8Array.from(bytes), 0)).toBeUndefined();
});
