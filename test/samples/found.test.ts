import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evaluation } from '../../audio/evaluation/report.ts';
import { SAMPLE_CLIPS, SAMPLE_EPISODES } from '../../audio/sample-collection.ts';
import type { Truth } from '../../audio/test-set/truth.ts';

const root = join(__dirname, '../..');
const expected = JSON.parse(readFileSync(join(root, 'samples/expected.json'), 'utf8')) as {
  toleranceSeconds: number;
  findings: { episode: string; clip: string; offsetsSeconds: number[] }[];
  failed: { clip: string }[];
};
const idOf = (title: string): string =>
  SAMPLE_CLIPS.find((clip) => clip.title === title)?.file.replace('.mp3', '') ?? title;

/** The committed files of one episode as a set that can be evaluated. */
function asSet(folder: string, episode: { readonly file: string; readonly title: string }): string {
  cpSync(join(root, 'samples/clips'), join(folder, 'clips'), { recursive: true });
  cpSync(join(root, 'samples/episodes', episode.file), join(folder, 'episode.mp3'));
  const findings = expected.findings.filter((finding) => finding.episode === episode.title);
  const truth: Truth = {
    episode: 'episode.mp3',
    clips: SAMPLE_CLIPS.map((clip) => ({
      id: idOf(clip.title),
      kind: clip.sound,
      present: findings.some((finding) => finding.clip === clip.title),
    })),
    plays: findings.flatMap(({ clip, offsetsSeconds }) =>
      offsetsSeconds.map((offset) => ({ clip: idOf(clip), offset, class: 'sample' })),
    ),
  };
  writeFileSync(join(folder, 'truth.json'), JSON.stringify(truth));
  return folder;
}

const folder = mkdtempSync(join(tmpdir(), 'archivist-samples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(SAMPLE_EPISODES)(
  'The analyzer finds in "$title" exactly what the truth says, and fails the broken clip',
  (episode) => {
    const set = asSet(mkdtempSync(join(folder, 'set-')), episode);
    const output = execFileSync(process.execPath, [join(root, 'audio/evaluate.ts'), '--json', '--set', set], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const { score, refused } = JSON.parse(output) as Evaluation;
    expect(score).toMatchObject({ plays: episode.plays.length, recall: 1, precision: 1, missed: [], false: [] });
    expect(score.offsetErrors?.maxMs).toBeLessThan(100 * expected.toleranceSeconds);
    expect(refused.map(({ clip }) => clip)).toEqual(expected.failed.map(({ clip }) => idOf(clip)));
  },
  60_000,
);
