import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodedMp3 } from '../../audio/mp3-encoder.ts';
import { RATE } from '../../audio/synthesis/signal.ts';
import { clipSound, plannedClips } from '../../audio/test-set/clips.ts';
import { bestVoices } from '../../audio/test-set/voices.ts';

/** Makes every `makers`-th of the first `count` clips of a seed: FOLDER SEED COUNT MAKER MAKERS. What is there stays. */
const [folder = '', seed = '', ...numbers] = process.argv.slice(2);
const [count = 0, maker = 0, makers = 1] = numbers.map(Number);

/** Of the longest plan, so that fewer clips are the first ones of more. */
const MOST_CLIPS = 9_900;

const voices = bestVoices(true);
for (const [i, clip] of plannedClips(seed, MOST_CLIPS).entries()) {
  const path = join(folder, `${clip.id}.mp3`);
  if (i >= count || i % makers !== maker || existsSync(path)) continue;
  const mp3 = await encodedMp3(clipSound(seed, clip, voices), { sampleRate: RATE, channels: 1, kbps: 64 });
  writeFileSync(`${path}.tmp`, mp3);
  renameSync(`${path}.tmp`, path);
}
