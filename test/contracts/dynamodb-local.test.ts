import { type Emulator, freshTables, startDynamoDbLocal } from '../../local/emulators/alone/dynamodb.ts';
import { storesContract } from './stores.contract.ts';

const jarFolder = process.env.DYNAMODB_LOCAL;

if (jarFolder === undefined || jarFolder === '') {
  process.stderr.write(
    'DynamoDB Local: skipped, since DYNAMODB_LOCAL names no folder with DynamoDBLocal.jar (.ci/run sets it where Java is).\n',
  );
  test.skip('stores in the official DynamoDB Local', () => undefined);
} else {
  describe('stores in the official DynamoDB Local', () => {
    let emulator: Emulator;
    beforeAll(async () => {
      emulator = await startDynamoDbLocal(jarFolder);
    }, 60_000);
    afterAll(() => emulator.stop());

    storesContract(() => freshTables(emulator.client));
  });
}
