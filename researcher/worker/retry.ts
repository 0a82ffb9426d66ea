const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** How long to wait before try number `attempt` + 1 (from 1): doubling, with chance so that many do not come at once. */
export function pauseAfter(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return Math.round(most * (0.5 + random() / 2));
}

/** Waits; ends early, without an error, when the signal is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, signal?.aborted ? 0 : ms);
    signal?.addEventListener('abort', end);
  });
}

const THROTTLING = /throttl|toomanyrequests|requestlimit|overlimit|slowdown/i;

/**
 * Whether the service understood a call and says no: credentials, permissions, a queue that does not exist. Network
 * errors, throttling and faults of the service are none of that, and worth another try.
 */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $fault, $retryable } = error as { $fault?: string; $retryable?: unknown };
  if (error.name === 'CredentialsProviderError') return true;
  return $fault === 'client' && $retryable === undefined && !THROTTLING.test(error.name);
}

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error);
