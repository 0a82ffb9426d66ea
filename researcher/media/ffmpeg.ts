import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type AudioSink, giveSilence, makeFinite } from './audio-sink.ts';
import { MediaError } from './media-error.ts';

/** The rate that ffmpeg is asked for: high enough for everything that is looked at. */
const RATE = 48_000;

/**
 * What is missing midway passes in silence, what is there twice is dropped: the filter keeps to the times of the
 * container, as a player does. From 10 ms on: Matroska rounds its times to 1 ms. (Its own option for the beginning,
 * first_pts, would pad again wherever the stream changes and the filter begins anew: the beginning is asked for.)
 */
const IN_TIME = ['-af', 'aresample=async=1:min_hard_comp=0.01'];
/** Times in Matroska are those of a player as they are: opus in it begins before 0, and is cut there. */
const AS_THEY_ARE = ['-copyts'];
/** Nothing but the file itself is opened, whatever it names: no addresses. */
const THIS_FILE_ALONE = ['-protocol_whitelist', 'file'];
/** The options before and behind the input. Chained Ogg streams count their time anew: it says nothing there. */
function timing(description: string): readonly [readonly string[], readonly string[]] {
  if (description.includes('Ogg')) return [[], []];
  return [description.includes('Matroska') ? AS_THEY_ARE : [], IN_TIME];
}

/**
 * When the first frame of sound is played, in what the muxer framecrc prints of it: its clock ("#tb 0: 1/44100") and
 * the frame ("0, decoding time, time, …"). Seconds; undefined where it is not told yet.
 */
function firstSound(told: string): number | undefined {
  const clock = /^#tb 0: (\d+)\/(\d+)/m.exec(told);
  const frame = /^0, *-?\d+, *(-?\d+),/m.exec(told);
  return clock && frame ? Math.max(0, (Number(frame[1]) * Number(clock[1])) / Number(clock[2])) : undefined;
}
/** Told before the first samples; where so many came without it, it will not be told. */
const HELD_BYTES_AT_MOST = 1_048_576;

/** Silence to the bit of this length is a hole, if ffmpeg complained. */
const HOLE_SECONDS = 0.1;

/** No program of that name is there. */
export class FfmpegMissingError extends MediaError {}

interface FfmpegOptions {
  readonly ffmpeg?: string | false;
  readonly signal?: AbortSignal;
  readonly progress?: (share: number) => void;
  readonly onChild?: (pid: number | undefined) => void;
}

/**
 * Decodes a file through the user's ffmpeg, as mono 48 kHz floats from its standard output, for what no decoder here
 * knows. Where it complains and there is silence to the bit, something was lost. Without ffmpeg: FfmpegMissingError.
 */
export async function decodeWithFfmpeg(
  path: string,
  description: string,
  sink: AudioSink,
  { ffmpeg = 'ffmpeg', signal, progress, onChild }: FfmpegOptions,
): Promise<void> {
  if (ffmpeg === false)
    throw new FfmpegMissingError(`this is ${description}, which needs ffmpeg, and ffmpeg is switched off`);
  const [before, behind] = timing(description);
  const input = [...THIS_FILE_ALONE, ...before, '-i', `file:${path}`];
  const first = ['-map', 'a:0', '-frames:a', '1', '-f', 'framecrc', '-flush_packets', '1', 'pipe:3'];
  const args = [
    '-nostdin',
    // Seconds of the processor: it must not outlive a thread that was ended for ever. An hour of audio takes seven.
    '-timelimit',
    '3600',
    '-v',
    'error',
    ...input,
    ...first,
    '-map',
    'a:0',
    ...behind,
    '-ac',
    '1',
    '-ar',
    `${RATE}`,
    '-f',
    'f32le',
    '-',
  ];
  const child = spawn(ffmpeg, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
  });
  if (child.pid !== undefined) onChild?.(child.pid);
  const gone = new Promise<void>((resolve) => {
    if (child.pid === undefined) resolve();
    child.once('exit', () => {
      onChild?.(undefined);
      resolve();
    });
  });
  let complaint = '';
  let quiet = 0;
  let told = '';
  (child.stdio[3] as Readable).setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < 300) complaint += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  ended.catch(() => undefined);
  const beginAt = (seconds = 0): void => {
    if (behind.length > 0) giveSilence(Math.round(seconds * RATE), (silence) => sink(silence, RATE));
  };
  /** @returns bytes of a sample that is not whole yet */
  const take = (bytes: Buffer): Buffer => {
    const whole = bytes.length - (bytes.length % 4);
    // Copied: the floats must be aligned.
    const samples = new Float32Array(new Uint8Array(bytes.subarray(0, whole)).buffer);
    makeFinite(samples);
    quiet = samples.every((sample) => sample === 0) ? quiet + samples.length : 0;
    const hole = complaint !== '' && quiet >= HOLE_SECONDS * RATE;
    if (samples.length > 0) sink(samples, RATE, hole ? 'damaged' : undefined);
    return bytes.subarray(whole);
  };
  try {
    let rest: Buffer = Buffer.alloc(0);
    let begun = false;
    for await (const piece of child.stdout! as AsyncIterable<Buffer>) {
      // How much is still to come it does not tell.
      progress?.(0);
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      const late = firstSound(told);
      if (!begun && late === undefined && bytes.length < HELD_BYTES_AT_MOST) {
        rest = bytes;
        continue;
      }
      if (!begun) beginAt(late);
      begun = true;
      rest = take(bytes);
    }
    if (!begun && rest.length > 0) beginAt(firstSound(told));
    take(rest);
    const code = await ended;
    if (code !== 0)
      throw new MediaError(
        `ffmpeg could not decode it (${description}): ${inWords(complaint, path) || `exit ${code}`}`,
      );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new FfmpegMissingError(
        `this is ${description}, which needs ffmpeg, and "${ffmpeg}" was not found: install it (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg)`,
      );
    }
    throw error;
  } finally {
    child.kill('SIGKILL');
    // Before the next one begins, or that one would be told of as this one's end is.
    await gone;
  }
}

/** What ffmpeg complains of, on one line: without addresses of its memory, and paths of this machine. */
function inWords(complaint: string, path: string): string {
  if (complaint.includes('matches no streams')) return 'there is no audio in it';
  const lines = complaint.replace(/\[[^[\]\n]* @ 0x[0-9a-f]+\] ?/g, '').replaceAll(`file:${path}`, 'the file');
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ');
}
