/** Of a queue of fauxqs 2.4.1: what waits for a time of day. */
export interface TimedQueue {
  readonly inflightMessages: ReadonlyMap<string, { visibilityDeadline: number }>;
  readonly delayedMessages: readonly { delayUntil?: number }[];
  readonly fifoDelayed: ReadonlyMap<string, readonly { delayUntil?: number }[]>;
}

/** What clocks differ by without having been set. */
const JITTER_MS = 2_000;

interface Seen {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

const seen = new WeakMap<TimedQueue, Seen>();

/**
 * Brings deadlines along when the clock of the machine is set back: what is hidden for half a minute would stay hidden for
 * an hour where the clock went back by one. (Where it goes forward, or the machine has slept, deadlines are over, as they
 * should be.) To be called before the queue looks at them.
 */
export function bringDeadlinesAlong(queue: TimedQueue, wallMs = Date.now(), monotonicMs = performance.now()): void {
  const before = seen.get(queue) ?? { wallMs, monotonicMs };
  seen.set(queue, { wallMs, monotonicMs });
  const jumpMs = wallMs - before.wallMs - (monotonicMs - before.monotonicMs);
  if (jumpMs > -JITTER_MS) return;
  for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline += jumpMs;
  for (const message of [...queue.delayedMessages, ...[...queue.fifoDelayed.values()].flat()]) {
    if (message.delayUntil !== undefined) message.delayUntil += jumpMs;
  }
}
