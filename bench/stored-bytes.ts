import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, marshalled } from '../functions/stores/dynamo.ts';
import { BY_STATE, WITH_LEASES } from '../functions/stores/schema.ts';

/** DynamoDB charges so much for each item of a table or index besides its attributes. */
export const OVERHEAD = 100;

/** The size of an item as DynamoDB counts it: names and values, a number by its digits, a list or map 3 bytes more. */
export function itemBytes(item: Item): number {
  return Object.entries(marshalled(item)).reduce((sum, [name, value]) => sum + utf8(name) + valueBytes(value), 0);
}

/** What a ledger takes in its table and in the indexes it appears in, overhead included. */
export function storedBytes(ledger: Item): number {
  const keys = ['pk', 'sk'];
  const parts = [
    Object.keys(ledger),
    [...keys, BY_STATE.partitionKey, BY_STATE.sortKey],
    ...(ledger[WITH_LEASES.partitionKey] === undefined
      ? []
      : [[...keys, WITH_LEASES.partitionKey, ...WITH_LEASES.projected]]),
  ];
  return parts.reduce((sum, names) => sum + OVERHEAD + itemBytes(picked(ledger, names)), 0);
}

const picked = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(names.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]));

const utf8 = (text: string): number => Buffer.byteLength(text);

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.B !== undefined) return value.B.length;
  // Two digits a byte, and one byte more; a sign takes another.
  if (value.N !== undefined)
    return Math.ceil(value.N.replace(/[-.]|0+$/g, '').length / 2) + (value.N.startsWith('-') ? 2 : 1);
  if (value.L !== undefined) return 3 + value.L.reduce((sum, one) => sum + 1 + valueBytes(one), 0);
  if (value.M !== undefined)
    return 3 + Object.entries(value.M).reduce((sum, [name, one]) => sum + 1 + utf8(name) + valueBytes(one), 0);
  return 1;
}
