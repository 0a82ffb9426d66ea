import type * as z from 'zod/mini';
import {
  type ClipInfo,
  type CompletedResearchItem,
  clipInfo,
  completedResearchItem,
  type EpisodeInfo,
  episodeInfo,
  type PairResult,
  type PendingResearchItem,
  pendingResearchItem,
} from './messages/definitions.ts';
import { InvalidMessage, printable } from './messages/invalid-message.ts';
import { MOST_CLIPS } from './messages/limits.ts';
import { ordinalsOf } from './messages/ranges.ts';
import { inOrder } from './messages/sorted-offsets.ts';

/** The four messages of the archive: canonical proto3 JSON in the bodies of queue messages, checked values inside. */

export { bodyOf, type Message, toJson } from './messages/canonical-json.ts';
export { completedItem } from './messages/completed-item.ts';
export type {
  ClipInfo,
  ClipReference,
  ClipToFind,
  CompletedResearchItem,
  EpisodeInfo,
  PairResult,
  PendingResearchItem,
  UnheardStretch,
} from './messages/definitions.ts';
export { assertInsertable } from './messages/insertable.ts';
export { InvalidMessage } from './messages/invalid-message.ts';
export { MOST_CLIPS, MOST_UNHEARD_STRETCHES, SOURCE_LIMITS } from './messages/limits.ts';
export { type Meaning, meaningOf, pairsOf } from './messages/meaning.ts';
export { rangesOf } from './messages/ranges.ts';
export { type Salvaged, salvaged } from './messages/salvage.ts';

/** @throws InvalidMessage naming each field that is wrong, its limit, and what came. */
export function parseClipInfo(body: string): ClipInfo {
  return parsed(body, 'ClipInfo', clipInfo);
}

/** @throws InvalidMessage naming each field that is wrong, its limit, and what came. */
export function parseEpisodeInfo(body: string): EpisodeInfo {
  return parsed(body, 'EpisodeInfo', episodeInfo);
}

/** @throws InvalidMessage naming each field that is wrong, its limit, and what came. */
export function parsePendingResearchItem(body: string): PendingResearchItem {
  return parsed(body, 'PendingResearchItem', pendingResearchItem);
}

/**
 * Offsets come out in ascending order, with them their scores and which part of the clip is heard there.
 *
 * @throws InvalidMessage naming each field that is wrong, its limit, and what came.
 */
export function parseCompletedResearchItem(body: string): CompletedResearchItem {
  const item = parsed(body, 'CompletedResearchItem', completedResearchItem);
  const wrong: string[] = [];
  const top = sortedPair(item, '', wrong);
  const results = item.results.map((result, index) => sortedPair(result, `results[${index}].`, wrong));
  const pairs = results.length + (ordinalsOf(item.notFound, MOST_CLIPS)?.length ?? MOST_CLIPS + 1);
  if (pairs > MOST_CLIPS) {
    wrong.push(`results, notFound: must be of at most ${MOST_CLIPS} clips together, ranges counted in full`);
  }
  for (const [index, { from, to }] of item.unheard.entries()) {
    if (to <= from) wrong.push(`unheard[${index}].to: must be more than its from (${from}), but ${to} came`);
  }
  if (wrong.length > 0) throw new InvalidMessage('CompletedResearchItem', wrong);
  return { ...top, results };
}

/** What is said of one pair, its offsets in order; what is wrong with it is added to `wrong`. */
function sortedPair<Pair extends CompletedResearchItem | PairResult>(pair: Pair, at: string, wrong: string[]): Pair {
  const { clipInfo, clipOffsets, clipScores, clipHeardFrom, clipHeardTo } = pair;
  if (clipInfo !== undefined && (clipInfo.id ?? clipInfo.mediaUri ?? clipInfo.title) === undefined) {
    wrong.push(`${at}clipInfo: must have an id, a mediaUri or a title, but has none`);
  }
  const lists = { clipScores, clipHeardFrom, clipHeardTo };
  const faults = Object.entries(lists).flatMap(([name, { length }]) =>
    length === 0 || length === clipOffsets.length
      ? []
      : [`${at}${name}: must be as many as clipOffsets (${clipOffsets.length}) or none, but ${length} came`],
  );
  wrong.push(...faults);
  if (faults.length > 0 || clipOffsets.length === 0) return pair;
  return { ...pair, ...inOrder(clipOffsets, lists) };
}

function parsed<Schema extends z.ZodMiniType>(body: string, name: string, schema: Schema): z.output<Schema> {
  const result = schema.safeParse(jsonOf(body, name));
  if (result.success) return result.data;
  throw new InvalidMessage(name, result.error.issues.map(reasonOf));
}

function jsonOf(body: string, name: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own words quote the body as it is, line ends and all.
    throw new InvalidMessage(name, [`must be JSON, but ${body.length} characters came: "${printable(body)}"`]);
  }
}

function reasonOf({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${pathOf(path)}: ${message}`;
}

/** As in `clips[3].title`. Only names of known fields occur. */
function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
}
