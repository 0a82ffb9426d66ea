import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { batches, REASON_ATTRIBUTE } from '../functions/queues/sqs-queues.ts';
import type { ArchiveClient } from './archive-client.ts';
import type { Change } from './change.ts';
import { BadUsage, Failure } from './failure.ts';
import { NO_REASON } from './reading/dead-letters.ts';
import { counted, shown } from './terminal.ts';

/** Queues whose dead letters may come back. Dead work items may not: their leases end by themselves. */
export const REDRIVABLE = ['CuratedClips', 'CuratedEpisodes', 'CompletedResearch'] as const;

interface Letter {
  /** Of the message: what is sent back and refused again is another one. */
  readonly id: string;
  readonly body: string;
  readonly reason: string;
  readonly receipt: string;
}

/** What is looked at stays hidden for so long, so that each is seen once; it is shown again as soon as the look is over. */
const HIDDEN_SECONDS = 600;
/** A look that takes longer would see the same again. */
const LOOK_AT_MOST = 50_000;
const REASONS_LISTED = 15;

/**
 * Dead letters that go back to their queue: all of them, or those whose reason contains the text.
 * @throws BadUsage for a queue whose dead letters cannot come back
 */
export async function redriving(client: ArchiveClient, queue: string, text: string | undefined): Promise<Change> {
  if (!REDRIVABLE.some((name) => name === queue)) throw new BadUsage(notRedrivable(queue));
  const { sqs } = client;
  const dead = client.queue(`${queue}DeadLetters`);
  const wanted = ({ reason }: Letter) =>
    text === undefined || reason.toLocaleLowerCase('en').includes(text.toLocaleLowerCase('en'));

  const all: Letter[] = [];
  await eachBatch(sqs, dead, async (letters) => {
    all.push(...letters);
    return true;
  });
  await shownAgain(sqs, dead, all);
  const chosen = all.filter(wanted);
  return {
    what: `send ${counted(chosen.length, 'dead letter')} back to ${queue}`,
    count: chosen.length,
    details: byReason(chosen),
    hints: [
      ...(all.length > chosen.length
        ? [`${counted(all.length - chosen.length, 'dead letter')} with other reasons stay.`]
        : []),
      ...(all.length >= LOOK_AT_MOST
        ? [`Only the first ${LOOK_AT_MOST} were looked at: do it again for the rest.`]
        : []),
      'What is still wrong comes back here with its reason.',
    ],
    apply: async () => {
      let moved = 0;
      // Only what was looked at: what is refused again comes here at once, and would go back and forth for ever.
      const left = new Set(chosen.map(({ id }) => id));
      const staying: Letter[] = [];
      try {
        await eachBatch(sqs, dead, async (letters) => {
          staying.push(...letters.filter(({ id }) => !left.has(id)));
          const going = letters.filter(({ id }) => left.delete(id));
          moved += await moveBack(sqs, dead, client.queue(queue), going);
          return left.size > 0;
        });
      } finally {
        await shownAgain(sqs, dead, staying);
      }
      return moved;
    },
  };
}

function notRedrivable(queue: string): string {
  const choice = `one of ${REDRIVABLE.join(', ')}`;
  if (queue !== 'PendingResearch')
    return `There is no queue ${shown(queue)} to send dead letters back to: give ${choice}.`;
  return `Dead work items are not sent again: their leases have ended, and their pairs are given out in new ones. Give ${choice}.`;
}

/** Receives until the queue is empty, or `use` says that it needs no more. */
async function eachBatch(
  sqs: SQSClient,
  queueUrl: string,
  use: (letters: readonly Letter[]) => Promise<boolean>,
): Promise<void> {
  let seen = 0;
  while (seen < LOOK_AT_MOST) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HIDDEN_SECONDS,
        // A short poll may see nothing though there is something.
        WaitTimeSeconds: 1,
        MessageAttributeNames: [REASON_ATTRIBUTE],
      }),
    );
    if (Messages.length === 0) return;
    seen += Messages.length;
    const goesOn = await use(
      Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', MessageAttributes }) => ({
        id: MessageId,
        body: Body,
        receipt: ReceiptHandle,
        reason: MessageAttributes?.[REASON_ATTRIBUTE]?.StringValue ?? NO_REASON,
      })),
    );
    if (!goesOn) return;
  }
}

/** Sends first and deletes then: a message may come twice, which changes nothing, and none is lost. */
async function moveBack(sqs: SQSClient, from: string, to: string, letters: readonly Letter[]): Promise<number> {
  let moved = 0;
  for (const batch of batches(letters, ({ body }) => Buffer.byteLength(body))) {
    const { Failed: unsent = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: to,
        Entries: batch.map(({ body }, index) => ({ Id: String(index), MessageBody: body })),
      }),
    );
    const refused = new Set(unsent.map(({ Id }) => Id));
    const sent = batch.filter((_, index) => !refused.has(String(index)));
    if (sent.length > 0) {
      const Entries = sent.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: from, Entries }));
    }
    moved += sent.length;
    const first = unsent[0];
    if (first !== undefined) {
      const left = batch.filter((_, index) => refused.has(String(index)));
      await shownAgain(sqs, from, left);
      throw new Failure(
        `${moved} sent back, then the queue refused ${unsent.length}: ${first.Code} ${first.Message ?? ''}`,
      );
    }
  }
  return moved;
}

async function shownAgain(sqs: SQSClient, queueUrl: string, letters: readonly Letter[]): Promise<void> {
  for (const batch of batches(letters, () => 0)) {
    const Entries = batch.map(({ receipt }, index) => ({
      Id: String(index),
      ReceiptHandle: receipt,
      VisibilityTimeout: 0,
    }));
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}

function byReason(letters: readonly Letter[]): string[] {
  const groups = [...Map.groupBy(letters, ({ reason }) => reason)].sort(([, a], [, b]) => b.length - a.length);
  const lines = groups.slice(0, REASONS_LISTED).map(([reason, { length }]) => `  ${length} × ${shown(reason)}`);
  return groups.length > REASONS_LISTED ? [...lines, `  … and ${groups.length - REASONS_LISTED} more reasons`] : lines;
}
