import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { marshalled, unmarshalled } from '../../functions/stores/dynamo.ts';
import { type Emulator, freshTables, startDynoxide } from '../../local/emulators/alone/dynamodb.ts';
import { withPlainAnswers } from '../../operating/plain-answers.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startDynoxide();
}, 60_000);
afterAll(() => emulator?.stop());

const ITEM = {
  ...{ pk: '1#ledger#000000000001', sk: 'ledger#0', position: 'ébène 💿', version: 7, odd: 0.25, large: 2n ** 60n },
  researched: Uint8Array.of(0, 255, 7),
  leases: [{ id: 'a', left: Uint8Array.of(1), none: null, yes: true }],
  work: { a: Uint8Array.of(2, 3), deep: { list: [1, 'two', Uint8Array.of(4)] } },
  names: new Set(['x', 'y']),
};

test('PLAIN-1: items are the same as the SDK gives them, of whatever they are made, and so is what is beside them', async () => {
  const { leases } = (await freshTables(emulator.client)).names;
  const endpoint = (await emulator.client.config.endpoint?.())!;
  const client = withPlainAnswers(
    new DynamoDBClient({
      region: 'us-east-1',
      endpoint: `http://${endpoint.hostname}:${endpoint.port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }),
  );
  try {
    await client.send(new PutItemCommand({ TableName: leases, Item: marshalled(ITEM) }));
    await client.send(new PutItemCommand({ TableName: leases, Item: marshalled({ ...ITEM, sk: 'other' }) }));
    const Key = marshalled({ pk: ITEM.pk, sk: ITEM.sk });
    const got = await client.send(new GetItemCommand({ TableName: leases, Key }));
    expect(unmarshalled(got.Item!)).toEqual(ITEM);
    expect(got.$metadata.httpStatusCode).toBe(200);
    const batch = await client.send(new BatchGetItemCommand({ RequestItems: { [leases]: { Keys: [Key] } } }));
    expect(batch.Responses?.[leases]?.map(unmarshalled)).toEqual([ITEM]);
    const ofKey = { ExpressionAttributeValues: marshalled({ ':pk': ITEM.pk }), KeyConditionExpression: 'pk = :pk' };
    expect((await client.send(new QueryCommand({ TableName: leases, ...ofKey }))).Count).toBe(2);
    const page = await client.send(new ScanCommand({ TableName: leases, Limit: 1 }));
    const next = await client.send(
      new ScanCommand({ TableName: leases, ExclusiveStartKey: page.LastEvaluatedKey, ConsistentRead: true }),
    );
    expect([...page.Items!, ...next.Items!].map((item) => unmarshalled(item).sk)).toEqual(['ledger#0', 'other']);
    expect(next.LastEvaluatedKey).toBeUndefined();
    expect((await client.send(new GetItemCommand({ TableName: leases, Key: { ...Key, sk: { S: 'no' } } }))).Item).toBe(
      undefined,
    );
    await expect(client.send(new ScanCommand({ TableName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  } finally {
    client.destroy();
  }
});
