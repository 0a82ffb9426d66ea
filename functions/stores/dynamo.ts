import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  type KeysAndAttributes,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { convertToNative, marshall } from '@aws-sdk/util-dynamodb';
import { UnreadableItem, VersionConflict } from '../ports.ts';
import { everyKey, everyPage } from './whole-reads.ts';

/** A stored item as plain values; binary attributes are Uint8Array. */
export type Item = Record<string, unknown>;

export interface Key extends Item {
  readonly pk: string;
  readonly sk: string;
}

/** Which attributes are wanted of an item. */
export type Projection = Pick<KeysAndAttributes, 'ProjectionExpression' | 'ExpressionAttributeNames'>;

export const marshalled = (item: Item) => marshall(item, { removeUndefinedValues: true });

/** The values of a stored item. */
export function unmarshalled(stored: Readonly<Record<string, AttributeValue>>): Item {
  // Attributes come in any order, and V8 would make a class of objects for each order.
  const item: Item = Object.create(null);
  for (const name in stored) item[name] = native(stored[name]!);
  return item;
}

/** What most attributes are, without the steps of the SDK, which take four times as long; it says what numbers are too large. */
function native(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.L !== undefined) return value.L.map(native);
  if (value.M !== undefined) return unmarshalled(value.M);
  // As it comes over the wire, where nothing has taken it apart before.
  const bytes: unknown = value.B;
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'));
  const number = value.N === undefined ? Number.NaN : Number(value.N);
  return Number.isSafeInteger(number) ? number : convertToNative(value);
}

/** Calls to one table, with values in and out, and conflicts told from other failures. */
export class DynamoTable {
  readonly client: DynamoDBClient;
  readonly name: string;
  private readonly wait: ((ms: number) => Promise<void>) | undefined;

  /** @param wait how it waits where the table is throttled; by the clock if not given */
  constructor(client: DynamoDBClient, name: string, wait?: (ms: number) => Promise<void>) {
    this.client = client;
    this.name = name;
    this.wait = wait;
  }

  /** Strongly consistent. */
  async get(key: Key): Promise<Item | undefined> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.name, Key: marshalled(key), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : unmarshalled(Item);
  }

  /**
   * Strongly consistent, in no order; what does not exist is left out.
   * @param only a projection; all attributes without it
   * @throws Error when the table is throttled all the time
   */
  async getAll(keys: readonly Key[], only: Projection = {}): Promise<Item[]> {
    const batch = async (wanted: readonly Key[]) => {
      const Keys = wanted.map(marshalled);
      const { Responses, UnprocessedKeys } = await this.client.send(
        new BatchGetItemCommand({ RequestItems: { [this.name]: { Keys, ConsistentRead: true, ...only } } }),
      );
      const unprocessed = (UnprocessedKeys?.[this.name]?.Keys ?? []).map((key) => unmarshalled(key) as Key);
      return { items: (Responses?.[this.name] ?? []).map(unmarshalled), unprocessed };
    };
    return everyKey(keys, batch, this.wait);
  }

  /** All pages of a query. */
  async *query(input: Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>): AsyncGenerator<Item> {
    yield* everyPage(async (start: QueryCommandInput['ExclusiveStartKey']) => {
      const page = await this.client.send(
        new QueryCommand({ TableName: this.name, ...input, ExclusiveStartKey: start }),
      );
      return { items: (page.Items ?? []).map(unmarshalled), next: page.LastEvaluatedKey };
    });
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
