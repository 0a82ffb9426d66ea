import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bestVoices } from '../../audio/test-set/voices.ts';
import { writeTestSet } from '../../audio/test-set/write-test-set.ts';

const SEED = 501;
/** Clips that play in the episode, or are like those that do; all the others are of other shows. */
const OWN_CLIPS = 100;

/**
 * An episode and clips from the generator of test sets, the same on every machine: an hour has 324 plays of a hundred
 * clips; further clips play nowhere, as most of a large archive. Ten thousand take minutes to make, so they are kept in the
 * folder for temporary files, for the next run.
 *
 * @returns paths
 */
export async function researchSet(
  minutes: number,
  clips: number,
  told: (line: string) => void,
): Promise<{ readonly episode: string; readonly clips: readonly string[] }> {
  const base = join(tmpdir(), 'archivist-bench');
  const ownClips = Math.min(clips, OWN_CLIPS);
  const folder = join(base, `seed-${SEED}-minutes-${minutes}-clips-${ownClips}`);
  // Written last.
  if (!existsSync(join(folder, 'truth.json'))) {
    told(`Making an episode of ${minutes} minutes and ${ownClips} clips in ${folder} …`);
    const voices = bestVoices(true);
    await writeTestSet(folder, { seed: SEED, minutes, clips: ownClips, profile: 'standard', channels: 1, voices });
  }
  const own = clipsIn(join(folder, 'clips'));
  const foreign =
    clips > OWN_CLIPS ? await foreignClips(join(base, `seed-${SEED}-foreign`), clips - ownClips, told) : [];
  return { episode: join(folder, 'episode.mp3'), clips: [...own, ...foreign] };
}

async function foreignClips(folder: string, count: number, told: (line: string) => void): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  if (clipsIn(folder).length < count) {
    told(`Making ${count} more clips in ${folder} …`);
    const makers = availableParallelism();
    const made = Array.from({ length: makers }, (_, maker) => {
      const args = [folder, `${SEED}/foreign`, count, maker, makers].map(String);
      const child = fork(join(import.meta.dirname, 'make-clips.ts'), args);
      return new Promise<number | null>((resolve) => child.once('exit', resolve));
    });
    if ((await Promise.all(made)).some((code) => code !== 0)) throw new Error(`not all clips in ${folder} were made`);
  }
  return clipsIn(folder).slice(0, count);
}

const clipsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.mp3'))
    .sort()
    .map((name) => join(folder, name));
