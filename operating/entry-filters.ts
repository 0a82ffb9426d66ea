import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { epochMs } from '../domain/timestamp.ts';

/** As texts are compared: without case. */
export const folded = (text: string): string => text.toLocaleLowerCase('en');

/** What an entry says of the show that it is of. */
export const showOf = ({ info }: EpisodeEntry | ClipEntry): string => info.show ?? info.curatorInformation;

/** @param show a part of what the entry says of its show */
export const isOfShow = (entry: EpisodeEntry | ClipEntry, show: string): boolean =>
  folded(showOf(entry)).includes(folded(show));

/** When an episode was aired, ms since the epoch; each end belongs to the span. */
export interface AiredSpan {
  readonly airedFrom?: number | undefined;
  readonly airedTo?: number | undefined;
}

export const hasAired = ({ airedFrom, airedTo }: AiredSpan): boolean =>
  airedFrom !== undefined || airedTo !== undefined;

/** Whether a span lets an entry through: what says no date is in none. */
export function isAiredIn(span: AiredSpan, dateAired: string | undefined): boolean {
  if (!hasAired(span)) return true;
  const { airedFrom = Number.NEGATIVE_INFINITY, airedTo = Number.POSITIVE_INFINITY } = span;
  const at = dateAired === undefined ? Number.NaN : epochMs(dateAired);
  return at >= airedFrom && at <= airedTo;
}
