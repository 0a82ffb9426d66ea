import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bestVoices } from '../../audio/test-set/voices.ts';
import { writeTestSet } from '../../audio/test-set/write-test-set.ts';

export interface ResearchSize {
  /** Of the episode. */
  readonly minutes: number;
  readonly clips: number;
}

const SEED = 501;

/**
 * An episode and clips from the generator of test sets, the same on every machine. Ten thousand clips take minutes to make,
 * so a set is kept in the folder for temporary files, for the next run.
 * @returns its folder
 */
export async function researchSet({ minutes, clips }: ResearchSize, told: (line: string) => void): Promise<string> {
  const folder = join(tmpdir(), 'archivist-bench', `seed-${SEED}-minutes-${minutes}-clips-${clips}`);
  // Written last.
  if (existsSync(join(folder, 'truth.json'))) return folder;
  told(`making ${minutes} minutes and ${clips} clips in ${folder} …`);
  await writeTestSet(folder, {
    ...{ seed: SEED, minutes, clips, profile: 'standard', channels: 1, voices: bestVoices(true) },
  });
  return folder;
}
