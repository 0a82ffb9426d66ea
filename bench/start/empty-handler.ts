import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import { dynamoDb, sqs } from '../../functions/runtime/clients.ts';

/** What no function of this kind can do without: middy, and the same SDK clients with one command each. */
const clients = [dynamoDb(), sqs()];

export const handler = middy().handler(async () => ({ clients, commands: [GetItemCommand, SendMessageCommand] }));
