import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, type Key, marshalled } from '../../functions/stores/dynamo.ts';

/** An expression that asks for these attributes only, whatever their names. */
export function projection(attributes: readonly string[]) {
  return {
    ProjectionExpression: attributes.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#a${index}`, name])),
  };
}

/**
 * A table is read in so many segments: the emulator looks through what is left of a segment for every page, so a scan in
 * one piece takes time by the square of the table. Small ones cost nothing.
 */
const SEGMENTS = 64;
const AT_A_TIME = 2;
/** A page of a megabyte is thirty while it is taken apart. */
const ITEMS_A_PAGE = 500;

/** Everything in a table, in no order, a page at a time; strongly consistent, but not of one moment. */
export async function* pagesOf(
  client: DynamoDBClient,
  input: Omit<ScanCommandInput, 'Segment' | 'TotalSegments' | 'ExclusiveStartKey' | 'Select'>,
): AsyncGenerator<Item[]> {
  let next = 0;
  const under = new Map<number, Promise<{ readonly segment: number; readonly page: Page }>>();
  const read = (segment: number, start?: Page['LastEvaluatedKey']) => {
    const command = new ScanCommand({
      ConsistentRead: true,
      Limit: ITEMS_A_PAGE,
      ...input,
      Segment: segment,
      TotalSegments: SEGMENTS,
      ...(start && { ExclusiveStartKey: start }),
    });
    under.set(
      segment,
      client.send(command).then((page) => ({ segment, page })),
    );
  };
  while (next < AT_A_TIME) read(next++);
  try {
    while (under.size > 0) {
      const { segment, page } = await Promise.race(under.values());
      under.delete(segment);
      if (page.LastEvaluatedKey !== undefined) read(segment, page.LastEvaluatedKey);
      else if (next < SEGMENTS) read(next++);
      if (page.Items !== undefined && page.Items.length > 0) yield page.Items.map((item) => unmarshall(item));
    }
  } finally {
    // Who stops early, or met an error, has no use for the others.
    for (const one of under.values()) one.catch(() => undefined);
  }
}

interface Page {
  readonly Items?: Record<string, AttributeValue>[] | undefined;
  readonly LastEvaluatedKey?: Record<string, AttributeValue> | undefined;
}

const BATCH_GET_AT_MOST = 100;
const BATCH_GET_ATTEMPTS = 8;
const BATCHES_AT_A_TIME = 8;

/**
 * The items of these keys, strongly consistent, in no order; those that are not there are left out.
 * @param attributes those that are wanted; all without it
 * @throws Error when the table is throttled all the time
 */
export async function* gotten(
  client: DynamoDBClient,
  table: string,
  keys: readonly Key[],
  attributes?: readonly string[],
): AsyncGenerator<Item[]> {
  const only = attributes === undefined ? {} : projection(attributes);
  const read = async (start: number): Promise<Item[]> => {
    const items: Item[] = [];
    const Keys = keys.slice(start, start + BATCH_GET_AT_MOST).map(marshalled);
    let wanted: BatchGetItemCommandInput['RequestItems'] = { [table]: { Keys, ConsistentRead: true, ...only } };
    for (let attempt = 1; Object.keys(wanted ?? {}).length > 0; attempt++) {
      if (attempt > BATCH_GET_ATTEMPTS) throw new Error(`Reading from ${table} is throttled`);
      if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt));
      const output: BatchGetItemCommandOutput = await client.send(new BatchGetItemCommand({ RequestItems: wanted }));
      items.push(...(output.Responses?.[table] ?? []).map((item) => unmarshall(item)));
      wanted = output.UnprocessedKeys;
    }
    return items;
  };
  const starts = Array.from({ length: Math.ceil(keys.length / BATCH_GET_AT_MOST) }, (_, n) => n * BATCH_GET_AT_MOST);
  yield* aheadOf(starts, read, BATCHES_AT_A_TIME);
}

/** What `read` makes of each, in their order, so many of them read ahead. */
export async function* aheadOf<From, Value>(
  all: readonly From[],
  read: (one: From) => Promise<Value>,
  atATime: number,
): AsyncGenerator<Value> {
  const ahead: Promise<Value>[] = [];
  for (let next = 0; next < all.length || ahead.length > 0; ) {
    while (next < all.length && ahead.length < atATime) {
      const reading = read(all[next++]!);
      // Whoever awaits it hears of it; who stops early has no use for it.
      reading.catch(() => undefined);
      ahead.push(reading);
    }
    yield await ahead.shift()!;
  }
}

/** All that a reading gives. */
export async function allOf<Value>(reading: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for await (const value of reading) values.push(value);
  return values;
}
