import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { MemoryQueue } from './memory-queue.ts';

/**
 * The queue of results as SQS answers for it: a receive that does not wait asks some of its servers only, and may find
 * nothing where there is something; here every other one does.
 */
export function memorySqs(queue: MemoryQueue): SQSClient {
  let short = 0;
  const send = async (command: unknown): Promise<object> => {
    if (command instanceof ReceiveMessageCommand) {
      const { WaitTimeSeconds = 0, MaxNumberOfMessages } = command.input;
      if (WaitTimeSeconds === 0 && ++short % 2 === 1) return {};
      return {
        Messages: queue.receive(MaxNumberOfMessages).map(({ id, body, receipt, sentAt }) => ({
          ...{ MessageId: id, Body: body, ReceiptHandle: receipt },
          Attributes: { SentTimestamp: String(sentAt) },
        })),
      };
    }
    if (command instanceof DeleteMessageBatchCommand) {
      // SQS takes receipts that no longer delete anything without a complaint.
      for (const { ReceiptHandle = '' } of command.input.Entries ?? []) queue.delete(ReceiptHandle);
      return {};
    }
    throw new TypeError('A call that nobody makes of the queue of results');
  };
  return { send } as unknown as SQSClient;
}
