import fc from 'fast-check';
import { ordinalsOf, rangesOf } from '../../domain/messages/ranges.ts';
import {
  bodyOf,
  type CompletedResearchItem,
  completedItem,
  pairsOf,
  parseCompletedResearchItem,
  parsePendingResearchItem,
} from '../../domain/messages.ts';
import {
  perfectClipToFind,
  perfectEpisode,
  perfectItem,
  perfectPairResult,
  perfectResult,
} from '../support/perfect-messages.ts';

const sent = (fields: Partial<CompletedResearchItem>) =>
  parseCompletedResearchItem(bodyOf(completedItem(perfectEpisode(), fields)));
const wire = (fields: object) => () =>
  parseCompletedResearchItem(JSON.stringify({ ...JSON.parse(bodyOf(completedItem(perfectEpisode()))), ...fields }));

describe('RESULTS-1: a message says several results, each as if it were at the top of its own', () => {
  test('what is sent comes out again', () => {
    const item = perfectResult({
      results: [
        perfectPairResult(),
        perfectPairResult({ clipInfo: { mediaUri: 'https://x.org/1' }, failure: 'HTTP 404' }),
      ],
      notFound: ['9-11', '20'],
      workingOn: '21',
    });
    expect(parseCompletedResearchItem(bodyOf(item))).toEqual(item);
  });

  test('offsets of each are put in order, their scores with them', () => {
    const results = [perfectPairResult({ clipOffsets: [30, 10], clipScores: [0.3, 0.1] })];
    expect(sent({ results }).results[0]).toMatchObject({ clipOffsets: [10, 30], clipScores: [0.1, 0.3] });
  });

  test('names in snake_case are read', () => {
    const item = wire({ results: [{ clip_info: { id: 4 }, clip_offsets: ['7'] }], not_found: [5], working_on: 0 })();
    expect(item).toMatchObject({
      results: [{ clipInfo: { id: '4' }, clipOffsets: [7] }],
      notFound: ['5'],
      workingOn: '0',
    });
  });

  test('pairs are those at the top, in the results and in what was not found, in this order', () => {
    const item = sent({ clipInfo: { id: '3' }, results: [perfectPairResult()], notFound: ['12-10'], failure: 'gone' });
    expect(pairsOf(item).map(({ clipInfo, failure }) => [clipInfo.id, failure])).toEqual([
      ['3', 'gone'],
      ['8', ''],
      ['12', ''],
      ['11', ''],
      ['10', ''],
    ]);
  });

  test('a sign of life has none', () => expect(pairsOf(sent({ workingOn: '5' }))).toEqual([]));
});

describe('RESULTS-2: what is refused names the result that is wrong', () => {
  test.each<[string, object, string]>([
    ['no clip', { results: [{ clipOffsets: [1] }] }, 'results[0].clipInfo: must be an object, but nothing came'],
    ['an empty clip', { results: [{ clipInfo: {} }] }, 'results[0].clipInfo: must have an id, a mediaUri or a title'],
    [
      'scores that are too many',
      { results: [{ clipInfo: { id: '1' }, clipScores: [0.5] }] },
      'results[0].clipScores: must be as many as clipOffsets (0) or none, but 1 came',
    ],
    ['a range without an end', { notFound: ['5-'] }, 'notFound[0]: must be an ordinal or a range of ordinals'],
    ['a range from 0', { notFound: ['0-4'] }, 'notFound[0]: must be an ordinal or a range of ordinals'],
    ['a range beyond 2^53', { notFound: ['1-9007199254740992'] }, 'notFound[0]: must be an ordinal or a range'],
    ['a range without end', { notFound: ['1-9007199254740991'] }, 'results, notFound: must be of at most 5000 clips'],
    ['ranges that are too many', { notFound: ['1-5000', '6000'] }, 'results, notFound: must be of at most 5000 clips'],
    [
      'both together too many',
      { notFound: ['1-5000'], results: [{ clipInfo: { id: '6000' } }] },
      'results, notFound: must be of at most 5000 clips',
    ],
    ['a place that is none', { workingOn: 'here' }, 'workingOn: must be the ordinal of a clip, or 0 for the episode'],
  ])('%s', (_, fields, reason) => expect(wire(fields)).toThrow(reason));

  test('as many as a work item has are taken', () =>
    expect(pairsOf(sent({ notFound: ['5000-1'] }))).toHaveLength(5_000));
});

describe('RESULTS-3: ranges say the same ordinals in the same order', () => {
  test.each<[number[], string[]]>([
    [[], []],
    [[7], ['7']],
    [[1, 2, 3], ['1-3']],
    [
      [9, 8, 7, 12],
      ['9-7', '12'],
    ],
    [
      [4, 5, 4, 9],
      ['4-5', '4', '9'],
    ],
    [
      [3, 3],
      ['3', '3'],
    ],
  ])('%j', (ordinals, ranges) => {
    expect(rangesOf(ordinals)).toEqual(ranges);
    expect(ordinalsOf(ranges, 10)).toEqual(ordinals);
  });

  test('for any ordinals', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 })), (ordinals) => {
        expect(ordinalsOf(rangesOf(ordinals), 1_000)).toEqual(ordinals);
      }),
    ));
});

describe('RESULTS-4: a work item says of a clip what a researcher needs', () => {
  test('what is sent comes out again', () => {
    const clips = [perfectClipToFind({ revision: 'second', factsWanted: true })];
    const item = perfectItem({ clips, reportEach: true });
    expect(parsePendingResearchItem(bodyOf(item))).toEqual(item);
  });

  test('5,000 clips that were not found are a message of a kilobyte', () => {
    const all = Array.from({ length: 5_000 }, (_, index) => index + 1);
    const item = completedItem(perfectEpisode(), { notFound: rangesOf(all) });
    expect(bodyOf(item).length).toBeLessThan(1_024);
  });
});
