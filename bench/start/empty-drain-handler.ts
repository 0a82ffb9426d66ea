import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import { dynamoDb, sqs, sqsWithoutRetries } from '../../functions/runtime/clients.ts';

/** As the empty handler, with the clients of the one that drains a queue: it has a third. */
const clients = [dynamoDb(), sqs(), sqsWithoutRetries()];

export const handler = middy().handler(async () => ({ clients, commands: [GetItemCommand, SendMessageCommand] }));
