import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';

/** A call that hangs must not take the whole run with it; the SDK tries again. */
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 10_000 };

export const dynamoDb = (): DynamoDBClient => new DynamoDBClient({ requestHandler });

export const sqs = (): SQSClient => new SQSClient({ requestHandler });

/**
 * For receives from which somebody concludes that a queue is empty. The SDK would try again after a lost answer, and
 * find nothing: what the lost answer held is hidden, and nobody would know.
 */
export const sqsWithoutRetries = (): SQSClient => new SQSClient({ requestHandler, maxAttempts: 1 });
