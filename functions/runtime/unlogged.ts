import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';

/**
 * The SDK prepares every answer for its log, secrets taken out, even where nobody reads that log: a sixth of the
 * processor time of reading 10,000 clips.
 */
export function unlogged<Client extends DynamoDBClient | SQSClient>(client: Client): Client {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
