import type { Strikes } from '../../domain/strikes.ts';
import type { Item } from './dynamo.ts';
import { amount, list, map, optional, ordinal, text } from './stored-value.ts';

/** Strikes of a clip or an episode, which lie in a map as they are. @throws Error when they do not */
export function strikesOfItem(item: Item, name: string): Strikes | undefined {
  const stored = optional(map, item, name);
  if (stored === undefined) return undefined;
  return {
    count: amount(stored, 'count'),
    restUntil: amount(stored, 'restUntil'),
    reason: text(stored, 'reason'),
    strikers: list(stored, 'strikers').map((striker) => ({ by: text(striker, 'by'), at: amount(striker, 'at') })),
    revision: ordinal(stored, 'revision'),
  };
}
