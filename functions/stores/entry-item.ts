import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { ClipEntry, EpisodeEntry, Kind } from '../domain/collection.ts';
import type { ClipInfo, EpisodeInfo } from '../domain/messages.ts';
import type { Strikes } from '../domain/strikes.ts';
import type { EntryOf } from '../ports.ts';
import type { DynamoTable, Item } from './dynamo.ts';
import { counterKey, entryKey, padded } from './keys.ts';

/*
 * How a clip or episode lies in its item: the fields of the message by their names, default values left out, and the
 * media revision only from the second on. A clip of 1 KB is to stay an item of 1 KB.
 */

const TEXT = ['curatorInformation', 'title', 'description', 'mediaUri', 'mediaType'] as const;
const DATES = ['initialDateCurated', 'lastDateCurated', 'dateAired'] as const;

/** Attributes of an entry but for its key and version; undefined ones are absent. */
export function entryAttributes(entry: ClipEntry | EpisodeEntry): Item {
  const info: EpisodeInfo = entry.info;
  const attributes: Item = { priority: info.priority === 0 ? undefined : info.priority };
  for (const field of TEXT) attributes[field] = info[field] === '' ? undefined : info[field];
  for (const field of DATES) attributes[field] = info[field];
  return {
    ...attributes,
    revision: entry.revision === 1 ? undefined : entry.revision,
    revisedAt: entry.revision === 1 ? undefined : entry.revisedAt,
    strikes: 'strikes' in entry ? entry.strikes : undefined,
    mediaHash: entry.facts?.hash,
    mediaDurationNs: entry.facts === undefined ? undefined : BigInt(entry.facts.durationNs),
    retired: entry.retired === true ? true : undefined,
  };
}

export function entryOf<K extends Kind>(kind: K, item: Item): EntryOf[K] {
  const text = Object.fromEntries(TEXT.map((field) => [field, (item[field] as string | undefined) ?? '']));
  const info = {
    ...text,
    initialDateCurated: item.initialDateCurated as string,
    lastDateCurated: item.lastDateCurated as string,
    priority: (item.priority as number | undefined) ?? 0,
    ...(item.dateAired === undefined ? {} : { dateAired: item.dateAired as string }),
  } as ClipInfo & EpisodeInfo;
  const ordinal = kind === 'clip' ? Number(item.sk) : Number(String(item.pk).split('#')[2]);
  if (!Number.isSafeInteger(ordinal) || typeof item.version !== 'number')
    throw new Error('its key or version is damaged');
  return {
    ordinal,
    version: item.version,
    info,
    revision: (item.revision as number | undefined) ?? 1,
    revisedAt: (item.revisedAt as number | undefined) ?? 0,
    ...(item.strikes === undefined ? {} : { strikes: item.strikes as Strikes }),
    ...(item.mediaHash === undefined
      ? {}
      : { facts: { hash: item.mediaHash as string, durationNs: Number(item.mediaDurationNs) } }),
    ...(item.retired === true ? { retired: true } : {}),
  } as EntryOf[K];
}

export function clipStrikesUpdate(collection: DynamoTable, clip: ClipEntry): TransactWriteItem {
  return collection.update(entryKey('clip', clip.ordinal), { strikes: clip.strikes }, clip.version);
}

/** Raises versions of the counter item, and takes ordinals under the condition that nobody else did. */
export function counterUpdate(
  collection: DynamoTable,
  kind: Kind,
  raise: { readonly members: number; readonly content: number },
  ordinals?: { readonly before: number; readonly after: number },
): TransactWriteItem {
  const key = { pk: { S: counterKey(kind).pk }, sk: { S: kind } };
  const sets = ordinals === undefined ? '' : 'SET #last = :after ';
  const before = ordinals?.before === 0 ? 'attribute_not_exists(#last) OR #last = :before' : '#last = :before';
  return {
    Update: {
      TableName: collection.name,
      Key: key,
      UpdateExpression: `${sets}ADD #members :members, #content :content`,
      ExpressionAttributeNames: {
        '#members': 'members',
        '#content': 'content',
        ...(ordinals === undefined ? {} : { '#last': 'lastOrdinal' }),
      },
      ExpressionAttributeValues: {
        ':members': { N: String(raise.members) },
        ':content': { N: String(raise.content) },
        ...(ordinals === undefined
          ? {}
          : { ':before': { N: String(ordinals.before) }, ':after': { N: String(ordinals.after) } }),
      },
      ...(ordinals === undefined ? {} : { ConditionExpression: before }),
    },
  };
}

export const episodeKeyOfFinding = (episode: number, variant: number): string => `${padded(episode)}#${variant}`;
