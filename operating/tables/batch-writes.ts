import {
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  type BatchWriteItemCommandOutput,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { inParallel } from '../../functions/runtime/in-parallel.ts';

const BATCH_WRITE_AT_MOST = 25;
const BATCH_WRITE_ATTEMPTS = 10;
const BATCHES_AT_A_TIME = 4;

/** Writes under no condition and in no order, each of the table that it is of, no key twice. @throws Error when the tables are throttled all the time */
export async function writtenInBatches(
  client: DynamoDBClient,
  requests: readonly (readonly [table: string, request: WriteRequest])[],
): Promise<void> {
  const starts = Array.from(
    { length: Math.ceil(requests.length / BATCH_WRITE_AT_MOST) },
    (_, n) => n * BATCH_WRITE_AT_MOST,
  );
  await inParallel(starts, BATCHES_AT_A_TIME, async (start) => {
    const byTable: NonNullable<BatchWriteItemCommandInput['RequestItems']> = {};
    for (const [name, request] of requests.slice(start, start + BATCH_WRITE_AT_MOST)) {
      const others = byTable[name];
      if (others === undefined) byTable[name] = [request];
      else others.push(request);
    }
    await writtenBatch(client, byTable);
  });
}

async function writtenBatch(
  client: DynamoDBClient,
  requests: BatchWriteItemCommandInput['RequestItems'],
): Promise<void> {
  let left = requests;
  for (let attempt = 1; Object.keys(left ?? {}).length > 0; attempt++) {
    if (attempt > BATCH_WRITE_ATTEMPTS) throw new Error('Writing is throttled all the time');
    if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt));
    const output: BatchWriteItemCommandOutput = await client.send(new BatchWriteItemCommand({ RequestItems: left }));
    left = output.UnprocessedItems;
  }
}
