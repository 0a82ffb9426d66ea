import { queuesContract } from '../../contracts/queues.contract.ts';
import { memoryArchive } from '../../support/memory/memory-archive.ts';

describe('queues in memory', () => {
  queuesContract(async () => {
    const archive = memoryArchive({ completed: { visibilityMs: 1_000 } });
    return {
      pending: archive.pendingQueue,
      completed: archive.completedQueue,
      deadLetters: archive.deadLetters,
      take: async () => archive.pendingMessages.receive().map(({ body }) => body),
      report: async (body) => void archive.completedMessages.send(body),
      dead: async () => archive.dead,
    };
  });
});
