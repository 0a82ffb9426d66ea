import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { NO_COUNTER } from '../../domain/collection.ts';
import { uriName } from '../../domain/identity.ts';
import { Freshness, receiveBatch } from '../../functions/completed-research-archivist/receive-batch.ts';
import { resolver } from '../../functions/completed-research-archivist/resolve.ts';
import type { CompletedQueue, ReceivedMessage } from '../../functions/ports.ts';
import { SqsCompletedQueue } from '../../functions/queues/sqs-queues.ts';
import { marshalled } from '../../functions/stores/dynamo.ts';
import { DynamoCollection } from '../../functions/stores/dynamo-collection.ts';
import { DynamoLedgers } from '../../functions/stores/dynamo-ledgers.ts';
import { entryAttributes } from '../../functions/stores/entry-item.ts';
import { entryKey } from '../../functions/stores/keys.ts';
import { aCatalogue, aClip } from '../support/research.ts';
import { MINUTE, SECOND, TriedArchive } from './tried-archive.ts';

/** What the simulation cannot see, since it stands on ports: how the adapters ask, and how the drain receives. */

const dynamoDb = mockClient(DynamoDBClient);
const sqs = mockClient(SQSClient);
const client = new DynamoDBClient({});
const clipItem = (ordinal: number) =>
  marshalled({ ...entryKey('clip', ordinal), ...entryAttributes(aClip(ordinal)), version: 1 });

beforeEach(() => {
  dynamoDb.reset();
  sqs.reset();
  dynamoDb.on(GetItemCommand).resolves({});
  dynamoDb.on(QueryCommand).resolves({ Items: [] });
  dynamoDb.on(BatchGetItemCommand).resolves({});
});

describe('STRONG: every read that decides is strong; only the two indexes are not', () => {
  const collection = new DynamoCollection(client, 'Collection', 'Leases');
  const ledgers = new DynamoLedgers(client, 'Leases', 'Collection');

  test.each<[string, () => Promise<unknown>]>([
    ['a counter', () => collection.counter('clip')],
    ['a ledger', () => ledgers.read(1)],
    ['all ledgers', () => ledgers.readAll(3)],
    ['the control item', () => ledgers.control()],
    ['entries', () => collection.entries('episode', [1, 2])],
    ['owners of names', () => collection.owners('clip', ['a', 'b'])],
    ['the catalogue, whole', () => new DynamoCollection(client, 'Collection').catalogue()],
  ])('%s', async (_, read) => {
    dynamoDb.on(GetItemCommand).resolves({ Item: undefined });
    await read().catch(() => undefined);
    const calls = dynamoDb.calls().map(({ args: [{ input }] }) => input as Record<string, unknown>);
    expect(calls.length).toBeGreaterThan(0);
    for (const input of calls) {
      const tables = Object.values((input.RequestItems ?? {}) as Record<string, { ConsistentRead?: boolean }>);
      expect(input.ConsistentRead ?? tables.every(({ ConsistentRead }) => ConsistentRead)).toBe(true);
    }
  });

  test('the catalogue, by its log', async () => {
    const counter = (content: number, recent: number[]) => ({
      Item: marshalled({ lastOrdinal: 2, members: 2, content, changes: recent.length, versions: content, recent }),
    });
    dynamoDb
      .on(GetItemCommand)
      .resolvesOnce(counter(2, []))
      .resolves(counter(3, [2]));
    dynamoDb.on(QueryCommand).resolves({ Items: [clipItem(1), clipItem(2)] });
    dynamoDb.on(BatchGetItemCommand).resolves({ Responses: { Collection: [clipItem(2)] } });
    const one = new DynamoCollection(client, 'Collection');
    await one.catalogue();
    expect((await one.catalogue()).catalogueVersion).toBe(3);
    const [query] = dynamoDb.commandCalls(QueryCommand);
    const [batch] = dynamoDb.commandCalls(BatchGetItemCommand);
    expect(dynamoDb.commandCalls(QueryCommand)).toHaveLength(1);
    expect(query?.args[0].input.ConsistentRead).toBe(true);
    expect(batch?.args[0].input.RequestItems?.Collection).toMatchObject({
      ConsistentRead: true,
      Keys: [expect.anything()],
    });
  });

  test('keys that were not processed are asked for again', async () => {
    const keys = [entryKey('clip', 1), entryKey('clip', 2)].map((key) => marshalled(key));
    dynamoDb
      .on(BatchGetItemCommand)
      .resolvesOnce({
        Responses: { Collection: [clipItem(1)] },
        UnprocessedKeys: { Collection: { Keys: keys.slice(1), ConsistentRead: true } },
      })
      .resolves({ Responses: { Collection: [clipItem(2)] } });
    expect([...(await collection.entries('clip', [1, 2])).keys()]).toEqual([1, 2]);
  });
});

test('FACTS-1: a curation update says nothing of facts, and a new medium removes those of the old one', async () => {
  dynamoDb.on(TransactWriteItemsCommand).resolves({});
  const collection = new DynamoCollection(client, 'Collection');
  const entry = { ...aClip(1), version: 3, facts: { hash: 'h', durationNs: 1 }, unknowns: { analyzer: '' } };
  const change = { kind: 'clip', entries: [entry], names: [], ledgers: [] } as const;
  const expressions = async (newMedia: Set<number>) => {
    dynamoDb.resetHistory();
    await collection.change({ ...change, raisesAssignable: false, raisesCatalogue: true, newMedia });
    const [call] = dynamoDb.commandCalls(TransactWriteItemsCommand);
    return Object.values(call?.args[0].input.TransactItems?.[0]?.Update?.ExpressionAttributeNames ?? {});
  };
  const facts = ['mediaHash', 'mediaDurationNs', 'unknowns'];
  const curated = await expressions(new Set());
  expect(facts.filter((name) => curated.includes(name))).toEqual([]);
  expect(await expressions(new Set([1]))).toEqual(expect.arrayContaining(facts));
});

test('FACTS-2: facts are stored for the address and the recording that they are of, and no other', async () => {
  dynamoDb.on(UpdateItemCommand).resolves({});
  const facts = { hash: 'h', durationNs: 1, mediaUri: 'x' };
  for (const recording of [undefined, 3])
    await new DynamoCollection(client, 'Collection').describe('clip', 1, { ...facts, recording });
  const calls = dynamoDb.commandCalls(UpdateItemCommand).map((call) => call.args[0].input);
  expect(calls.map(({ ConditionExpression }) => ConditionExpression)).toEqual([
    'mediaUri = :uri AND (attribute_not_exists(#recording) OR #recording.#number = :recording) AND attribute_not_exists(mediaHash)',
    'mediaUri = :uri AND (#recording.#number = :recording) AND attribute_not_exists(mediaHash)',
  ]);
  expect(calls[1]?.ExpressionAttributeValues).toMatchObject({ ':recording': { N: '3' } });
});

test('FACTS-3: facts that come between the reading and the writing of an update stay', async () => {
  const tried = await new TriedArchive().filled(0, 1);
  const { collection } = tried.archive;
  const info = tried.archive.state.clip.get(1)?.info as ReturnType<typeof tried.clipInfo>;
  const entries = collection.entries.bind(collection);
  collection.entries = async (kind, ordinals) => {
    const read = await entries(kind, ordinals);
    await collection.describe('clip', 1, { hash: 'h', durationNs: 3, mediaUri: info.mediaUri });
    return read;
  };
  await tried.clips({ ...info, description: 'newer', lastDateCurated: '2025-06-01T00:00:00Z' });
  expect(tried.archive.state.clip.get(1)).toMatchObject({ info: { description: 'newer' }, facts: { hash: 'h' } });
});

test('RECEIVE-1: a receive asks every server: a short poll may miss messages, and the queue would seem empty', async () => {
  sqs.on(ReceiveMessageCommand).resolves({});
  await new SqsCompletedQueue(new SQSClient({}), 'https://queue').receive();
  const [call] = sqs.commandCalls(ReceiveMessageCommand);
  expect(call?.args[0].input.WaitTimeSeconds).toBeGreaterThan(0);
});

describe('RECEIVE-2: a run under constant load has caught up after five receives that held only newer messages', () => {
  const at = (...times: number[]) => times.map((sentAt) => ({ sentAt }) as ReceivedMessage);
  test.each<[string, ReceivedMessage[][], number | undefined]>([
    ['four', Array.from({ length: 4 }, () => at(101)), undefined],
    ['five', Array.from({ length: 5 }, () => at(101)), 100],
    ['five, one of them with an older one beside', [at(101), at(101), at(99, 101), at(101), at(101)], undefined],
    ['five after an older one', [at(100), ...Array.from({ length: 5 }, () => at(101))], 100],
  ])('%s', (_, receives, caughtUpTo) => {
    const freshness = new Freshness(100);
    for (const messages of receives) freshness.received(messages);
    expect(freshness.caughtUpTo).toBe(caughtUpTo);
  });
});

test('RECEIVE-3: the queue was empty from the first of the last receives on: a message may have come between them', async () => {
  let now = 0;
  let asked = 0;
  const queue: Pick<CompletedQueue, 'receive'> = {
    receive: async () => {
      const first = asked++ < 6;
      // Each receive begins ten later than the one before.
      now += 10;
      return first
        ? Array.from({ length: 10 }, (_, n) => ({ id: `${asked}/${n}`, body: '', receipt: '', sentAt: 0 }))
        : [];
    },
  };
  const batch = await receiveBatch(
    queue as CompletedQueue,
    8,
    new Freshness(0),
    () => now,
    () => true,
  );
  expect(batch.messages).toHaveLength(60);
  expect(asked).toBeGreaterThan(7);
  expect(batch.emptyAt).toBeLessThan(now - 10);
});

test('LOOK-1: at most a hundred episodes are looked at again in one run', async () => {
  const tried = await new TriedArchive().filled(150, 1);
  for (const ledger of tried.archive.state.ledgers.values()) {
    tried.archive.ledgers.put({ ...ledger, state: 'WAITING', position: `000000000000001#${ledger.rank}` });
  }
  tried.pass(MINUTE + SECOND);
  expect((await tried.assign()).lookedAgain).toBe(100);
  expect((await tried.assign()).lookedAgain).toBeLessThanOrEqual(100);
});

test('RESOLVE-1: of two clips that a result names, the address decides before the title', async () => {
  const address = uriName('clip', 'https://x.org/1');
  const collection = {
    owners: async (_: unknown, names: readonly string[]) =>
      new Map(names.map((name) => [name, name === address ? 1 : 2])),
    entries: async () => new Map(),
  };
  const ledgers = { read: async () => undefined };
  const resolve = resolver(collection, ledgers, { ...aCatalogue([]), ...NO_COUNTER }, new Map());
  expect(await resolve.clip({ mediaUri: 'https://x.org/1', title: 'of another' })).toBe(1);
});
