import type { EpisodeInfo } from '../../domain/messages.ts';
import { perfectEpisode, without } from '../support/perfect-messages.ts';
import { CollectionOf } from './support/collection-of.ts';

/** The table of cases of docs/decisions/020-an-entry-is-what-its-source-says.md, one by one. */

const day = (n: number) => ({ lastDateCurated: `2024-03-${String(n).padStart(2, '0')}T00:00:00Z` });

/** Of one source; each call shows what differs. */
function said(difference: Partial<EpisodeInfo> = {}): EpisodeInfo {
  const base = without(perfectEpisode({ source: 'a', sourceId: '1', title: 'One', mediaUri: 'https://a/1.mp3' }), 'id');
  return { ...base, ...day(1), ...difference };
}

const nameless = (difference: Partial<EpisodeInfo> = {}) => without(without(said(difference), 'source'), 'sourceId');

let collection: CollectionOf;
beforeEach(() => {
  collection = new CollectionOf();
});
const take = (...infos: EpisodeInfo[]) => collection.take(...infos).map(({ kind }) => kind);
const entry = (ordinal: number) => collection.entries.get(ordinal)!;

describe('BY-ID-1: the id in its source decides', () => {
  test('another address and another title under a known id is that entry, moved and retitled', () => {
    take(said());
    expect(take(said({ ...day(2), mediaUri: 'https://a/2.mp3', title: 'Two' }))).toEqual(['updated']);
    expect(entry(1)).toMatchObject({ revision: 2, info: { mediaUri: 'https://a/2.mp3', title: 'Two' } });
    expect(collection.entries.size).toBe(1);
  });

  test('back again, too: what its source says last counts', () => {
    take(said(), said({ ...day(2), mediaUri: 'https://a/2.mp3' }), said({ ...day(3), title: '' }));
    expect(entry(1).info).toMatchObject({ mediaUri: 'https://a/1.mp3', title: '' });
  });

  test('two shows, or two folders, whose entries have one title and date are two entries', () => {
    expect(take(said(), said({ source: 'b', mediaUri: 'https://b/1.mp3' }))).toEqual(['inserted', 'inserted']);
  });

  test('so are two of one show', () => {
    expect(take(said(), said({ sourceId: '2', mediaUri: 'https://a/2.mp3' }))).toEqual(['inserted', 'inserted']);
  });

  test('of the names only the address and the id are kept', () => {
    take(said());
    expect(collection.claims.size).toBe(2);
  });
});

describe('BY-ID-2: a known address under another id of its source is a new entry, and the old one is gone from it', () => {
  const later = said({ ...day(2), sourceId: '2', title: 'Two' });

  test('it keeps its description, and takes no other', () => {
    take(said());
    expect(take(later)).toEqual(['inserted']);
    expect(entry(1)).toMatchObject({ gone: true, info: { title: 'One' } });
    expect(entry(2).gone).toBeUndefined();
  });

  test('whichever is heard of first', () => {
    take(later);
    expect(take(said())).toEqual(['inserted']);
    expect(entry(2)).toMatchObject({ gone: true, info: { title: 'One' } });
    expect(entry(1).gone).toBeUndefined();
  });

  test('until it is said to be there, or elsewhere, later', () => {
    take(said(), later, said(day(3)));
    expect([entry(1).gone, entry(2).gone]).toEqual([undefined, true]);
    take(said({ ...day(4), sourceId: '2', mediaUri: 'https://a/2.mp3' }));
    expect([entry(1).gone, entry(2).gone]).toEqual([undefined, undefined]);
  });

  test('two that take each other’s place are both where they say', () => {
    const two = { sourceId: '2', title: 'Two' };
    take(said(), said({ ...two, mediaUri: 'https://a/2.mp3' }));
    take(said({ ...day(2), mediaUri: 'https://a/2.mp3' }), said({ ...two, ...day(2) }));
    expect(entry(1)).toMatchObject({ info: { mediaUri: 'https://a/2.mp3' } });
    expect(entry(2)).toMatchObject({ info: { mediaUri: 'https://a/1.mp3' } });
    expect([entry(1).gone, entry(2).gone]).toEqual([undefined, undefined]);
  });

  test('who left an address long ago is not gone from it, but a later one may be', () => {
    take(said(), said({ ...day(5), mediaUri: 'https://a/new.mp3' }));
    take(said({ ...day(3), sourceId: '2' }));
    expect([entry(1).gone, entry(2).gone]).toEqual([undefined, undefined]);
    // It turns out that the first one was there on the fourth day.
    take(said(day(4)));
    expect([entry(1).gone, entry(2).gone]).toEqual([undefined, true]);
    take(said({ ...day(2), sourceId: '3' }), said({ ...day(5), sourceId: '4' }));
    expect([entry(3).gone, entry(4).gone]).toEqual([true, undefined]);
  });
});

describe('BY-ID-3: across sources only the same address is the same entry', () => {
  test('under both ids from then on', () => {
    take(said(), said({ source: 'b', sourceId: 'x', title: 'Other title' }));
    expect(collection.entries.size).toBe(1);
    take(said({ ...day(2), mediaUri: 'https://a/moved.mp3' }));
    take(said({ ...day(3), source: 'b', sourceId: 'x', title: 'Found' }));
    expect(collection.entries.size).toBe(1);
    expect(entry(1)).toMatchObject({ info: { title: 'Found', source: 'b' }, also: [['a', '1']] });
  });

  test('two entries that turn out to be one are joined: the lower ordinal stands', () => {
    take(said(), said({ source: 'b', sourceId: 'x', mediaUri: 'https://b/1.mp3' }));
    expect(take(said({ ...day(2), mediaUri: 'https://b/1.mp3' }))).toEqual(['updated']);
    expect(entry(2).sameAs).toBe(1);
    expect(collection.called('b', 'x')?.ordinal).toBe(1);
    expect(entry(1)).toMatchObject({ info: { mediaUri: 'https://b/1.mp3' }, also: [['b', 'x']] });
  });

  test('unless a source tells them apart', () => {
    take(said(), said({ source: 'b', sourceId: 'x' }));
    take(said({ ...day(2), sourceId: '2', mediaUri: 'https://a/2.mp3' }));
    take(said({ ...day(3), source: 'b', sourceId: 'x', mediaUri: 'https://a/2.mp3' }));
    expect(collection.standing.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
    expect(entry(2).gone).toBe(true);
  });
});

describe('BY-ID-4: messages without a source, or without an id', () => {
  test('an entry takes over its source from the first message that brings one, at its address', () => {
    take(nameless());
    expect(take(said())).toEqual(['updated']);
    expect(entry(1).info).toMatchObject({ source: 'a', sourceId: '1' });
    expect(take(said())).toEqual(['unchanged']);
  });

  test('or under its title, if it came from the same place', () => {
    take(nameless());
    expect(take(said({ mediaUri: 'https://a/1.mp3?token=2', ...day(2) }))).toEqual(['updated']);
    expect(entry(1).info).toMatchObject({ source: 'a', mediaUri: 'https://a/1.mp3?token=2' });
  });

  test('but not under its title alone', () => {
    take(nameless());
    const elsewhere = said({ mediaUri: 'https://b/1.mp3', curatorInformation: 'another feed' });
    expect(take(elsewhere)).toEqual(['inserted']);
  });

  test('nor when another one has taken it over', () => {
    take(nameless(), said());
    expect(take(said({ source: 'b', mediaUri: 'https://a/9.mp3' }))).toEqual(['inserted']);
  });

  test('a message without a source still finds the entry by its address, and says nothing of it', () => {
    take(said());
    expect(take(nameless({ ...day(2), title: 'Other', priority: 7 }))).toEqual(['updated']);
    expect(entry(1).info).toEqual(said());
    expect(take(nameless({ ...day(3), title: 'Other', priority: 7 }))).toEqual(['unchanged']);
  });

  test('nor where it is: newer than its move, and for the address before it, whichever comes first', () => {
    const [before, move, late] = [said(), said({ ...day(2), mediaUri: 'https://a/2.mp3' }), nameless(day(3))];
    for (const order of [
      [before, move, late],
      [before, late, move],
      [late, before, move],
      [late, move, before],
      [move, late, before],
      [move, before, late],
    ]) {
      collection = new CollectionOf();
      take(...order);
      expect(collection.called('a', '1')?.info).toEqual(move);
      expect(collection.standing).toHaveLength(1);
    }
  });

  test('what a source says replaces what was said without one, however new that was', () => {
    take(nameless({ ...day(9), title: 'Newer', priority: 7 }), said());
    expect(entry(1).info).toEqual(said());
    const idless = without(said({ mediaUri: 'https://a/2.mp3', title: 'Two' }), 'sourceId');
    take(nameless({ ...day(9), mediaUri: 'https://a/2.mp3', priority: 7 }), idless);
    expect(entry(2).info).toEqual(idless);
  });

  test('two that a message without a source takes for one are one, if only one of them has a source', () => {
    const [at1, at3] = [nameless({ title: 'N' }), nameless({ ...day(2), title: 'N', mediaUri: 'https://a/3.mp3' })];
    for (const order of [
      [said(), at3, at1],
      [at3, said(), at1],
    ]) {
      collection = new CollectionOf();
      take(...order);
      expect(collection.standing.map(({ ordinal, info }) => ({ ordinal, info }))).toEqual([
        { ordinal: 1, info: said() },
      ]);
    }
    take(said({ source: 'b', sourceId: '2', mediaUri: 'https://b/2.mp3' }));
    expect(take(nameless({ title: 'N', mediaUri: 'https://b/2.mp3' }))).toEqual(['unchanged']);
    expect(collection.standing).toHaveLength(2);
  });

  test('an address that nobody but a message without a source gave to an entry is free for a source', () => {
    take(said(), nameless({ title: 'N' }), nameless({ title: 'N', mediaUri: 'https://b/2.mp3' }));
    expect(take(said({ source: 'b', sourceId: 'x', mediaUri: 'https://b/2.mp3' }))).toEqual(['inserted']);
    expect(take(nameless({ ...day(4), title: 'N', mediaUri: 'https://b/2.mp3' }))).toEqual(['unchanged']);
  });

  test('in a source, what has no id is known by its address, then by its title there', () => {
    const idless = (difference: Partial<EpisodeInfo>) => without(said(difference), 'sourceId');
    take(idless({}));
    expect(take(idless({ ...day(2), mediaUri: 'https://a/2.mp3' }))).toEqual(['updated']);
    expect(entry(1)).toMatchObject({ revision: 2, info: { mediaUri: 'https://a/2.mp3' } });
    expect(take(idless({ source: 'b', mediaUri: 'https://b/1.mp3' }))).toEqual(['inserted']);
    expect(take(said({ ...day(3), mediaUri: 'https://a/2.mp3' }))).toEqual(['updated']);
    expect(collection.called('a', '1')?.ordinal).toBe(1);
  });

  test('and its address decides where the title contradicts it: in a source that has a name nothing is a conflict', () => {
    const idless = (difference: Partial<EpisodeInfo>) => without(said(difference), 'sourceId');
    take(idless({}), idless({ mediaUri: 'https://a/2.mp3', title: 'Two' }));
    expect(take(idless({ ...day(2), title: 'Two' }))).toEqual(['updated']);
    expect(entry(1).info.title).toBe('Two');
  });
});

describe('BY-ID-5: another recording', () => {
  test('under the same id is another revision, at the same address or not', () => {
    take(said({ revision: 'x' }));
    take(said({ ...day(2), revision: 'y' }));
    expect(entry(1)).toMatchObject({ revision: 2, recording: { number: 2 }, info: { revision: 'y' } });
    take(said({ ...day(3), revision: 'z', mediaUri: 'https://a/z.mp3' }));
    expect(entry(1)).toMatchObject({ revision: 3, recording: { number: 3 } });
  });

  test('a move with the same recording is none, nor is the first word of it', () => {
    take(said());
    take(said({ ...day(2), revision: 'x' }), said({ ...day(3), revision: 'x', mediaUri: 'https://a/2.mp3' }));
    expect(entry(1)).toMatchObject({ revision: 2 });
    expect(entry(1).recording).toBeUndefined();
  });

  test('facts and strikes were of the old one', () => {
    take(said({ revision: 'x' }));
    collection.entries.set(1, { ...entry(1), facts: { hash: 'h', durationNs: 1 } });
    take(said({ ...day(2), revision: 'y' }));
    expect(entry(1).facts).toBeUndefined();
  });
});

describe('BY-ID-6: of an entry the newest description counts', () => {
  test('an older one changes nothing, but that it was first curated earlier', () => {
    take(said(day(2)));
    const first = '2023-01-01T00:00:00Z';
    expect(take(said({ title: 'Old', initialDateCurated: first }))).toEqual(['updated']);
    expect(entry(1).info).toMatchObject({ title: 'One', initialDateCurated: first });
  });

  test('the same again is unchanged; only a newer date a touch', () => {
    take(said());
    expect(take(said(), said(day(2)))).toEqual(['unchanged', 'touched']);
  });

  test('a new entry must not have been changed before it was found', () => {
    expect(collection.take(said({ initialDateCurated: '2024-03-02T00:00:00Z' }))).toEqual([
      { kind: 'refused', reason: expect.stringContaining('lastDateCurated') },
    ]);
  });
});
