import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../../local/project.ts';
import { killedJob } from '../chaos/kills/kill-run.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';

afterAll(removeFreshFolders);

interface Truth {
  readonly findings: readonly { readonly episode: string; readonly clip: string; readonly offsetsSeconds: number[] }[];
}

test('a job that is killed with -9 at random moments and started again finds what is there, and nothing else', async () => {
  const truth = JSON.parse(readFileSync(join(projectDir, 'samples', 'expected.json'), 'utf8')) as Truth;
  // Ends with exit code 0 only when it found the truth of the samples, and lists what could not be researched.
  const { killedAt, places } = await killedJob({ dataDir: freshFolder(), kills: 3, seed: 3, say: () => {} });
  expect(killedAt).toHaveLength(3);
  const byPair = (a: { pair: string }, b: { pair: string }) => (a.pair < b.pair ? -1 : 1);
  const found = places.map(({ episode, clip, offsetsNs }) => ({
    pair: `${clip} in ${episode}`,
    plays: offsetsNs.map((ns) => ns / 1e9),
  }));
  const expected = truth.findings.map(({ episode, clip, offsetsSeconds }) => ({
    pair: `${clip} in ${episode}`,
    // To 0.05 s, which is the tolerance of the samples.
    plays: offsetsSeconds.map((seconds) => expect.closeTo(seconds, 1)),
  }));
  expect(found.sort(byPair)).toEqual(expected.sort(byPair));
}, 600_000);
