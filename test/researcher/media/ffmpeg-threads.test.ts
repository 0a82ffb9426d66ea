import { access, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { AnalyzerPool, type ClipOutcome } from '../../../researcher/analyzer/pool.ts';
import { babble, wav as wavOf } from './audio.ts';

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

/** A process that has ended but that nobody asked for its exit is still there. */
async function expectGone(pid: number): Promise<void> {
  const isThere = () =>
    access(`/proc/${pid}`).then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 50 && (await isThere()); tries++) await setTimeout(100);
  expect(await isThere()).toBe(false);
}

const pidIn = async (name: string) => Number(await readFile(join(folder, name), 'utf8'));

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a program that hangs ends with the thread that waits for it', async () => {
  const ffmpeg = await program(`echo $$ > ${folder}/pid; exec sleep 600`);
  const pool = new AnalyzerPool({ workers: 1, workerFile: WORKER, ffmpeg });
  const research = pool.research({ episode, clips: [], onClip: () => undefined, episodeSilenceMs: 3_000 });
  await expect(research).rejects.toThrow('did not go on for 3 s and was ended');
  // While this process goes on: with it everything would end.
  await expectGone(await pidIn('pid'));
  await pool.close();
});

onLinux('so does the one that comes after another which was ended for its length', async () => {
  const ffmpeg = await program(`case "$*" in
    *long*) trap 'sleep 0.3; exit 255' TERM; while :; do head -c 4000000 /dev/zero || exit 255; done;;
    *) echo $$ > ${folder}/second; exec sleep 600;;
  esac`);
  const [long, second] = ['long.m4a', 'second.m4a'].map((name) => join(folder, name)) as [string, string];
  for (const clip of [long, second]) await copyFile(episode, clip);
  const wav = join(folder, 'episode.wav');
  await writeFile(wav, wavOf(babble(1, 5)));
  const pool = new AnalyzerPool({ workers: 1, workerFile: WORKER, ffmpeg });
  const failureOf = async (clip: string, clipTimeoutMs: number) => {
    let failure = '';
    const onClip = (_: number, outcome: ClipOutcome) => {
      if (outcome.kind === 'failed') failure = outcome.failure;
    };
    await pool.research({ episode: wav, clips: [clip], clipTimeoutMs, onClip });
    return failure;
  };
  // As long as it takes on a busy machine: it is ended for what it wrote, not for its time.
  expect(await failureOf(long, 50_000)).toContain('longer than');
  expect(await failureOf(second, 3_000)).toContain('did not go on for 3 s');
  await expectGone(await pidIn('second'));
  await pool.close();
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
