import type { HeldLease } from './held-leases.ts';
import { Outbox } from './outbox.ts';
import { endedAt } from './report-bodies.ts';
import type { OnEvent } from './researcher-events.ts';
import type { ResearcherQueues } from './work-queue.ts';

export interface GiveBackOptions {
  readonly queues: Pick<ResearcherQueues, 'send'>;
  /** How long it is still tried when the signal is aborted. */
  readonly lastWordMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/**
 * Sends the last word for leases that an earlier run held when it was killed, with the clip that it was at: that one is not
 * begun again at once, and all the others are.
 * @returns whether the queue took all of them. @throws the error of a queue that refuses this researcher
 */
export async function giveBack(
  held: readonly HeldLease[],
  { queues, lastWordMs, signal, onEvent }: GiveBackOptions,
): Promise<boolean> {
  if (held.length === 0) return true;
  let lost = 0;
  const outbox = new Outbox({
    queues,
    onLost: (count) => {
      lost += count;
    },
    onTrouble: (reason, nextTryMs) =>
      onEvent({ kind: 'trouble', doing: 'giving back the leases of an earlier run', reason, nextTryMs }),
  });
  for (const { lastWord, at } of held) outbox.push(at === undefined ? lastWord : endedAt(lastWord, at.id));
  await outbox.emptiedOr(signal, lastWordMs);
  onEvent({ kind: 'leases-returned', count: held.length - lost });
  return lost === 0;
}
