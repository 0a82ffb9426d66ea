import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Random } from '../../simulation/world/random.ts';
import type { Curated, Workload } from './workload.ts';

type QueueName = 'CuratedClips' | 'CuratedEpisodes';

interface Sending {
  readonly queue: QueueName;
  readonly body: string;
  /** ms after the start. */
  readonly at: number;
}

const BATCH = 10;
const RETRY_MS = 300;
/** So much of the clips is there from the beginning; the others come while research goes on. */
const EARLY_SHARE = 0.6;
const MOVED_SHARE = 0.1;

/** What curators send and when: everything at least once, most of it again, some of it moved, in no good order. */
export function sendingsOf({ clips, episodes, bad }: Workload, seed: number, durationMs: number): Sending[] {
  const random = new Random(seed);
  const sendings: Sending[] = [];
  const plan = (queue: QueueName, curated: Curated, firstWithin: number) => {
    const first = random.int(0, firstWithin);
    sendings.push({ queue, body: JSON.stringify(curated), at: first });
    for (let again = random.int(0, 2); again > 0; again--) {
      const later = `2026-01-0${random.int(1, 9)}T00:00:00Z`;
      const moved = random.chance(MOVED_SHARE) ? { mediaUri: `${curated.mediaUri}?moved=${later.slice(0, 10)}` } : {};
      const body = JSON.stringify({ ...curated, lastDateCurated: later, ...moved });
      sendings.push({ queue, body, at: random.int(0, durationMs) });
    }
  };
  for (const clip of clips) plan('CuratedClips', clip, random.chance(EARLY_SHARE) ? 0 : durationMs);
  for (const episode of episodes) plan('CuratedEpisodes', episode, durationMs);
  for (const { queue, body } of bad) sendings.push({ queue, body, at: random.int(0, durationMs) });
  return sendings.sort((a, b) => a.at - b.at);
}

/** Sends it all, each until the queue has taken it: an answer that is lost makes it come twice. */
export async function curate(
  sqs: SQSClient,
  url: (queue: QueueName) => string,
  sendings: readonly Sending[],
  signal: AbortSignal,
): Promise<void> {
  const start = Date.now();
  const waiting = [...sendings];
  while (waiting.length > 0 && !signal.aborted) {
    const next = waiting[0]!;
    const wait = start + next.at - Date.now();
    if (wait > 0) await sleep(wait, undefined, { signal }).catch(() => undefined);
    const due = waiting.filter(({ queue, at }) => queue === next.queue && start + at <= Date.now()).slice(0, BATCH);
    try {
      const Entries = due.map(({ body }, index) => ({ Id: String(index), MessageBody: body }));
      const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url(next.queue), Entries }));
      const refused = new Set(Failed.map(({ Id }) => Number(Id)));
      for (const [index, sending] of due.entries()) {
        if (!refused.has(index)) waiting.splice(waiting.indexOf(sending), 1);
      }
    } catch {
      await sleep(RETRY_MS);
    }
  }
}
