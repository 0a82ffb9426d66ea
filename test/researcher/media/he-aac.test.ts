import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { babble } from './audio.ts';
import { decoded } from './decoded.ts';
import { offsetMs } from './offset.ts';

/* HE-AAC in files that do not say so (see fixtures/README.md): its frames do, and the filter banks of a player are late. */

const speech = babble(3, 2);
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const path = (name: string): string => join(__dirname, 'fixtures', name);

test.each([
  ['he.aac', 5_058],
  ['he-v2.aac', 7_106],
  ['he.m4a', 5_058],
])('HE-AAC: %s is as late as its encoder says, to 1 ms, and as in a player', async (name, delay) => {
  const { audio, sampleRate, unheardShare } = await decoded(readFileSync(path(name)));
  expect([sampleRate, unheardShare]).toEqual([22_050, 0]);
  const here = offsetMs([...audio], sampleRate, speech, 44_100);
  expect(Math.abs(here - (delay / 44_100) * 1_000)).toBeLessThan(1);
  if (!hasFfmpeg) return;
  const { stdout } = spawnSync('ffmpeg', ['-v', 'error', '-i', path(name), '-ac', '1', '-f', 'f32le', '-']);
  const player = new Float32Array(new Uint8Array(stdout).buffer);
  expect(Math.abs(here - offsetMs([...player], 44_100, speech, 44_100))).toBeLessThan(1);
});
