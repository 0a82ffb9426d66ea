import { Bitset } from '../../domain/bitset.ts';
import type { Lease } from '../../domain/ledger.ts';
import type { Item } from './dynamo.ts';
import { bytes, list, map, optional, ordinal } from './stored-value.ts';

/** What a lease keeps of clips that have not their first recording, or file, and the attribute that it is stored in. */
const ATTRIBUTES = { clipRecordings: 'leasedRecordings', clipRevisions: 'leasedRevisions' } as const;
type Field = keyof typeof ATTRIBUTES;
const FIELDS = Object.keys(ATTRIBUTES) as Field[];

/**
 * Which recordings and files the work items of leases name, beside the leases, which their index projects: by lease, for
 * each number above the first the positions of its clips. A folder whose files were all written anew has a bit a clip.
 */
export const storedRecordings = (leases: readonly Lease[]): Item =>
  Object.fromEntries(FIELDS.map((field) => [ATTRIBUTES[field], stored(leases, field)]));

/** @returns undefined where all are the first */
function stored(leases: readonly Lease[], field: Field): Item | undefined {
  const later = leases.flatMap((lease) => {
    const numberOf = lease[field];
    if (!numberOf?.size) return [];
    const numbers = [...new Set(numberOf.values())];
    const positions = (number: number) =>
      [...lease.clips.keys()].filter((position) => numberOf.get(lease.clips[position]!) === number);
    return [[lease.id, numbers.map((number) => ({ number, at: Bitset.of(positions(number)).bytes }))] as const];
  });
  return later.length === 0 ? undefined : Object.fromEntries(later);
}

/** What `storedRecordings` wrote of one lease. @throws Error naming what is not as it wrote it */
export function recordingsOf(item: Item, { id, clips }: Pick<Lease, 'id' | 'clips'>): Pick<Lease, Field> {
  const read = FIELDS.flatMap((field) => {
    const all = optional(map, item, ATTRIBUTES[field]) ?? {};
    const numbers = optional(list, all, id);
    if (numbers === undefined) return [];
    const numbered = numbers.flatMap((one): [number, number][] => {
      const number = ordinal(one, 'number');
      const positions = Bitset.fromBytes(bytes(one, 'at'));
      return clips.filter((_, position) => positions.has(position)).map((clip) => [clip, number]);
    });
    return [[field, new Map(numbered)] as const];
  });
  return Object.fromEntries(read);
}
