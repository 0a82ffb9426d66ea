import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { CuratedQueue, FailedBody } from '../../curators/send-curated.ts';

/** A queue of curated messages. Needs sqs:SendMessage. */
export class SqsCuratedQueue implements CuratedQueue {
  readonly #sqs: SQSClient;
  readonly #url: string;

  constructor(sqs: SQSClient, url: string) {
    this.#sqs = sqs;
    this.#url = url;
  }

  async sendBatch(bodies: readonly string[]): Promise<{ readonly failed: readonly FailedBody[] }> {
    const Entries = bodies.map((body, index) => ({ Id: String(index), MessageBody: body }));
    const { Failed = [] } = await this.#sqs.send(new SendMessageBatchCommand({ QueueUrl: this.#url, Entries }));
    return {
      failed: Failed.map(({ Id, Code, Message, SenderFault }) => ({
        index: Number(Id),
        reason: Message ?? Code ?? 'no reason was given',
        permanent: SenderFault === true,
      })),
    };
  }
}
