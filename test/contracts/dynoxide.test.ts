import { type Emulator, freshTables, startDynoxide } from '../../local/emulators/alone/dynamodb.ts';
import { storesContract } from './stores.contract.ts';

describe('stores in DynamoDB, emulated by dynoxide', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startDynoxide();
  });
  afterAll(() => emulator.stop());

  storesContract(() => freshTables(emulator.client));
});
