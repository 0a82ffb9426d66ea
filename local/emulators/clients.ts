import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { LONGEST_POLL_SECONDS, patience } from '../../web/patience.ts';
import { CREDENTIALS, REGION } from '../project.ts';

const requestHandler = patience({ longPollSeconds: LONGEST_POLL_SECONDS });

export function sqsClient(endpoint: string): SQSClient {
  return new SQSClient({ requestHandler, region: REGION, endpoint, credentials: CREDENTIALS });
}

export function dynamoDbClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ requestHandler, region: REGION, endpoint, credentials: CREDENTIALS });
}
