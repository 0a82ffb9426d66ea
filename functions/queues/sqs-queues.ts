import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { CompletedQueue, DeadLetters, PendingQueue, ReceivedMessage, WorkItem } from '../ports.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import { attributeText } from './attribute-text.ts';
import { MESSAGE_BYTES_AT_MOST } from './message-bytes.ts';

/** SQS takes so many messages in one call. */
const ENTRIES_AT_MOST = 10;
/** A call takes SQS some 15 ms: one after the other, a thousand messages would take longer to delete than to record. */
const DELETES_AT_A_TIME = 8;
/** Long polling asks every server; a short one may miss messages, and the queue would seem empty. */
const LONG_POLL_SECONDS = 1;

/** Cuts into batches of at most ten entries and, in all, the bytes that SQS takes. */
export function* batches<Entry>(entries: readonly Entry[], bytesOf: (entry: Entry) => number): Generator<Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = bytesOf(entry);
    if (batch.length > 0 && (batch.length === ENTRIES_AT_MOST || bytes + size > MESSAGE_BYTES_AT_MOST)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

export class SqsPendingQueue implements PendingQueue {
  private readonly client: SQSClient;
  private readonly url: string;

  constructor(client: SQSClient, url: string) {
    this.client = client;
    this.url = url;
  }

  async send(items: readonly WorkItem[]): Promise<{ readonly leaseId: string; readonly reason: string }[]> {
    const refused: { leaseId: string; reason: string }[] = [];
    for (const batch of batches(items, ({ body }) => body.length)) {
      const { Failed = [] } = await this.client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.url,
          Entries: batch.map(({ leaseId, body }, index) => ({
            Id: String(index),
            MessageBody: body,
            MessageGroupId: leaseId,
            MessageDeduplicationId: leaseId,
          })),
        }),
      );
      for (const { Id, Code, Message } of Failed) {
        refused.push({ leaseId: batch[Number(Id)]?.leaseId ?? '', reason: `${Code}: ${Message ?? ''}` });
      }
    }
    return refused;
  }

  async visible(): Promise<number> {
    const { Attributes } = await this.client.send(
      new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  }
}

export class SqsCompletedQueue implements CompletedQueue {
  private readonly client: SQSClient;
  private readonly url: string;
  private readonly receiver: SQSClient;

  /** @param receiver must not try a receive again by itself: an answer that was lost may have held messages */
  constructor(client: SQSClient, url: string, receiver = client) {
    this.client = client;
    this.url = url;
    this.receiver = receiver;
  }

  async receive(): Promise<ReceivedMessage[]> {
    const { Messages = [] } = await this.receiver.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: ENTRIES_AT_MOST,
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['SentTimestamp'],
      }),
    );
    return Messages.map(({ MessageId = '', Body = '', ReceiptHandle = '', Attributes }) => ({
      id: MessageId,
      body: Body,
      receipt: ReceiptHandle,
      sentAt: Number(Attributes?.SentTimestamp),
    }));
  }

  async delete(receipts: readonly string[]): Promise<string[]> {
    const remaining: string[] = [];
    await inParallel(
      batches(receipts, () => 0),
      DELETES_AT_A_TIME,
      async (batch) => {
        const { Failed = [] } = await this.client.send(
          new DeleteMessageBatchCommand({
            QueueUrl: this.url,
            Entries: batch.map((receipt, index) => ({ Id: String(index), ReceiptHandle: receipt })),
          }),
        );
        remaining.push(...Failed.map(({ Id }) => batch[Number(Id)] ?? ''));
      },
    );
    return remaining;
  }
}

/** The message attribute that says why a message is a dead letter. */
export const REASON_ATTRIBUTE = 'Reason';

export class SqsDeadLetters implements DeadLetters {
  private readonly client: SQSClient;
  private readonly url: string;

  constructor(client: SQSClient, url: string) {
    this.client = client;
    this.url = url;
  }

  async send(body: string, reason: string): Promise<void> {
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.url,
        MessageBody: body,
        MessageAttributes: { [REASON_ATTRIBUTE]: { DataType: 'String', StringValue: attributeText(reason) } },
      }),
    );
  }
}
