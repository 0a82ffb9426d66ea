import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import {
  type Catalogue,
  type ClipEntry,
  type EpisodeEntry,
  isOfRecordings,
  type Kind,
  recordingOf,
} from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { inParallel } from '../../functions/runtime/in-parallel.ts';
import { DynamoTable, decoded, type Item, marshalled } from '../../functions/stores/dynamo.ts';
import { findingOf } from '../../functions/stores/finding-item.ts';
import { findingKey, findingOfClipKey } from '../../functions/stores/keys.ts';
import { FINDINGS_BY_CLIP } from '../../functions/stores/schema.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { foundNow } from '../count-pairs.ts';
import type { StoredFinding } from '../tables/dynamo-operations.ts';
import type { OfOnePair } from './copies.ts';
import { lightEntries } from './light-entries.ts';
import { aheadOf, allOf, pagesOf, projection, queryPages } from './parts.ts';

/** A finding with what it refers to. */
export interface FullFinding extends StoredFinding, OfOnePair {
  readonly episodeEntry: EpisodeEntry;
  readonly clipEntry: ClipEntry;
  /** Places (by where the clip begins, ns) that another clip fits better; only where whole episodes are read. */
  readonly better?: ReadonlyMap<number, Better> | undefined;
}

/** What fits a place better. */
export interface Better {
  readonly clip: number;
  readonly title: string;
  readonly score: number;
}

/** A finding unless it is of a recording that was replaced since: that says nothing of what is there now, and only `explain` tells it. */
export function current<F extends FullFinding>(finding: F): F[] {
  const { episodeEntry, clipEntry } = finding;
  return isOfRecordings(finding, recordingOf(episodeEntry), recordingOf(clipEntry)) ? [finding] : [];
}

type Tables = Pick<ArchiveClient, 'dynamodb' | 'location'>;
type Query = Parameters<DynamoTable['query']>[0];

const PREFIX = 'finding#';

/** Findings and variants of a clip, by episode; from an index that may be a moment behind. */
export async function* findingsOfClip({ dynamodb, location }: Tables, clip: number): AsyncGenerator<StoredFinding> {
  const pages = queryPages(dynamodb, {
    TableName: location.tables.Collection,
    IndexName: FINDINGS_BY_CLIP.name,
    KeyConditionExpression: `${FINDINGS_BY_CLIP.partitionKey} = :clip`,
    ExpressionAttributeValues: marshalled({ ':clip': findingOfClipKey(clip) }),
  });
  for await (const items of pages) yield* items.map(storedFinding);
}

/** Findings and variants in an episode, by clip; strongly consistent. @param only of each these attributes alone */
export async function* findingsInEpisode(
  tables: Tables,
  episode: number,
  only?: readonly string[],
): AsyncGenerator<StoredFinding> {
  const asked = { ...inEpisode(episode), ...(only && projection(only)) };
  for await (const item of collectionOf(tables).query(asked)) yield storedFinding(item);
}

const storedFinding = (item: Item): StoredFinding =>
  decoded(`The finding ${item.pk} ${item.sk}`, () => findingOf(item));

const inEpisode = (episode: number): Query => ({
  ConsistentRead: true,
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :finding)',
  ExpressionAttributeValues: marshalled({ ':pk': findingKey(episode, 0, 0).pk, ':finding': PREFIX }),
});

/** How many findings and variants there are of a clip, or in an episode: counted by the table. */
export async function findingCount({ dynamodb, location }: Tables, kind: Kind, ordinal: number): Promise<number> {
  const { name, partitionKey } = FINDINGS_BY_CLIP;
  const ofClip = {
    IndexName: name,
    KeyConditionExpression: `${partitionKey} = :clip`,
    ExpressionAttributeValues: marshalled({ ':clip': findingOfClipKey(ordinal) }),
  };
  const of = kind === 'clip' ? ofClip : inEpisode(ordinal);
  let count = 0;
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const input = { TableName: location.tables.Collection, Select: 'COUNT', ExclusiveStartKey: start, ...of } as const;
    const { Count = 0, LastEvaluatedKey }: QueryCommandOutput = await dynamodb.send(new QueryCommand(input));
    count += Count;
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return count;
}

/** So many episodes are read ahead of the one that is shown. */
const AHEAD = 16;

/** What more clips than that were found in is all but all episodes: who wants those does not ask clip by clip. */
export const FEW_CLIPS = 20;

/** Findings and variants in these episodes, in the order of the episodes, then by clip. @param only as above */
export const findingsInEpisodes = (
  client: Tables,
  episodes: readonly number[],
  only?: readonly string[],
): AsyncGenerator<readonly StoredFinding[]> =>
  aheadOf(episodes, (episode) => allOf(findingsInEpisode(client, episode, only)), AHEAD);

const collectionOf = ({ dynamodb, location }: Tables): DynamoTable =>
  new DynamoTable(dynamodb, location.tables.Collection ?? '');

/**
 * How many pairs of each ledger have a finding, in the recordings of now: kept in the ledger; of ledgers that do not keep
 * it, counted.
 */
export async function foundCounts(
  client: Tables,
  ledgers: readonly Ledger[],
  catalogue: Catalogue,
): Promise<ReadonlyMap<number, number>> {
  const counts = new Map<number, number>();
  const unknown: Ledger[] = [];
  for (const ledger of ledgers) {
    const found = foundNow(ledger, catalogue);
    if (found === undefined) unknown.push(ledger);
    else counts.set(ledger.episode, found);
  }
  await inParallel(unknown, AHEAD, async (ledger) => {
    const clips = await foundIn(client, ledger, catalogue);
    counts.set(ledger.episode, clips.length);
  });
  return counts;
}

/** The clips that were found in an episode, in the recordings of now, ascending, for a ledger that does not keep them. */
export async function foundIn(
  tables: Tables,
  { episode, recording }: Pick<Ledger, 'episode' | 'recording'>,
  { byOrdinal }: Catalogue,
): Promise<number[]> {
  const clips: number[] = [];
  const told = projection(['sk', 'episodeRecording', 'clipRecording']);
  for await (const item of collectionOf(tables).query({ ...inEpisode(episode), ...told })) {
    const [, ordinal, variant] = String(item.sk).split('#');
    const clip = byOrdinal.get(Number(ordinal));
    if (Number(variant) !== 0 || clip === undefined) continue;
    if (isOfRecordings(item, recording?.number ?? 1, recordingOf(clip))) clips.push(clip.ordinal);
  }
  return clips;
}

/** Everything of a finding but the hash of the clip, which nobody shows; that of the episode tells copies of it apart. */
export const SHOWN = [
  ...['pk', 'sk', 'offsetsNs', 'scores', 'heardFromNs', 'heardToNs', 'episodeHash', 'episodeDurationNs'],
  ...['clipDurationNs', 'researcher', 'analyzer', 'researchDate', 'episodeRecording', 'clipRecording'],
];

/** Every finding and variant there is, in no order, a page at a time. @param told hears how many things were looked at */
export async function* everyFinding(
  { dynamodb, location }: Tables,
  told: (looked: number) => void = () => undefined,
): AsyncGenerator<StoredFinding[]> {
  let looked = 0;
  const input = { TableName: location.tables.Collection, ...projection(SHOWN) };
  const pages = pagesOf(dynamodb, input, (items) => {
    looked += items;
    told(looked);
  });
  for await (const items of pages) {
    yield items.filter(({ sk }) => String(sk).startsWith(PREFIX)).map(storedFinding);
  }
}

/** All findings with what they refer to, by episode and then clip. @param variants also those kept beside the first */
export async function readFindings(
  client: Pick<ArchiveClient, 'dynamodb' | 'location'>,
  { variants = false }: { readonly variants?: boolean } = {},
): Promise<FullFinding[]> {
  const findings = (await allOf(everyFinding(client))).flat().filter(({ variant }) => variants || variant === 0);
  return (await withEntries(client, findings)).sort(
    (a, b) => a.episode - b.episode || a.clip - b.clip || a.variant - b.variant,
  );
}

/** In the order given; those of entries that are not there, or damaged, are left out. */
export async function withEntries(
  client: Pick<ArchiveClient, 'dynamodb' | 'location'>,
  findings: readonly StoredFinding[],
): Promise<FullFinding[]> {
  const [episodes, clips] = await Promise.all([
    lightEntries(client, 'episode', [...new Set(findings.map(({ episode }) => episode))]),
    lightEntries(client, 'clip', [...new Set(findings.map(({ clip }) => clip))]),
  ]);
  return findings.flatMap((finding) => {
    const episodeEntry = episodes.get(finding.episode);
    const clipEntry = clips.get(finding.clip);
    return episodeEntry && clipEntry ? current({ ...finding, episodeEntry, clipEntry }) : [];
  });
}
