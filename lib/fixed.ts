/** Numbers that are no choice: limits of the services, and what the code is built on. */
export const FIXED = {
  /** EventBridge Scheduler fires once a minute at most. */
  schedulePeriod: 60,
  /** Ten clips are inserted in one transaction. */
  batchSize: 10,
  /** Lambda's advice: a batch that is throttled and retried must not reappear meanwhile. */
  visibilityPerTimeout: 6,
  /** Lambda drops an asynchronous event after so long at the earliest; the next minute is the retry. */
  asyncEventAge: 60,
} as const;
