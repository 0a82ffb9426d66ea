import type { Catalogue, ClipEntry, EpisodeEntry, Kind } from '../../domain/collection.ts';
import { inOrder } from '../../domain/order.ts';
import { type EntryOf, UnreadableItem } from '../../functions/ports.ts';
import { inParallel } from '../../functions/runtime/in-parallel.ts';
import { DynamoTable, decoded, type Item, marshalled } from '../../functions/stores/dynamo.ts';
import { entryOf, WITHOUT_DESCRIPTION } from '../../functions/stores/entry-item.ts';
import { clipPartition, clipsKey, entryKey } from '../../functions/stores/keys.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { gotten, projection } from './parts.ts';

/*
 * Clips and episodes without their descriptions, for commands that look and do not write: what they need is a tenth of
 * what lies there.
 */

/** Removed ones are not shown but to who asks for them: to have them back, or to end a removal that was broken off. */
export interface Shown {
  readonly withRemoved?: boolean;
}

type Tables = Pick<ArchiveClient, 'dynamodb' | 'location' | 'collection'>;

const AT_A_TIME = 8;

/** The clips, strongly consistent; the counter is read before them, as archivists do. */
export async function lightCatalogue(
  { dynamodb, location, collection }: Tables,
  shown: Shown = {},
): Promise<Catalogue> {
  const { lastOrdinal, assignableVersion, catalogueVersion } = await collection.counter('clip');
  const partitions = lastOrdinal === 0 ? 0 : clipPartition(lastOrdinal) + 1;
  const table = new DynamoTable(dynamodb, location.tables.Collection ?? '');
  const clips: ClipEntry[] = [];
  const unreadable: string[] = [];
  await inParallel(Array.from({ length: partitions }).keys(), AT_A_TIME, async (partition) => {
    const pages = table.query({
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: marshalled({ ':pk': clipsKey(partition) }),
      ...projection(WITHOUT_DESCRIPTION),
    });
    for await (const item of pages) read('clip', item, clips, unreadable, shown);
  });
  const ordered = inOrder(clips);
  const byOrdinal = new Map(ordered.map((clip) => [clip.ordinal, clip]));
  return { assignableVersion, catalogueVersion, clips: ordered, byOrdinal, unreadable };
}

/** Every episode, by ordinal; one that is damaged hides no other. */
export async function lightEpisodes(client: Tables, shown: Shown = {}): Promise<Map<number, EpisodeEntry>> {
  const { lastOrdinal } = await client.collection.counter('episode');
  return lightEntries(
    client,
    'episode',
    Array.from({ length: lastOrdinal }, (_, index) => index + 1),
    shown,
  );
}

/** The entries of these ordinals, in their order; damaged ones and those that are not there are left out. */
export async function lightEntries<K extends Kind>(
  tables: Pick<Tables, 'dynamodb' | 'location'>,
  kind: K,
  ordinals: readonly number[],
  shown: Shown = {},
): Promise<Map<number, EntryOf[K]>> {
  const entries: EntryOf[K][] = [];
  for await (const some of lightEntryPages(tables, kind, ordinals, shown)) entries.push(...some);
  return new Map(entries.sort((a, b) => a.ordinal - b.ordinal).map((entry) => [entry.ordinal, entry]));
}

/** The same some at a time, in no order, for who keeps less of each than there is. */
export async function* lightEntryPages<K extends Kind>(
  { dynamodb, location }: Pick<Tables, 'dynamodb' | 'location'>,
  kind: K,
  ordinals: readonly number[],
  shown: Shown = {},
): AsyncGenerator<EntryOf[K][]> {
  const table = location.tables.Collection ?? '';
  const keys = ordinals.map((ordinal) => entryKey(kind, ordinal));
  for await (const items of gotten(dynamodb, table, keys, WITHOUT_DESCRIPTION)) {
    const entries: EntryOf[K][] = [];
    for (const item of items) read(kind, item, entries, [], shown);
    yield entries;
  }
}

/** What is unknown of episodes, as it is stored, by ordinal: of each no more is read, and removed ones are left out. */
async function unknownsOfEpisodes({ dynamodb, location, collection }: Tables): Promise<[number, Item][]> {
  const { lastOrdinal } = await collection.counter('episode');
  const keys = Array.from({ length: lastOrdinal }, (_, index) => entryKey('episode', index + 1));
  const all: [number, Item][] = [];
  for await (const items of gotten(dynamodb, location.tables.Collection ?? '', keys, ['pk', 'unknowns', 'removed'])) {
    for (const { pk, unknowns, removed } of items) {
      // What is damaged is told where it is read whole.
      if (removed === true || typeof unknowns !== 'object' || unknowns === null) continue;
      all.push([Number(String(pk).split('#')[2]), unknowns as Item]);
    }
  }
  return all.sort(([a], [b]) => a - b);
}

const saysUnheard = ({ unheard }: Item): boolean => Array.isArray(unheard) && unheard.length > 0;

/** The episodes that were not heard in full, ascending. */
export const unheardEpisodes = async (client: Tables): Promise<number[]> =>
  (await unknownsOfEpisodes(client)).flatMap(([ordinal, unknowns]) => (saysUnheard(unknowns) ? [ordinal] : []));

/** The episodes that this analyzer did not hear in full. */
export const unheardBy = async (client: Tables, analyzer: string): Promise<ReadonlySet<number>> =>
  new Set(
    (await unknownsOfEpisodes(client)).flatMap(([ordinal, unknowns]) =>
      unknowns.analyzer === analyzer && saysUnheard(unknowns) ? [ordinal] : [],
    ),
  );

/** What curators wrote of these clips or episodes, by ordinal. */
export type Descriptions = (kind: Kind, ordinals: readonly number[]) => Promise<ReadonlyMap<number, string>>;

/** What was left out: the descriptions of these ordinals, where there is one. */
export async function descriptions(
  { dynamodb, location }: Pick<Tables, 'dynamodb' | 'location'>,
  kind: Kind,
  ordinals: readonly number[],
): Promise<Map<number, string>> {
  const keys = ordinals.map((ordinal) => entryKey(kind, ordinal));
  const byKey = new Map(keys.map(({ pk, sk }, index) => [`${pk} ${sk}`, ordinals[index]!]));
  const found = new Map<number, string>();
  const table = location.tables.Collection ?? '';
  for await (const items of gotten(dynamodb, table, keys, ['pk', 'sk', 'description'])) {
    for (const { pk, sk, description } of items) {
      const ordinal = byKey.get(`${pk} ${sk}`);
      if (ordinal !== undefined && typeof description === 'string') found.set(ordinal, description);
    }
  }
  return found;
}

function read<K extends Kind>(
  kind: K,
  item: Item,
  entries: EntryOf[K][],
  unreadable: string[],
  { withRemoved = false }: Shown,
): void {
  try {
    const entry = decoded(`The ${kind} ${item.pk} ${item.sk}`, () => entryOf(kind, item));
    if (withRemoved || entry.removed !== true) entries.push(entry);
  } catch (error) {
    if (!(error instanceof UnreadableItem)) throw error;
    unreadable.push(error.message);
  }
}
