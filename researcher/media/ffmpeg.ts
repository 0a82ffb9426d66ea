import { spawn } from 'node:child_process';
import { type AudioSink, makeFinite } from './audio-sink.ts';
import { MediaError } from './media-error.ts';

/** The rate that ffmpeg is asked for: high enough for everything that is looked at. */
const RATE = 48_000;

interface FfmpegOptions {
  readonly ffmpeg?: string | false;
  readonly signal?: AbortSignal;
  readonly progress?: (share: number) => void;
  readonly onChild?: (pid: number | undefined) => void;
}

/**
 * Decodes a file through the user's ffmpeg, as mono 48 kHz floats from its standard output.
 * No decoder for AAC in JavaScript has a permissive licence, hence this. Without ffmpeg: a MediaError
 * that says so.
 */
export async function decodeWithFfmpeg(
  path: string,
  description: string,
  sink: AudioSink,
  { ffmpeg = 'ffmpeg', signal, progress, onChild }: FfmpegOptions,
): Promise<void> {
  if (ffmpeg === false) throw new MediaError(`this is ${description}, which needs ffmpeg, and ffmpeg is switched off`);
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
    '-i',
    `file:${path}`,
    '-map',
    'a:0',
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
      if (samples.length > 0) sink(samples, RATE);
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
      throw new MediaError(`this is ${description}, which needs ffmpeg, and "${ffmpeg}" was not found`);
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
