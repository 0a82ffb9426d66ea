import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { NameChange } from '../../domain/claims.ts';
import type { Claim } from '../../domain/identity.ts';
import { type DynamoTable, type Item, marshalled } from './dynamo.ts';
import { nameKey } from './keys.ts';
import { optional, ordinal, text } from './stored-value.ts';

/** @throws Error saying which attribute is not as it was written */
export function claimOf(item: Item): Claim {
  const at = optional(text, item, 'at');
  const by = optional(text, item, 'by');
  return { ordinal: ordinal(item, 'ordinal'), ...(at !== undefined && { at }), ...(by !== undefined && { by }) };
}

export const nameItem = ({ name, ordinal, at, by }: Omit<NameChange, 'from'>): Item => ({
  ...nameKey(name),
  ordinal,
  at,
  by,
});

/** The write of a name, under the condition that it is still whose it was, since when it was. */
export function nameWrite(table: DynamoTable, change: NameChange): TransactWriteItem {
  const item = nameItem(change);
  if (change.from === undefined) return table.putNew(item);
  const Put = { TableName: table.name, Item: marshalled(item) };
  if (change.from === 'its own') return { Put };
  const { ordinal: owner, at } = change.from;
  return {
    Put: {
      ...Put,
      ConditionExpression: `#ordinal = :from AND ${at === undefined ? 'attribute_not_exists(#at)' : '#at = :at'}`,
      ExpressionAttributeNames: { '#ordinal': 'ordinal', '#at': 'at' },
      ExpressionAttributeValues: marshalled({ ':from': owner, ...(at !== undefined && { ':at': at }) }),
    },
  };
}
