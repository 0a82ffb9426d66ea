import type { Clock } from '../../../functions/ports.ts';
import { assertBatch } from './limits.ts';

export interface QueueOptions {
  readonly clock: Clock;
  readonly visibilityMs: number;
  readonly retentionMs: number;
  /** So many receives; the next one brings the message to the dead letters instead. */
  readonly receiveLimit: number;
  /** FIFO queues: groups block while one of their messages is out, and repetitions within 5 min are swallowed. */
  readonly fifo?: boolean;
  /** How old the count of visible messages is, ms. */
  readonly countDelayMs?: () => number;
  /** Which of `candidates` messages a receive takes next; the oldest by default. FIFO queues keep their order. */
  readonly pick?: (candidates: number) => number;
  /** How many messages a receive brings at most, for SQS may give fewer than it has. */
  readonly most?: () => number;
  /** Called before each receive, with how many messages are visible. */
  readonly beforeReceive?: (queue: MemoryQueue, visible: number) => void;
  readonly dead?: (body: string, reason: string) => void;
}

export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  readonly group: string;
  hiddenUntil: number;
  receives: number;
  receipt: string;
}

export interface Received {
  readonly id: string;
  readonly body: string;
  readonly receipt: string;
  readonly sentAt: number;
  readonly receives: number;
}

const DEDUPLICATION_MS = 5 * 60_000;
/** SQS gives ten messages a receive at most. */
export const RECEIVED_AT_MOST = 10;

/** An SQS queue in memory, with time as it is told. */
export class MemoryQueue {
  readonly messages: QueuedMessage[] = [];
  private readonly options: QueueOptions;
  private readonly deduplicated = new Map<string, number>();
  private counts: { readonly at: number; readonly visible: number }[] = [];
  private ids = 0;

  constructor(options: QueueOptions) {
    this.options = options;
  }

  /**
   * @param group of a FIFO queue: message group and deduplication id in one
   * @returns the id of the message; of the first one when this is a repetition
   */
  send(body: string, group = ''): string {
    assertBatch([body]);
    const now = this.options.clock();
    if (this.options.fifo === true) {
      const last = this.deduplicated.get(group);
      if (last !== undefined && now - last < DEDUPLICATION_MS) return `again ${group}`;
      this.deduplicated.set(group, now);
    }
    const id = `m${++this.ids}`;
    this.messages.push({ id, body, sentAt: now, group, hiddenUntil: 0, receives: 0, receipt: '' });
    this.counted();
    return id;
  }

  /** Up to `most` messages that are visible now; each is hidden for the visibility time. */
  receive(asked = RECEIVED_AT_MOST): Received[] {
    this.expire();
    const { clock, visibilityMs, receiveLimit, fifo, pick, beforeReceive } = this.options;
    const now = clock();
    beforeReceive?.(this, this.messages.filter(({ hiddenUntil }) => hiddenUntil <= now).length);
    const most = Math.min(asked, this.options.most?.() ?? asked);
    const received: Received[] = [];
    while (received.length < most) {
      const busy = new Set(
        fifo ? this.messages.filter(({ hiddenUntil }) => hiddenUntil > now).map((m) => m.group) : [],
      );
      const candidates = this.messages.filter(
        ({ hiddenUntil, group }) => hiddenUntil <= now && !(fifo === true && busy.has(group)),
      );
      if (candidates.length === 0) break;
      const message = candidates[fifo ? 0 : (pick?.(candidates.length) ?? 0)] as QueuedMessage;
      message.receives++;
      if (message.receives > receiveLimit) {
        this.messages.splice(this.messages.indexOf(message), 1);
        this.options.dead?.(message.body, `received ${receiveLimit} times`);
        continue;
      }
      message.hiddenUntil = now + visibilityMs;
      message.receipt = `${message.id}/${message.receives}`;
      const { id, body, receipt, sentAt, receives } = message;
      received.push({ id, body, receipt, sentAt, receives });
    }
    this.counted();
    return received;
  }

  /** Deletes by the receipt of a receive. One of an earlier receive deletes nothing while the message is visible or out again, as SQS may have it. */
  delete(receipt: string): boolean {
    const index = this.messages.findIndex((message) => message.receipt === receipt);
    if (index < 0) return false;
    this.messages.splice(index, 1);
    this.counted();
    return true;
  }

  /** Makes a received message visible after so long, 0: at once. */
  changeVisibility(receipt: string, visibilityMs: number): void {
    const message = this.messages.find((one) => one.receipt === receipt);
    if (message !== undefined) message.hiddenUntil = this.options.clock() + visibilityMs;
    this.counted();
  }

  /** The count of visible messages, as late as the queue's metrics are. */
  visible(): number {
    this.expire();
    const { clock, countDelayMs } = this.options;
    if (countDelayMs === undefined) return this.messages.filter(({ hiddenUntil }) => hiddenUntil <= clock()).length;
    this.counted();
    const until = clock() - countDelayMs();
    return this.counts.findLast(({ at }) => at <= until)?.visible ?? 0;
  }

  private expire(): void {
    const oldest = this.options.clock() - this.options.retentionMs;
    for (let index = this.messages.length - 1; index >= 0; index--) {
      if ((this.messages[index] as QueuedMessage).sentAt < oldest) this.messages.splice(index, 1);
    }
  }

  private counted(): void {
    if (this.options.countDelayMs === undefined) return;
    const now = this.options.clock();
    const visible = this.messages.filter(({ hiddenUntil }) => hiddenUntil <= now).length;
    this.counts.push({ at: now, visible });
    if (this.counts.length > 400) this.counts = this.counts.slice(-200);
  }
}
