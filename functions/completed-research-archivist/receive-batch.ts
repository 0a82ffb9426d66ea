import type { Clock, CompletedQueue, ReceivedMessage } from '../ports.ts';

export interface Batch {
  readonly messages: ReceivedMessage[];
  /** Start of the receive that came back empty; undefined when the queue was not seen empty. */
  emptyAt: number | undefined;
  readonly failures: string[];
}

export const BATCH_MESSAGES = 1_000;
export const BATCH_BYTES = 32 * 1024 * 1024;
/** So many receives in succession with only messages sent after the run's start say that all earlier ones are received. */
const NEWER_IN_SUCCESSION = 5;

/** Watches a run's receives for the sign that everything sent before its start has been received. */
export class Freshness {
  private readonly runStart: number;
  private inSuccession = 0;
  /** The start of the run, once five receives in succession held only messages sent after it. */
  caughtUpTo: number | undefined;

  constructor(runStart: number) {
    this.runStart = runStart;
  }

  received(messages: readonly ReceivedMessage[]): void {
    this.inSuccession = messages.every((message) => message.sentAt > this.runStart) ? this.inSuccession + 1 : 0;
    if (this.inSuccession >= NEWER_IN_SUCCESSION) this.caughtUpTo = this.runStart;
  }
}

/** So many messages let one more receiver begin: each of them ends with an empty receive, which is to be paid too. */
const MESSAGES_A_RECEIVER = 50;

/**
 * Receives until the queue is empty, the batch is full or the time for it is over. It begins with one receiver, and the
 * more messages there are, the more begin, up to `receivers`: an empty queue costs one request.
 */
export async function receiveBatch(
  queue: CompletedQueue,
  receivers: number,
  freshness: Freshness,
  clock: Clock,
  hasTime: () => boolean,
): Promise<Batch> {
  const batch: Batch = { messages: [], emptyAt: undefined, failures: [] };
  let bytes = 0;
  const empties: number[] = [];
  const begun: Promise<void>[] = [];
  const receive = async () => {
    while (hasTime() && batch.messages.length < BATCH_MESSAGES && bytes < BATCH_BYTES) {
      const start = clock();
      const messages = await queue.receive();
      if (messages.length === 0) {
        empties.push(start);
        return;
      }
      freshness.received(messages);
      for (const message of messages) {
        bytes += message.body.length;
        batch.messages.push(message);
      }
      const wanted = Math.min(receivers, 1 + Math.floor(batch.messages.length / MESSAGES_A_RECEIVER));
      while (begun.length < wanted) begun.push(receiver());
    }
  };
  const receiver = async () => {
    try {
      await receive();
    } catch (error) {
      batch.failures.push(`Receiving failed: ${String(error)}`);
    }
  };
  begun.push(receiver());
  // Others are added while these are awaited, each by one that has not ended yet.
  for (const one of begun) await one;
  if (empties.length === begun.length) batch.emptyAt = Math.min(...empties);
  return batch;
}
