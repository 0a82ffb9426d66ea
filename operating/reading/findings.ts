import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ClipEntry, EpisodeEntry, Kind } from '../../domain/collection.ts';
import type { Collection, EntryOf } from '../../functions/ports.ts';
import { findingOf } from '../../functions/stores/finding-item.ts';
import { FINDINGS_BY_CLIP } from '../../functions/stores/schema.ts';

/** A finding with what it refers to. */
export interface FullFinding extends ReturnType<typeof findingOf> {
  readonly episodeEntry: EpisodeEntry;
  readonly clipEntry: ClipEntry;
}

/** Entries are read so many at a time. */
const ENTRIES_A_READ = 100;

/**
 * All findings, by episode and then clip. Only findings are in the index of findings, so it is read whole.
 * @param variants also those kept beside the first finding of a pair
 */
export async function readFindings(
  dynamodb: DynamoDBClient,
  collectionTable: string,
  collection: Pick<Collection, 'entries'>,
  variants = false,
): Promise<FullFinding[]> {
  const findings: ReturnType<typeof findingOf>[] = [];
  for await (const finding of storedFindings(dynamodb, collectionTable)) {
    if (variants || finding.variant === 0) findings.push(finding);
  }
  const episodes = await entriesOf(
    'episode',
    collection,
    findings.map((finding) => finding.episode),
  );
  const clips = await entriesOf(
    'clip',
    collection,
    findings.map((finding) => finding.clip),
  );
  const full = findings.flatMap((finding) => {
    const episodeEntry = episodes.get(finding.episode);
    const clipEntry = clips.get(finding.clip);
    return episodeEntry && clipEntry ? [{ ...finding, episodeEntry, clipEntry }] : [];
  });
  return full.sort((a, b) => a.episode - b.episode || a.clip - b.clip || a.variant - b.variant);
}

/** All findings and their variants, in no order, without what they refer to. */
export async function* storedFindings(
  dynamodb: DynamoDBClient,
  collectionTable: string,
): AsyncGenerator<ReturnType<typeof findingOf>> {
  const pages = paginateScan({ client: dynamodb }, { TableName: collectionTable, IndexName: FINDINGS_BY_CLIP.name });
  for await (const { Items = [] } of pages) for (const item of Items) yield findingOf(unmarshall(item));
}

async function entriesOf<K extends Kind>(
  kind: K,
  collection: Pick<Collection, 'entries'>,
  ordinals: readonly number[],
): Promise<Map<number, EntryOf[K]>> {
  const distinct = [...new Set(ordinals)];
  const entries = new Map<number, EntryOf[K]>();
  for (let start = 0; start < distinct.length; start += ENTRIES_A_READ) {
    const read = await collection.entries(kind, distinct.slice(start, start + ENTRIES_A_READ));
    for (const [ordinal, entry] of read) entries.set(ordinal, entry);
  }
  return entries;
}
