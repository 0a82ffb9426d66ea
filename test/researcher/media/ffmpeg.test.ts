import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFile, MediaError } from '../../../researcher/media/decode.ts';
import { babble, randomFrom, wav } from './audio.ts';

jest.setTimeout(60_000);

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!hasFfmpeg) console.error('skipped: no program ffmpeg here, which Vorbis, AAC and M4A files and FLAC in Ogg need');

const speech = babble(3, 4);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ffmpeg-'));
  await writeFile(join(folder, 'speech.wav'), wav(speech, { bits: 16 }));
});
afterAll(() => rm(folder, { recursive: true }));

function encoded(name: string, ...options: string[]): string {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', join(folder, 'speech.wav'), ...options, path]);
  return path;
}

async function decoded(path: string) {
  const pieces: Float32Array[] = [];
  const media = await decodeFile(path, (samples) => pieces.push(samples.slice()));
  return { media, audio: pieces.flatMap((piece) => [...piece]) };
}

/** Correlation with the speech, resampled from 44.1 to 48 kHz and `delay` samples (of 44.1 kHz) late. */
function likeness(audio: readonly number[], delay: number): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < audio.length; i++) {
    const at = (i * 44_100) / 48_000 - delay;
    const whole = Math.floor(at);
    const before = speech[whole] ?? 0;
    const value = before + (at - whole) * ((speech[whole + 1] ?? 0) - before);
    ab += audio[i]! * value;
    aa += audio[i]! ** 2;
    bb += value ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

(hasFfmpeg ? describe : describe.skip)('with the program ffmpeg', () => {
  test.each([
    ['speech.ogg', ['-c:a', 'libvorbis', '-q:a', '6']],
    ['speech.m4a', ['-c:a', 'aac', '-b:a', '128k']],
    ['speech.aac', ['-c:a', 'aac', '-b:a', '128k']],
    ['flac.oga', ['-c:a', 'flac']],
    ['vorbis.mp3', ['-c:a', 'libvorbis', '-q:a', '6', '-f', 'ogg']],
  ])('%s is decoded, not shifted, and as long as it was', async (name, options) => {
    const { media, audio } = await decoded(encoded(name, ...options));
    expect(media.sampleRate).toBe(48_000);
    expect(audio).toHaveLength(media.samples);
    // ADTS has no place to tell what its encoder added: 1,024 samples before, and a frame that is filled up.
    const delay = name === 'speech.aac' ? 1_024 : 0;
    expect(media.durationNs / 1e9 - speech.length / 44_100).toBeGreaterThan(-0.001);
    expect(media.durationNs / 1e9 - speech.length / 44_100).toBeLessThan(0.05);
    expect(likeness(audio, delay)).toBeGreaterThan(0.98);
  });

  test.each(['s16', 's32'])('its FLAC of %s is decoded without it, to the bit', async (format) => {
    const path = encoded(`${format}.flac`, '-sample_fmt', format, '-af', 'volume=-0.1dB');
    const { media, audio } = await decoded(path);
    expect(media).toMatchObject({ format: 'FLAC', sampleRate: 44_100, samples: speech.length });
    const wanted = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'f32le', '-'], { maxBuffer: 2 ** 24 });
    audio.forEach((sample, i) => {
      expect(sample).toBe(wanted.readFloatLE(4 * i));
    });
  });

  test('its stereo Opus, damaged anywhere, is a MediaError or audio, and nothing worse', async () => {
    const whole = await readFile(encoded('stereo.opus', '-ac', '2', '-c:a', 'libopus', '-b:a', '32k'));
    const random = randomFrom(5);
    for (let run = 0; run < 60; run++) {
      const at = Math.floor(random() * whole.length);
      const junk = Buffer.from(Array.from({ length: run % 2 === 0 ? 1 : 100 }, () => random() * 256));
      const path = join(folder, 'stereo-damaged.opus');
      await writeFile(path, Buffer.concat([whole.subarray(0, at), junk, whole.subarray(at + (run % 3) * 50)]));
      const outcome = await decoded(path).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(MediaError);
    }
  });

  test('a damaged file is a failure that names the format', async () => {
    const whole = await readFile(encoded('whole.m4a', '-c:a', 'aac'));
    const path = join(folder, 'damaged.m4a');
    await writeFile(path, whole.subarray(0, 200));
    // No address of its memory, no path of this machine: the archive shows it to others.
    await expect(decoded(path)).rejects.toThrow(
      /^ffmpeg could not decode it \(an MP4 file \(M4A, AAC\)\): ((?!0x|\/|\n).)+$/,
    );
    const silent = encoded('picture.mp4', '-f', 'lavfi', '-i', 'color=s=64x64:d=1', '-map', '1:v', '-c:v', 'mpeg4');
    await expect(decoded(silent)).rejects.toThrow('there is no audio in it');
  });

  test('a file that names another one is not followed', async () => {
    const path = join(folder, 'list.m4a');
    await writeFile(path, `#EXTM3U\n#EXTINF:4,\nhttp://127.0.0.1:9/${'a'.repeat(40)}.mp3\n`);
    await expect(decoded(path)).rejects.toThrow(/^(?!ffmpeg)/);
  });
});
