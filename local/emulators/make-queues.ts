import {
  CreateQueueCommand,
  ListQueuesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueSpec } from '../assembly/specifications.ts';

/** These are fixed when a queue is made. */
const FIXED_ATTRIBUTES = new Set(['FifoQueue']);

/**
 * Makes the queues that are not there yet, dead-letter queues first, and brings the attributes of the others up to
 * date; messages stay.
 * @throws Error of SQS when an attribute is out of its range.
 */
export async function makeQueues(sqs: SQSClient, queues: readonly QueueSpec[]): Promise<void> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const existing = new Set(QueueUrls.map((url) => url.split('/').at(-1)));
  for (const queue of deadLettersFirst(queues)) {
    if (!existing.has(queue.name)) {
      await sqs.send(new CreateQueueCommand({ QueueName: queue.name, Attributes: { ...queue.attributes } }));
      continue;
    }
    const settable = Object.entries(queue.attributes).filter(([name]) => !FIXED_ATTRIBUTES.has(name));
    const Attributes = Object.fromEntries(settable) as Partial<Record<QueueAttributeName, string>>;
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes }));
  }
}

/** Every queue after the one that takes its dead letters. */
function deadLettersFirst(queues: readonly QueueSpec[]): QueueSpec[] {
  const made = new Set<string>();
  const ordered: QueueSpec[] = [];
  const add = (queue: QueueSpec): void => {
    if (made.has(queue.arn)) return;
    made.add(queue.arn);
    const target = queues.find(({ arn }) => arn === queue.deadLetterArn);
    if (target) add(target);
    ordered.push(queue);
  };
  queues.forEach(add);
  return ordered;
}
