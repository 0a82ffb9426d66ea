import { join } from 'node:path';
import { comparedWithTruth, readTruth } from '../../cli/expected.ts';
import { Failure } from '../../operating/failure.ts';
import type { FullFinding } from '../../operating/reading/findings.ts';

const truth = readTruth(join(__dirname, '../../samples/expected.json'));
const samples = { episodes: 3, clips: 10 };
const unresearched = truth.failed.map(({ clip, reason }) => ({
  episode: 1,
  episodeTitle: '41: The Keeper of Gull Rock',
  clip,
  reason,
  of: 'clip' as const,
}));

function finding(episode: string, clip: string, offsetsSeconds: readonly number[]): FullFinding {
  return {
    offsetsNs: offsetsSeconds.map((seconds) => seconds * 1e9),
    episodeEntry: { info: { title: episode } },
    clipEntry: { info: { title: clip } },
  } as unknown as FullFinding;
}
const found = truth.findings.map(({ episode, clip, offsetsSeconds }) => finding(episode, clip, offsetsSeconds));

let said = '';
beforeEach(() => {
  said = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

test('the truth is told to be the truth', () => {
  comparedWithTruth(truth, samples, found, unresearched);
  expect(said).toBe('The findings are the truth of the samples.\n');
});

test('each difference is named', () => {
  const [first, second, ...rest] = found;
  const moved = finding('41: The Keeper of Gull Rock', 'Opening theme', [9]);
  const others = [moved, finding('41: The Keeper of Gull Rock', 'Underwater', [1]), ...rest];
  expect([first, second].map((one) => one!.clipEntry.info.title)).toEqual(['Opening theme', 'Big wave']);
  let message = '';
  try {
    comparedWithTruth(truth, samples, others, []);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    message = (error as Failure).message;
  }
  expect(message.split('\n').slice(1)).toEqual([
    '  “Opening theme” in “41: The Keeper of Gull Rock” plays at 0.5 s, found: 9',
    '  “Big wave” in “41: The Keeper of Gull Rock” plays at 8.25, 20.6, 33.4 s, found: nowhere',
    '  “Underwater” is not in “41: The Keeper of Gull Rock”, but was found',
    '  “The lost tape” cannot be researched, but was',
  ]);
});

test('an archive with more than the samples is not judged by them', () => {
  comparedWithTruth(truth, { episodes: 3, clips: 11 }, [finding('My own', 'My clip', [2])], []);
  expect(said).toMatch(/^The archive holds more than the samples/);
});
