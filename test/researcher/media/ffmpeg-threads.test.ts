import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AnalyzerPool } from '../../../researcher/analyzer/pool.ts';

jest.setTimeout(60_000);

const WORKER = join(__dirname, '../../../researcher/analyzer/worker.ts');
let folder: string;
let episode: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ffmpeg-threads-'));
  episode = join(folder, 'episode.m4a');
  await writeFile(episode, Buffer.concat([Buffer.from([0, 0, 0, 32]), Buffer.from('ftypM4A '), Buffer.alloc(200)]));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program in place of ffmpeg: a shell script. */
async function program(script: string): Promise<string> {
  const path = join(folder, 'ffmpeg.sh');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** Also a process that has ended and that nobody asked for its exit. */
async function hasEnded(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
}

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a program that hangs ends with the thread that waits for it', async () => {
  const ffmpeg = await program(`echo $$ > ${folder}/pid; exec sleep 600`);
  const pool = new AnalyzerPool({ workers: 1, workerFile: WORKER, ffmpeg });
  const research = pool.research({ episode, clips: [], onClip: () => undefined, episodeSilenceMs: 3_000 });
  await expect(research).rejects.toThrow('did not go on for 3 s and was ended');
  await pool.close();
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
  for (let tries = 0; tries < 50 && !(await hasEnded(pid)); tries++) await setTimeout(100);
  expect(await hasEnded(pid)).toBe(true);
});

onLinux('a program that is slow is waited for as long as it goes on', async () => {
  const ffmpeg = await program(`for i in 1 2 3 4 5 6 7; do head -c 192000 /dev/zero; sleep 1; done`);
  const pool = new AnalyzerPool({ workers: 1, workerFile: WORKER, ffmpeg });
  const samples: number[] = [];
  await pool.research({
    episode,
    clips: [],
    onClip: () => undefined,
    onEpisode: (media) => samples.push(media.samples),
    episodeSilenceMs: 4_500,
  });
  expect(samples).toEqual([7 * 48_000]);
  await pool.close();
});
