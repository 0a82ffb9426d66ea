import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { FINDINGS_BY_CLIP } from '../../functions/stores/schema.ts';
import type { ArchiveClient } from '../archive-client.ts';
import type { StatusFacts } from '../status.ts';
import { readAllLedgers } from './all-ledgers.ts';
import { type QueueDepth, queueDepth } from './queue-depths.ts';

/** Reads everything that `status` shows. @param findings a count that is known already; counting reads them all */
export async function readStatusFacts(client: ArchiveClient, findings?: number): Promise<StatusFacts> {
  const { collection, ledgers, location, dynamodb, sqs } = client;
  const [catalogue, counter, control, queues, counted] = await Promise.all([
    collection.catalogue(),
    collection.counter('episode'),
    ledgers.control(),
    Promise.all(
      Object.entries(location.queues).map(
        async ([name, url]): Promise<[string, QueueDepth]> => [name, await queueDepth(sqs, url)],
      ),
    ),
    findings ?? countFindings(dynamodb, location.tables.Collection ?? ''),
  ]);
  const all = await readAllLedgers(ledgers, counter.lastOrdinal);
  return {
    name: location.name,
    now: Date.now(),
    catalogue,
    ...all,
    control,
    settings: location.settings,
    findings: counted,
    queues: Object.fromEntries(queues),
  };
}

/** The second part of the key of a finding that stands; variants end in 1 and 2. */
const FIRST = '#0';

/** Pairs with a finding. */
export async function countFindings(dynamodb: DynamoDBClient, collectionTable: string): Promise<number> {
  const { name, sortKey } = FINDINGS_BY_CLIP;
  let count = 0;
  const pages = paginateScan(
    { client: dynamodb },
    {
      TableName: collectionTable,
      IndexName: name,
      Select: 'COUNT',
      FilterExpression: 'contains(#key, :first)',
      ExpressionAttributeNames: { '#key': sortKey },
      ExpressionAttributeValues: { ':first': { S: FIRST } },
    },
  );
  for await (const { Count = 0 } of pages) count += Count;
  return count;
}
