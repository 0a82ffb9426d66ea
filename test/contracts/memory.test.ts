import { memoryArchive } from '../support/memory/memory-archive.ts';
import { MemoryCollection } from '../support/memory/memory-collection.ts';
import { storesContract } from './stores.contract.ts';

describe('stores in memory', () => {
  storesContract(async () => {
    const { collection, ledgers, state } = memoryArchive();
    return { collection, ledgers, another: () => new MemoryCollection(state, ledgers) };
  });
});
