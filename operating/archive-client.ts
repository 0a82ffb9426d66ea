import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { unlogged } from '../functions/runtime/unlogged.ts';
import { DynamoCollection } from '../functions/stores/dynamo-collection.ts';
import { DynamoLedgers } from '../functions/stores/dynamo-ledgers.ts';
import { CREDENTIALS } from '../local/project.ts';
import { LONGEST_POLL_SECONDS, patience } from '../web/patience.ts';
import type { ArchiveLocation } from './archive-location.ts';
import { withPlainAnswers } from './plain-answers.ts';
import { DynamoOperations } from './tables/dynamo-operations.ts';

/** An archive as the commands use it. */
export interface ArchiveClient {
  readonly location: ArchiveLocation;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly collection: DynamoCollection;
  readonly ledgers: DynamoLedgers;
  readonly operations: DynamoOperations;
  /** URL of a queue by its logical id. */
  queue(id: string): string;
  close(): void;
}

export function archiveClient(location: ArchiveLocation): ArchiveClient {
  const { endpoints, region } = location;
  // A local archive takes any credentials; a deployed one those that the environment gives.
  const common = {
    // A researcher in this process polls as long as queues let it.
    requestHandler: patience({ longPollSeconds: LONGEST_POLL_SECONDS }),
    ...(region && { region }),
    ...(endpoints && { credentials: CREDENTIALS }),
  };
  const sqs = unlogged(new SQSClient({ ...common, ...(endpoints && { endpoint: endpoints.sqs }) }));
  const dynamodb = withPlainAnswers(
    unlogged(new DynamoDBClient({ ...common, ...(endpoints && { endpoint: endpoints.dynamodb }) })),
  );
  const { Collection = '', Leases = '' } = location.tables;
  return {
    location,
    sqs,
    dynamodb,
    collection: new DynamoCollection(dynamodb, Collection, Leases),
    ledgers: new DynamoLedgers(dynamodb, Leases, Collection),
    operations: new DynamoOperations(dynamodb, Collection, Leases),
    queue: (id) => {
      const url = location.queues[id];
      if (url === undefined) throw new Error(`The archive ${location.name} has no queue ${id}`);
      return url;
    },
    close: () => {
      sqs.destroy();
      dynamodb.destroy();
    },
  };
}
