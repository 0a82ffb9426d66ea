import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { ClipEntry, Counter, EpisodeEntry, Kind, Recording, SourceId } from '../../domain/collection.ts';
import { MOST_UNHEARD_STRETCHES } from '../../domain/messages/limits.ts';
import type { ClipInfo, EpisodeInfo, UnheardStretch } from '../../domain/messages.ts';
import { isCanonical } from '../../domain/timestamp.ts';
import type { Unknowns } from '../../domain/unknowns.ts';
import type { EntryOf } from '../ports.ts';
import { type CatalogueLog, NOTED_AT_MOST, VOIDED_BY } from './catalogue-log.ts';
import { type DynamoTable, type Item, marshalled } from './dynamo.ts';
import { counterKey, entryKey } from './keys.ts';
import { amount, isOrdinal, list, map, optional, ordinal, text } from './stored-value.ts';
import { strikesOfItem } from './strikes-item.ts';

/*
 * How a clip or episode lies in its item: the fields of the message by their names, default values left out, and the
 * media revision only from the second on. A clip of 1 KB is to stay an item of 1 KB.
 */

const TEXT = ['curatorInformation', 'title', 'description', 'mediaUri', 'mediaType'] as const;
/** Absent rather than empty, in the message too. */
const OF_SOURCE = ['source', 'sourceId', 'show', 'revision'] as const;
const DATES = ['initialDateCurated', 'lastDateCurated', 'dateAired'] as const;

/** Attributes of an entry but for its key and version; undefined ones are absent. */
export function entryAttributes(entry: ClipEntry | EpisodeEntry): Item {
  const info: EpisodeInfo = entry.info;
  const attributes: Item = { priority: info.priority === 0 ? undefined : info.priority };
  for (const field of TEXT) attributes[field] = info[field] === '' ? undefined : info[field];
  for (const field of DATES) attributes[field] = info[field];
  for (const field of OF_SOURCE) attributes[ofSource(field)] = info[field];
  return {
    ...attributes,
    revision: entry.revision === 1 ? undefined : entry.revision,
    revisedAt: entry.revision === 1 ? undefined : entry.revisedAt,
    strikes: 'strikes' in entry ? entry.strikes : undefined,
    mediaHash: entry.facts?.hash,
    mediaDurationNs: entry.facts === undefined ? undefined : BigInt(entry.facts.durationNs),
    unknowns: entry.unknowns === undefined ? undefined : unknownsAttribute(entry.unknowns),
    retired: entry.retired === true ? true : undefined,
    removed: entry.removed === true ? true : undefined,
    prioritised: entry.prioritised,
    recording: entry.recording,
    gone: entry.gone === true ? true : undefined,
    sameAs: entry.sameAs,
    also: entry.also?.length ? entry.also : undefined,
  };
}

/** `revision` was the count of media addresses before messages had one. */
const ofSource = (field: (typeof OF_SOURCE)[number]): string => (field === 'revision' ? 'mediaRevision' : field);

const BARE = {
  ...{ ordinal: 1, version: 1, revision: 1, revisedAt: 0 },
  info: { priority: 0 } as EpisodeInfo,
};

/**
 * Every attribute of an entry but the description, which is most of it: for lists and titles. What was read without it
 * must not be written.
 */
export const WITHOUT_DESCRIPTION: readonly string[] = [
  ...['pk', 'sk', 'version'],
  ...Object.keys(entryAttributes(BARE)).filter((name) => name !== 'description'),
];

/** @throws Error saying which attribute is not as `entryAttributes` writes it */
export function entryOf<K extends Kind>(kind: K, item: Item): EntryOf[K] {
  const info: Record<string, string | number> = {};
  for (const field of TEXT) info[field] = optional(text, item, field) ?? '';
  info.initialDateCurated = timestamp(item, 'initialDateCurated');
  info.lastDateCurated = timestamp(item, 'lastDateCurated');
  info.priority = optional(int32, item, 'priority') ?? 0;
  for (const field of OF_SOURCE) {
    const value = optional(text, item, ofSource(field));
    if (value !== undefined) info[field] = value;
  }
  const dateAired = optional(timestamp, item, 'dateAired');
  if (dateAired !== undefined) info.dateAired = dateAired;
  const numbered = { ordinal: Number(kind === 'clip' ? item.sk : String(item.pk).split('#')[2]) };
  const strikes = strikesOfItem(item, 'strikes');
  const hash = optional(text, item, 'mediaHash');
  return {
    ordinal: ordinal(numbered, 'ordinal'),
    version: ordinal(item, 'version'),
    info: info as unknown as ClipInfo & EpisodeInfo,
    revision: optional(ordinal, item, 'revision') ?? 1,
    revisedAt: optional(amount, item, 'revisedAt') ?? 0,
    ...(strikes === undefined ? {} : { strikes }),
    ...(hash === undefined ? {} : { facts: { hash, durationNs: Number(item.mediaDurationNs ?? 0) } }),
    ...(item.unknowns === undefined ? {} : { unknowns: unknownsIn(item) }),
    ...(item.retired === true ? { retired: true } : {}),
    ...(item.removed === true ? { removed: true } : {}),
    ...(item.prioritised === undefined ? {} : { prioritised: int32(item, 'prioritised') }),
    ...(item.recording === undefined ? {} : { recording: recordingIn(item) }),
    ...(item.gone === true ? { gone: true } : {}),
    ...(item.sameAs === undefined ? {} : { sameAs: ordinal(item, 'sameAs') }),
    ...(item.also === undefined ? {} : { also: list(item, 'also').map(sourceIdOf) }),
  } as EntryOf[K];
}

/** A stretch is a list of its two ends and its reason: there may be a hundred. */
export const unknownsAttribute = ({ analyzer, notJudged, unheard }: Unknowns): Item => ({
  analyzer,
  ...(notJudged !== undefined && { notJudged }),
  ...(unheard !== undefined && { unheard: unheard.map(({ from, to, why }) => [BigInt(from), BigInt(to), why]) }),
});

/** @throws Error naming what is not as `unknownsAttribute` writes it */
export function unknownsIn(item: Item): Unknowns {
  const stored = map(item, 'unknowns');
  const notJudged = optional(text, stored, 'notJudged');
  const unheard = optional(list, stored, 'unheard');
  if (unheard !== undefined && unheard.length > MOST_UNHEARD_STRETCHES) {
    throw new Error(`its unheard has ${unheard.length} stretches, more than ${MOST_UNHEARD_STRETCHES}`);
  }
  return {
    analyzer: text(stored, 'analyzer'),
    ...(notJudged !== undefined && { notJudged }),
    ...(unheard !== undefined && { unheard: unheard.map(stretchOf) }),
  };
}

const stretchOf = (stored: Readonly<Record<string, unknown>>): UnheardStretch => ({
  from: amount({ from: nanoseconds(stored['0']) }, 'from'),
  to: amount({ to: nanoseconds(stored['1']) }, 'to'),
  why: text({ why: stored['2'] }, 'why'),
});

/** Read as BigInt from 2^53 on. */
const nanoseconds = (stored: unknown): unknown => (typeof stored === 'bigint' ? Number(stored) : stored);

function recordingIn(item: Item): Recording {
  const recording = map(item, 'recording');
  return { number: ordinal(recording, 'number'), at: amount(recording, 'at') };
}

function sourceIdOf(stored: Readonly<Record<string, unknown>>): SourceId {
  return [text(stored, '0'), text(stored, '1')];
}

function timestamp(item: Item, name: string): string {
  const stored = text(item, name);
  if (!isCanonical(stored)) throw new Error(`its ${name} is no canonical timestamp`);
  return stored;
}

function int32(item: Item, name: string): number {
  const stored = item[name];
  if (typeof stored !== 'number' || (stored | 0) !== stored) throw new Error(`its ${name} is no 32-bit integer`);
  return stored;
}

export function clipStrikesUpdate(collection: DynamoTable, clip: ClipEntry): TransactWriteItem {
  return collection.update(entryKey('clip', clip.ordinal), { strikes: clip.strikes }, clip.version);
}

/** Its versions bear the names of the stored format: `members` and `content`. @throws Error naming what is no amount */
export function counterOf(item: Item): Counter {
  const read = (name: 'lastOrdinal' | 'members' | 'content') => optional(amount, item, name) ?? 0;
  return { lastOrdinal: read('lastOrdinal'), assignableVersion: read('members'), catalogueVersion: read('content') };
}

/** The attributes of a counter item but for its key. */
export const counterAttributes = ({ lastOrdinal, assignableVersion, catalogueVersion }: Counter) => ({
  lastOrdinal,
  members: assignableVersion,
  content: catalogueVersion,
});

/** The log of a counter item; undefined where nothing was noted yet. @throws Error naming what is not as it was written */
export function catalogueLogOf(item: Item): CatalogueLog | undefined {
  const changes = optional(amount, item, 'changes');
  if (changes === undefined) return undefined;
  const { recent = [] } = item;
  if (!Array.isArray(recent) || !recent.every(isOrdinal)) throw new Error('its recent must be a list of ordinals');
  return { changes, versions: optional(amount, item, 'versions') ?? 0, recent };
}

/**
 * Raises versions of the counter item, notes which clips changed, and takes ordinals under the condition that nobody
 * else did.
 * @param changed ordinals of clips that were there before; new ones are known by the last ordinal
 */
export function counterUpdate(
  collection: DynamoTable,
  kind: Kind,
  raise: { readonly assignableVersion: number; readonly catalogueVersion: number },
  changed: readonly number[],
  ordinals?: { readonly before: number; readonly after: number },
): TransactWriteItem {
  const logged = raise.catalogueVersion > 0;
  const noted = changed.length <= NOTED_AT_MOST ? changed : [];
  const sets = [
    ...(ordinals === undefined ? [] : ['#last = :after']),
    ...(noted.length > 0 ? ['#recent = list_append(if_not_exists(#recent, :none), :noted)'] : []),
    ...(noted.length < changed.length ? ['#recent = :none'] : []),
  ];
  const adds = [
    '#members :members',
    '#content :content',
    ...(logged ? ['#changes :changes', '#versions :versions'] : []),
  ];
  const before = ordinals?.before === 0 ? 'attribute_not_exists(#last) OR #last = :before' : '#last = :before';
  return {
    Update: {
      TableName: collection.name,
      Key: marshalled(counterKey(kind)),
      UpdateExpression: `${sets.length === 0 ? '' : `SET ${sets.join(', ')} `}ADD ${adds.join(', ')}`,
      ExpressionAttributeNames: {
        '#members': 'members',
        '#content': 'content',
        ...(changed.length > 0 && { '#recent': 'recent' }),
        ...(logged && { '#changes': 'changes', '#versions': 'versions' }),
        ...(ordinals !== undefined && { '#last': 'lastOrdinal' }),
      },
      ExpressionAttributeValues: marshalled({
        ':members': raise.assignableVersion,
        ':content': raise.catalogueVersion,
        ...(changed.length > 0 && { ':none': [] }),
        ...(logged && {
          ':changes': noted.length < changed.length ? VOIDED_BY : noted.length,
          ':versions': raise.catalogueVersion,
        }),
        ...(noted.length > 0 && { ':noted': [...noted] }),
        ...(ordinals !== undefined && { ':before': ordinals.before, ':after': ordinals.after }),
      }),
      ...(ordinals !== undefined && { ConditionExpression: before }),
    },
  };
}
