import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { patience } from '../../web/patience.ts';
import { unlogged } from './unlogged.ts';

/** The SDK tries again what has timed out; a drain polls for a second. */
const requestHandler = patience({ longPollSeconds: 1 });

export const dynamoDb = (): DynamoDBClient => unlogged(new DynamoDBClient({ requestHandler }));

export const sqs = (): SQSClient => unlogged(new SQSClient({ requestHandler }));

/**
 * For receives from which somebody concludes that a queue is empty. The SDK would try again after a lost answer, and
 * find nothing: what the lost answer held is hidden, and nobody would know.
 */
export const sqsWithoutRetries = (): SQSClient => unlogged(new SQSClient({ requestHandler, maxAttempts: 1 }));
