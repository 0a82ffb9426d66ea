import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { REASON_ATTRIBUTE } from '../../functions/queues/sqs-queues.ts';

export interface DeadLetter {
  readonly body: string;
  readonly reason: string;
}

/** Of a message that SQS itself gave up. */
export const NO_REASON = 'received too often without success';

/** A look at up to ten dead letters; they stay where and as visible as they are. */
export async function someDeadLetters(sqs: SQSClient, queueUrl: string): Promise<DeadLetter[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
      MessageAttributeNames: [REASON_ATTRIBUTE],
    }),
  );
  return Messages.map(({ Body = '', MessageAttributes }) => ({
    body: Body,
    reason: MessageAttributes?.[REASON_ATTRIBUTE]?.StringValue ?? NO_REASON,
  }));
}
