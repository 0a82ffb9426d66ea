import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { longPollTimeout } from '../../web/patience.ts';
import type { EventSourceSpec } from '../assembly/specifications.ts';
import { failedIds } from './batch-response.ts';
import { cutByBytes, sqsEvent } from './sqs-records.ts';

/** SQS gives so many messages at once. */
const RECEIVE_LIMIT = 10;
/** Short, since a poll is waited for when the archive ends: an abandoned one would take messages for nobody. */
const LONG_POLL_SECONDS = 1;
/** A machine of two cores gains nothing from more. */
const MOST_POLLERS = 2;
const RETRY_DELAY_MS = 500;

export interface EventSourceProps {
  readonly spec: EventSourceSpec;
  readonly queueUrl: string;
  readonly sqs: SQSClient;
  /** Runs the function; `failed` when it ended with an error. */
  readonly invoke: (event: string) => Promise<{ readonly payload: string; readonly error?: unknown }>;
  readonly log: (line: string) => void;
}

/**
 * Polls a queue and gives batches to a function, as Lambda does: what succeeded is deleted; what failed is left alone
 * and comes back after its visibility time.
 * @returns `stop`, which resolves when no batch is being worked on any more.
 */
export function startEventSource(props: EventSourceProps): { stop(): Promise<void> } {
  const signal = { stopped: false };
  const pollers = Array.from({ length: Math.min(props.spec.maxConcurrency, MOST_POLLERS) }, () => poll(props, signal));
  return {
    stop: async () => {
      signal.stopped = true;
      await Promise.all(pollers);
    },
  };
}

async function poll(props: EventSourceProps, signal: { readonly stopped: boolean }): Promise<void> {
  let troubled = false;
  while (!signal.stopped) {
    try {
      const batch = await gatherBatch(props, signal);
      for (const part of cutByBytes(batch)) await work(part, props);
      troubled = false;
    } catch (error) {
      // Once a trouble: an emulator that is being started again would be reported twice a second.
      if (!troubled && !signal.stopped) props.log(`${props.spec.id}: ${(error as Error).message}; trying again.`);
      troubled = true;
      await sleep(RETRY_DELAY_MS);
    }
  }
}

/** A batch is full, or its window has passed since its first message; empty when no message came. */
async function gatherBatch(props: EventSourceProps, signal: { readonly stopped: boolean }): Promise<Message[]> {
  const { batchSize, windowSeconds } = props.spec;
  const batch = await receive(props, Math.min(batchSize, RECEIVE_LIMIT), LONG_POLL_SECONDS);
  if (batch.length === 0) return batch;
  const closing = performance.now() + windowSeconds * 1_000;
  while (batch.length < batchSize && performance.now() < closing && !signal.stopped) {
    const more = await receive(props, Math.min(batchSize - batch.length, RECEIVE_LIMIT), 0);
    batch.push(...more);
    if (more.length === 0) await sleep(Math.max(0, Math.min(50, closing - performance.now())));
  }
  return batch;
}

async function receive({ queueUrl, sqs }: EventSourceProps, most: number, waitSeconds: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: most,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
    { requestTimeout: longPollTimeout(waitSeconds) },
  );
  return Messages;
}

async function work(batch: readonly Message[], props: EventSourceProps): Promise<void> {
  const { spec, sqs, queueUrl } = props;
  const ids = batch.map(({ MessageId }) => MessageId!);
  const { payload, error } = await props.invoke(JSON.stringify(sqsEvent(batch, spec.queueArn)));
  if (error) return;
  const failed = spec.reportsItemFailures ? failedIds(payload, ids) : new Set<string>();
  const done = batch.filter(({ MessageId }) => !failed.has(MessageId!));
  for (let from = 0; from < done.length; from += RECEIVE_LIMIT) {
    const Entries = done
      .slice(from, from + RECEIVE_LIMIT)
      .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
}
