import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  type TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CREDENTIALS } from '../../local/project.ts';
import { Random } from '../simulation/world/random.ts';
import type { Call, Fault } from './faults/fault.ts';
import { type FaultProxy, startProxy } from './faults/proxy.ts';
import { CLIMATES, Weather } from './faults/weather.ts';

/** An emulator that carries out everything, and the proxies before it, whose next fault is told. */
let fault: Fault | undefined;
const carriedOut: { target: string; body: string }[] = [];
let upstream: Server;
const proxies: FaultProxy[] = [];
let sqs: SQSClient;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.once('end', () => {
      carriedOut.push({ target: String(request.headers['x-amz-target']), body });
      const { Entries = [] } = JSON.parse(body) as { Entries?: { Id: string; MessageBody: string }[] };
      const entries = Entries.map(({ Id, MessageBody }) => ({ Id, MessageId: Id, MD5OfMessageBody: md5(MessageBody) }));
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify(entries.length > 0 ? { Successful: entries, Failed: [] } : {}));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  const random = new Random(1);
  // Of a batch in part only the first entry goes on.
  random.chance = () => false;
  const fates = { decide: () => fault && { fault, ms: 5, random } };
  for (const service of ['sqs', 'dynamodb'] as const) proxies.push(await startProxy(service, port, fates));
  const shared = { region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 1 };
  sqs = new SQSClient({ ...shared, endpoint: proxies[0]!.endpoint });
  dynamodb = new DynamoDBClient({ ...shared, endpoint: proxies[1]!.endpoint });
});

afterAll(() => {
  sqs.destroy();
  dynamodb.destroy();
  for (const proxy of proxies) proxy.close();
  upstream.close();
  upstream.closeAllConnections();
});

beforeEach(() => {
  carriedOut.length = 0;
});

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const receive = () => sqs.send(new ReceiveMessageCommand({ QueueUrl: `${proxies[0]!.endpoint}/1/queue` }));
const outcome = async (call: () => Promise<unknown>): Promise<string> => {
  try {
    await call();
    return 'answered';
  } catch (error) {
    return (error as Error).name;
  }
};

describe('a call to SQS', () => {
  test.each<[fault: Fault, outcome: RegExp, carriedOut: number]>([
    ['delayed before', /^answered$/, 1],
    ['delayed after', /^answered$/, 1],
    ['dropped before', /^(?!answered)/, 0],
    ['dropped after', /^(?!answered)/, 1],
    ['throttled', /^RequestThrottled$/, 0],
    ['failed before', /^InternalFailure$/, 0],
    ['failed after', /^InternalFailure$/, 1],
  ])('that is %s: the client sees %s, carried out %i times', async (what, seen, times) => {
    fault = what;
    expect(await outcome(receive)).toMatch(seen);
    expect(carriedOut).toHaveLength(times);
  });

  test('that is not hit goes through as it is', async () => {
    fault = undefined;
    expect(await outcome(receive)).toBe('answered');
    expect(carriedOut.map(({ target }) => target)).toEqual(['AmazonSQS.ReceiveMessage']);
  });

  test('that is a batch is carried out in part, and says of the other entries that they failed', async () => {
    fault = 'partial';
    const Entries = ['a', 'b', 'c'].map((Id) => ({ Id, MessageBody: Id }));
    const QueueUrl = `${proxies[0]!.endpoint}/1/queue`;
    const { Successful = [], Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect(Successful.map(({ Id }) => Id)).toEqual(['a']);
    expect(Failed.map(({ Id, SenderFault }) => [Id, SenderFault])).toEqual([
      ['b', false],
      ['c', false],
    ]);
    expect(JSON.parse(carriedOut[0]?.body ?? '').Entries).toEqual([{ Id: 'a', MessageBody: 'a' }]);
  });
});

describe('DynamoDB throttles', () => {
  const Key = { pk: { S: 'p' }, sk: { S: 's' } };
  beforeEach(() => {
    fault = 'throttled';
  });
  afterEach(() => expect(carriedOut).toEqual([]));

  test('a read as such', async () => {
    const get = () => dynamodb.send(new GetItemCommand({ TableName: 'T', Key }));
    expect(await outcome(get)).toBe('ProvisionedThroughputExceededException');
  });

  test('a batch of reads by not reading it', async () => {
    const RequestItems = { T: { Keys: [Key] } };
    const { UnprocessedKeys, Responses } = await dynamodb.send(new BatchGetItemCommand({ RequestItems }));
    expect([UnprocessedKeys, Responses]).toEqual([RequestItems, {}]);
  });

  test('a transaction by one of its items', async () => {
    const Put = { TableName: 'T', Item: Key };
    const write = dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }, { Put }] }));
    const error = (await write.catch((thrown: unknown) => thrown)) as TransactionCanceledException;
    expect(error.name).toBe('TransactionCanceledException');
    expect(error.CancellationReasons?.map(({ Code }) => Code)).toEqual(['ThrottlingError', 'None']);
  });
});

describe('the weather', () => {
  const call: Call = { service: 'sqs', operation: 'ReceiveMessage', body: Buffer.from('{}') };
  const faultsOf = (seed: number) => {
    let now = 0;
    const weather = new Weather(seed, CLIMATES.sqs, () => now++);
    return Array.from({ length: 2_000 }, () => weather.decide(call)?.fault);
  };

  test('is the same for the same seed, and another for another', () => {
    expect(faultsOf(1)).toEqual(faultsOf(1));
    expect(faultsOf(1)).not.toEqual(faultsOf(2));
  });

  test('hits with everything that can hit a call, and a single call never in part', () => {
    expect(new Set([...faultsOf(1), ...faultsOf(2)])).toEqual(
      new Set<Fault | undefined>([
        undefined,
        'delayed before',
        'delayed after',
        'dropped before',
        'dropped after',
        'throttled',
        'failed before',
        'failed after',
      ]),
    );
  });

  test('is over for good once it is ended', () => {
    const weather = new Weather(1, CLIMATES.sqs, () => 0);
    weather.end();
    expect(Array.from({ length: 500 }, () => weather.decide(call))).toEqual(Array(500).fill(undefined));
  });
});
