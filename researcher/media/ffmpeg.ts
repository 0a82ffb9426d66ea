import { spawn } from 'node:child_process';
import { type AudioSink, makeFinite } from './audio-sink.ts';
import { MediaError } from './media-error.ts';

/** The rate that ffmpeg is asked for: high enough for everything that is looked at. */
const RATE = 48_000;

/**
 * What is not there in time passes in silence, what is there twice is dropped: the filter keeps to the times of the
 * container, as a player does. From 10 ms on: Matroska rounds its times to 1 ms.
 */
const IN_TIME = ['-af', 'aresample=async=1:min_hard_comp=0.01:first_pts=0'];
/** Times in Matroska are those of a player as they are: opus in it begins before 0, and is cut there. */
const AS_THEY_ARE = ['-copyts'];

/** The options before and behind the input. Chained Ogg streams count their time anew: it says nothing there. */
function timing(description: string): readonly [readonly string[], readonly string[]] {
  if (description.includes('Ogg')) return [[], []];
  return [description.includes('Matroska') ? AS_THEY_ARE : [], IN_TIME];
}

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
  const args = [
    '-nostdin',
    // Seconds of the processor: it must not outlive a thread that was ended for ever. An hour of audio takes seven.
    '-timelimit',
    '3600',
    '-v',
    'error',
    // Whatever the file names, nothing but this file is opened: no addresses.
    '-protocol_whitelist',
    'file',
    ...before,
    '-i',
    `file:${path}`,
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
    stdio: ['ignore', 'pipe', 'pipe'],
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
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < 300) complaint += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  ended.catch(() => undefined);
  try {
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
      const whole = bytes.length - (bytes.length % 4);
      // Copied: the floats must be aligned.
      const samples = new Float32Array(new Uint8Array(bytes.subarray(0, whole)).buffer);
      rest = bytes.subarray(whole);
      makeFinite(samples);
      quiet = samples.every((sample) => sample === 0) ? quiet + samples.length : 0;
      const hole = complaint !== '' && quiet >= HOLE_SECONDS * RATE;
      if (samples.length > 0) sink(samples, RATE, hole ? 'damaged' : undefined);
      // How much is still to come it does not tell.
      progress?.(0);
    }
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
