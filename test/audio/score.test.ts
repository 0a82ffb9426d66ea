import { type Detection, placeOf, scored } from '../../audio/evaluation/score.ts';
import type { Truth } from '../../audio/test-set/truth.ts';

function truthOf(...plays: [clip: string, offset: number, kind?: string][]): Truth {
  return {
    episode: 'episode.mp3',
    clips: [
      { id: 'a', kind: 'speech', present: true },
      { id: 'b', kind: 'music', present: true },
      { id: 'c', kind: 'speech', present: false, variantOf: 'a' },
    ],
    plays: plays.map(([clip, offset, kind = 'clean']) => ({ clip, offset, class: kind })),
  };
}
const found = (clip: string, offset: number): Detection => ({ clip, offset, score: 0.9 });

test.each([
  ['before', 0.049, 1],
  ['at', 0.05, 1],
  ['after', 0.051, 0],
])('A detection counts up to 50 ms from its play: %s the bound', (_, error, hits) => {
  for (const side of [-1, 1]) {
    expect(scored(truthOf(['a', 10]), [found('a', 10 + side * error)])).toMatchObject({ hits, falseAlarms: 1 - hits });
  }
});

test.each([
  ['before', 0.999, 1],
  ['at', 1, 1],
  ['after', 1.001, 0],
])(
  'A detection beyond the tolerance and up to 1 s away is displaced, and still no hit: %s the bound',
  (_, error, n) => {
    const score = scored(truthOf(['a', 10]), [found('a', 10 + error)]);
    expect(score).toMatchObject({ hits: 0, displaced: n, found: n, recall: 0, precision: 0, falseAlarms: 1 });
    expect(score.false[0]?.displaced).toBe(n === 1);
  },
);

test('One play is matched once: its second detection is a false alarm', () => {
  const score = scored(truthOf(['a', 10]), [found('a', 10.01), found('a', 9.999)]);
  expect(score).toMatchObject({ hits: 1, falseAlarms: 1, displaced: 0, recall: 1, precision: 0.5 });
  expect(score.offsetErrors?.medianMs).toBeCloseTo(1, 6);
});

test('One detection matches one play: the nearest', () => {
  const score = scored(truthOf(['a', 10], ['a', 10.04]), [found('a', 10.03)]);
  expect(score).toMatchObject({ hits: 1, plays: 2, recall: 0.5, precision: 1 });
  expect(score.missed.map((play) => play.offset)).toEqual([10]);
});

test('A detection of another clip at the same place is a false alarm, and says of which clip it is a variant', () => {
  const score = scored(truthOf(['a', 10]), [found('a', 10), found('c', 10), found('b', 10)]);
  expect(score).toMatchObject({ hits: 1, falseAlarms: 2 });
  expect(score.false).toEqual([
    { ...found('c', 10), displaced: false, variantOf: 'a' },
    { ...found('b', 10), displaced: false },
  ]);
});

test('A play that is hit is not also displaced by a second detection nearby', () => {
  expect(scored(truthOf(['a', 10]), [found('a', 10), found('a', 10.4)])).toMatchObject({
    displaced: 0,
    falseAlarms: 1,
  });
});

test('Classes and kinds are tallied apart', () => {
  const score = scored(truthOf(['a', 10], ['a', 20, 'reverb'], ['b', 30, 'reverb']), [
    found('a', 10),
    found('b', 30.002),
  ]);
  expect(score.byClass).toMatchObject({ clean: { plays: 1, hits: 1 }, reverb: { plays: 2, hits: 1, recall: 0.5 } });
  expect(score.byKind).toMatchObject({ speech: { plays: 2, hits: 1 }, music: { plays: 1, hits: 1 } });
});

test('Offset errors: the median and the 95th percentile of what was hit', () => {
  const plays = Array.from({ length: 20 }, (_, i): [string, number] => ['a', 10 * (i + 1)]);
  const detections = plays.map(([clip, offset], i) => found(clip, offset + (i + 1) / 1_000));
  const { offsetErrors } = scored(truthOf(...plays), detections);
  expect(offsetErrors).toEqual({ medianMs: 10, p95Ms: 19, maxMs: 20 });
});

test('Nothing found and nothing to find: recall and precision are 1', () => {
  expect(scored(truthOf(), [])).toMatchObject({ recall: 1, precision: 1, found: 1, falseAlarms: 0 });
});

test('Places below the threshold count for nothing, and are listed by how near to it they are: missed plays, and chance', () => {
  const faint = (clip: string, offset: number, score: number, threshold = 0.42) => ({ clip, offset, score, threshold });
  const [play, take, plain] = [faint('a', 20.001, 0.3), faint('c', 10, 0.35), faint('b', 50, 0.6, 0.7)];
  const score = scored(truthOf(['a', 10], ['a', 20]), [found('a', 10)], { faint: [take, play, plain] });
  expect(score).toMatchObject({ hits: 1, recall: 0.5, precision: 1, falseAlarms: 0, detections: 1 });
  expect(score.faint).toEqual({ plays: [play], chance: [plain, { ...take, variantOf: 'a' }] });
});

test('A detection of the sound of another clip that plays there is neither a hit nor false; a displaced one stays false', () => {
  const [hit, same, beside, displaced] = [found('a', 10), found('b', 10.2), found('b', 40), found('a', 20.4)];
  const shared = new Map([same, displaced].map((place) => [placeOf(place), { with: 'a', likeness: 0.8 }]));
  const score = scored(truthOf(['a', 10], ['a', 20]), [hit, same, beside, displaced], { shared });
  expect(score).toMatchObject({ detections: 4, hits: 1, falseAlarms: 2, precision: 1 / 3, strictPrecision: 1 / 4 });
  expect(score.false.map(({ offset }) => offset)).toEqual([40, 20.4]);
  expect(score.sameSound).toEqual([{ ...same, with: 'a', likeness: 0.8 }]);
  expect(score.scores).toEqual({ right: [0.9], wrong: [0.9, 0.9] });
});

test('What the page does not promise counts apart, and so do clips that cannot be judged', () => {
  const truth = truthOf(['a', 10], ['a', 20, 'duck-12'], ['a', 30, 'inside duck-12'], ['b', 40]);
  expect(scored(truth, [found('a', 10)], { notDistinctive: ['b'] })).toMatchObject({
    recall: 0.25,
    promised: { plays: 1, hits: 1, recall: 1 },
  });
});
