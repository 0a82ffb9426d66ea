import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { patience } from '../../web/patience.ts';

/** The SDK tries again what has timed out; a drain polls for a second. */
const requestHandler = patience({ longPollSeconds: 1 });

/**
 * The SDK prepares every answer for its log, secrets taken out, even where nobody reads that log: a sixth of the
 * processor time of reading 10,000 clips.
 */
function unlogged<Client extends DynamoDBClient | SQSClient>(client: Client): Client {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

export const dynamoDb = (): DynamoDBClient => unlogged(new DynamoDBClient({ requestHandler }));

export const sqs = (): SQSClient => unlogged(new SQSClient({ requestHandler }));

/**
 * For receives from which somebody concludes that a queue is empty. The SDK would try again after a lost answer, and
 * find nothing: what the lost answer held is hidden, and nobody would know.
 */
export const sqsWithoutRetries = (): SQSClient => unlogged(new SQSClient({ requestHandler, maxAttempts: 1 }));
