import fs, { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { babble, oggVorbis } from './audio.ts';
import { decoded, heardOf } from './decoded.ts';
import { offsetMs } from './offset.ts';

jest.setTimeout(120_000);

/** Two seconds of `babble(3, 2)` at 22.05 kHz, as ffmpeg 5.1 makes them (see fixtures/README.md). */
const fixture = (name: string): Buffer => readFileSync(join(__dirname, 'fixtures', name));
const RATE = 22_050;
const speech = babble(3, 2, RATE);

describe('without any other program', () => {
  // Milliseconds by which the format cannot tell that its encoder was late.
  test.each([
    ['speech.m4a', 0],
    ['fragmented.mp4', (1_024 / RATE) * 1_000],
    ['speech.aac', (1_024 / RATE) * 1_000],
    ['late.m4a', 500],
    ['alac.m4a', 0],
  ])('%s is heard, in the time of a player', async (name, late) => {
    const { audio, sampleRate, unheardShare } = await decoded(fixture(name));
    expect(sampleRate).toBe(RATE);
    expect(unheardShare).toBe(0);
    expect(Math.abs(offsetMs(audio, RATE, speech, RATE, 700) - late)).toBeLessThan(1);
  });

  test('Vorbis that was chained, of another rate the second time, is heard one after the other', async () => {
    const [first, second] = [babble(1, 3), babble(2, 3, 32_000)];
    const bytes = Buffer.concat([await oggVorbis(first), await oggVorbis(second, 32_000)]);
    const { audio, samples, sampleRate } = await decoded(bytes);
    expect(sampleRate).toBe(44_100);
    expect(samples).toBe(6 * 44_100);
    expect(Math.abs(offsetMs(audio.subarray(0, 3 * 44_100), 44_100, first, 44_100))).toBeLessThan(1);
    expect(Math.abs(offsetMs(audio.subarray(3 * 44_100), 44_100, second, 32_000))).toBeLessThan(1);
  });

  test('AAC that was joined of two rates is heard one after the other', async () => {
    const one = fixture('speech.aac');
    const { durationNs } = await decoded(one);
    const other = fixture('speech-32.aac');
    const { durationNs: more } = await decoded(other);
    const joined = await decoded(Buffer.concat([one, other]));
    expect(Math.abs(joined.durationNs - durationNs - more)).toBeLessThan(1e6);
    const at = Math.round((durationNs / 1e9) * RATE);
    const late = (1_024 / 32_000) * 1_000;
    expect(Math.abs(offsetMs(joined.audio.subarray(at), RATE, speech, RATE) - late)).toBeLessThan(1);
  });

  test('an M4A whose end is missing tells so', async () => {
    const bytes = fixture('speech.m4a');
    const { unheard, unheardShare } = await decoded(bytes.subarray(0, bytes.length - 4_000));
    expect(unheard).toEqual([{ fromNs: expect.any(Number), toNs: expect.any(Number), why: 'missing' }]);
    expect(unheardShare).toBeGreaterThan(0.2);
  });
});

test('frames that a damaged count describes beyond the end of a file are told as missing, and not asked for', async () => {
  const file = fixture('fragmented.mp4');
  // A run that says nothing of each frame (§8.8.8), and that there are 20 million.
  const run = file.indexOf('trun') + 4;
  file.writeUInt32BE(1, run);
  file.writeUInt32BE(20_000_000, run + 4);
  const reads = jest.spyOn(fs, 'readSync');
  const { unheardShare } = await decoded(file);
  expect(reads.mock.calls.length).toBeLessThan(1_000);
  expect(unheardShare).toBeGreaterThan(0.99);
  reads.mockRestore();
});

test.each([
  ['is silence where the track is as long by its header', 100_000, 90],
  ['is damage where it is not', 2_500, 0],
])('an edit that puts 90 seconds before the audio %s', async (_name, trackTicks, emptySeconds) => {
  // Movie ticks are milliseconds in it, and its first edit is the one that delays it (§8.3.2, §8.6.6).
  const file = fixture('late.m4a');
  const { durationNs } = await decoded(file);
  file.writeUInt32BE(trackTicks, file.indexOf('tkhd') + 24);
  const elst = file.indexOf('elst') + 4;
  expect([file.readUInt32BE(elst + 8), file.readInt32BE(elst + 12)]).toEqual([453, -1]);
  file.writeUInt32BE(90_000, elst + 8);
  const { durationNs: told } = await decoded(file);
  expect(told / 1e9).toBeCloseTo(durationNs / 1e9 - 0.453 + emptySeconds, 3);
});

test.each(['speech.m4a', 'fragmented.mp4', 'speech.aac', 'alac.m4a', 'vorbis'])(
  '%s, damaged anywhere, is a MediaError or audio, and nothing worse',
  async (name) => {
    const file = name === 'vorbis' ? await oggVorbis(babble(1, 2)) : fixture(name);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 100_000 }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.boolean(),
        fc.boolean(),
        async (place, junk, inHead, insert) => {
          const at = place % (inHead ? 900 : file.length);
          const bytes = Buffer.concat([file.subarray(0, at), junk, file.subarray(insert ? at : at + junk.length)]);
          const audio = await heardOf(bytes);
          expect(audio?.length ?? 0).toBeLessThan(200 * 48_000);
        },
      ),
      { numRuns: 60 },
    );
  },
);
