import { setTimeout } from 'node:timers/promises';
import { bodyOf } from '../domain/messages.ts';
import { type Curated, type CuratedMessage, type Problem, reasonOf } from './curated.ts';
import type { Curation } from './curation.ts';

/** A queue as a curator needs it. */
export interface CuratedQueue {
  /**
   * Sends at most ten bodies with at most 1 MiB together.
   *
   * @returns those that were not taken, by their place in `bodies`. @throws when nothing is known of any.
   */
  sendBatch(bodies: readonly string[]): Promise<{ readonly failed: readonly FailedBody[] }>;
}

export interface FailedBody {
  readonly index: number;
  readonly reason: string;
  /** Trying again would not help. */
  readonly permanent?: boolean;
}

export interface SendOptions {
  /** Told of each entry that could not be curated or sent. */
  readonly onProblem?: (problem: Problem) => void;
  /** Told how many have been sent so far. */
  readonly onSent?: (sent: number) => void;
  /** Waits so many milliseconds; tests do not. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

export interface SendSummary {
  readonly sent: number;
  readonly problems: number;
}

/** SendMessageBatch takes ten messages and 1 MiB in all. */
const MOST_MESSAGES = 10;
const MOST_BYTES = 1024 * 1024;

/** Milliseconds before each further try: throttling and restarts of a minute are outlasted. */
const PAUSES = [200, 1_000, 5_000, 15_000, 30_000];

/** What is sent is kept in the memory at least every so many messages: a killed curator sends no more than that twice. */
const SAVE_EVERY = 1_000;

/**
 * Sends everything that a curation gives, in batches, and confirms what was taken. A message that the queue keeps
 * refusing is a problem, and comes again in the next run.
 *
 * @throws the queue's error when it takes nothing at all even after a minute, and what the curation throws; what was
 *   sent before is remembered all the same.
 */
export async function sendCurated(
  queue: CuratedQueue,
  curated: Curation | AsyncIterable<Curated>,
  { onProblem = () => {}, onSent = () => {}, pause = setTimeout }: SendOptions = {},
): Promise<SendSummary> {
  const curation = 'confirm' in curated ? curated : undefined;
  let [sent, problems, unsaved] = [0, 0, 0];
  const report = (problem: Problem) => {
    problems += 1;
    onProblem(problem);
  };
  try {
    for await (const batch of batchesOf(curated, report)) {
      const refused = await sendBatch(queue, batch, pause);
      const taken = batch.filter((entry) => !refused.has(entry)).map(({ info }) => info);
      for (const [{ info }, reason] of refused) report({ ok: false, what: `“${info.title}”`, reason });
      curation?.confirm(taken);
      sent += taken.length;
      unsaved += taken.length;
      onSent(sent);
      if (unsaved < SAVE_EVERY) continue;
      await curation?.save();
      unsaved = 0;
    }
  } finally {
    await curation?.save();
  }
  return { sent, problems };
}

interface Outgoing {
  readonly info: CuratedMessage;
  readonly body: string;
}

async function* batchesOf(
  curated: AsyncIterable<Curated>,
  report: (problem: Problem) => void,
): AsyncGenerator<Outgoing[]> {
  let [batch, bytes]: [Outgoing[], number] = [[], 0];
  for await (const result of curated) {
    if (!result.ok) {
      report(result);
      continue;
    }
    // Bodies are ASCII: as many bytes as characters.
    const body = bodyOf(result.info);
    if (batch.length === MOST_MESSAGES || bytes + body.length > MOST_BYTES) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push({ info: result.info, body });
    bytes += body.length;
  }
  if (batch.length > 0) yield batch;
}

/** @returns what was not taken in the end, with the queue's last word on it. */
async function sendBatch(
  queue: CuratedQueue,
  batch: readonly Outgoing[],
  pause: (ms: number) => Promise<unknown>,
): Promise<Map<Outgoing, string>> {
  const refused = new Map<Outgoing, string>();
  let open = batch;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    const last = attempt === PAUSES.length;
    const outcome = await queue.sendBatch(open.map(({ body }) => body)).catch((error: unknown) => {
      if (last) throw new Error(`The queue takes no messages: ${reasonOf(error)}`, { cause: error });
      return { failed: open.map((_, index) => ({ index, reason: '', permanent: false })) };
    });
    const again: Outgoing[] = [];
    for (const { index, reason, permanent } of outcome.failed) {
      const entry = open[index];
      if (entry && (permanent || last)) refused.set(entry, `the queue refuses it: ${reason}`);
      else if (entry) again.push(entry);
    }
    open = again;
    if (open.length > 0) await pause(PAUSES[attempt] ?? 0);
  }
  return refused;
}
