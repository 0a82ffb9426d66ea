import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFile } from '../../researcher/media/decode.ts';
import { atMost, type Figure, rounded } from '../figures.ts';

export interface DecodeResult {
  readonly suite: 'decode';
  /** Medians, in seconds of a processor for an hour of stereo at 44.1 kHz; hashing is in ours. */
  readonly formats: readonly {
    readonly name: string;
    readonly here: number;
    readonly ffmpeg: number;
    readonly ratio: number;
  }[];
  readonly figures: readonly Figure[];
  readonly targets: readonly Figure[];
}

/** So much sound is decoded, so often; the first time V8 still compiles, as it does once in the life of a researcher. */
const SECONDS = 600;
const RUNS = 5;

/** What decoding may cost beside ffmpeg, whose loops are written in assembler for each processor. */
const FORMATS = [
  { name: 'MP3', file: 'sound.mp3', options: ['-c:a', 'libmp3lame', '-b:a', '128k'], most: 1.3 },
  { name: 'FLAC', file: 'sound.flac', options: ['-c:a', 'flac'], most: 2 },
  { name: 'AAC', file: 'sound.m4a', options: ['-c:a', 'aac', '-b:a', '128k'], most: undefined },
  { name: 'Vorbis', file: 'sound.ogg', options: ['-c:a', 'libvorbis', '-q:a', '5'], most: undefined },
] as const;

/** Noise and tones that change seven times a second, a little different on both sides. */
const SOUND = [
  ['-f', 'lavfi', '-i', `anoisesrc=d=${SECONDS}:c=pink:a=0.3:r=44100:seed=3`],
  [
    '-f',
    'lavfi',
    '-i',
    `aevalsrc=0.3*sin(2*PI*t*(300+170*floor(mod(t*7\\,5))))*(0.4+0.6*abs(sin(3*t)))|0.2*sin(2*PI*t*440):d=${SECONDS}:s=44100`,
  ],
  ['-filter_complex', '[0]aformat=channel_layouts=stereo[noise];[1][noise]amix=2[a]', '-map', '[a]'],
].flat();

/** Decoding here and by ffmpeg, side by side, on the same files: the processor's time, not the clock's. */
export async function decodeSuite(told: (line: string) => void): Promise<DecodeResult> {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-bench-decode-'));
  try {
    ffmpeg([...SOUND, join(folder, 'sound.wav')]);
    const formats = [];
    for (const { name, file, options, most } of FORMATS) {
      told(`decode: ${name}`);
      const path = join(folder, file);
      ffmpeg(['-i', join(folder, 'sound.wav'), ...options, path]);
      const [here, other] = await sideBySide(path);
      formats.push({ name, here: anHour(here), ffmpeg: anHour(other), ratio: rounded(here / other), most });
    }
    return {
      suite: 'decode',
      formats: formats.map(({ most: _, ...measured }) => measured),
      figures: [],
      targets: formats.flatMap(({ name, ratio, most }) =>
        most === undefined ? [] : [atMost(`decoding ${name}, processor time by that of ffmpeg`, most, ratio)],
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const anHour = (seconds: number): number => rounded((seconds * 3_600) / SECONDS);

/** Medians of seconds; in turns, so that whatever else runs meanwhile slows both. */
async function sideBySide(path: string): Promise<readonly [here: number, ffmpeg: number]> {
  const [here, other]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    await decodeFile(path, () => undefined, { ffmpeg: false });
    const { user, system } = process.cpuUsage(before);
    here.push((user + system) / 1e6);
    other.push(ffmpegSeconds(path));
  }
  return [median(here), median(other)];
}

/** As it says itself ("bench: utime=0.36s stime=0.02s …"), for mono in the file's own rate. */
function ffmpegSeconds(path: string): number {
  const { stderr } = spawnSync(
    'ffmpeg',
    [
      '-nostdin',
      '-hide_banner',
      '-benchmark',
      '-threads',
      '1',
      '-i',
      path,
      '-ac',
      '1',
      '-f',
      'f32le',
      '-y',
      '/dev/null',
    ],
    { encoding: 'utf8' },
  );
  const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
  if (user === undefined) throw new Error(`ffmpeg did not say what it took: ${stderr.slice(-200)}`);
  return Number(user) + Number(system);
}

function ffmpeg(args: readonly string[]): void {
  try {
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('the suite decode needs the program ffmpeg on the PATH, which it measures beside', {
      cause: error,
    });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
