import { type Info, idsOf, isReplaced } from './claims.ts';
import { type Entry, recordingOf, type SourceId } from './collection.ts';

/** What is known of an entry now. */
export interface Description<I> {
  readonly info: I;
  /** Another entry of its source is at its address. */
  readonly gone: boolean;
  readonly also: readonly SourceId[];
}

/** An entry as it is known now. `newMedium`: its media is another file, or can be fetched again. @param now ms since the epoch */
export function redescribed<I extends Info>(
  entry: Entry<I>,
  { info, gone, also }: Description<I>,
  now: number,
): { readonly entry: Entry<I>; readonly newMedium: boolean } {
  const { gone: wasGone, also: _also, ...rest } = entry;
  const replaced = isReplaced(entry.info, info);
  // What comes back to its address is judged anew: another entry's medium was there meanwhile.
  const newMedium = info.mediaUri !== entry.info.mediaUri || replaced || (wasGone === true && !gone);
  return {
    entry: {
      ...rest,
      info,
      ...(gone && { gone }),
      ...(also.length > 0 && { also }),
      ...(newMedium && { revision: entry.revision + 1, revisedAt: now }),
      ...(replaced && { recording: { number: recordingOf(entry) + 1, at: now } }),
    },
    newMedium,
  };
}

/**
 * Makes one of an entry that its source names and one that turns out to be the same without being named: what the source
 * says of it stands, under the lower ordinal.
 */
export function madeOne<I extends Info>(named: Entry<I>, other: Entry<I>, now: number) {
  const [stands, joined] = named.ordinal < other.ordinal ? [named, other] : [other, named];
  const { info, gone = false } = named;
  const also = idsBut(info, [...idsOf(named), ...idsOf(other)]);
  return { ...redescribed(stands, { info, gone, also }, now), others: [{ ...joined, sameAs: stands.ordinal }] };
}

/** In a fixed order, each once, without the one that the description itself tells. */
export function idsBut({ source = '', sourceId = '' }: Info, ids: readonly SourceId[]): SourceId[] {
  const own = JSON.stringify([source, sourceId]);
  const others = new Set(ids.map((one) => JSON.stringify(one)).filter((one) => one !== own));
  return [...others].toSorted().map((one) => JSON.parse(one));
}
