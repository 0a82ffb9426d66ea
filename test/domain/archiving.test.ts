import { archived } from '../../domain/archiving.ts';
import type { EpisodeEntry } from '../../domain/collection.ts';
import { episodeNames, type Name } from '../../domain/identity.ts';
import type { EpisodeInfo } from '../../domain/messages.ts';
import { perfectEpisode, without } from '../support/perfect-messages.ts';
import { NOW } from '../support/research.ts';

/** Stored as entry 12. Messages that differ from it come a day later. */
const stored = without(perfectEpisode(), 'id');
const LATER = '2024-02-03T09:30:00Z';
const entry: EpisodeEntry = { ordinal: 12, version: 4, info: stored, revision: 1, revisedAt: NOW - 1_000 };

const newer = (difference: Partial<EpisodeInfo> = {}) => perfectEpisode({ lastDateCurated: LATER, ...difference });

const MOVED = 'https://elsewhere.example.org/12.mp3';
const RETITLED = 'Episode 12: On trams';

/** A collection that knows these infos as names of entry 12, and others as names of other entries. */
function archive(
  info: EpisodeInfo,
  aliases: readonly EpisodeInfo[] = [],
  others: readonly [EpisodeInfo, number][] = [],
) {
  const owners = new Map<Name, number>();
  const own = (known: EpisodeInfo, ordinal: number) => {
    const { uri, title } = episodeNames(known);
    for (const name of [uri, title]) if (name !== undefined) owners.set(name, ordinal);
  };
  for (const [known, ordinal] of others) own(known, ordinal);
  for (const known of [stored, ...aliases]) own(known, 12);
  const entryOf = (ordinal: number) =>
    ordinal === 12 ? entry : others.map(([known]) => ({ ...entry, ordinal, info: known }))[0];
  return archived(info, episodeNames(info), owners, entryOf, NOW);
}

const archivedInfo = (...parameters: Parameters<typeof archive>) => {
  const outcome = archive(...parameters);
  if (outcome.kind !== 'updated' && outcome.kind !== 'touched') throw new Error(`it was ${outcome.kind}`);
  return outcome.entry.info;
};

describe('ARCHIVING-1: an unknown URI and an unknown title are a new entry', () => {
  test('under both names, without the ordinal that was echoed', () => {
    const info = newer({ mediaUri: MOVED, title: RETITLED });
    const { uri, title } = episodeNames(info);
    expect(archive(info)).toEqual({ kind: 'inserted', info: without(info, 'id'), names: [uri, title] });
  });

  test('with an empty title under its URI alone; two of them are two entries', () => {
    const info = newer({ mediaUri: MOVED, title: '' });
    const outcome = archive(info, [], [[perfectEpisode({ mediaUri: 'https://third.example.org/', title: '' }), 30]]);
    expect(outcome).toMatchObject({ kind: 'inserted', names: [episodeNames(info).uri] });
  });

  test('the same title on another date is another episode', () => {
    expect(archive(newer({ mediaUri: MOVED, dateAired: '2024-02-01T20:00:00Z' })).kind).toBe('inserted');
    expect(archive(without(newer({ mediaUri: MOVED }), 'dateAired')).kind).toBe('inserted');
  });
});

describe('ARCHIVING-2: the URI decides first', () => {
  test('a known URI with an unknown title is that entry, retitled', () => {
    const info = newer({ title: RETITLED });
    expect(archive(info)).toEqual({
      kind: 'updated',
      entry: { ...entry, info: without(info, 'id') },
      names: [episodeNames(info).title],
      moved: false,
    });
  });

  test('a known URI with another date aired is that entry, under a new name', () => {
    const info = newer({ dateAired: '2023-01-01T00:00:00Z' });
    expect(archivedInfo(info).dateAired).toBe('2023-01-01T00:00:00Z');
    expect(archive(info)).toMatchObject({ kind: 'updated', names: [episodeNames(info).title], moved: false });
  });
});

test('ARCHIVING-3: an unknown URI with a known title is that entry, moved to a new media revision', () => {
  const info = newer({ mediaUri: MOVED });
  expect(archive(info)).toEqual({
    kind: 'updated',
    entry: { ...entry, info: without(info, 'id'), revision: 2, revisedAt: NOW },
    names: [episodeNames(info).uri],
    moved: true,
  });
});

describe('ARCHIVING-4: an alias finds the entry and never moves it back', () => {
  test('an old URI', () => {
    const outcome = archive(newer({ mediaUri: MOVED, priority: 9 }), [perfectEpisode({ mediaUri: MOVED })]);
    expect(outcome).toMatchObject({ kind: 'updated', names: [], moved: false });
    expect(outcome).toMatchObject({ entry: { revision: 1, info: { mediaUri: stored.mediaUri, priority: 9 } } });
  });

  test('an old title', () => {
    const outcome = archive(newer({ title: RETITLED, priority: 9 }), [perfectEpisode({ title: RETITLED })]);
    expect(outcome).toMatchObject({
      kind: 'updated',
      names: [],
      entry: { info: { title: stored.title, priority: 9 } },
    });
  });

  test('an old date aired goes with its old title', () => {
    const old = { title: RETITLED, dateAired: '2020-01-01T00:00:00Z' };
    const info = archivedInfo(newer({ ...old, priority: 9 }), [perfectEpisode(old)]);
    expect(info).toMatchObject({ title: stored.title, dateAired: stored.dateAired });
  });

  test('both old names at once, nothing else new: a touch', () => {
    const old = { title: RETITLED, mediaUri: MOVED };
    expect(archive(newer(old), [perfectEpisode(old)])).toEqual({
      kind: 'touched',
      entry: { ...entry, info: { ...stored, lastDateCurated: LATER } },
    });
  });
});

describe('ARCHIVING-5: names that belong to two entries are a conflict, whatever the dates', () => {
  const other = perfectEpisode({ mediaUri: MOVED, title: RETITLED });

  test.each([
    ['newer', newer({ title: RETITLED })],
    ['older', perfectEpisode({ title: RETITLED, lastDateCurated: '2024-02-01T08:00:00Z' })],
  ])('a %s message', (_, info) => {
    expect(archive(info, [], [[other, 30]])).toEqual({
      kind: 'conflict',
      reason: 'its mediaUri is known as entry 12 and its title as entry 30; correct one of the two names',
    });
  });

  test('the other way round', () => {
    expect(archive(newer({ mediaUri: MOVED }), [], [[other, 30]])).toMatchObject({
      kind: 'conflict',
      reason: expect.stringContaining('mediaUri is known as entry 30 and its title as entry 12'),
    });
  });

  test('an empty title conflicts with nothing', () => {
    expect(archive(newer({ title: '' }), [], [[other, 30]]).kind).toBe('touched');
  });
});

describe('ARCHIVING-6: an empty title is no name and changes none', () => {
  test('the title that is known stays', () => expect(archivedInfo(newer({ title: '' })).title).toBe(stored.title));

  test('the rest is set', () => expect(archivedInfo(newer({ title: '', priority: 3 })).priority).toBe(3));
});

describe('ARCHIVING-7: queues reorder, so only what is curated later counts', () => {
  test.each([
    ['a nanosecond before', '2024-02-02T09:29:59.999999999Z', 'unchanged'],
    ['at the same instant', '2024-02-02T09:30:00Z', 'unchanged'],
    ['a nanosecond after', '2024-02-02T09:30:00.000000001Z', 'updated'],
  ])('%s: %s', (_, lastDateCurated, kind) => {
    const outcome = archive(perfectEpisode({ lastDateCurated, priority: 9 }));
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === 'unchanged') expect(outcome.ordinal).toBe(12);
  });

  test('an older message with an unknown URI moves nothing, but its URI is a name from now on', () => {
    const info = perfectEpisode({ mediaUri: MOVED, lastDateCurated: '2024-02-01T08:00:00Z' });
    expect(archive(info)).toMatchObject({ kind: 'updated', moved: false, names: [episodeNames(info).uri] });
    expect(archive(info)).toMatchObject({ entry: { version: 4, info: { title: 'Episode 12: On trains' } } });
  });
});

describe('ARCHIVING-8: what an update sets', () => {
  test('initialDateCurated is kept from the insertion, were it earlier or later', () => {
    for (const initialDateCurated of ['2000-01-01T00:00:00Z', LATER]) {
      expect(archivedInfo(newer({ initialDateCurated, priority: 9 })).initialDateCurated).toBe(
        stored.initialDateCurated,
      );
    }
  });

  test.each(['description', 'curatorInformation', 'mediaType'] as const)('%s, empty or not', (field) => {
    for (const text of ['other', '']) expect(archivedInfo(newer({ [field]: text }))[field]).toBe(text);
  });

  test('only a newer lastDateCurated, however initialDateCurated differs: a touch', () => {
    expect(archive(newer({ initialDateCurated: LATER }))).toEqual({
      kind: 'touched',
      entry: { ...entry, info: { ...stored, lastDateCurated: LATER } },
    });
  });

  test('the entry keeps its version, the condition of the write', () => {
    expect(archive(newer({ priority: 9 }))).toMatchObject({ entry: { ordinal: 12, version: 4 } });
  });
});

test('ARCHIVING-9: a name that leads to no entry is an error, not an insertion', () => {
  const owners = new Map([[episodeNames(stored).uri, 77]]);
  expect(() => archived(newer(), episodeNames(newer()), owners, () => undefined, NOW)).toThrow(
    'A name leads to entry 77, which does not exist',
  );
});
