import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { DynamoTable, type Item, type Key, type Projection, unmarshalled } from '../../functions/stores/dynamo.ts';
import { BATCH_GET_AT_MOST } from '../../functions/stores/whole-reads.ts';

/** An expression that asks for these attributes only, whatever their names. */
export function projection(attributes: readonly string[]): Required<Projection> {
  return {
    ProjectionExpression: attributes.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name, index) => [`#a${index}`, name])),
  };
}

/**
 * A page of a megabyte is thirty while it is taken apart. And asked for all that a megabyte holds, the emulator looks
 * through the rest of the table for every page.
 */
const ITEMS_A_PAGE = 250;

/**
 * Everything in a table, in no order, a page at a time, the next one on its way; strongly consistent, but not of one moment.
 * @param lookedThrough hears how many items each page went through, those that a filter left out with them
 */
export function pagesOf(
  client: DynamoDBClient,
  input: Omit<ScanCommandInput, 'ExclusiveStartKey' | 'Select'>,
  lookedThrough: (items: number) => void = () => undefined,
): AsyncGenerator<Item[]> {
  return pagesAhead(
    (ExclusiveStartKey) =>
      client.send(new ScanCommand({ ConsistentRead: true, Limit: ITEMS_A_PAGE, ...input, ExclusiveStartKey })),
    lookedThrough,
  );
}

/** Of what lies together a page may be larger: 27,000 findings of a clip take the emulator a third less than 250 at a time. */
const ITEMS_A_QUERY = 2_000;

/** All that a query gives, in its order, a page at a time, the next one on its way. */
export const queryPages = (
  client: DynamoDBClient,
  input: Omit<QueryCommandInput, 'ExclusiveStartKey' | 'Select'>,
): AsyncGenerator<Item[]> =>
  pagesAhead((ExclusiveStartKey) =>
    client.send(new QueryCommand({ Limit: ITEMS_A_QUERY, ...input, ExclusiveStartKey })),
  );

type Page = Pick<ScanCommandOutput, 'Items' | 'LastEvaluatedKey' | 'ScannedCount'>;

async function* pagesAhead(
  read: (start?: ScanCommandInput['ExclusiveStartKey']) => Promise<Page>,
  lookedThrough: (items: number) => void = () => undefined,
): AsyncGenerator<Item[]> {
  let reading: ReturnType<typeof read> | undefined = read();
  while (reading !== undefined) {
    const { Items = [], LastEvaluatedKey, ScannedCount = Items.length }: Page = await reading;
    lookedThrough(ScannedCount);
    reading = LastEvaluatedKey && read(LastEvaluatedKey);
    // Who awaits it hears of it; who stops early has no use for it.
    reading?.catch(() => undefined);
    if (Items.length > 0) yield Items.map(unmarshalled);
  }
}

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
  const from = new DynamoTable(client, table);
  const read = (start: number) => from.getAll(keys.slice(start, start + BATCH_GET_AT_MOST), only);
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
