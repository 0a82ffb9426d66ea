import { contestsOf } from '../../domain/rivals.ts';

const found = (clip: number, offsetsNs: number[], scores: number[], length = 10, heard?: [number, number]) => ({
  ...{
    clip,
    offsetsNs,
    scores,
    clipFacts: { hash: '', durationNs: length },
    episodeFacts: { hash: 'e', durationNs: 1_000 },
  },
  ...(heard && { heardFromNs: offsetsNs.map(() => heard[0]), heardToNs: offsetsNs.map(() => heard[1]) }),
});
const named = (findings: Parameters<typeof contestsOf>[0]) =>
  contestsOf(findings).map(({ best, rivals }) => [best.clip, best.offsetNs, rivals.map(({ clip }) => clip)]);

test('RIVALS-1: of clips that fit one place the best score stands, whatever their order', () => {
  const findings = [found(1, [100, 500], [0.5, 0.9]), found(2, [101], [0.8]), found(3, [102], [0.6])];
  const expected = [[2, 101, [3, 1]]];
  expect(named(findings)).toEqual(expected);
  expect(named([...findings].reverse())).toEqual(expected);
});

test('RIVALS-2: half of the shorter one or less is no rivalry, and nor are plays of one clip', () => {
  expect(named([found(1, [0], [1]), found(2, [5], [0.5])])).toEqual([]);
  expect(named([found(1, [0], [1]), found(2, [4], [0.5])])).toEqual([[1, 0, [2]]]);
  expect(named([found(1, [0, 2], [1, 0.9])])).toEqual([]);
});

test('RIVALS-3: what counts is the part that is heard; without scores, the longer one stands', () => {
  expect(named([found(1, [0], [0.9], 100, [0, 20]), found(2, [50], [0.8])])).toEqual([]);
  expect(named([found(1, [0], [], 10), found(2, [0], [], 20)])).toEqual([[2, 0, [1]]]);
});

test('RIVALS-COPIES: places in other copies of the episode say nothing of each other', () => {
  const [first, second] = [found(1, [100], [0.5]), found(2, [101], [0.8])];
  const inAnother = { ...second, episodeFacts: { hash: 'f', durationNs: 1_000 } };
  expect(named([first, second])).toEqual([[2, 101, [1]]]);
  expect(named([first, inAnother])).toEqual([]);
  expect(named([first, inAnother, { ...second, clip: 3 }])).toEqual([[3, 101, [1]]]);
});
