/** Answers of DynamoDB that are cut, by size or because it was busy: here is who goes on until nothing is left. */

/** DynamoDB takes no more keys at once. */
export const BATCH_GET_AT_MOST = 100;
const BATCH_GET_ATTEMPTS = 8;

/** Every item of a query, page by page, each asked for when it is wanted. */
export async function* everyPage<Item, Start>(
  page: (start: Start | undefined) => Promise<{ readonly items: readonly Item[]; readonly next: Start | undefined }>,
): AsyncGenerator<Item> {
  let start: Start | undefined;
  do {
    const { items, next } = await page(start);
    yield* items;
    start = next;
  } while (start !== undefined);
}

/**
 * What there is of all keys, in no order: in batches, and what a batch leaves unprocessed again, after a while that doubles.
 * @throws Error when something is left unprocessed all the time
 */
export async function everyKey<Key, Item>(
  keys: readonly Key[],
  batch: (keys: readonly Key[]) => Promise<{ readonly items: readonly Item[]; readonly unprocessed: readonly Key[] }>,
  wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<Item[]> {
  const found: Item[] = [];
  for (let start = 0; start < keys.length; start += BATCH_GET_AT_MOST) {
    let wanted = keys.slice(start, start + BATCH_GET_AT_MOST);
    for (let attempt = 1; wanted.length > 0; attempt++) {
      if (attempt > BATCH_GET_ATTEMPTS) throw new Error(`Reading is throttled: ${wanted.length} keys are left`);
      if (attempt > 1) await wait(20 * 2 ** attempt);
      const { items, unprocessed } = await batch(wanted);
      found.push(...items);
      wanted = [...unprocessed];
    }
  }
  return found;
}
