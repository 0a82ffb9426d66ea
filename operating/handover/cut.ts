import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import type { Mark, MarkedEpisode } from './marks.ts';
import { safeName } from './write-over.ts';

export interface CutOptions {
  readonly ffmpeg: string;
  readonly folder: string;
  /** Milliseconds of the episode before and after the clip. */
  readonly beforeMs: number;
  readonly afterMs: number;
  /** Extension of the files, which says what they are: wav, flac, mp3, ogg, m4a. */
  readonly as: CutAs;
}

/** With the encoder that ffmpeg takes; WAV is exact to the sample. */
export const CUT_AS = { wav: 'pcm_s16le', flac: 'flac', mp3: 'libmp3lame', opus: 'libopus', m4a: 'aac' } as const;
export type CutAs = keyof typeof CUT_AS;

/** From and to, in ms, within the episode. */
export function spanOf(
  { startMs, endMs }: Mark,
  { durationMs }: Pick<MarkedEpisode, 'durationMs'>,
  { beforeMs, afterMs }: Pick<CutOptions, 'beforeMs' | 'afterMs'>,
): { readonly fromMs: number; readonly toMs: number } {
  const end = endMs + afterMs;
  return { fromMs: Math.max(0, startMs - beforeMs), toMs: durationMs > 0 ? Math.min(end, durationMs) : end };
}

/** `12 Episode title 00-01-02.500 Clip title.wav`: sorts by episode and time. */
export function cutName({ id, title }: MarkedEpisode, mark: Mark, as: CutAs): string {
  const at = new Date(mark.startMs).toISOString().slice(11, 23).replaceAll(':', '-');
  return `${id} ${safeName(title)} ${at} ${safeName(mark.title)}.${as}`;
}

/**
 * Writes a place of an episode as an audio file, decoded and encoded anew, so that it begins where it should.
 * @param medium the file of the episode on this machine
 * @returns the path; a file that is there already is replaced whole or not at all
 * @throws Failure with what ffmpeg says
 */
export async function cut(medium: string, episode: MarkedEpisode, mark: Mark, options: CutOptions): Promise<string> {
  const { fromMs, toMs } = spanOf(mark, episode, options);
  mkdirSync(options.folder, { recursive: true });
  const path = join(options.folder, cutName(episode, mark, options.as));
  const unfinished = `${path}.${process.pid}.tmp.${options.as}`;
  const args = [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-protocol_whitelist', 'file', '-y'],
    // Before the input: ffmpeg jumps there, and decodes to the exact place.
    ...['-ss', String(fromMs / 1000), '-t', String((toMs - fromMs) / 1000), '-i', `file:${medium}`],
    ...['-vn', '-map_metadata', '-1', '-metadata', `title=${mark.title}`, '-metadata', `album=${episode.title}`],
    ...['-codec:a', CUT_AS[options.as], unfinished],
  ];
  try {
    await run(options.ffmpeg, args);
    if (!existsSync(unfinished)) throw new Failure(`ffmpeg wrote nothing of ${episode.title}.`);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return path;
}

/** Runs a program to its end. @throws Failure with what it said */
export async function run(program: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], ...(signal && { signal }) });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    if (signal?.aborted) return 0;
    throw new Failure(error.code === 'ENOENT' ? `${program} is not on the PATH: install it.` : error.message);
  });
  if (code !== 0 && signal?.aborted !== true) {
    throw new Failure(`${program} ended with ${code}: ${said.trim().split('\n').at(-1) ?? ''}`);
  }
}
