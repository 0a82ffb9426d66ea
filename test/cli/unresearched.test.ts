import {
  isSettled,
  type Unresearched,
  unresearchedLines,
  unresearchedPairs,
  whyNotDone,
} from '../../cli/unresearched.ts';
import { Bitset } from '../../domain/bitset.ts';
import type { ClipEntry } from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { Progress } from '../../operating/reading/progress.ts';
import { aCatalogue, aClip, aLedger, someStrikes } from '../support/research.ts';

const NONE = new Map<string, string>();
const parked = someStrikes({ count: 4, reason: 'HTTP 404' });

describe('why a job does not wait for a pair', () => {
  const clip = aClip(1);
  const rules: [string, Ledger, ClipEntry, Map<string, string>, object | undefined][] = [
    ['nothing is wrong: it is waited for', aLedger(), clip, NONE, undefined],
    ['it lapsed: it is waited for', aLedger({ pairStrikes: new Map([[1, someStrikes()]]) }), clip, NONE, undefined],
    ['its clip is struck: it is waited for', aLedger(), aClip(1, { strikes: someStrikes() }), NONE, undefined],
    ['its clip failed', aLedger(), clip, new Map([['1/1', 'empty']]), { of: 'clip', reason: 'empty' }],
    ['its clip failed elsewhere', aLedger(), clip, new Map([['2/1', 'empty']]), undefined],
    ['its episode failed', aLedger(), clip, new Map([['1/', 'HTML']]), { of: 'episode', reason: 'HTML' }],
    ['its clip is parked', aLedger(), aClip(1, { strikes: parked }), NONE, { of: 'clip', reason: 'HTTP 404' }],
    [
      'its clip is retired',
      aLedger(),
      aClip(1, { retired: true }),
      NONE,
      { of: 'clip', reason: 'an operator retired the clip' },
    ],
    [
      'its episode is parked',
      aLedger({ state: 'PARKED', episodeStrikes: parked }),
      clip,
      NONE,
      { of: 'episode', reason: 'HTTP 404' },
    ],
    [
      'its episode is paused',
      aLedger({ state: 'HELD', held: 'paused' }),
      clip,
      NONE,
      { of: 'episode', reason: 'an operator paused the episode' },
    ],
    [
      'its episode is retired',
      aLedger({ state: 'HELD', held: 'retired' }),
      clip,
      NONE,
      { of: 'episode', reason: 'an operator retired the episode' },
    ],
    [
      'it is parked itself',
      aLedger({ parked: new Map([[1, 1]]) }),
      clip,
      NONE,
      { of: 'clip', reason: expect.stringContaining('explain') },
    ],
    [
      'it was parked with an older file: it is waited for',
      aLedger({ parked: new Map([[1, 1]]) }),
      aClip(1, { revision: 2 }),
      NONE,
      undefined,
    ],
  ];
  test.each(rules)('%s', (_rule, ledger, of, failures, expected) => {
    expect(whyNotDone(ledger, of, failures)).toEqual(expected);
  });
});

function progressOf(ledgers: Ledger[], clips: ClipEntry[]): Progress {
  const counts = { clips: clips.length, episodes: ledgers.length, pairs: 0, researched: 0, givenUp: 0, leases: 0 };
  return { catalogue: aCatalogue(clips), ledgers, ...counts };
}

test('A job is settled when each pair is researched or not to be waited for, and not one pair earlier', () => {
  const clips = [aClip(1), aClip(2)];
  const researched = Bitset.of([1]);
  expect(isSettled(progressOf([aLedger({ researched })], clips), NONE)).toBe(false);
  expect(isSettled(progressOf([aLedger({ researched })], clips), new Map([['1/2', 'empty']]))).toBe(true);
  expect(isSettled(progressOf([aLedger({ researched: Bitset.of([1, 2]) })], clips), NONE)).toBe(true);
});

test('Pairs that are not done carry their titles and reasons; an episode without a title is called by its address', () => {
  const pairs = unresearchedPairs(
    progressOf([aLedger({ researched: Bitset.of([1]) })], [aClip(1), aClip(2)]),
    NONE,
    new Map(),
  );
  expect(pairs).toEqual([{ episode: 1, episodeTitle: '', clip: 'Clip 2', of: 'clip', reason: 'not done yet' }]);
});

describe('the lines that people read', () => {
  const pair = (episode: number, clip: string, reason = 'empty', of: Unresearched['of'] = 'clip'): Unresearched => ({
    episode,
    episodeTitle: `Episode ${episode}`,
    clip,
    reason,
    of,
  });
  test('A clip that failed in every episode is one line', () => {
    expect(unresearchedLines([pair(1, 'bell'), pair(2, 'bell')], 2)).toEqual(['bell, in any episode: empty']);
  });
  test('A broken episode is one line, and does not keep a clip from being broken in any other', () => {
    const broken = [pair(1, 'bell', 'HTML', 'episode'), pair(1, 'horn', 'HTML', 'episode')];
    expect(unresearchedLines([...broken, pair(2, 'bell'), pair(3, 'bell')], 3)).toEqual([
      'bell, in any episode: empty',
      'any clip, in Episode 1: HTML',
    ]);
  });
  test('Each reason has its own line, with the episodes that it concerns', () => {
    expect(unresearchedLines([pair(1, 'bell'), pair(2, 'bell', 'HTTP 404')], 3)).toEqual([
      'bell, in Episode 1: empty',
      'bell, in Episode 2: HTTP 404',
    ]);
  });
  test('Three episodes are named, the others counted', () => {
    const pairs = [1, 2, 3, 4, 5].map((episode) => pair(episode, 'bell'));
    expect(unresearchedLines(pairs, 9)).toEqual([
      'bell, in Episode 1, Episode 2, Episode 3 and 2 other episodes: empty',
    ]);
  });
});
