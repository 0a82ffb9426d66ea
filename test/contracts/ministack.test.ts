import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { freshTables } from '../../local/emulators/alone/dynamodb.ts';
import { HOW_TO_INSTALL, isInstalled, type MiniStack, startMiniStack } from '../cloud/ministack.ts';
import { queuesContract } from './queues.contract.ts';
import { contractQueues } from './sqs-contract.ts';
import { storesContract } from './stores.contract.ts';

jest.setTimeout(60_000);

if (!isInstalled()) {
  process.stderr.write(`MiniStack: skipped. ${HOW_TO_INSTALL}\n`);
  test.skip('stores and queues in MiniStack', () => undefined);
} else {
  let ministack: MiniStack;
  let dynamodb: DynamoDBClient;
  let sqs: SQSClient;
  beforeAll(async () => {
    ministack = await startMiniStack();
    dynamodb = new DynamoDBClient({ ...ministack.clientOptions(), maxAttempts: 1 });
    sqs = new SQSClient(ministack.clientOptions());
  });
  afterAll(async () => {
    dynamodb?.destroy();
    sqs?.destroy();
    await ministack?.stop();
  });

  describe('stores in DynamoDB, as MiniStack has it', () => storesContract(() => freshTables(dynamodb)));

  describe('queues in SQS, as MiniStack has it', () =>
    queuesContract(() => contractQueues(sqs), { secondDelete: 'refused' }));
}
