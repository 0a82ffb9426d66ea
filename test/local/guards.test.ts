import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { networkInterfaces } from 'node:os';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { hiddenAddress } from '../../local/guard/hidden-address.ts';
import { CREDENTIALS } from '../../local/project.ts';
import type { StackDescription } from '../../local/stack-description.ts';
import { type GoodRequest, hostileRequests, type Service } from '../hostile/requests.ts';
import { notRefused, sendBytes } from '../hostile/send.ts';
import { listeningSockets } from '../support/listening.ts';
import { fixtureAssembly, freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';
import { killRunners, type Runner, startRunner } from './support/runner.ts';

jest.setTimeout(120_000);

const { folder, notes } = fixtureAssembly();
let runner: Runner;
let stack: StackDescription;

beforeAll(async () => {
  runner = startRunner(freshFolder(), '--assembly', folder, '--hold');
  stack = await runner.ready();
});

afterAll(async () => {
  runner.process.kill('SIGTERM');
  await runner.exited;
  killRunners();
  removeFreshFolders();
});

const AWS_JSON = 'application/x-amz-json-1.0';
const endpointOf = (service: Service) => new URL(stack[service].endpoint);

function good(service: Service): GoodRequest {
  if (service === 'lambda') {
    return { path: '/2015-03-31/functions/Fixture-Worker/invocations', headers: {}, body: '{"tick":"hostile"}' };
  }
  const message = { QueueUrl: stack.queues.WorkDeadLetters, MessageBody: 'hostile' };
  const item = { TableName: stack.tables.Things, Item: { pk: { S: 'hostile' }, sk: { S: '-' } } };
  return {
    path: '/',
    headers: {
      'x-amz-target': service === 'sqs' ? 'AmazonSQS.SendMessage' : 'DynamoDB_20120810.PutItem',
      'content-type': AWS_JSON,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(service === 'sqs' ? message : item),
  };
}

/** All that a request could have changed. */
async function state() {
  const client = { region: stack.region, credentials: CREDENTIALS };
  const sqs = new SQSClient({ ...client, endpoint: stack.sqs.endpoint });
  const dynamodb = new DynamoDBClient({ ...client, endpoint: stack.dynamodb.endpoint });
  const QueueUrl = stack.queues.WorkDeadLetters;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  const { Items } = await dynamodb.send(new ScanCommand({ TableName: stack.tables.Things }));
  sqs.destroy();
  dynamodb.destroy();
  return { Attributes, Items, notes: readFileSync(notes, 'utf8') };
}

test.each(['sqs', 'dynamodb', 'lambda'] as const)(
  'the port of %s refuses what is foreign, and nothing changes',
  async (service) => {
    const port = Number(endpointOf(service).port);
    const requests = hostileRequests(service, port, good(service));
    expect(requests.length).toBeGreaterThanOrEqual(100);
    const before = await state();
    const wrong: string[] = [];
    for (const { name, bytes } of requests) {
      const reason = notRefused(await sendBytes(port, bytes));
      if (reason !== undefined) wrong.push(`${name}: ${reason}`);
    }
    expect(wrong).toEqual([]);
    expect(await state()).toEqual(before);
  },
);

test('what a program of this machine sends is answered, by its bytes and by the SDK', async () => {
  for (const service of ['sqs', 'dynamodb', 'lambda'] as const) {
    const { path, headers, body } = good(service);
    const lines = Object.entries({ host: endpointOf(service).host, ...headers, 'content-length': body.length });
    const bytes = `POST ${path} HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n${body}`;
    expect(await sendBytes(Number(endpointOf(service).port), bytes)).toMatchObject({ status: 200 });
  }
  const { Attributes, Items, notes: written } = await state();
  expect(Attributes).toEqual({ ApproximateNumberOfMessages: '1' });
  expect(Items).toHaveLength(1);
  expect(written).toContain('hostile');
});

test('SDKs say why they are refused', async () => {
  const client = { region: stack.region, credentials: CREDENTIALS, maxAttempts: 1 };
  const named = (service: Service) => stack[service].endpoint.replace('127.0.0.1', 'localhost');
  const sqs = new SQSClient({ ...client, endpoint: named('sqs') });
  const dynamodb = new DynamoDBClient({ ...client, endpoint: named('dynamodb') });
  const lambda = new LambdaClient({ ...client, endpoint: named('lambda') });
  const QueueUrl = stack.queues.Work?.replace('127.0.0.1', 'localhost');
  const refused = { name: 'AccessDeniedException', message: expect.stringContaining('its Host is not 127.0.0.1') };
  await expect(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toMatchObject(refused);
  await expect(dynamodb.send(new ScanCommand({ TableName: stack.tables.Things }))).rejects.toMatchObject(refused);
  await expect(lambda.send(new InvokeCommand({ FunctionName: 'Worker' }))).rejects.toMatchObject(refused);
});

test('clients of SQS from before 2024, which read XML, are told so', async () => {
  const { host, port } = endpointOf('sqs');
  const body = 'Action=ListQueues&Version=2012-11-05';
  const type = 'content-type: application/x-www-form-urlencoded; charset=utf-8';
  const bytes = `POST / HTTP/1.1\r\nhost: ${host}\r\n${type}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const answer = await sendBytes(Number(port), bytes);
  expect(answer).toMatchObject({ status: 403, body: expect.stringMatching(/<Message>.*query protocol.*newer one\./) });
});

test('the addresses of queues that clients are told can be asked', async () => {
  const { region, sqs: at, queues } = stack;
  const sqs = new SQSClient({ region, credentials: CREDENTIALS, endpoint: at.endpoint, maxAttempts: 1 });
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  expect(QueueUrls.toSorted()).toEqual(Object.values(queues).toSorted());
  for (const QueueUrl of QueueUrls) {
    expect(await sqs.send(new GetQueueUrlCommand({ QueueName: QueueUrl.split('/').at(-1) }))).toMatchObject({
      QueueUrl,
    });
    // As clients do that ask where the address says, not where they were told that SQS is.
    const there = new SQSClient({
      region,
      credentials: CREDENTIALS,
      endpoint: new URL(QueueUrl).origin,
      maxAttempts: 1,
    });
    await there.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    there.destroy();
  }
  sqs.destroy();
});

test('no port can be reached from another machine', async () => {
  const listening = listeningSockets(runner.pid);
  const own = (['sqs', 'dynamodb', 'lambda'] as const).map((service) => Number(endpointOf(service).port));
  expect(listening.map(({ port }) => port)).toEqual(expect.arrayContaining(own));
  expect(listening.filter(({ address }) => !address.startsWith('127.') && address !== '::1')).toEqual([]);
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { port } of listening) {
    for (const { address } of outside) expect(await connects(address, port)).toBe(false);
  }
});

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 5_000 });
    const end = (connected: boolean) => () => {
      socket.destroy();
      resolve(connected);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });
}

test('the database itself is where nobody guesses', async () => {
  const own = new Set((['sqs', 'dynamodb', 'lambda'] as const).map((service) => Number(endpointOf(service).port)));
  const hidden = listeningSockets(runner.pid).filter(({ port }) => !own.has(port));
  expect(hidden).toHaveLength(1);
  expect(hidden[0]?.address).not.toBe('127.0.0.1');
  expect(JSON.stringify(stack)).not.toContain(hidden[0]?.address);
  const addresses = await Promise.all(Array.from({ length: 50 }, hiddenAddress));
  expect(new Set(addresses.map(({ host }) => host)).size).toBeGreaterThan(45);
});

/* The address is the key: this is all that a page could do there without being asked for more by its browser first. */
test('what a browser sends without asking first changes nothing even in the database itself', async () => {
  const own = new Set((['sqs', 'dynamodb', 'lambda'] as const).map((service) => Number(endpointOf(service).port)));
  const [hidden] = listeningSockets(runner.pid).filter(({ port }) => !own.has(port));
  const before = await state();
  const { body, headers } = good('dynamodb');
  const target = `X-Amz-Target=${headers['x-amz-target']}`;
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    for (const [method, path, sent] of [
      ['POST', '/', body],
      ['POST', `/?${target}`, body],
      ['POST', '/', `${target}&Action=PutItem&${body}`],
      ['GET', `/?${target}`, ''],
      ['HEAD', '/', ''],
    ]) {
      const lines = [
        `host: ${hidden?.address}:${hidden?.port}`,
        'origin: https://evil.example',
        `content-type: ${type}`,
      ];
      const bytes = `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\nconnection: close\r\ncontent-length: ${sent?.length}\r\n\r\n${sent}`;
      const answer = await sendBytes(hidden?.port ?? 0, bytes, hidden?.address);
      expect(JSON.stringify(answer)).not.toContain(stack.tables.Things);
    }
  }
  expect(await state()).toEqual(before);
});
