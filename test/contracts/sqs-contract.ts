import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import {
  REASON_ATTRIBUTE,
  SqsCompletedQueue,
  SqsDeadLetters,
  SqsPendingQueue,
} from '../../functions/queues/sqs-queues.ts';
import { freshQueues } from '../../local/emulators/alone/sqs.ts';
import type { Queues } from './queues.contract.ts';

/** The adapters over fresh queues, for the contract. */
export async function contractQueues(client: SQSClient): Promise<Queues> {
  const urls = await freshQueues(client);
  const receive = async (QueueUrl: string) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    return Messages;
  };
  return {
    pending: new SqsPendingQueue(client, urls.pending),
    completed: new SqsCompletedQueue(client, urls.completed),
    deadLetters: new SqsDeadLetters(client, urls.deadLetters),
    take: async () => (await receive(urls.pending)).map(({ Body = '' }) => Body),
    report: async (MessageBody) => {
      await client.send(new SendMessageCommand({ QueueUrl: urls.completed, MessageBody }));
    },
    dead: async () => {
      const letters: { body: string; reason: string | undefined }[] = [];
      // One at a time: four of them are more than SQS gives in one answer.
      for (let messages = await receive(urls.deadLetters); messages.length > 0; ) {
        for (const { Body = '', MessageAttributes, ReceiptHandle } of messages) {
          letters.push({ body: Body, reason: MessageAttributes?.[REASON_ATTRIBUTE]?.StringValue });
          await client.send(new DeleteMessageCommand({ QueueUrl: urls.deadLetters, ReceiptHandle }));
        }
        messages = await receive(urls.deadLetters);
      }
      return letters;
    },
  };
}
