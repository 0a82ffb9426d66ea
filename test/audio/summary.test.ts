import { chanceBy } from '../../audio/evaluation/chance.ts';
import type { Evaluation } from '../../audio/evaluation/report.ts';
import { scored } from '../../audio/evaluation/score.ts';
import { reliabilityOf, summaryOf } from '../../audio/evaluation/summary.ts';

const truth = (...plays: [offset: number, kind: string][]) => ({
  episode: 'episode.mp3',
  clips: [{ id: 'a', kind: 'speech', present: true }],
  plays: plays.map(([offset, kind]) => ({ clip: 'a', offset, class: kind })),
});
const found = (offset: number, score = 0.99) => ({ clip: 'a', offset, score });

function evaluation(more: Partial<Evaluation>): Evaluation {
  const cost = { seconds: 1, cpuSeconds: 1 };
  return {
    ...{ set: 'set', analyzer: 'analyzer@1', workers: 1, warm: false, episodeSeconds: 3_600, clips: 1, clipHours: 1 },
    ...{ score: scored(truth(), []), chance: [], refused: [], notDistinctive: [], analysis: cost },
    ...{ opening: cost, searching: cost, peakMegabytes: 1 },
    ...more,
  };
}

test('Evaluations add up: plays by class, what the page promises, precision, and foreign clips apart', () => {
  const one = evaluation({ score: scored(truth([10, 'clean'], [20, 'duck-12']), [found(10), found(50)]) });
  const two = evaluation({ score: scored(truth([10, 'clean']), [found(10)]) });
  const chance = chanceBy(new Map([['b', 150]]), 2, [{ clip: 'b', offset: 1, score: 0.3 }]);
  const foreign = evaluation({ foreign: ['other'], clipHours: 2, chance });
  expect(summaryOf([one, foreign, two])).toMatchObject({
    ...{ sets: 2, minutes: 120, all: { plays: 3, hits: 2 }, promised: { plays: 2, hits: 2 } },
    byClass: { clean: { plays: 2, hits: 2 }, 'duck-12': { plays: 1, hits: 0 } },
    ...{ falseAlarms: 1, precision: 2 / 3, foreign: { clipHours: 2, falseAlarms: 0 } },
    chance: [
      { from: 100, to: 200, clips: 1, clipHours: 2, places: 1, highest: 0.3, highestAltered: 0 },
      {},
      {},
      {},
      {},
      {},
      {},
    ],
  });
});

test('Evaluations by several analyzers do not add up', () =>
  expect(() => summaryOf([evaluation({}), evaluation({ analyzer: 'analyzer@2' })])).toThrow('analyzer@1, analyzer@2'));

test('How much is right of what has a score: each place counts in one class, 1 in the last', () =>
  expect(reliabilityOf([0.9, 0.95, 1], [0.89])).toEqual([
    { from: 0.8, to: 0.95, listed: 2, right: 1, score: 0.895 },
    { from: 0.95, to: 0.99, listed: 1, right: 1, score: 0.95 },
    { from: 0.99, to: 1, listed: 1, right: 1, score: 1 },
  ]));
