import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { dynamoDb, sqs, sqsWithoutRetries } from '../../functions/runtime/clients.ts';
import { dynamoDbClient, sqsClient } from '../../local/emulators/clients.ts';
import { archiveClient } from '../../operating/archive-client.ts';
import { archiveLocation } from '../../operating/archive-location.ts';
import { SqsResearcherQueues } from '../../researcher/worker/work-queue.ts';
import { longPollTimeout, patience } from '../../web/patience.ts';

/** What comes of a request: nothing, unless a test says otherwise. */
let answer: (response: ServerResponse) => void = () => undefined;
let heard: () => void = () => undefined;
const server = createServer((request, response) => {
  request.resume();
  heard();
  answer(response);
});
const before = { ...process.env };
let endpoint = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  });
});
afterAll(() => {
  process.env = before;
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  jest.useRealTimers();
  answer = () => undefined;
});

/** The error of a call to the silent server, whose time passes as soon as a request has arrived there. */
async function errorOf(call: () => Promise<unknown>, timeoutMs = 10_000): Promise<Error> {
  const others = ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'] as const;
  jest.useFakeTimers({ doNotFake: [...others, 'setInterval', 'clearInterval', 'hrtime'] });
  let arrived = 0;
  heard = () => {
    arrived++;
  };
  let outcome: Error | undefined;
  void call().then(
    () => {
      outcome = new Error('the silent server has answered');
    },
    (error: Error) => {
      outcome = error;
    },
  );
  for (let passed = 0; outcome === undefined; ) {
    await new Promise((resolve) => setImmediate(resolve));
    if (arrived > passed) {
      passed = arrived;
      await jest.advanceTimersByTimeAsync(timeoutMs);
    }
    // The pause before the SDK tries again.
    else if (arrived > 0) await jest.advanceTimersByTimeAsync(1);
  }
  return outcome;
}

const get = new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } });
const count = () => new GetQueueAttributesCommand({ QueueUrl: `${endpoint}/1/q` });
const located = () =>
  archiveClient({ name: 'any', region: 'us-east-1', queues: {}, tables: { Collection: 't' }, functions: {} });

test.each<[string, () => Promise<unknown>]>([
  ['DynamoDB of a function', () => dynamoDb().send(get)],
  ['SQS of a function', () => sqs().send(count())],
  [
    'the receiver of a drain',
    () => sqsWithoutRetries().send(new ReceiveMessageCommand({ QueueUrl: `${endpoint}/1/q` })),
  ],
  ['DynamoDB of a command', () => located().dynamodb.send(get)],
  ['SQS of a command', () => located().sqs.send(count())],
  ['DynamoDB of the local runner', () => dynamoDbClient(endpoint).send(get)],
  ['SQS of the local runner', () => sqsClient(endpoint).send(count())],
])('PATIENCE-1: %s gives a silent server up', async (_, call) =>
  expect(await errorOf(call)).toMatchObject({ name: 'TimeoutError' }),
);

test('PATIENCE-2: the stack of a command line is given up in a sentence', async () =>
  expect((await errorOf(() => archiveLocation({ stack: 'Archivist' }))).message).toMatch(
    /^The stack Archivist could not be read: .*10000 ms requestTimeout/,
  ));

describe('PATIENCE-3: a long poll', () => {
  const queues = () => new SqsResearcherQueues(located().sqs, `${endpoint}/1/p`, `${endpoint}/1/c`);
  const signal = new AbortController().signal;

  test('is given up when the queue says nothing for longer than it may wait', async () =>
    expect(await errorOf(() => queues().receive(20, signal), longPollTimeout(20))).toMatchObject({
      name: 'TimeoutError',
    }));

  test('may last as long as it waits', () => {
    expect(longPollTimeout(20)).toBe(30_000);
    expect(patience({ longPollSeconds: 20 }).socketTimeout).toBe(30_000);
  });
});

test('PATIENCE-4: so is an answer that begins and stops coming', async () => {
  answer = (response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '100' });
    response.write('{"Attributes":');
  };
  const client = new SQSClient({ maxAttempts: 1, requestHandler: patience({ answerMs: 200 }) });
  await expect(client.send(count())).rejects.toThrow(/timed out after 200 ms of inactivity/);
});
