import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';

/** What no function of this kind can do without: middy, and the two SDK clients with one command each. */
const dynamoDb = new DynamoDBClient();
const sqs = new SQSClient();

export const handler = middy().handler(async () => ({ dynamoDb, sqs, commands: [GetItemCommand, SendMessageCommand] }));
