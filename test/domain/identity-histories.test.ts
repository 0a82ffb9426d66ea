import { Random } from '../simulation/world/random.ts';
import { CollectionOf } from './support/collection-of.ts';
import { deliver, entriesOf, history, shuffled, stateOf, withoutSource } from './support/histories.ts';

const HISTORIES = 10_000;

test('IDENTITY-20: the same messages give the same entries in any order, once and thrice, whatever comes between them without a source', () => {
  const seen = { apart: 0, joined: 0 };
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = new Random(seed);
    const ofSources = history(random);
    const nameless = withoutSource(random, ofSources);
    const names = new WeakMap();
    const apart = entriesOf(nameless, new Set(ofSources.map(({ mediaUri }) => mediaUri)));
    const expected = [...stateOf(deliver(random, ofSources, names), ofSources), ...apart].sort();
    const messages = [...ofSources, ...nameless];
    // What comes once only has nothing that mends it.
    const sent = random.chance(0.5) ? messages : [...messages, ...messages, ...messages];
    const collection = deliver(random, shuffled(random, sent), names);
    const state = stateOf(collection, messages);
    seen.apart += apart.length;
    for (const { sameAs, info } of collection.entries.values())
      if (sameAs !== undefined && info.sourceId === undefined) seen.joined++;
    if (JSON.stringify(state) === JSON.stringify(expected)) continue;
    throw new Error(`history ${seed}: ${JSON.stringify({ expected, state, messages }, null, 1)}`);
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(1_000);
});

test('IDENTITY-21: whatever happens, an entry keeps its ordinal, and no source has two ids for one entry', () => {
  const seen = { joined: 0, gone: 0, moved: 0 };
  for (let seed = 1; seed <= 500; seed++) {
    const messages = history(new Random(seed));
    const collection = new CollectionOf();
    const ordinals = new Map<string, number>();
    for (const message of messages) {
      collection.take(message);
      const { source = '', sourceId = '' } = message;
      const { ordinal, revision } = collection.called(source, sourceId)!;
      const key = `${source}/${sourceId}`;
      const before = ordinals.get(key) ?? ordinal;
      // Joined to another one, it is the lower of the two from then on.
      expect(ordinal).toBeLessThanOrEqual(before);
      if (ordinal < before) expect(collection.entries.get(before)?.sameAs).toBeDefined();
      ordinals.set(key, ordinal);
      if (revision > 1) seen.moved++;
    }
    const named = [...ordinals].map(([key, ordinal]) => `${ordinal} ${key.split('/')[0]}`);
    expect(new Set(named).size).toBe(named.length);
    for (const { gone, sameAs } of collection.entries.values()) {
      if (gone === true) seen.gone++;
      if (sameAs !== undefined) seen.joined++;
    }
  }
  // The histories are about something.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(10);
});
