import { Bitset } from '../../domain/bitset.ts';
import type { FoundBy } from '../../domain/found-by.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { Item } from './dynamo.ts';
import { bytes, list, text } from './stored-value.ts';

/** More is not kept: it is paid at every write, and who asks for it can read the findings instead. */
const BYTES_AT_MOST = 2048;

/** The name of the analyzer where all is by one, else a list of names with their sets. */
export function storedFoundBy({ found, foundBy }: Pick<Ledger, 'found' | 'foundBy'>): unknown {
  if (!found?.size || !foundBy?.size) return undefined;
  const [[first = ''] = []] = foundBy;
  if (foundBy.size === 1) return first;
  const stored = [...foundBy].map(([analyzer, clips]) => [analyzer, clips.packed()] as const);
  const size = stored.reduce((sum, [analyzer, packed]) => sum + Buffer.byteLength(analyzer) + packed.length, 0);
  return size > BYTES_AT_MOST ? undefined : stored;
}

/** @throws Error saying what is not as `storedFoundBy` writes it */
export function foundByIn(item: Item, found = Bitset.empty): FoundBy {
  if (typeof item.foundBy === 'string') return new Map([[item.foundBy, found]]);
  return new Map(
    list(item, 'foundBy').map((stored) => [text(stored, '0'), Bitset.unpacked(bytes(stored, '1'))] as const),
  );
}
