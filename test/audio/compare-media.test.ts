import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareFile } from '../../audio/comparison/compare-file.ts';
import { shiftOf } from '../../audio/comparison/shift.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import { babble, mp3, wav } from '../researcher/media/audio.ts';

afterAll(removeFreshFolders);

const RATE = 16_000;
const speech = babble(3, 3, RATE);
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

test.each([0, 1, -7, 160])('COMPARE-1: how much later a sound is, to a fraction of a sample: %i', (samples) => {
  const later = Float32Array.from(speech, (_, i) => speech[i - samples] ?? 0);
  const shift = shiftOf(later, speech, RATE)!;
  expect((shift.ms * RATE) / 1_000).toBeCloseTo(samples, 1);
  expect(shift.likeness).toBeGreaterThan(0.99);
});

test('COMPARE-2: silence says nothing, and another sound is not alike', () => {
  expect(shiftOf(new Float32Array(RATE), speech, RATE)).toBeUndefined();
  expect(shiftOf(babble(4, 0.4, RATE), speech, RATE)!.likeness).toBeLessThan(0.5);
});

(hasFfmpeg ? test : test.skip)('COMPARE-3: verdicts of files that both, only ffmpeg, or nobody plays', async () => {
  const folder = freshFolder();
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const wave = file('a.wav', wav(speech, { sampleRate: RATE, bits: 16 }));
  const au = join(folder, 'a.au');
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-i', wave, au]);
  const cut = (await mp3(speech, { sampleRate: RATE })).subarray(0, 2_000);
  const verdict = async (path: string) => (await compareFile(path, 'a')).verdict;
  expect(await verdict(wave)).toBe('same');
  expect(await verdict(au)).toBe('outside');
  expect(await verdict(file('a.mp3', Buffer.from('no sound at all, whatever it is called')))).toBe('neither');
  expect(await compareFile(file('cut.mp3', cut), 'cut')).toMatchObject({ heardShare: expect.any(Number) });
});
