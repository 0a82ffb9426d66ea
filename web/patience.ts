/** Milliseconds in which AWS answers everything but a long poll; a connection is there or not in two seconds. */
const ANSWER_MS = 10_000;
const CONNECTION_MS = 2_000;

/** The longest that SQS waits for a message. */
export const LONGEST_POLL_SECONDS = 20;

/** How long a client of the AWS SDK waits, as its `requestHandler` takes it. */
export interface Patience {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly socketTimeout: number;
  readonly throwOnRequestTimeout: true;
}

/**
 * A call that hangs must not take the whole run with it: it ends with a TimeoutError when there is no answer in time,
 * or when an answer that has begun stops coming. Without `throwOnRequestTimeout` the SDK only warns, and waits for ever.
 *
 * @param longPollSeconds the longest wait that the client asks a queue for; a single call may still be told less
 */
export function patience({ longPollSeconds = 0, answerMs = ANSWER_MS } = {}): Patience {
  return {
    connectionTimeout: CONNECTION_MS,
    requestTimeout: answerMs,
    socketTimeout: longPollSeconds * 1_000 + answerMs,
    throwOnRequestTimeout: true,
  };
}

/** What a client must be told of one long poll: the whole wait is no silence. Milliseconds. */
export const longPollTimeout = (waitSeconds: number): number => waitSeconds * 1_000 + ANSWER_MS;
