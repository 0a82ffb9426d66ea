import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFile } from '../../../researcher/media/decode.ts';
import { babble, mp3, type WavFormat, wav } from './audio.ts';
import { decoded } from './decoded.ts';

jest.setTimeout(60_000);

/** Correlation of b, `shift` samples late, with a. */
function likeness(a: Float32Array, b: Float32Array, shift = 0): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length && i + shift < b.length; i++) {
    ab += a[i]! * b[i + shift]!;
    aa += a[i]! ** 2;
    bb += b[i + shift]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const speech = babble(1, 3);

test('a decoder that served other files before, whole and damaged ones, gives the same samples', async () => {
  const first = await mp3(speech, { channels: 1 });
  const alone = await decoded(first);
  const stereo = await mp3(babble(2, 2, 22_050), { sampleRate: 22_050, channels: 2, kbps: 64 });
  const damaged = stereo.map((byte, i) => (i % 97 === 0 ? byte ^ 0x5a : byte));
  for (const other of [stereo, stereo.subarray(0, stereo.length / 2 + 13), damaged, first.subarray(0, 3_000)]) {
    await decoded(other).catch(() => undefined);
    expect((await decoded(first)).audio).toEqual(alone.audio);
  }
});

describe('WAV', () => {
  const formats: WavFormat[] = [
    { bits: 8 },
    { bits: 16 },
    { bits: 24 },
    { bits: 32 },
    { bits: 32, float: true },
    { bits: 64, float: true },
    { bits: 16, channels: 2 },
    { bits: 24, channels: 6, extensible: true },
    { bits: 16, sampleRate: 8_000 },
    { bits: 16, sampleRate: 96_000 },
  ];
  test.each(formats)('%j is read sample by sample', async (format) => {
    const { audio, durationNs, sampleRate } = await decoded(wav(speech, format));
    expect(audio.length).toBe(speech.length);
    expect(sampleRate).toBe(format.sampleRate ?? 44_100);
    expect(durationNs).toBe(Math.round((speech.length / sampleRate) * 1e9));
    const channels = format.channels ?? 1;
    const gain = Array.from({ length: channels }, (_, c) => 1 / (c + 1)).reduce((a, b) => a + b) / channels;
    const worst = audio.reduce((most, value, i) => Math.max(most, Math.abs(value - speech[i]! * gain)), 0);
    expect(worst).toBeLessThan(format.bits === 8 ? 1 / 200 : 1 / 30_000);
  });

  test('a size of 0 or 0xffffffff, as streaming recorders write it, means up to the end', async () => {
    for (const dataSize of [0, 0xffffffff]) {
      expect((await decoded(wav(speech, { dataSize }))).samples).toBe(speech.length);
    }
  });

  test('a file that was cut has what is left of it', async () => {
    const whole = wav(speech);
    expect((await decoded(whole.subarray(0, 44 + 2_001))).samples).toBe(1_000);
  });

  test('chunks before the audio are skipped, also of odd length', async () => {
    const extra = Buffer.concat([Buffer.from('LIST'), Buffer.from([3, 0, 0, 0, 1, 2, 3, 0])]);
    expect((await decoded(wav(speech, { extra }))).samples).toBe(speech.length);
  });

  test('NaN and infinities become silence and bounds', async () => {
    const broken = speech.slice();
    broken.set([Number.NaN, Number.POSITIVE_INFINITY, -1e30], 100);
    const { audio } = await decoded(wav(broken, { bits: 32, float: true }));
    expect([...audio.subarray(100, 103)]).toEqual([0, 64, -64]);
  });

  test('an encoding that is not supported is named', async () => {
    const bytes = wav(speech);
    bytes.writeUInt16LE(2, 20);
    await expect(decoded(bytes)).rejects.toThrow('a WAV file of Microsoft ADPCM (known are PCM of');
  });
});

describe('MP3', () => {
  const formats = [
    { sampleRate: 44_100, kbps: 128, channels: 2 },
    { sampleRate: 48_000, kbps: 64 },
    { sampleRate: 32_000, kbps: 64 },
    { sampleRate: 24_000, kbps: 48 },
    { sampleRate: 22_050, kbps: 64, channels: 2 },
    { sampleRate: 16_000, kbps: 24 },
    { sampleRate: 12_000, kbps: 24 },
    { sampleRate: 11_025, kbps: 16 },
    { sampleRate: 8_000, kbps: 16 },
    { sampleRate: 44_100, vbrQuality: 4 },
  ] as const;
  test.each(formats)('%j decodes to whole frames of what was encoded', async (format) => {
    const { sampleRate } = format;
    const sound = babble(1, 3, sampleRate);
    const { audio, samples, unheardShare, ...media } = await decoded(await mp3(sound, format));
    const frame = sampleRate < 32_000 ? 576 : 1_152;
    expect(media.sampleRate).toBe(sampleRate);
    expect(samples % frame).toBe(0);
    expect(samples - sound.length).toBeGreaterThanOrEqual(0);
    expect(samples - sound.length).toBeLessThan(4 * frame);
    expect(unheardShare).toBe(0);
    // 576 samples of LAME and 529 of every decoder.
    expect(likeness(sound, audio, 1_105)).toBeGreaterThan(0.9);
  });

  const id3Tag = Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\x07\x68', 'latin1'), Buffer.alloc(1_000)]);

  test.each([
    ['where a LAME tag tells it', Buffer.alloc(0)],
    ['also with a tag between that and the audio', id3Tag],
    ['also with junk there', Buffer.alloc(585, 0x55)],
  ])('what the encoder added is cut off %s', async (_, between) => {
    const audio = await mp3(speech);
    const frames = (await decoded(audio)).samples / 1_152;
    const tag = Buffer.from(audio.subarray(0, 208));
    tag.fill(0, 4);
    tag.write('Info', 21);
    tag.writeUInt32BE(1, 25);
    tag.writeUInt32BE(frames, 29);
    tag.write('LAME3.100', 33);
    const padding = frames * 1_152 - 576 - speech.length;
    tag.writeUIntBE((576 << 12) | padding, 33 + 21, 3);
    const got = await decoded(Buffer.concat([tag, between, audio]));
    expect(got.samples).toBe(speech.length);
    expect(likeness(speech, got.audio)).toBeGreaterThan(0.9);
  });

  test('the hash is that of the file', async () => {
    const bytes = await mp3(speech);
    expect((await decoded(bytes)).hash).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('tags at both ends and junk change nothing', async () => {
    const bytes = await mp3(speech);
    const plain = await decoded(bytes);
    const id3 = Buffer.alloc(5_000, 0xff);
    id3.set([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, (4_990 >> 7) & 127, 4_990 & 127]);
    const id3v1 = Buffer.alloc(128);
    id3v1.write('TAG');
    const dressed = await decoded(Buffer.concat([id3, Buffer.alloc(333, 0xfe), bytes, id3v1]));
    expect(dressed.samples).toBe(plain.samples);
    expect(dressed.audio).toEqual(plain.audio);
  });
});

describe('content decides', () => {
  test('a WAV named .mp3 is a WAV', async () => {
    expect((await decoded(wav(speech), 'song.mp3')).format).toBe('WAV');
  });

  test.each([200, 40_000, 300_000])('ID3 tags of %i bytes before a WAV file change nothing', async (length) => {
    const tag = Buffer.alloc(length, 0xff);
    tag.set([0x49, 0x44, 0x33, 4, 0, 0, (length - 10) >> 21, ((length - 10) >> 14) & 127, ((length - 10) >> 7) & 127]);
    tag[9] = (length - 10) & 127;
    const { audio, format } = await decoded(Buffer.concat([tag, tag, wav(speech)]));
    expect(format).toBe('WAV');
    expect(audio).toEqual((await decoded(wav(speech))).audio);
  });

  test('what only ffmpeg knows needs it, and the failure says what it is', async () => {
    await expect(decoded(Buffer.concat([Buffer.from('TTA1'), Buffer.alloc(200)]))).rejects.toThrow(
      'this is True Audio, which needs ffmpeg, and ffmpeg is switched off',
    );
    const mp4 = Buffer.concat([Buffer.from([0, 0, 0, 32]), Buffer.from('ftypM4A '), Buffer.alloc(200)]);
    await expect(decoded(mp4)).rejects.toThrow('ffmpeg may know it, and ffmpeg is switched off');
  });

  test('without the program ffmpeg the failure says that it was not found', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'decode-'));
    const path = join(folder, 'a.m4a');
    await writeFile(path, Buffer.concat([Buffer.from([0, 0, 0, 32]), Buffer.from('ftypM4A '), Buffer.alloc(200)]));
    const decoding = decodeFile(path, () => undefined, { ffmpeg: join(folder, 'no-ffmpeg') });
    await expect(decoding).rejects.toThrow(/was not found: install it \(apt install ffmpeg/);
    await rm(folder, { recursive: true });
  });
});
