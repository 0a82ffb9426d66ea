import type { EpisodeEntry, Kind } from '../../domain/collection.ts';
import type { EpisodeInfo } from '../../domain/messages.ts';
import { archiveEntries } from '../../functions/curation/archive-entries.ts';
import { type Collection, type EntryOf, VersionConflict } from '../../functions/ports.ts';
import { CollectionOf } from '../domain/support/collection-of.ts';
import { deliver, entriesOf, history, shuffled, stateOf, withoutSource } from '../domain/support/histories.ts';
import { Random } from '../simulation/world/random.ts';
import { memoryArchive } from '../support/memory/memory-archive.ts';
import { NOW } from '../support/research.ts';

const HISTORIES = 500;
const RUNS = 3;

/** Calls that wait for their turn, of which one is made at a time, whichever it is. */
class Turns {
  private readonly waiting: (() => void)[] = [];
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  async call<Answer>(make: () => Promise<Answer>): Promise<Answer> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    return make();
  }

  async untilAllEnd(runs: readonly Promise<void>[]): Promise<void> {
    let ended = false;
    const all = Promise.all(runs).finally(() => {
      ended = true;
    });
    // What one call leads to is done before the next is made.
    while (!ended) {
      await new Promise((resolve) => setImmediate(resolve));
      const [make] = this.waiting.splice(this.random.int(0, this.waiting.length - 1), 1);
      make?.();
    }
    await all;
  }
}

/** Runs that take in messages beside each other. What one of them reads at once is of several moments, as DynamoDB answers. */
class Beside {
  conflicts = 0;
  private readonly archive = memoryArchive({ clock: () => NOW });
  private readonly random: Random;
  private readonly turns: Turns;

  constructor(random: Random) {
    this.random = random;
    this.turns = new Turns(random);
  }

  async take(messages: readonly EpisodeInfo[]): Promise<void> {
    const left = [...messages];
    await this.turns.untilAllEnd(Array.from({ length: RUNS }, () => this.run(left)));
  }

  private async run(left: EpisodeInfo[]): Promise<void> {
    while (left.length > 0) {
      const batch = left.splice(0, this.random.int(1, 4));
      const dependencies = { collection: this.collection(), ledgers: this.ledgers, clock: () => NOW };
      for (const [index, outcome] of (await archiveEntries('episode', batch, dependencies)).entries()) {
        if (outcome.kind === 'refused') throw new Error(outcome.reason);
        if (outcome.kind !== 'failed') continue;
        if (!(outcome.error instanceof VersionConflict)) throw outcome.error;
        left.push(batch[index] as EpisodeInfo);
      }
    }
  }

  private readonly ledgers = {
    read: (episode: number) => this.turns.call(() => this.archive.ledgers.read(episode)),
  };

  /** As far as taking in messages needs it. */
  private collection(): Collection {
    const { turns } = this;
    const { collection } = this.archive;
    const eachAlone = async <Key, Answer>(
      keys: readonly Key[],
      read: (key: Key) => Promise<ReadonlyMap<Key, Answer>>,
    ) => {
      const answers = new Map<Key, Answer>();
      for (const key of keys) for (const [of, answer] of await turns.call(() => read(key))) answers.set(of, answer);
      return answers;
    };
    return Object.assign(Object.create(collection) as Collection, {
      claims: (kind: Kind, names: readonly string[]) => eachAlone(names, (name) => collection.claims(kind, [name])),
      entries: <K extends Kind>(kind: K, ordinals: readonly number[]) =>
        eachAlone(ordinals, (ordinal) => collection.entries(kind, [ordinal])),
      counter: (kind: Kind) => turns.call(() => collection.counter(kind)),
      touch: <K extends Kind>(kind: K, entry: EntryOf[K]) => turns.call(() => collection.touch(kind, entry)),
      change: (change: Parameters<Collection['change']>[0]) =>
        turns.call(async () => {
          try {
            await collection.change(change);
          } catch (error) {
            this.conflicts++;
            throw error;
          }
        }),
    });
  }

  get result(): CollectionOf {
    const { names, episode } = this.archive.state;
    const result = new CollectionOf();
    for (const [name, claim] of names.episode) result.claims.set(name, claim);
    for (const [ordinal, entry] of episode) result.entries.set(ordinal, entry);
    return result;
  }

  /** Episodes whose ledgers do not know whether they are researched, or of which medium. */
  get misled(): EpisodeEntry[] {
    const { episode, ledgers } = this.archive.state;
    return [...episode.values()].filter((entry) => {
      const isOut = entry.gone === true || entry.sameAs !== undefined;
      const ledger = ledgers.get(entry.ordinal);
      return (ledger?.gone === true) !== isOut || ledger?.revision !== entry.revision;
    });
  }
}

test('BESIDE-1: runs beside each other make the same entries as one after the other, whatever they read and write when', async () => {
  const seen = { conflicts: 0, joined: 0, gone: 0 };
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = new Random(seed);
    const ofSources = history(random);
    const nameless = withoutSource(random, ofSources);
    const messages = [...ofSources, ...nameless];
    const apart = entriesOf(nameless, new Set(ofSources.map(({ mediaUri }) => mediaUri)));
    const expected = [...stateOf(deliver(random, ofSources, new WeakMap()), ofSources), ...apart].sort();
    const beside = new Beside(random);
    await beside.take(shuffled(random, random.chance(0.5) ? messages : [...messages, ...messages]));
    const { result, misled } = beside;
    seen.conflicts += beside.conflicts;
    for (const { sameAs, gone } of result.entries.values()) {
      if (sameAs !== undefined) seen.joined++;
      if (gone === true) seen.gone++;
    }
    expect({ seed, state: stateOf(result, messages), misled }).toEqual({ seed, state: expected, misled: [] });
  }
  // The histories are about something.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
});
