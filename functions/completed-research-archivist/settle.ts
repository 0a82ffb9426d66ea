import { type CompletedQueue, type DeadLetters, type ReceivedMessage, UnreadableItem } from '../ports.ts';

/** How many messages went which way, and what failed. */
export interface Settled {
  deadLettered: number;
  /** Left to be received again after a failure. */
  undeleted: number;
  readonly failures: string[];
}

/** Where the messages of a run go: deleted, to the dead letters, or left to be received again. Counts as it goes. */
export class Settlement {
  private readonly queue: Pick<CompletedQueue, 'delete'>;
  private readonly deadLetters: DeadLetters;
  private readonly settled: Settled;

  constructor(queue: Pick<CompletedQueue, 'delete'>, deadLetters: DeadLetters, settled: Settled) {
    this.queue = queue;
    this.deadLetters = deadLetters;
    this.settled = settled;
  }

  /** A hopeless message, with its reason. */
  async refuse(message: ReceivedMessage, reason: string): Promise<void> {
    await this.deadLetters.send(message.body, reason);
    this.settled.deadLettered++;
    await this.acknowledge([message]);
  }

  /** Everything they say is recorded. */
  async acknowledge(messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const failed = await this.queue.delete(messages.map(({ receipt }) => receipt));
    if (failed.length === 0) return;
    this.settled.undeleted += failed.length;
    this.settled.failures.push(`${failed.length} recorded messages could not be deleted; they will come again`);
  }

  /**
   * Results of an episode whose ledger is damaged are hopeless until somebody mends it: among the dead letters they
   * wait for that, and hold up neither drainedUntil nor anybody else. Everything else may succeed the next time.
   */
  async notRecorded(messages: readonly ReceivedMessage[], what: string, error: unknown): Promise<void> {
    if (!(error instanceof UnreadableItem)) {
      this.leave(messages, `${what}: ${String(error)}`);
      return;
    }
    this.settled.failures.push(`${what}: ${error.message}`);
    for (const message of messages) {
      try {
        await this.refuse(message, `${error.message}. Redrive this once it is mended.`);
      } catch (second) {
        this.leave([message], `${what}: ${String(second)}`);
      }
    }
  }

  /** Left to be received again. */
  leave(messages: readonly ReceivedMessage[], reason: string): void {
    this.settled.undeleted += messages.length;
    this.settled.failures.push(reason);
  }
}
