import { CachedCatalogue, type LoggedCounter } from '../../../functions/stores/cached-catalogue.ts';
import { changedSince, LOG_LENGTH, NOTED_AT_MOST, notedIn } from '../../../functions/stores/catalogue-log.ts';
import { aClip } from '../../support/research.ts';

const counter = (version: number, lastOrdinal: number, log: LoggedCounter['log']): LoggedCounter => ({
  lastOrdinal,
  assignableVersion: version,
  catalogueVersion: version,
  log,
});
const log = (changes: number, versions: number, recent: number[]) => ({ changes, versions, recent });

describe('CATALOGUE-LOG-1: who read the clips before reads only what has changed', () => {
  test.each<[string, LoggedCounter, number[] | undefined]>([
    ['one change', counter(6, 100, log(4, 6, [1, 2, 3, 7])), [7]],
    ['two changes, one clip', counter(7, 100, log(5, 7, [1, 2, 3, 7, 7])), [7]],
    ['new clips', counter(6, 102, log(3, 6, [1, 2, 3])), [101, 102]],
    ['a log cut to what is needed', counter(6, 100, log(4, 6, [7])), [7]],
    ['a log cut too far', counter(7, 100, log(5, 7, [7])), undefined],
    ['a change of too many to be noted', counter(6, 100, log(1_000_003, 6, [])), undefined],
    ['a version that nobody noted', counter(7, 100, log(4, 6, [1, 2, 3, 7])), undefined],
    ['no log', counter(6, 100, undefined), undefined],
    ['another collection', counter(6, 50, log(4, 6, [7])), undefined],
    ['more new clips than are read one by one', counter(6, 500, log(3, 6, [1, 2, 3])), undefined],
  ])('%s', (_, now, changed) => {
    expect(changedSince(counter(5, 100, log(3, 5, [1, 2, 3])), now)).toEqual(changed);
  });
});

test('CATALOGUE-LOG-2: a change of many clips voids the log, and one of a few is noted', () => {
  const few = Array.from({ length: NOTED_AT_MOST }, (_, index) => index + 1);
  expect(notedIn(undefined, few)).toEqual(log(NOTED_AT_MOST, 1, few));
  expect(notedIn(log(3, 5, [1, 2, 3]), [...few, 99])).toMatchObject({ versions: 6, recent: [] });
});

describe('CATALOGUE-LOG-3: the cached catalogue', () => {
  const clips = new Map([1, 2, 3].map((ordinal) => [ordinal, aClip(ordinal)]));
  const read: string[] = [];
  const shortened: number[] = [];
  let now = counter(1, 3, log(0, 1, []));
  const cached = new CachedCatalogue({
    counter: async () => now,
    all: async () => {
      read.push('all');
      return { clips: [...clips.values()], unreadable: [] };
    },
    some: async (ordinals) => {
      read.push(ordinals.join());
      return { clips: ordinals.flatMap((ordinal) => clips.get(ordinal) ?? []), unreadable: [] };
    },
    shorten: async ({ changes }) => void shortened.push(changes),
  });

  test('is the same as one that was read whole, in the order of work', async () => {
    await cached.read();
    clips.set(2, { ...aClip(2), version: 9, info: { ...aClip(2).info, priority: 5 } });
    clips.set(4, aClip(4));
    now = counter(3, 4, log(1, 3, [2]));
    const renewed = await cached.read();
    const whole = await new CachedCatalogue({
      counter: async () => now,
      all: async () => ({ clips: [...clips.values()], unreadable: [] }),
      some: async () => ({ clips: [], unreadable: [] }),
      shorten: async () => undefined,
    }).read();
    expect(renewed).toEqual(whole);
    expect(read).toEqual(['all', '2,4']);
    expect(await cached.read()).toBe(renewed);
  });

  test('has the log shortened when it is long', async () => {
    const recent = Array.from({ length: LOG_LENGTH + 1 }, () => 1);
    now = counter(200, 4, log(LOG_LENGTH + 1, 200, recent));
    await cached.read();
    expect(shortened).toEqual([LOG_LENGTH + 1]);
  });
});
