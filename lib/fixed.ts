/** Numbers that are no choice: limits of the services, and what the code is built on. */
export const FIXED = {
  /** EventBridge Scheduler fires once a minute at most. */
  schedulePeriod: 60,
  /** What SQS takes at most, attributes included. */
  sqsMessageBytes: 1024 * 1024,
  /** 8 KiB below that: a dead letter carries its reason besides, and its queue takes the full 1 MiB. */
  messageBytes: 1024 * 1024 - 8 * 1024,
  /** Ten clips are inserted in one transaction. */
  batchSize: 10,
  /** Lambda's advice: a batch that is throttled and retried must not reappear meanwhile. */
  visibilityPerTimeout: 6,
  /** Lambda drops an asynchronous event after so long at the earliest; the next minute is the retry. */
  asyncEventAge: 60,
} as const;
