import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { longPollTimeout } from '../../web/patience.ts';

export interface ReceivedWork {
  readonly body: string;
  readonly receipt: string;
}

/** A report that the queue did not take. */
export interface RefusedReport {
  /** Place in what was sent. */
  readonly index: number;
  readonly reason: string;
  /** Another try would not help. */
  readonly permanent: boolean;
}

/** The two queues as a researcher may use them: receive and delete on one, send on the other. */
export interface ResearcherQueues {
  /** One work item, after waiting for it up to `waitSeconds` (0–20). */
  receive(waitSeconds: number, signal: AbortSignal): Promise<ReceivedWork | undefined>;
  delete(receipt: string): Promise<void>;
  /** Sends 1–10 bodies of at most 1 MiB together. @throws when nothing is known of any */
  send(bodies: readonly string[], signal?: AbortSignal): Promise<readonly RefusedReport[]>;
}

export class SqsResearcherQueues implements ResearcherQueues {
  readonly #sqs: SQSClient;
  readonly #pending: string;
  readonly #completed: string;

  constructor(sqs: SQSClient, pendingQueueUrl: string, completedQueueUrl: string) {
    this.#sqs = sqs;
    this.#pending = pendingQueueUrl;
    this.#completed = completedQueueUrl;
  }

  async receive(waitSeconds: number, signal: AbortSignal): Promise<ReceivedWork | undefined> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.#pending, MaxNumberOfMessages: 1, WaitTimeSeconds: waitSeconds }),
      // A client may be made with a time limit that is shorter than a long poll.
      { abortSignal: signal, requestTimeout: longPollTimeout(waitSeconds) },
    );
    const [message] = Messages;
    return message && { body: message.Body ?? '', receipt: message.ReceiptHandle ?? '' };
  }

  async delete(receipt: string): Promise<void> {
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#pending, ReceiptHandle: receipt }));
  }

  async send(bodies: readonly string[], signal?: AbortSignal): Promise<readonly RefusedReport[]> {
    const { Failed = [] } = await this.#sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: this.#completed,
        Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: body })),
      }),
      signal && { abortSignal: signal },
    );
    return Failed.map(({ Id, Code, Message, SenderFault }) => ({
      index: Number(Id),
      reason: `${Code ?? 'refused'}: ${Message ?? ''}`,
      permanent: SenderFault === true && !/throttl/i.test(Code ?? ''),
    }));
  }
}
