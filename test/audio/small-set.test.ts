import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evaluation } from '../../audio/evaluation/report.ts';
import type { Truth } from '../../audio/test-set/truth.ts';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'archivist-audio-'));
const small = join(folder, 'small');
const foreign = join(folder, 'foreign');

function run(script: string, ...args: string[]): string {
  return execFileSync(process.execPath, [join(root, 'audio', script), ...args], { encoding: 'utf8', stdio: 'pipe' });
}
function makeSet(out: string, ...more: string[]): void {
  run('make-test-set.ts', '--out', out, '--built-in-voices', ...more);
}
function evaluate(...args: string[]): Evaluation {
  return JSON.parse(run('evaluate.ts', '--json', ...args)) as Evaluation;
}
/** Classes of which no play may be missed. */
const SURE = ['clean', 're-encoded', 'resampled', 'clock drift', 'reverb'];

const truthOf = (set: string): Truth => JSON.parse(readFileSync(join(set, 'truth.json'), 'utf8')) as Truth;
const hashes = (set: string): string[] =>
  readdirSync(set, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path.slice(set.length)} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`);

beforeAll(() => {
  makeSet(small, '--seed', '1', '--minutes', '2', '--clips', '14');
  makeSet(foreign, '--seed', '2', '--minutes', '1', '--clips', '8', '--profile', 'foreign');
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('A small set has its clips, plays of the classes, near-duplicates, and says where its talk is from', () => {
  const truth = truthOf(small);
  expect(truth).toMatchObject({ episode: 'episode.mp3', seed: 1, minutes: 2, profile: 'standard', talk: 'built-in' });
  expect(readdirSync(join(small, 'clips')).sort()).toEqual(truth.clips.map((clip) => `${clip.id}.mp3`).sort());
  expect(truth.plays.length).toBeGreaterThanOrEqual(8);
  expect(new Set(truth.plays.map((play) => play.class)).size).toBeGreaterThanOrEqual(5);
  expect(truth.clips.some((clip) => clip.variantOf !== undefined && !clip.present)).toBe(true);
});

test('The same seed gives the same bytes, another seed others', () => {
  const sets = ['5', '5', '6'].map((seed, i) => {
    const set = join(folder, `bytes-${i}`);
    makeSet(set, '--seed', seed, '--minutes', '0.5', '--clips', '4');
    return hashes(set);
  });
  expect(sets[1]).toEqual(sets[0]);
  expect(sets[2]).not.toEqual(sets[0]);
}, 120_000);

test('The analyzer finds the plays of a small set, to the millisecond, and nothing else', () => {
  const { score, refused, episodeSeconds, stages } = evaluate('--set', small, '--stages');
  expect(episodeSeconds).toBeCloseTo(120, 0);
  expect(refused).toEqual([]);
  expect(score.precision).toBe(1);
  expect(score.offsetErrors?.medianMs).toBeLessThan(0.5);
  // What matches is listened to; and of what is missed it is told where it was lost.
  expect(stages?.matching).toBeGreaterThan(0.8 * score.plays);
  expect(stages?.candidates).toBe(stages?.matching);
  expect(stages?.missed.map(({ offset }) => offset)).toEqual(score.missed.map(({ offset }) => offset));
  expect(Object.values(stages?.lost ?? {}).reduce((sum, count) => sum + count, 0)).toBe(score.missed.length);
  // Stretched plays may be missed: no analysis of whole waveforms finds them all.
  const classes = Object.entries(score.byClass).filter(([name]) => name !== 'time-stretched');
  const hits = classes.reduce((sum, [, tally]) => sum + tally.hits, 0);
  expect(hits / classes.reduce((sum, [, tally]) => sum + tally.plays, 0)).toBeGreaterThanOrEqual(0.88);
  for (const [name, tally] of classes) {
    if (SURE.includes(name)) expect({ name, ...tally }).toMatchObject({ name, recall: 1 });
  }
}, 120_000);

test('No clip of a foreign set is found in its own episode or in another', () => {
  expect(truthOf(foreign).plays).toEqual([]);
  expect(evaluate('--set', foreign).score.detections).toBe(0);
  const evaluation = evaluate('--set', small, '--foreign', foreign);
  expect(evaluation).toMatchObject({ clips: 8, falseAlarmsPer1000ClipHours: 0 });
  expect(evaluation.clipHours).toBeCloseTo((8 * 2) / 60, 2);
}, 120_000);

test('A clip of another set that is the same sound as what plays here is no false alarm', () => {
  const twins = join(folder, 'twins');
  const { clip } = truthOf(small).plays.find((play) => play.class === 'clean')!;
  mkdirSync(join(twins, 'clips'), { recursive: true });
  copyFileSync(join(small, 'clips', `${clip}.mp3`), join(twins, 'clips', 'twin.mp3'));
  const truth: Truth = { episode: 'none', clips: [{ id: 'twin', kind: 'effect', present: false }], plays: [] };
  writeFileSync(join(twins, 'truth.json'), JSON.stringify(truth));
  const { score } = evaluate('--set', small, '--foreign', twins);
  expect(score).toMatchObject({ falseAlarms: 0, precision: 1 });
  expect(new Set(score.sameSound.map((place) => place.with))).toEqual(new Set([clip]));
  expect(score.sameSound.length).toBe(score.detections);
}, 60_000);

test.each([
  ['no such folder', undefined, /truth\.json cannot be read as JSON/],
  ['not JSON', 'offset,clip', /truth\.json cannot be read as JSON/],
  [
    'a field of another type',
    '{"episode":"e.mp3","clips":[{"id":"a","kind":"music","present":"yes"}],"plays":[]}',
    /present/,
  ],
  [
    'a play of an unlisted clip',
    '{"episode":"e.mp3","clips":[],"plays":[{"clip":"x","offset":1,"class":"clean"}]}',
    /clip x/,
  ],
])(
  'A set with a wrong truth (%s) is refused with a message that names it',
  (name, content, message) => {
    const set = mkdtempSync(join(folder, 'wrong-'));
    if (content !== undefined) writeFileSync(join(set, 'truth.json'), content);
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'audio/evaluate.ts'), '--set', set], {
      encoding: 'utf8',
    });
    expect({ name, status, stdout }).toEqual({ name, status: 1, stdout: '' });
    expect(stderr).toMatch(message);
  },
  30_000,
);

test('A wrong option is refused, naming what is expected', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'audio/make-test-set.ts'), '--seed', '1', '--out', folder, '--minutes', 'many'],
    { encoding: 'utf8' },
  );
  expect(status).toBe(2);
  expect(stderr).toMatch(/It must be a number from 0\.5 to 1440/);
}, 30_000);
