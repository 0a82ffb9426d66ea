import { Bitset } from '../../domain/bitset.ts';
import type { Lease } from '../../domain/ledger.ts';
import type { Item } from './dynamo.ts';
import { bytes, list, map, optional, ordinal } from './stored-value.ts';

/**
 * Which recordings the work items of leases name, beside the leases, which their index projects: by lease, for each number
 * above the first the positions of its clips. A folder whose files were all written anew has a bit a clip.
 * @returns undefined where all are the first
 */
export function storedRecordings(leases: readonly Lease[]): Item | undefined {
  const stored = leases.flatMap(({ id, clips, clipRecordings }) => {
    if (!clipRecordings?.size) return [];
    const numbers = [...new Set(clipRecordings.values())];
    const positions = (number: number) =>
      [...clips.keys()].filter((position) => clipRecordings.get(clips[position]!) === number);
    return [[id, numbers.map((number) => ({ number, at: Bitset.of(positions(number)).bytes }))] as const];
  });
  return stored.length === 0 ? undefined : Object.fromEntries(stored);
}

/** What `storedRecordings` wrote of one lease. @throws Error naming what is not as it wrote it */
export function recordingsOf(item: Item, { id, clips }: Pick<Lease, 'id' | 'clips'>): Pick<Lease, 'clipRecordings'> {
  const all = optional(map, item, 'leasedRecordings') ?? {};
  const stored = optional(list, all, id);
  if (stored === undefined) return {};
  const numbered = stored.flatMap((one): [number, number][] => {
    const number = ordinal(one, 'number');
    const positions = Bitset.fromBytes(bytes(one, 'at'));
    return clips.filter((_, position) => positions.has(position)).map((clip) => [clip, number]);
  });
  return { clipRecordings: new Map(numbered) };
}
