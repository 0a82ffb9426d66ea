import {
  CLOCKS_DIFFER_MS,
  type Control,
  type DrainOutcome,
  drainBegun,
  drainEnded,
  NO_CONTROL,
  paced,
  pairsAMinute,
  reopened,
} from '../../domain/control.ts';
import { HOUR, MINUTE, NOW } from '../support/research.ts';

const BEFORE = NOW - HOUR;
const control = (difference: Partial<Control> = {}): Control => ({
  ...NO_CONTROL,
  version: 3,
  drainedUntil: BEFORE,
  ...difference,
});
const outcome = (difference: Partial<DrainOutcome> = {}): DrainOutcome => ({
  emptiedUntil: NOW,
  byNewerOnes: false,
  endedAt: NOW + MINUTE,
  undeleted: false,
  hiddenUntil: NOW + 2 * MINUTE,
  ...difference,
});
/** Clocks of two functions, or of a function and the queue, may differ both ways. */
const MARGIN = 2 * CLOCKS_DIFFER_MS;

describe('CONTROL-1: a drain announces itself', () => {
  test('with the time until which it may hide messages; nothing else changes', () => {
    expect(drainBegun(control(), 'run', NOW + 2 * MINUTE, NOW)).toEqual(control({ drains: { run: NOW + 2 * MINUTE } }));
  });

  test('beside those that are under way', () => {
    const begun = drainBegun(control({ drains: { other: NOW + 1 } }), 'run', NOW + 2 * MINUTE, NOW);
    expect(begun.drains).toEqual({ other: NOW + 1, run: NOW + 2 * MINUTE });
  });

  test.each([
    ['a millisecond less', 1, true],
    ['so long', 0, false],
    ['longer', -1, false],
  ])('one that is over since as long as a run may take and hide is forgotten: %s', (_, late, known) => {
    const until = NOW - 2 * MINUTE - MARGIN + late;
    const begun = drainBegun(control({ drains: { dead: until } }), 'run', NOW + 2 * MINUTE, NOW);
    expect('dead' in begun.drains).toBe(known);
  });
});

describe('CONTROL-2: drainedUntil advances to when the queue was seen empty, less what clocks may differ', () => {
  test('a run alone', () => {
    const ended = drainEnded(control({ drains: { run: NOW + MINUTE } }), 'run', outcome());
    expect(ended).toEqual(control({ drains: {}, drainedUntil: NOW - CLOCKS_DIFFER_MS }));
  });

  test('a run that nobody announced, since its announcement was lost', () => {
    expect(drainEnded(control(), 'run', outcome()).drainedUntil).toBe(NOW - CLOCKS_DIFFER_MS);
  });

  test('never back: an older run that ends late', () => {
    const ended = drainEnded(control(), 'run', outcome({ emptiedUntil: BEFORE - MINUTE }));
    expect(ended.drainedUntil).toBe(BEFORE);
  });
});

describe('CONTROL-3: drainedUntil does not advance', () => {
  test('when the run cannot say that the queue was empty', () => {
    const ended = drainEnded(control({ drains: { run: NOW } }), 'run', outcome({ emptiedUntil: undefined }));
    expect(ended).toEqual(control());
  });

  test('while anything received is undeleted: the run stays noted until it is visible again', () => {
    const ended = drainEnded(control({ drains: { run: NOW } }), 'run', outcome({ undeleted: true }));
    expect(ended).toEqual(control({ drains: { run: NOW + 2 * MINUTE } }));
  });

  test.each([
    ['a millisecond before', 1, false],
    ['at it', 0, true],
    ['a millisecond after', -1, true],
  ])('when the queue was seen empty before another run could no longer hide messages: %s', (_, late, advances) => {
    const other = NOW - MARGIN + late;
    const ended = drainEnded(control({ drains: { run: NOW, other } }), 'run', outcome());
    expect(ended.drainedUntil).toBe(advances ? NOW - CLOCKS_DIFFER_MS : BEFORE);
    expect(ended.drains).toEqual({ other });
  });

  test.each([
    ['a millisecond after it began', 1, false],
    ['when it began', 0, true],
    ['a millisecond before', -1, true],
  ])(
    'by newer messages when another may have received beside the run, and has ended since: %s',
    (_, late, advances) => {
      const both = control({ drains: { other: NOW + MINUTE, run: NOW + MINUTE } });
      const otherEnded = drainEnded(both, 'other', outcome({ emptiedUntil: undefined, endedAt: NOW - MARGIN + late }));
      expect(otherEnded).toMatchObject({ drains: { run: NOW + MINUTE }, besideUntil: NOW - MARGIN + late });
      const ended = drainEnded(otherEnded, 'run', outcome({ byNewerOnes: true }));
      expect(ended.drainedUntil).toBe(advances ? NOW - CLOCKS_DIFFER_MS : BEFORE);
      // Who saw the queue empty saw that nothing older was left but what the other had, and that is recorded.
      expect(drainEnded(otherEnded, 'run', outcome()).drainedUntil).toBe(NOW - CLOCKS_DIFFER_MS);
    },
  );
});

test('CONTROL-4: a run that died holds drainedUntil up for one visibility time, not longer', () => {
  const dead = drainBegun(control(), 'dead', NOW + MINUTE, NOW);
  let latest = dead;
  for (let minute = 1; minute <= 5; minute++) {
    const now = NOW + minute * MINUTE;
    latest = drainBegun(latest, `run-${minute}`, now + MINUTE, now);
    latest = drainEnded(latest, `run-${minute}`, outcome({ emptiedUntil: now + 1_000 }));
    const advances = minute >= 2;
    expect(latest.drainedUntil).toBe(advances ? now + 1_000 - CLOCKS_DIFFER_MS : BEFORE);
  }
  expect(latest.drains).toEqual({});
});

describe('CONTROL-5: completed episodes re-open for new members at most once an interval', () => {
  const opened = (assignableVersion: number, at: number) => control({ reopening: { assignableVersion, at } });

  test.each([
    ['a millisecond before the interval is over', HOUR - 1, false],
    ['at its end', HOUR, true],
    ['after it', HOUR + 1, true],
  ])('%s', (_, after, opens) => {
    const before = opened(4, NOW);
    const next = reopened(before, 5, NOW + after, HOUR);
    if (opens) expect(next).toEqual(opened(5, NOW + after));
    else expect(next).toBe(before);
  });

  test.each([
    ['no new members', 4],
    ['a catalogue that is behind', 3],
  ])('%s: never', (_, assignableVersion) => {
    const before = opened(4, 0);
    expect(reopened(before, assignableVersion, NOW, HOUR)).toBe(before);
  });

  test('with an interval of 0 every time', () => {
    expect(reopened(opened(4, NOW), 5, NOW, 0)).toEqual(opened(5, NOW));
  });

  test('the first members open at once', () => {
    expect(reopened(NO_CONTROL, 1, NOW, HOUR).reopening).toEqual({ assignableVersion: 1, at: NOW });
  });
});

describe('CONTROL-6: the pace is that of the last hour', () => {
  const recorded = (...drains: [minute: number, pairs: number][]) =>
    drains.reduce((latest, [minute, pairs]) => paced(latest, pairs, NOW + minute * MINUTE), control());

  test('nothing recorded: 0, and a drain without pairs changes nothing', () => {
    const before = control();
    expect(paced(before, 0, NOW)).toBe(before);
    expect(pairsAMinute(before, NOW)).toBe(0);
  });

  test.each([
    ['a millisecond before 5 min: counted together', 5 * MINUTE - 1, [{ at: NOW, pairs: 30 }]],
    [
      'at 5 min: apart',
      5 * MINUTE,
      [
        { at: NOW, pairs: 10 },
        { at: NOW + 5 * MINUTE, pairs: 20 },
      ],
    ],
  ])('%s', (_, after, pace) => expect(paced(recorded([0, 10]), 20, NOW + after).pace).toEqual(pace));

  test('pairs over the time since the first of them', () => {
    expect(pairsAMinute(recorded([0, 100], [10, 100]), NOW + 20 * MINUTE)).toBe(10);
  });

  test('over a minute at least, even in the instant of the first', () => {
    expect([0, 1, 2].map((minute) => pairsAMinute(recorded([0, 60]), NOW + minute * MINUTE))).toEqual([60, 60, 30]);
  });

  test.each([
    ['a millisecond before an hour', HOUR - 1, 60],
    ['at an hour', HOUR, 0],
  ])('%s', (_, after, pairs) => {
    expect(Math.round(pairsAMinute(recorded([0, pairs || 60]), NOW + after) * 60)).toBe(pairs);
  });

  test('it keeps an hour of small entries, not more', () => {
    const minutes = Array.from({ length: 300 }, (_, minute): [number, number] => [minute, 7]);
    expect(recorded(...minutes).pace?.length).toBeLessThanOrEqual(13);
  });
});
