import { BatchWriteItemCommand, type BatchWriteItemCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Bitset } from '../domain/bitset.ts';
import { completePosition, type Ledger, newLedger, waitingPosition } from '../domain/ledger.ts';
import type { ClipInfo, EpisodeInfo } from '../domain/messages.ts';
import { episodeRank } from '../domain/order.ts';
import { inParallel } from '../functions/runtime/in-parallel.ts';
import { type Item, marshalled } from '../functions/stores/dynamo.ts';
import { entryAttributes } from '../functions/stores/entry-item.ts';
import { counterKey, entryKey } from '../functions/stores/keys.ts';
import { ledgerItem } from '../functions/stores/ledger-item.ts';

/*
 * Collections as large as wanted, written straight as items: inserting 40,000 episodes through the archivists would take
 * an hour and prove nothing more. The items are those that the archivists write, made by the same functions.
 */

const CURATED = '2026-01-01T00:00:00Z';
const DAY_MS = 24 * 60 * 60_000;
/** About what people write about a clip; the entry's item is 0.6 KB. */
const DESCRIPTION =
  'A few seconds that shows play again and again, with who says it and where it was heard first. '.repeat(3);

export function syntheticClip(ordinal: number): ClipInfo {
  return {
    initialDateCurated: CURATED,
    lastDateCurated: CURATED,
    curatorInformation: 'drops.example.org',
    title: `Clip ${ordinal}`,
    description: DESCRIPTION,
    mediaUri: `https://media.example.org/clips/${ordinal}.mp3`,
    mediaType: 'audio/mpeg',
    priority: ordinal % 10,
  };
}

export function syntheticEpisode(ordinal: number): EpisodeInfo {
  return {
    initialDateCurated: CURATED,
    lastDateCurated: CURATED,
    curatorInformation: 'feed.example.org',
    title: `Episode ${ordinal}`,
    description: DESCRIPTION,
    mediaUri: `https://media.example.org/episodes/${ordinal}.mp3`,
    mediaType: 'audio/mpeg',
    priority: ordinal % 10,
    dateAired: new Date(Date.UTC(1950, 0, 1) + ordinal * (DAY_MS / 2)).toISOString().replace('.000Z', 'Z'),
  };
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const rank = (episode: number): string => episodeRank(syntheticEpisode(episode), episode);

/** A ledger in which all of clips 1 … `clips` are researched, or those that are given. */
export function syntheticLedger(
  episode: number,
  state: 'OPEN' | 'COMPLETE' | 'WAITING',
  { clips, researched, now }: { clips: number; researched?: Bitset; now: number },
): Ledger {
  const fresh = newLedger(episode, rank(episode), now);
  const position = {
    OPEN: fresh.rank,
    COMPLETE: completePosition(clips, fresh.rank),
    WAITING: waitingPosition(now + DAY_MS, fresh.rank),
  }[state];
  return { ...fresh, version: 1, state, position, researched: researched ?? Bitset.of(upTo(clips)) };
}

/** The items of the Collection table: clips 1 … `clips` and the counters. */
export function* clipItems(clips: number): Generator<Item> {
  for (const ordinal of upTo(clips)) {
    const entry = { ordinal, version: 1, info: syntheticClip(ordinal), revision: 1, revisedAt: 0 };
    yield { ...entryKey('clip', ordinal), ...entryAttributes(entry), version: 1 };
  }
  yield { ...counterKey('clip'), lastOrdinal: clips, members: clips, content: clips };
}

/** The items of the Collection table for the given episodes, and their counter. */
export function* episodeItems(ordinals: Iterable<number>, lastOrdinal: number): Generator<Item> {
  for (const ordinal of ordinals) {
    const entry = { ordinal, version: 1, info: syntheticEpisode(ordinal), revision: 1, revisedAt: 0 };
    yield { ...entryKey('episode', ordinal), ...entryAttributes(entry), version: 1 };
  }
  yield { ...counterKey('episode'), lastOrdinal, members: 0, content: 0 };
}

/**
 * The items of ledgers that differ in nothing but the episode: packing a bitset once instead of 40,000 times.
 * `ledgerItem` itself makes the first of them and every key.
 */
export function* ledgerItems(
  episodes: Iterable<number>,
  state: 'OPEN' | 'COMPLETE' | 'WAITING',
  props: { clips: number; now: number },
): Generator<Item> {
  let researched: unknown;
  const empty = { ...props, researched: Bitset.empty };
  for (const episode of episodes) {
    researched ??= ledgerItem(syntheticLedger(episode, state, props)).researched;
    yield { ...ledgerItem(syntheticLedger(episode, state, empty)), researched };
  }
}

const BATCH = 25;
const BATCHES_AT_A_TIME = 6;

/** Writes items in batches of 25; @throws Error when the table leaves some out */
export async function writeAll(client: DynamoDBClient, table: string, items: Iterable<Item>): Promise<void> {
  await inParallel(batchesOf(items), BATCHES_AT_A_TIME, async (batch) => {
    const requests = batch.map((item) => ({ PutRequest: { Item: marshalled(item) } }));
    await writeBatch(client, { [table]: requests });
  });
}

/** @throws Error when the table leaves some out: the emulator never throttles */
export async function writeBatch(
  client: DynamoDBClient,
  RequestItems: BatchWriteItemCommandInput['RequestItems'],
): Promise<void> {
  const { UnprocessedItems = {} } = await client.send(new BatchWriteItemCommand({ RequestItems }));
  if (Object.keys(UnprocessedItems).length > 0) throw new Error('The table left items unwritten');
}

export function* batchesOf<Entry>(entries: Iterable<Entry>, size = BATCH): Generator<Entry[]> {
  let batch: Entry[] = [];
  for (const entry of entries) {
    batch.push(entry);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
