import { TriedArchive } from './tried-archive.ts';

const later = (days: number) => ({ lastDateCurated: `2025-02-${String(days).padStart(2, '0')}T00:00:00Z` });

test('ARCHIVE-1: a new clip gets the next ordinal and raises assignableVersion and catalogueVersion', async () => {
  const tried = new TriedArchive();
  expect(await tried.clips(tried.clipInfo())).toEqual([{ kind: 'inserted', ordinal: 1 }]);
  expect(await tried.clips(tried.clipInfo())).toEqual([{ kind: 'inserted', ordinal: 2 }]);
  expect(tried.archive.state.counters.clip).toEqual({ lastOrdinal: 2, assignableVersion: 2, catalogueVersion: 2 });
});

test('ARCHIVE-2: a new episode gets its ledger in the same transaction', async () => {
  const tried = new TriedArchive();
  await tried.episodes(tried.episodeInfo());
  expect(tried.ledger(1)).toMatchObject({ version: 1, state: 'OPEN', revision: 1 });
});

test('ARCHIVE-3: an unknown URI with a known title is that entry, moved: new media revision, assignableVersion raised', async () => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  await tried.clips(info);
  const moved = { ...info, mediaUri: 'https://other.example.org/1.mp3', ...later(1) };
  expect(await tried.clips(moved)).toEqual([{ kind: 'updated', ordinal: 1 }]);
  expect(tried.archive.state.clip.get(1)).toMatchObject({ revision: 2, info: { mediaUri: moved.mediaUri } });
  expect(tried.archive.state.counters.clip).toMatchObject({ assignableVersion: 2, catalogueVersion: 2 });
});

test('ARCHIVE-4: a known URI with another title is retitled, and the media stays', async () => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  await tried.clips(info);
  await tried.clips({ ...info, title: 'Corrected', ...later(1) });
  expect(tried.archive.state.clip.get(1)).toMatchObject({ revision: 1, info: { title: 'Corrected' } });
  expect(tried.archive.state.counters.clip).toMatchObject({ assignableVersion: 1, catalogueVersion: 2 });
});

test('ARCHIVE-5: an old name finds the entry and never moves it back', async () => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  await tried.clips(info);
  await tried.clips({ ...info, mediaUri: 'https://other.example.org/1.mp3', ...later(1) });
  await tried.clips({ ...info, priority: 4, ...later(2) });
  expect(tried.archive.state.clip.size).toBe(1);
  expect(tried.archive.state.clip.get(1)?.info).toMatchObject({
    mediaUri: 'https://other.example.org/1.mp3',
    priority: 4,
  });
});

test('ARCHIVE-6: names of two entries are refused as a conflict, and both entries stay', async () => {
  const tried = new TriedArchive();
  const [one, two] = [tried.clipInfo(), tried.clipInfo()];
  await tried.clips(one, two);
  const before = new Map(tried.archive.state.clip);
  const [outcome] = await tried.clips({ ...one, mediaUri: two.mediaUri, ...later(1) });
  expect(outcome).toEqual({ kind: 'refused', reason: expect.stringContaining('Names in conflict') });
  expect(new Map(tried.archive.state.clip)).toEqual(before);
});

test.each([
  ['before', '2024-12-31T23:59:59.999Z', 'unchanged'],
  ['at', '2025-01-01T00:00:00Z', 'unchanged'],
  ['after', '2025-01-01T00:00:00.001Z', 'updated'],
])('ARCHIVE-7: an update counts only after the stored lastDateCurated (%s)', async (_when, lastDateCurated, kind) => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  await tried.clips(info);
  expect(await tried.clips({ ...info, priority: 9, lastDateCurated })).toEqual([{ kind, ordinal: 1 }]);
});

test('ARCHIVE-8: what says nothing new but its date is touched, without raising catalogueVersion', async () => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  await tried.clips(info);
  expect(await tried.clips({ ...info, ...later(1) })).toEqual([{ kind: 'touched', ordinal: 1 }]);
  expect(tried.archive.state.counters.clip.catalogueVersion).toBe(1);
  expect(tried.archive.state.clip.get(1)?.info.lastDateCurated).toBe(later(1).lastDateCurated);
});

test('ARCHIVE-9: initialDateCurated is kept from the insertion', async () => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  await tried.clips(info);
  await tried.clips({ ...info, initialDateCurated: '2020-01-01T00:00:00Z', ...later(1) });
  expect(tried.archive.state.clip.get(1)?.info.initialDateCurated).toBe(info.initialDateCurated);
});

test('ARCHIVE-10: the same entry twice in a batch is one entry, with the newer description', async () => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  const outcomes = await tried.clips(info, { ...info, priority: 7, ...later(1) }, info);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['inserted', 'updated', 'unchanged']);
  expect([...tried.archive.state.clip.values()]).toEqual([expect.objectContaining({ ordinal: 1, version: 1 })]);
  expect(tried.archive.state.clip.get(1)?.info.priority).toBe(7);
});

test('ARCHIVE-11: an episode that comes and moves in one batch has a ledger of its new media', async () => {
  const tried = new TriedArchive();
  const info = tried.episodeInfo();
  await tried.episodes(info, { ...info, mediaUri: 'https://other.example.org/1.mp3', ...later(1) });
  expect(tried.archive.state.episode.get(1)?.revision).toBe(2);
  expect(tried.ledger(1).revision).toBe(2);
});

test('ARCHIVE-12: concurrent insertions of one clip make one entry', async () => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  const outcomes = await Promise.all([tried.clips(info), tried.clips(info), tried.clips(info)]);
  expect(
    outcomes
      .flat()
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['inserted', 'unchanged', 'unchanged']);
  expect(tried.archive.state.clip.size).toBe(1);
});

test('ARCHIVE-13: one hopeless message of a batch affects no other', async () => {
  const tried = new TriedArchive();
  const [one, two] = [tried.clipInfo(), tried.clipInfo()];
  await tried.clips(one, two);
  const conflict = { ...one, mediaUri: two.mediaUri, ...later(1) };
  const outcomes = await tried.clips(tried.clipInfo(), conflict, tried.clipInfo());
  expect(outcomes.map(({ kind }) => kind)).toEqual(['inserted', 'refused', 'inserted']);
});

test('ARCHIVE-14: one that cannot be stored fails alone, after the batch was tried together', async () => {
  const tried = new TriedArchive();
  const bad = tried.clipInfo({ title: 'bad' });
  const { collection } = tried.archive;
  const change = collection.change.bind(collection);
  collection.change = async (asked) => {
    if (asked.entries.some(({ info }) => info.title === 'bad')) throw new Error('Validation failed');
    return change(asked);
  };
  const outcomes = await tried.clips(tried.clipInfo(), bad, tried.clipInfo());
  expect(outcomes.map(({ kind }) => kind)).toEqual(['inserted', 'failed', 'inserted']);
});

test('ARCHIVE-15: an empty title is no name: two episodes without titles stay two', async () => {
  const tried = new TriedArchive();
  await tried.episodes(tried.episodeInfo({ title: '' }), tried.episodeInfo({ title: '' }));
  expect(tried.archive.state.episode.size).toBe(2);
});

test('ARCHIVE-16: a new priority moves the ledger to its rank in the same transaction, whatever its state', async () => {
  const tried = new TriedArchive();
  const [low, high] = [tried.episodeInfo(), tried.episodeInfo({ priority: 1 })];
  await tried.episodes(low, high);
  expect(tried.ledger(1).rank > tried.ledger(2).rank).toBe(true);
  await tried.episodes({ ...low, priority: 2, ...later(1) });
  expect(tried.ledger(1).rank < tried.ledger(2).rank).toBe(true);
  expect(tried.ledger(1).position).toBe(tried.ledger(1).rank);
});

test('ARCHIVE-17: an older description that comes late changes nothing but tells a name', async () => {
  const tried = new TriedArchive();
  const info = tried.clipInfo();
  const [b, c] = ['https://b.example.org/', 'https://c.example.org/'];
  await tried.clips(info);
  await tried.clips({ ...info, mediaUri: c, ...later(2) });
  await tried.clips({ ...info, mediaUri: b, ...later(1) });
  expect(tried.archive.state.clip.get(1)?.info.mediaUri).toBe(c);
  expect(await tried.clips({ ...info, mediaUri: b, title: 'Retitled', ...later(3) })).toEqual([
    { kind: 'updated', ordinal: 1 },
  ]);
});

test('ARCHIVE-18: a new entry must not have been changed before it was found', async () => {
  const tried = new TriedArchive();
  const dates = { initialDateCurated: '2025-01-02T00:00:00Z', lastDateCurated: '2025-01-01T00:00:00Z' };
  const [outcome] = await tried.clips(tried.clipInfo(dates));
  expect(outcome).toEqual({ kind: 'refused', reason: expect.stringContaining('lastDateCurated') });
});

/** What source `a` says of an episode on a day of February, of some place. */
const ofSourceA = (tried: TriedArchive) => (sourceId: string, place: string, day: number) =>
  tried.episodeInfo({
    ...{ source: 'a', sourceId, title: sourceId, mediaUri: `https://media.example.org/${place}.mp3` },
    lastDateCurated: `2025-02-0${day}T00:00:00Z`,
  });

/** Of each episode its id, the file that it is at, and whether it is gone from there. */
const placesOf = ({ archive: { state } }: TriedArchive) =>
  [...state.episode.values()].map(({ info, gone = false }) => [info.sourceId, info.mediaUri.slice(26), gone]);

/** Does something once, between the next readings of names and of entries. */
function beforeEntriesAreRead({ archive: { collection } }: TriedArchive, work: () => Promise<void>): void {
  const entries = collection.entries.bind(collection);
  collection.entries = async (kind, ordinals) => {
    collection.entries = entries;
    await work();
    return entries(kind, ordinals);
  };
}

test('ARCHIVE-20: who takes an address while the entry that left it comes back reads again, and is gone from it', async () => {
  const tried = new TriedArchive();
  const said = ofSourceA(tried);
  await tried.episodes(said('one', 'latest', 1));
  await tried.episodes(said('one', 'archive', 3));
  const { collection } = tried.archive;
  const change = collection.change.bind(collection);
  collection.change = async (write) => {
    collection.change = change;
    await tried.episodes(said('one', 'latest', 4));
    return change(write);
  };
  // Sent before that, it comes late.
  await tried.episodes(said('two', 'latest', 2));
  expect(placesOf(tried)).toEqual([
    ['one', 'latest.mp3', false],
    ['two', 'latest.mp3', true],
  ]);
});

test('ARCHIVE-21: who comes back to an address that another takes between the readings of names and entries reads again', async () => {
  const tried = new TriedArchive();
  const said = ofSourceA(tried);
  await tried.episodes(said('one', 'latest', 1));
  await tried.episodes(said('one', 'archive', 2));
  beforeEntriesAreRead(tried, async () => {
    await tried.episodes(said('two', 'latest', 3));
  });
  await tried.episodes(said('one', 'latest', 4));
  expect(placesOf(tried)).toEqual([
    ['one', 'latest.mp3', false],
    ['two', 'latest.mp3', true],
  ]);
});

test('ARCHIVE-22: who leaves an address between the readings of names and entries does not lose it by an older message', async () => {
  const tried = new TriedArchive();
  const said = ofSourceA(tried);
  await tried.episodes(said('one', 'latest', 1));
  beforeEntriesAreRead(tried, async () => {
    await tried.episodes(said('one', 'latest', 4));
    await tried.episodes(said('one', 'archive', 5));
  });
  await tried.episodes(said('two', 'latest', 3));
  expect(placesOf(tried)).toEqual([
    ['one', 'archive.mp3', false],
    ['two', 'latest.mp3', true],
  ]);
});

test('ARCHIVE-23: an episode that turns out to be another one is not researched, and its id leads to that one', async () => {
  const tried = new TriedArchive();
  const nameless = tried.episodeInfo();
  const named = tried.episodeInfo({ source: 'a', sourceId: 'one', ...later(2) });
  await tried.episodes(nameless);
  await tried.episodes(named);
  await tried.episodes({ ...named, mediaUri: nameless.mediaUri, ...later(1) });
  expect(tried.archive.state.episode.get(2)?.sameAs).toBe(1);
  expect([tried.ledger(1), tried.ledger(2)].map(({ gone = false, state }) => [gone, state])).toEqual([
    [false, 'OPEN'],
    [true, 'HELD'],
  ]);
  await tried.episodes({ ...named, title: 'Retitled', ...later(3) });
  expect(tried.archive.state.episode.get(1)?.info).toMatchObject({ title: 'Retitled', mediaUri: named.mediaUri });
});

test('ARCHIVE-24: what is read of several moments refuses nothing', async () => {
  const tried = new TriedArchive();
  const [first, other] = [tried.episodeInfo(), tried.episodeInfo()];
  const named = tried.episodeInfo({ source: 'a', sourceId: 'one', ...later(3) });
  await tried.episodes(first, other, { ...other, source: 'b', sourceId: 'x', ...later(2) }, named);
  const { collection } = tried.archive;
  const entries = collection.entries.bind(collection);
  collection.entries = async (kind, ordinals) => {
    collection.entries = entries;
    const before = await entries(kind, [1]);
    // The third turns out to be the first: read as it was before, that says nothing of a source.
    await tried.episodes({ ...named, mediaUri: first.mediaUri, ...later(2) });
    return new Map([...(await entries(kind, ordinals)), ...before]);
  };
  const outcomes = await tried.episodes(first, { ...other, mediaUri: named.mediaUri, ...later(4) });
  expect(tried.archive.state.episode.get(3)?.sameAs).toBe(1);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged']);
});
