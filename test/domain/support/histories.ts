import type { Names } from '../../../domain/identity.ts';
import type { EpisodeInfo } from '../../../domain/messages.ts';
import { timestampOf } from '../../../domain/timestamp.ts';
import type { Random } from '../../simulation/world/random.ts';
import { perfectEpisode, without } from '../../support/perfect-messages.ts';
import { CollectionOf } from './collection-of.ts';

/**
 * Random histories of three sources, as feeds and folders live: addresses whose tokens change at every look, corrections,
 * an address that serves one entry after the other, renamed and swapped items, and recordings that two sources share.
 */

interface Item {
  readonly source: string;
  readonly sourceId: string;
  title: string;
  aired: number;
  /** Where it is, without what changes at every look. */
  path: string;
  tokens: boolean;
  /** Of a recording that several sources have: its number. No source gives its addresses to anything else. */
  readonly shared?: number;
}

const SOURCES = ['a', 'b', 'c'];
const START = Date.parse('2025-01-01T00:00:00Z');

/** Every message of a history, in the order in which they were sent. */
export function history(random: Random): EpisodeInfo[] {
  const items: Item[] = [];
  const messages: EpisodeInfo[] = [];
  let now = START;

  const say = (item: Item) => {
    now += random.int(1, 1_000);
    const token = item.tokens ? `?token=${random.int(1, 1e9)}` : '';
    messages.push({
      initialDateCurated: timestampOf(item.aired),
      lastDateCurated: timestampOf(now),
      curatorInformation: item.source,
      title: item.title,
      description: '',
      mediaUri: `https://media.example.org/${item.path}${token}`,
      mediaType: 'audio/mpeg',
      priority: 0,
      source: item.source,
      sourceId: item.sourceId,
      dateAired: timestampOf(item.aired),
    });
  };
  const find = (source: string, path: string, tokens = false, shared?: number) => {
    // Titles and dates that all shows have.
    const title = `Episode ${random.int(1, 3)}`;
    const aired = START - 86_400_000 * random.int(1, 3);
    const sourceId = `${items.length}`;
    const item = { source, sourceId, title, aired, path, tokens, ...(shared !== undefined && { shared }) };
    items.push(item);
    say(item);
  };
  const share = (number: number) => {
    const path = `shared/${number}${random.chance(0.5) ? '-moved' : ''}.mp3`;
    const without = SOURCES.filter((source) => !items.some((one) => one.source === source && one.shared === number));
    if (without.length > 0) find(random.of(without), path, false, number);
  };

  for (const source of SOURCES)
    for (let n = random.int(1, 3); n > 0; n--) find(source, `${source}/${items.length}.mp3`, random.chance(0.3));
  if (random.chance(0.5)) share(items.length);
  for (let steps = random.int(2, 14); steps > 0; steps--) {
    const item = random.of(items);
    const peers = items.filter(({ source, shared }) => source === item.source && shared === undefined);
    switch (random.int(0, 8)) {
      case 0: // a correction
        item.title = `Episode ${random.int(1, 3)}${random.chance(0.5) ? ' (corrected)' : ''}`;
        if (random.chance(0.3)) item.aired -= 3_600_000;
        say(item);
        break;
      case 1: // said again, with another token if it has any
        say(item);
        break;
      case 2: // the next one at a fixed address of its source
        find(item.source, `${item.source}/latest.mp3`);
        break;
      case 3: {
        // two of a source take each other's place
        const peer = random.of(peers);
        if (item.shared !== undefined) break;
        [item.path, peer.path] = [peer.path, item.path];
        [item.tokens, peer.tokens] = [peer.tokens, item.tokens];
        say(item);
        say(peer);
        break;
      }
      case 4: // renamed
        item.path =
          item.shared === undefined ? `${item.source}/renamed-${steps}.mp3` : `shared/${item.shared}-moved.mp3`;
        say(item);
        break;
      case 5: // at an address that it, or another of its source, had
        if (item.shared === undefined) item.path = `${item.source}/${random.int(0, 4)}.mp3`;
        say(item);
        break;
      case 6: // a recording that more than one source has
        share(items.length);
        break;
      case 7: // the same in another source, too
        share(items.find(({ shared }) => shared !== undefined)?.shared ?? items.length);
        break;
      case 8: {
        // which one of them gives another address
        const shared = items.find((one) => one.shared !== undefined);
        if (shared === undefined) break;
        shared.path = `shared/${shared.shared}${/moved/.test(shared.path) ? '' : '-moved'}.mp3`;
        say(shared);
      }
    }
  }
  return messages;
}

/**
 * What comes between them without an id, and mostly without a source: a few things of its own, of which each is said to be at an address of its own or
 * at one that a source has, had, or will have, and goes on to others. It never returns to one, and no two of them have a
 * name in common: among themselves messages without an id may be in conflict.
 */
export function withoutSource(random: Random, messages: readonly EpisodeInfo[]): EpisodeInfo[] {
  const free = shuffled(random, [...new Set(messages.map(({ mediaUri }) => mediaUri))]);
  const added: EpisodeInfo[] = [];
  for (let thing = random.int(0, 3); thing > 0; thing--) {
    const title = `Nobody’s ${thing}`;
    const source = random.chance(0.3) ? { source: random.of(SOURCES) } : {};
    let moves = random.int(0, 3);
    let mediaUri = '';
    let now = START;
    for (const { lastDateCurated } of messages) {
      if (!random.chance(0.4)) continue;
      if (mediaUri === '' || (moves > 0 && random.chance(0.5))) {
        if (mediaUri !== '') moves--;
        mediaUri = (random.chance(0.7) ? free.pop() : undefined) ?? `https://nobody.example.org/${thing}/${moves}.mp3`;
      }
      now = Math.max(now + 1, Date.parse(lastDateCurated) + random.int(-1_500, 1_500));
      added.push({
        ...source,
        ...without(perfectEpisode({ title, mediaUri, priority: random.int(0, 9) }), 'id'),
        initialDateCurated: timestampOf(START - thing),
        lastDateCurated: timestampOf(now),
      });
    }
  }
  return added;
}

/** What a thing without a source is, by its last description, unless it ever was at an address that a source has. */
export function entriesOf(nameless: readonly EpisodeInfo[], ofSources: ReadonlySet<string>): string[] {
  const things = Map.groupBy(nameless, ({ title }) => title);
  return [...things.values()]
    .filter((said) => said.every(({ mediaUri }) => !ofSources.has(mediaUri)))
    .map((said) => shown([], false, said.at(-1)!));
}

const shown = (ids: readonly string[], gone: boolean, info: object): string =>
  JSON.stringify({ ids: [...ids].sort(), gone, info: Object.entries(info).sort() });

/** What the archive is: which ids are one entry, what is known of it, and whether it is where it says. */
export function stateOf(collection: CollectionOf, messages: readonly EpisodeInfo[]) {
  const byEntry = new Map<number, Set<string>>();
  for (const { source = '', sourceId } of messages) {
    if (sourceId === undefined) continue;
    const { ordinal } = collection.called(source, sourceId)!;
    byEntry.set(ordinal, (byEntry.get(ordinal) ?? new Set()).add(`${source}/${sourceId}`));
  }
  const nameless = collection.standing.filter(({ ordinal }) => !byEntry.has(ordinal));
  return [...byEntry, ...nameless.map(({ ordinal }) => [ordinal, new Set<string>()] as const)]
    .map(([ordinal, ids]) => {
      const { info, gone = false } = collection.entries.get(ordinal)!;
      return shown([...ids], gone, info);
    })
    .sort();
}

export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const copy = [...list];
  for (let at = copy.length - 1; at > 0; at--) {
    const other = random.int(0, at);
    [copy[at], copy[other]] = [copy[other]!, copy[at]!];
  }
  return copy;
}

/** In batches of a few, as the queue gives them. */
export function deliver(
  random: Random,
  messages: readonly EpisodeInfo[],
  names: WeakMap<EpisodeInfo, Names>,
): CollectionOf {
  const collection = new CollectionOf(names);
  for (let at = 0; at < messages.length; ) {
    const size = random.int(1, 5);
    for (const outcome of collection.take(...messages.slice(at, at + size))) {
      if (outcome.kind === 'refused') throw new Error(outcome.reason);
    }
    at += size;
  }
  return collection;
}
