import { markedEpisodes } from '../../../operating/handover/marks.ts';
import { withCopies } from '../../../operating/reading/copies.ts';
import type { StoredFinding } from '../../../operating/tables/dynamo-operations.ts';
import { aFinding, anEpisode } from '../../report/support/archives.ts';
import { aClip } from '../../support/research.ts';

const other = { episodeFacts: { hash: 'c'.repeat(64), durationNs: 3_630e9 } };

const marks = (findings: readonly StoredFinding[]) => {
  const full = findings.map((one) => ({ ...one, episodeEntry: anEpisode(1), clipEntry: aClip(one.clip) }));
  const [episode] = markedEpisodes(withCopies(full).filter(({ variant }) => variant === 0));
  return [episode!.durationMs, ...episode!.marks.map(({ title, startMs }) => [title, startMs])];
};

test('MARKS-1: the marks of an episode are of one copy of it, whichever each clip was found in first', () => {
  const [first, second] = [aFinding({ offsetsNs: [10e9] }), aFinding({ clip: 2, offsetsNs: [230e9], ...other })];
  const again = aFinding({ clip: 2, variant: 1, offsetsNs: [200e9] });
  expect(marks([first, second, again])).toEqual([3_600_000, ['Clip 1', 10_000], ['Clip 2', 200_000]]);
});

test('MARKS-2: what was found only in another copy than most is said to be of that', () => {
  const second = aFinding({ clip: 2, offsetsNs: [230e9], ...other });
  const title = 'Clip 2 (time of another copy)';
  expect(marks([aFinding({ offsetsNs: [10e9] }), second])).toEqual([3_600_000, ['Clip 1', 10_000], [title, 230_000]]);
  const third = aFinding({ clip: 3, offsetsNs: [300e9], ...other });
  expect(marks([aFinding({ offsetsNs: [10e9] }), second, third])).toEqual([
    3_630_000,
    ['Clip 1 (time of another copy)', 10_000],
    ['Clip 2', 230_000],
    ['Clip 3', 300_000],
  ]);
});
