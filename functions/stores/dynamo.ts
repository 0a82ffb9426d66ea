import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { UnreadableItem, VersionConflict } from '../ports.ts';

/** A stored item as plain values; binary attributes are Uint8Array. */
export type Item = Record<string, unknown>;

export interface Key extends Item {
  readonly pk: string;
  readonly sk: string;
}

const BATCH_GET_AT_MOST = 100;
const BATCH_GET_ATTEMPTS = 8;

export const marshalled = (item: Item) => marshall(item, { removeUndefinedValues: true });

/** Calls to one table, with values in and out, and conflicts told from other failures. */
export class DynamoTable {
  readonly client: DynamoDBClient;
  readonly name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.client = client;
    this.name = name;
  }

  /** Strongly consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.name, Key: marshalled(key), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : unmarshall(Item);
  }

  /** Strongly consistent, in no order; what does not exist is left out. @throws Error when the table is throttled all the time */
  async getAll(keys: readonly Key[]): Promise<Item[]> {
    const items: Item[] = [];
    for (let start = 0; start < keys.length; start += BATCH_GET_AT_MOST) {
      const wanted = keys.slice(start, start + BATCH_GET_AT_MOST).map(marshalled);
      let requests: BatchGetItemCommandInput['RequestItems'] = { [this.name]: { Keys: wanted, ConsistentRead: true } };
      for (let attempt = 1; Object.keys(requests ?? {}).length > 0; attempt++) {
        if (attempt > BATCH_GET_ATTEMPTS) throw new Error(`Reading from ${this.name} is throttled`);
        if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt));
        const output: BatchGetItemCommandOutput = await this.client.send(
          new BatchGetItemCommand({ RequestItems: requests }),
        );
        items.push(...(output.Responses?.[this.name] ?? []).map((item) => unmarshall(item)));
        requests = output.UnprocessedKeys;
      }
    }
    return items;
  }

  /** All pages of a query. */
  async *query(input: Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>): AsyncGenerator<Item> {
    let start: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await this.client.send(
        new QueryCommand({ TableName: this.name, ...input, ExclusiveStartKey: start }),
      );
      for (const item of page.Items ?? []) yield unmarshall(item);
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  /** A conditional put of a whole item: `version` 0 means that it must not exist. */
  put(item: Item, versionRead: number): { Put: NonNullable<TransactWriteItem['Put']> } {
    return { Put: { TableName: this.name, Item: marshalled(item), ...versionCondition(versionRead) } };
  }

  putNew(item: Item): { Put: NonNullable<TransactWriteItem['Put']> } {
    return { Put: { TableName: this.name, Item: marshalled(item), ConditionExpression: 'attribute_not_exists(pk)' } };
  }

  /** Sets the given attributes and removes those given as undefined, under the condition of the version read. */
  update(key: Key, attributes: Item, versionRead: number): { Update: NonNullable<TransactWriteItem['Update']> } {
    const names: Record<string, string> = {};
    const values: Item = {};
    const sets: string[] = [];
    const removes: string[] = [];
    for (const [index, [name, value]] of Object.entries({ ...attributes, version: versionRead + 1 }).entries()) {
      names[`#${index}`] = name;
      if (value === undefined) removes.push(`#${index}`);
      else {
        values[`:${index}`] = value;
        sets.push(`#${index} = :${index}`);
      }
    }
    const condition = versionCondition(versionRead);
    return {
      Update: {
        TableName: this.name,
        Key: marshalled(key),
        UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
        ...condition,
        ExpressionAttributeNames: { ...names, ...condition.ExpressionAttributeNames },
        ExpressionAttributeValues: { ...marshalled(values), ...condition.ExpressionAttributeValues },
      },
    };
  }
}

function versionCondition(versionRead: number) {
  if (versionRead === 0) return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: marshalled({ ':version': versionRead }),
  };
}

/** Writes all of it or nothing. @throws VersionConflict when a condition fails or another transaction is under way */
export async function transact(client: DynamoDBClient, items: TransactWriteItem[]): Promise<void> {
  await conditional(() => client.send(new TransactWriteItemsCommand({ TransactItems: items })));
}

const CONFLICTS = new Set(['ConditionalCheckFailed', 'TransactionConflict']);

/** Runs a conditional write. @throws VersionConflict when its condition fails */
export async function conditional<Output>(write: () => Promise<Output>): Promise<Output> {
  try {
    return await write();
  } catch (error) {
    const conflicts =
      error instanceof ConditionalCheckFailedException ||
      error instanceof TransactionConflictException ||
      (error instanceof TransactionCanceledException &&
        error.CancellationReasons?.some((reason) => CONFLICTS.has(reason.Code ?? '')) === true);
    throw conflicts ? new VersionConflict(error.message) : error;
  }
}

/** Decodes a stored item. @throws UnreadableItem naming the item */
export function decoded<Value>(what: string, decode: () => Value): Value {
  try {
    return decode();
  } catch (error) {
    throw new UnreadableItem(`${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
