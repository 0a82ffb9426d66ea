import type { BatchGetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoTable } from '../../../functions/stores/dynamo.ts';
import { everyPage } from '../../../functions/stores/whole-reads.ts';

/** What DynamoDB gives in one answer, as its documentation says it: 1 MB a page of a query, 100 keys and 16 MB of a batch. */
export const PAGE_BYTES = 1024 * 1024;
const TABLE = 'memory';
const BATCH_KEYS = 100;
const BATCH_BYTES = 16 * 1024 * 1024;

export interface ReadOptions {
  /** Smaller ones stand for tables that are larger than those in memory. */
  readonly pageBytes?: number;
  /** How many of a batch's keys are left unprocessed this time; a few now and then by default. */
  readonly unprocessed?: (keys: number) => number;
  /** How each call is made; at once by default. */
  readonly call?: <Answer>(what: string, answer: () => Promise<Answer>) => Promise<Answer>;
}

/** Every seventh batch of several keys leaves one unprocessed. */
function nowAndThen(): (keys: number) => number {
  let batches = 0;
  return (keys) => (keys > 1 && ++batches % 7 === 0 ? 1 : 0);
}

/** Reads of a table in memory, cut as DynamoDB cuts them, and put together by the code that does that for the real tables. */
export class MemoryReads {
  private readonly pageBytes: number;
  private readonly unprocessed: (keys: number) => number;
  private weak = 0;
  private readonly call: NonNullable<ReadOptions['call']>;

  constructor({
    pageBytes = PAGE_BYTES,
    unprocessed = nowAndThen(),
    call = (_, answer) => answer(),
  }: ReadOptions = {}) {
    this.pageBytes = pageBytes;
    this.unprocessed = unprocessed;
    this.call = call;
  }

  /** Items in the order of their keys. Each page is of what is there when it is read, behind the last key of the one before. */
  query<Item>(
    what: string,
    items: () => readonly Item[],
    keyOf: (item: Item) => string,
    bytesOf: (item: Item) => number,
  ): AsyncGenerator<Item> {
    return everyPage((start: string | undefined) =>
      this.call(what, async () => {
        const sorted = [...items()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
        const left = sorted.filter((item) => start === undefined || keyOf(item) > start);
        const page: Item[] = [];
        for (let bytes = 0; page.length < left.length; ) {
          const item = left[page.length] as Item;
          bytes += bytesOf(item);
          if (bytes > this.pageBytes && page.length > 0) break;
          page.push(item);
        }
        const last = page.at(-1);
        return { items: page, next: page.length === left.length || last === undefined ? undefined : keyOf(last) };
      }),
    );
  }

  /**
   * By the code of the real table, whose client this is.
   * @param earlier what a replica that is behind answers: every other read that is not strong is answered by it
   * @throws RangeError where the batch has more keys than DynamoDB takes
   */
  async getAll<Key, Item>(
    what: string,
    keys: readonly Key[],
    find: (key: Key) => Item | undefined,
    bytesOf: (item: Item) => number,
    earlier = find,
  ): Promise<Item[]> {
    const answered: Item[] = [];
    const send = ({ input }: BatchGetItemCommand) =>
      this.call(what, async () => {
        const { Keys = [], ConsistentRead = false } = input.RequestItems?.[TABLE] ?? {};
        if (Keys.length > BATCH_KEYS) throw new RangeError(`A batch of ${Keys.length} keys, more than ${BATCH_KEYS}`);
        const asked = ConsistentRead || ++this.weak % 2 === 0 ? find : earlier;
        const first = answered.length;
        let bytes = 0;
        let done = 0;
        const atMost = Keys.length - this.unprocessed(Keys.length);
        for (; done < atMost; done++) {
          const item = asked(keys[Number(Keys[done]?.pk?.S)] as Key);
          bytes += item === undefined ? 0 : bytesOf(item);
          if (bytes > BATCH_BYTES && done > 0) break;
          if (item !== undefined) answered.push(item);
        }
        const items = answered.slice(first).map((_, index) => ({ at: { N: String(first + index) } }));
        const left = Keys.slice(done);
        return { Responses: { [TABLE]: items }, UnprocessedKeys: left.length === 0 ? {} : { [TABLE]: { Keys: left } } };
      });
    const table = new DynamoTable({ send } as unknown as DynamoDBClient, TABLE, async () => undefined);
    const items = await table.getAll(keys.map((_, index) => ({ pk: String(index), sk: '' })));
    return items.map(({ at }) => answered[at as number] as Item);
  }
}
