import { SqsDeadLetters } from '../queues/sqs-queues.ts';
import { dynamoDb, sqs } from '../runtime/clients.ts';
import { fromEnvironment } from '../runtime/environment.ts';
import { triggeredHandler } from '../runtime/triggered-handler.ts';
import { DynamoCollection } from '../stores/dynamo-collection.ts';

/** Takes curated clips from their queue into the collection. */
export const handler = triggeredHandler('clip', {
  collection: new DynamoCollection(dynamoDb(), fromEnvironment('collectionTable')),
  deadLetters: new SqsDeadLetters(sqs(), fromEnvironment('deadLetters')),
  clock: Date.now,
});
