import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFile, MediaError } from '../../../researcher/media/decode.ts';
import { babble, randomFrom, wav } from './audio.ts';
import { offsetMs } from './offset.ts';

jest.setTimeout(60_000);

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!hasFfmpeg) console.error('skipped: no program ffmpeg here, to make these files and to decode them');

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

async function decoded(path: string, ffmpeg: 'ffmpeg' | false = 'ffmpeg') {
  let pieces: Float32Array[] = [];
  const take = (samples: Float32Array) => pieces.push(samples.slice());
  const beginAnew = () => {
    pieces = [];
    return take;
  };
  const media = await decodeFile(path, take, { ffmpeg, beginAnew });
  const audio = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  pieces.reduce((at, piece) => {
    audio.set(piece, at);
    return at + piece.length;
  }, 0);
  return { media, audio };
}

(hasFfmpeg ? describe : describe.skip)('with the program ffmpeg', () => {
  // Container and codec, how to make it, and how many milliseconds late a player shows the sound: what the format
  // cannot tell of its encoder's delay.
  test.each([
    ['adpcm.wav', ['-c:a', 'adpcm_ms'], 0],
    ['ima.wav', ['-c:a', 'adpcm_ima_wav'], 0],
    ['mp3.wav', ['-c:a', 'libmp3lame', '-b:a', '128k'], (1_105 / 44_100) * 1_000],
    ['speech.w64', ['-f', 'w64'], 0],
    ['speech.tta', ['-c:a', 'tta'], 0],
    ['speech.wv', ['-c:a', 'wavpack'], 0],
    ['speech.aiff', [], 0],
    ['speech.caf', ['-c:a', 'pcm_s16le'], 0],
    ['speech.au', [], 0],
    ['speech.mka', ['-c:a', 'flac'], 0],
    ['speech.webm', ['-c:a', 'libopus', '-b:a', '96k'], 0],
    ['lame.mka', ['-c:a', 'libmp3lame', '-b:a', '128k'], (1_105 / 44_100) * 1_000],
    ['aac.mka', ['-c:a', 'aac', '-b:a', '128k'], (1_024 / 44_100) * 1_000],
    ['speech.ts', ['-c:a', 'mp2', '-b:a', '192k'], (481 / 44_100) * 1_000],
    ['speech.ac3', ['-c:a', 'ac3', '-b:a', '192k'], (256 / 44_100) * 1_000],
    ['speech.eac3', ['-c:a', 'eac3'], (256 / 44_100) * 1_000],
    ['aac.ts', ['-c:a', 'aac'], (1_024 / 44_100) * 1_000],
    ['alac.caf', ['-c:a', 'alac'], 0],
    ['speech.avi', ['-c:a', 'pcm_s16le'], 0],
    ['opus.mp4', ['-c:a', 'libopus', '-strict', '-2'], 0],
    ['mp3.mp4', ['-c:a', 'libmp3lame'], 0],
    ['ac3.mp4', ['-c:a', 'ac3'], 0],
    ['vorbis.webm', ['-c:a', 'libvorbis'], 3],
    // The first block is heard in the third, by a clock in whole milliseconds; the decoder gives it a block late.
    ['speech.wma', ['-c:a', 'wmav2', '-b:a', '64k'], 92 - (2_048 / 44_100) * 1_000],
    ['first.wma', ['-c:a', 'wmav1', '-b:a', '64k'], 92 - (2_048 / 44_100) * 1_000],
  ] as const)('%s is what only ffmpeg knows, in its time', async (name, options, late) => {
    const { media, audio } = await decoded(encoded(name, ...options));
    expect(media.sampleRate).toBe(48_000);
    expect(audio).toHaveLength(media.samples);
    expect(Math.abs(offsetMs(audio, 48_000, speech, 44_100) - late)).toBeLessThan(1);
    expect(media.durationNs / 1e9 - speech.length / 44_100).toBeGreaterThan(-0.001);
    expect(media.durationNs / 1e9 - speech.length / 44_100).toBeLessThan(0.1);
  });

  test.each([
    ['speech.ogg', ['-c:a', 'libvorbis', '-q:a', '6'], 0],
    ['speech.m4a', ['-c:a', 'aac', '-b:a', '128k'], 0],
    ['speech.m4b', ['-c:a', 'aac', '-b:a', '64k', '-f', 'mp4', '-movflags', '+faststart'], 0],
    ['fragmented.mp4', ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov'], (1_024 / 44_100) * 1_000],
    ['speech.aac', ['-c:a', 'aac', '-b:a', '128k'], (1_024 / 44_100) * 1_000],
    ['alac.m4a', ['-c:a', 'alac'], 0],
    ['flac.mp4', ['-c:a', 'flac', '-strict', '-2'], 0],
    ['flac.oga', ['-c:a', 'flac'], 0],
    ['vorbis.mp3', ['-c:a', 'libvorbis', '-q:a', '6', '-f', 'ogg'], 0],
    ['lame.mp3', ['-c:a', 'libmp3lame', '-b:a', '128k'], 0],
    ['untagged.mp3', ['-c:a', 'libmp3lame', '-b:a', '128k', '-write_xing', '0'], (1_105 / 44_100) * 1_000],
    ['low.mp3', ['-c:a', 'libmp3lame', '-ar', '8000', '-b:a', '16k', '-write_xing', '0'], (1_105 / 8_000) * 1_000],
    ['speech.opus', ['-c:a', 'libopus', '-b:a', '96k'], 0],
    ['mulaw.wav', ['-c:a', 'pcm_mulaw'], 0],
    ['alaw.wav', ['-c:a', 'pcm_alaw'], 0],
    ['rf64.wav', ['-rf64', 'always'], 0],
    ['double.wav', ['-c:a', 'pcm_f64le'], 0],
    ['speech.mp2', ['-c:a', 'mp2', '-b:a', '192k'], (481 / 44_100) * 1_000],
  ] as const)('%s is decoded without it, in the same time', async (name, options, late) => {
    const path = encoded(name, ...options);
    const { media, audio } = await decoded(path, false);
    expect(media).toMatchObject({ unheard: [], unheardShare: 0 });
    const lateHere = offsetMs(audio, media.sampleRate, speech, 44_100);
    expect(Math.abs(lateHere - late)).toBeLessThan(1);
    const other = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-ac', '1', '-ar', '48000', '-f', 'f32le', '-'], {
      maxBuffer: 2 ** 24,
    });
    const outside = new Float32Array(new Uint8Array(other).buffer);
    expect(Math.abs(lateHere - offsetMs(outside, 48_000, speech, 44_100))).toBeLessThan(1);
  });

  test('sound that begins later than its film is heard where the film has it', async () => {
    const film = ['-f', 'lavfi', '-i', 'color=s=64x64:d=6', '-itsoffset', '1.5', '-i', join(folder, 'speech.wav')];
    const path = encoded('late.mp4', ...film, '-map', '1:v', '-map', '2:a', '-c:v', 'mpeg4', '-c:a', 'aac');
    const { media, audio } = await decoded(path, false);
    expect(audio.slice(0, 1.45 * media.sampleRate).every((sample) => sample === 0)).toBe(true);
    expect(Math.abs(offsetMs(audio.slice(1.5 * media.sampleRate), media.sampleRate, speech, 44_100))).toBeLessThan(1);
  });

  test.each(['s16', 's32'])('its FLAC of %s is decoded without it, to the bit', async (format) => {
    const path = encoded(`${format}.flac`, '-sample_fmt', format, '-af', 'volume=-0.1dB');
    const { media, audio } = await decoded(path);
    expect(media).toMatchObject({ format: 'FLAC', sampleRate: 44_100, samples: speech.length });
    const wanted = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-f', 'f32le', '-'], { maxBuffer: 2 ** 24 });
    // An assertion for each sample would take ten seconds.
    expect(audio.findIndex((sample, i) => !Object.is(sample, wanted.readFloatLE(4 * i)))).toBe(-1);
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
      /^this MP4 file has no description.*; ffmpeg could not decode it \(an MP4 file \(M4A, AAC\)\): ((?!0x|\/|\n).)+$/,
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
