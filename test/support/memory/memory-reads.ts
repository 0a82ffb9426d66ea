import { everyKey, everyPage } from '../../../functions/stores/whole-reads.ts';

/** What DynamoDB gives in one answer, as its documentation says it: 1 MB a page of a query, 100 keys and 16 MB of a batch. */
export const PAGE_BYTES = 1024 * 1024;
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

  /** @throws RangeError where the batch has more keys than DynamoDB takes */
  getAll<Key, Item>(
    what: string,
    keys: readonly Key[],
    find: (key: Key) => Item | undefined,
    bytesOf: (item: Item) => number,
  ): Promise<Item[]> {
    const batch = (wanted: readonly Key[]) =>
      this.call(what, async () => {
        if (wanted.length > BATCH_KEYS)
          throw new RangeError(`A batch of ${wanted.length} keys, more than ${BATCH_KEYS}`);
        const items: Item[] = [];
        let bytes = 0;
        let done = 0;
        const atMost = wanted.length - this.unprocessed(wanted.length);
        for (; done < atMost; done++) {
          const item = find(wanted[done] as Key);
          bytes += item === undefined ? 0 : bytesOf(item);
          if (bytes > BATCH_BYTES && done > 0) break;
          if (item !== undefined) items.push(item);
        }
        return { items, unprocessed: wanted.slice(done) };
      });
    return everyKey(keys, batch, async () => undefined);
  }
}
