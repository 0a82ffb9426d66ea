import type { Clock, CompletedQueue, DeadLetters, PendingQueue, WorkItem } from '../../../functions/ports.ts';
import { batches, SqsCompletedQueue } from '../../../functions/queues/sqs-queues.ts';
import { IndexView } from './index-view.ts';
import { assertBatch } from './limits.ts';
import { MemoryCollection } from './memory-collection.ts';
import { MemoryLedgers } from './memory-ledgers.ts';
import { MemoryQueue, type QueueOptions } from './memory-queue.ts';
import { MemoryReads } from './memory-reads.ts';
import { memorySqs } from './memory-sqs.ts';
import { MemoryState } from './memory-state.ts';

export interface MemoryOptions {
  readonly clock?: Clock;
  /** How late a change shows in the indexes, ms; asked at each change. 0 by default. */
  readonly indexDelayMs?: () => number;
  readonly pending?: Partial<QueueOptions>;
  readonly completed?: Partial<QueueOptions>;
}

export interface DeadLetter {
  readonly body: string;
  readonly reason: string;
}

/** Every port over one state, and the state itself for what tests want to see. */
export interface MemoryArchive {
  readonly state: MemoryState;
  readonly index: IndexView;
  readonly collection: MemoryCollection;
  readonly ledgers: MemoryLedgers;
  readonly pendingQueue: PendingQueue;
  /** The same queue as researchers see it. */
  readonly pendingMessages: MemoryQueue;
  readonly completedQueue: CompletedQueue;
  readonly completedMessages: MemoryQueue;
  readonly deadLetters: DeadLetters;
  readonly dead: DeadLetter[];
}

const DAY_MS = 24 * 3600_000;

export function memoryArchive(options: MemoryOptions = {}): MemoryArchive {
  const clock = options.clock ?? Date.now;
  const state = new MemoryState();
  const index = new IndexView(clock, options.indexDelayMs ?? (() => 0));
  const reads = new MemoryReads();
  const ledgers = new MemoryLedgers(state, index, reads);
  const dead: DeadLetter[] = [];
  const toDead = (body: string, reason: string) => void dead.push({ body, reason });
  const pendingMessages = new MemoryQueue({
    clock,
    visibilityMs: 60_000,
    retentionMs: 6_960_000,
    receiveLimit: 3,
    fifo: true,
    dead: toDead,
    ...options.pending,
  });
  const completedMessages = new MemoryQueue({
    clock,
    visibilityMs: 60_000,
    retentionMs: 7 * DAY_MS,
    receiveLimit: 100,
    dead: toDead,
    ...options.completed,
  });
  return {
    state,
    index,
    collection: new MemoryCollection(state, ledgers, reads),
    ledgers,
    pendingQueue: pendingQueueOf(pendingMessages),
    pendingMessages,
    completedQueue: completedQueueOf(completedMessages),
    completedMessages,
    deadLetters: { send: async (body, reason) => toDead(body, reason) },
    dead,
  };
}

/** The archivist's side of the queue of work items. */
export function pendingQueueOf(queue: MemoryQueue): PendingQueue {
  return {
    async send(items: readonly WorkItem[]) {
      for (const batch of batches(items, ({ body }) => body.length)) {
        assertBatch(batch.map(({ body }) => body));
        for (const { leaseId, body } of batch) queue.send(body, leaseId);
      }
      return [];
    },
    visible: async () => queue.visible(),
  };
}

/** The drain's side of the queue of results. */
export function completedQueueOf(queue: MemoryQueue): CompletedQueue {
  return new SqsCompletedQueue(memorySqs(queue), 'memory');
}
