import { SqsDeadLetters } from '../queues/sqs-queues.ts';
import { dynamoDb, sqs } from '../runtime/clients.ts';
import { fromEnvironment } from '../runtime/environment.ts';
import { triggeredHandler } from '../runtime/triggered-handler.ts';
import { DynamoCollection } from '../stores/dynamo-collection.ts';
import { DynamoLedgers } from '../stores/dynamo-ledgers.ts';

const client = dynamoDb();
const collectionTable = fromEnvironment('collectionTable');
const leasesTable = fromEnvironment('leasesTable');

/** Takes curated episodes from their queue into the collection, and keeps the rank of their ledgers true. */
export const handler = triggeredHandler('episode', {
  collection: new DynamoCollection(client, collectionTable, leasesTable),
  ledgers: new DynamoLedgers(client, leasesTable, collectionTable),
  deadLetters: new SqsDeadLetters(sqs(), fromEnvironment('deadLetters')),
  clock: Date.now,
});
