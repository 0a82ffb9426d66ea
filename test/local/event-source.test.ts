import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueSpec } from '../../local/assembly/specifications.ts';
import { sqsClient } from '../../local/emulators/clients.ts';
import { returnInFlight } from '../../local/emulators/in-flight.ts';
import { makeQueues } from '../../local/emulators/make-queues.ts';
import { portsOf } from '../../local/emulators/ports.ts';
import { startSqsEmulator } from '../../local/emulators/sqs-emulator.ts';
import type { Emulator } from '../../local/emulators/supervised.ts';
import { type EventSourceProps, startEventSource } from '../../local/events/event-source.ts';
import { Children } from '../../local/processes/children.ts';
import { freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';
import { until } from './support/until.ts';

jest.setTimeout(30_000);

const dataDir = freshFolder();
const said: string[] = [];
const children = new Children(dataDir);
let emulator: Emulator;
let sqs: SQSClient;

beforeAll(async () => {
  await start();
});

afterAll(async () => {
  sqs.destroy();
  await emulator.stop();
  removeFreshFolders();
});

async function start(): Promise<void> {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const { sqs: port } = await portsOf(dataDir);
  const log = (line: string) => said.push(line);
  emulator = await startSqsEmulator({ port, dataDir }, children, log);
  sqs = sqsClient(emulator.endpoint);
}

let made = 0;

/** A fresh queue with its dead letters. */
async function queueWith(attributes: Record<string, string> = {}) {
  const id = `Queue${++made}`;
  const arn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
  const url = (name: string) => `${emulator.endpoint}/000000000000/${name}`;
  const spec = (name: string): QueueSpec => ({ id: name, name, arn: arn(name), url: url(name), attributes: {} });
  const deadLetters = spec(`${id}DeadLetters`);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 2 });
  const queue: QueueSpec = {
    ...spec(id),
    deadLetterArn: deadLetters.arn,
    attributes: { VisibilityTimeout: '1', RedrivePolicy, ...attributes },
  };
  // In the wrong order on purpose.
  await makeQueues(sqs, [queue, deadLetters]);
  return { queue, deadLetters };
}

type Batch = { body: string; messageId: string; attributes: Record<string, string> }[];

/** An event source on a queue whose function is `handle`; `batches` has the bodies that it got. */
function sourceOn(
  queue: QueueSpec,
  handle: (batch: Batch) => unknown,
  changes: Partial<EventSourceProps['spec']> = {},
) {
  const batches: string[][] = [];
  let running = 0;
  let mostAtOnce = 0;
  const source = startEventSource({
    spec: {
      id: 'Batches',
      functionArn: 'arn:function',
      queueArn: queue.arn,
      batchSize: 10,
      windowSeconds: 0,
      reportsItemFailures: true,
      maxConcurrency: 2,
      ...changes,
    },
    queueUrl: queue.url,
    sqs,
    log: (line) => said.push(line),
    invoke: async (event) => {
      const { Records } = JSON.parse(event) as { Records: Batch };
      batches.push(Records.map(({ body }) => body));
      mostAtOnce = Math.max(mostAtOnce, ++running);
      try {
        return { payload: JSON.stringify((await handle(Records)) ?? null) };
      } catch (error) {
        return { payload: '{}', error };
      } finally {
        running--;
      }
    },
  });
  return { batches, stop: () => source.stop(), mostAtOnce: () => mostAtOnce };
}

async function send(queue: QueueSpec, ...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
}

/** Messages that are visible, in flight, or delayed. */
async function left(queue: QueueSpec): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['All'] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
}

test('what succeeded is deleted', async () => {
  const { queue } = await queueWith();
  const { batches, stop } = sourceOn(queue, () => ({ batchItemFailures: [] }));
  await send(queue, 'a', 'b', 'c');
  await until('all is deleted', async () => batches.flat().length === 3 && (await left(queue)) === 0);
  await stop();
  expect(batches.flat().sort()).toEqual(['a', 'b', 'c']);
});

test('only the item that failed comes back, after its visibility time, and is dead-lettered after its receives', async () => {
  const { queue, deadLetters } = await queueWith();
  const received: { body: string; at: number; receives: string }[] = [];
  const { stop } = sourceOn(queue, (batch) => {
    for (const { body, attributes } of batch)
      received.push({ body, at: Date.now(), receives: attributes.ApproximateReceiveCount! });
    const failed = batch.filter(({ body }) => body === 'bad');
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
  const before = Date.now();
  await send(queue, 'good', 'bad');
  await until('the bad one is a dead letter', async () => (await left(deadLetters)) === 1);
  await stop();
  const bad = received.filter(({ body }) => body === 'bad');
  expect(received.filter(({ body }) => body === 'good').length).toBe(1);
  expect(bad.map(({ receives }) => receives)).toEqual(['1', '2']);
  // It is hidden from its receive on, which is later than this and earlier than its function.
  expect(bad[1]!.at - before).toBeGreaterThanOrEqual(1_000);
  expect(await left(queue)).toBe(0);
});

test('an error of the function brings the whole batch back', async () => {
  const { queue } = await queueWith();
  let calls = 0;
  const { batches, stop } = sourceOn(
    queue,
    () => {
      if (++calls === 1) throw new Error('no');
    },
    { maxConcurrency: 1 },
  );
  await send(queue, 'a', 'b');
  await until('both came twice', async () => batches.length >= 2 && (await left(queue)) === 0);
  await stop();
  expect(batches.map((batch) => [...batch].sort())).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('without partial responses what the function returns does not matter', async () => {
  const { queue } = await queueWith();
  const fail = (batch: Batch) => ({ batchItemFailures: batch.map(({ messageId }) => ({ itemIdentifier: messageId })) });
  const { batches, stop } = sourceOn(queue, fail, { reportsItemFailures: false });
  await send(queue, 'a');
  await until('it is deleted', async () => batches.length === 1 && (await left(queue)) === 0);
  await stop();
});

test('a window gathers a batch, and a full batch does not wait for it', async () => {
  const { queue } = await queueWith({ VisibilityTimeout: '30' });
  const gathering = sourceOn(queue, () => null, { windowSeconds: 3, batchSize: 4, maxConcurrency: 1 });
  await send(queue, 'a');
  await sleep(200);
  await send(queue, 'b');
  await until('the first batch came', () => gathering.batches.length === 1);
  await gathering.stop();
  // The longest window there is, far longer than this test may take.
  const filled = sourceOn(queue, () => null, { windowSeconds: 300, batchSize: 4, maxConcurrency: 1 });
  await send(queue, 'c', 'd', 'e', 'f');
  await until('the second batch came', () => filled.batches.length === 1);
  await filled.stop();
  expect([...gathering.batches, ...filled.batches].map((batch) => [...batch].sort())).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e', 'f'],
  ]);
});

test('as many batches run at once as allowed, and not more', async () => {
  const { queue } = await queueWith();
  const { batches, stop, mostAtOnce } = sourceOn(queue, () => sleep(150), { batchSize: 1 });
  await send(queue, 'a', 'b', 'c', 'd', 'e', 'f');
  await until('all came', async () => batches.length === 6 && (await left(queue)) === 0);
  await stop();
  expect(mostAtOnce()).toBe(2);
});

test('stop waits for the batch that runs, and nothing is received after it', async () => {
  const { queue } = await queueWith({ VisibilityTimeout: '30' });
  let ended = false;
  const { batches, stop } = sourceOn(queue, async () => {
    await sleep(300);
    ended = true;
  });
  await send(queue, 'a');
  await until('it came', () => batches.length === 1);
  await stop();
  expect(ended).toBe(true);
  await send(queue, 'b');
  await sleep(200);
  expect(batches.length).toBe(1);
  expect(await left(queue)).toBe(1);
});

test('making the queues again brings attributes up to date and keeps the messages', async () => {
  const { queue } = await queueWith();
  await send(queue, 'a');
  await makeQueues(sqs, [{ ...queue, attributes: { ...queue.attributes, VisibilityTimeout: '7' } }]);
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['VisibilityTimeout'] }),
  );
  expect({ visibility: Attributes?.VisibilityTimeout, left: await left(queue) }).toEqual({ visibility: '7', left: 1 });
});

const receive = async (queue: QueueSpec, waitSeconds = 0) => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: waitSeconds }),
  );
  return Messages;
};

test('a message that is made visible at once is received again, and survives a kill', async () => {
  const { queue } = await queueWith({ VisibilityTimeout: '30' });
  await send(queue, 'a');
  const [first] = await receive(queue);
  const release = { QueueUrl: queue.url, ReceiptHandle: first!.ReceiptHandle, VisibilityTimeout: 0 };
  await sqs.send(new ChangeMessageVisibilityCommand(release));
  process.kill(emulator.pid(), 'SIGKILL');
  await until('it is started again', () => said.some((line) => line.includes('is started again')));
  await until('the message comes again', async () => (await receive(queue).catch(() => [])).length === 1);
});

test('counts follow the visibility time, without a receive', async () => {
  const { queue } = await queueWith();
  await send(queue, 'a');
  await receive(queue);
  const visible = async () => {
    const ask = new GetQueueAttributesCommand({ QueueUrl: queue.url, AttributeNames: ['ApproximateNumberOfMessages'] });
    return (await sqs.send(ask)).Attributes?.ApproximateNumberOfMessages;
  };
  expect(await visible()).toBe('0');
  await until('it counts as visible', async () => (await visible()) === '1');
});

test('a receiver that was killed while it waited takes no message with it', async () => {
  const { queue } = await queueWith({ VisibilityTimeout: '30' });
  const killed = new AbortController();
  const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 20 }), {
    abortSignal: killed.signal,
  });
  await sleep(300);
  killed.abort();
  await expect(waiting).rejects.toThrow('aborted');
  await sleep(100);
  await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'a' }));
  expect((await receive(queue, 1)).map(({ Body }) => Body)).toEqual(['a']);
});

test('what a killed runner had taken is given back at once for its own queues, and only for those', async () => {
  const [own, foreign] = [await queueWith({ VisibilityTimeout: '30' }), await queueWith({ VisibilityTimeout: '30' })];
  await send(own.queue, 'a');
  await send(foreign.queue, 'b');
  await receive(own.queue);
  await receive(foreign.queue);
  sqs.destroy();
  await emulator.stop();
  returnInFlight(dataDir, [own.queue.name]);
  await start();
  expect((await receive(own.queue)).map(({ Body }) => Body)).toEqual(['a']);
  expect(await receive(foreign.queue)).toEqual([]);
});
