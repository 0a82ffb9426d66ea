import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoCollection } from '../../../functions/stores/dynamo-collection.ts';
import { DynamoLedgers } from '../../../functions/stores/dynamo-ledgers.ts';
import { BY_STATE, FINDINGS_BY_CLIP, WITH_LEASES } from '../../../functions/stores/schema.ts';
import { dynoxideBinary, HOW_TO_GET_ONE } from '../dynamodb-emulator.ts';
import { freePort } from './free-port.ts';
import { type Running, running } from './running.ts';

export type Emulator = Running<DynamoDBClient>;

/** dynoxide in a folder of its own, or in memory, which writes large collections faster. */
export async function startDynoxide({ inMemory = false } = {}): Promise<Emulator> {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-dynoxide-'));
  const port = await freePort();
  const binary = dynoxideBinary();
  if (binary === undefined) throw new Error(`No dynoxide binary was found. ${HOW_TO_GET_ONE}`);
  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    ...(inMemory ? [] : ['--db-path', join(folder, 'tables.db')]),
  ];
  return ready(spawn(binary, args, { stdio: 'ignore' }), port, folder);
}

async function ready(child: ChildProcess, port: number, folder: string): Promise<Emulator> {
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return running({ client, endpoint }, child, folder, () => client.send(new ListTablesCommand({})), 150);
}

let made = 0;

/** Two fresh tables with the keys and indexes of the stack, and the adapters over them. */
export async function freshTables(client: DynamoDBClient) {
  const suffix = `${process.pid}-${++made}`;
  const names = { collection: `Collection-${suffix}`, leases: `Leases-${suffix}` };
  const index = (
    definition: { name: string; partitionKey: string; sortKey: string },
    projected?: readonly string[] | 'ALL',
  ) => ({
    IndexName: definition.name,
    KeySchema: [
      { AttributeName: definition.partitionKey, KeyType: 'HASH' as const },
      { AttributeName: definition.sortKey, KeyType: 'RANGE' as const },
    ],
    Projection:
      projected === 'ALL'
        ? { ProjectionType: 'ALL' as const }
        : projected === undefined
          ? { ProjectionType: 'KEYS_ONLY' as const }
          : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...projected] },
  });
  const create = async (name: string, attributes: string[], indexes: ReturnType<typeof index>[]) => {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: attributes.map((attribute) => ({ AttributeName: attribute, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes: indexes,
      }),
    );
  };
  await create(names.collection, ['pk', 'sk', 'clipKey', 'episodeKey'], [index(FINDINGS_BY_CLIP, 'ALL')]);
  await create(
    names.leases,
    ['pk', 'sk', 'stateKey', 'position', 'leasedKey'],
    [index(BY_STATE), index(WITH_LEASES, WITH_LEASES.projected)],
  );
  return {
    names,
    collection: new DynamoCollection(client, names.collection, names.leases),
    /** Another process's view, with a cache of its own. */
    another: () => new DynamoCollection(client, names.collection, names.leases),
    ledgers: new DynamoLedgers(client, names.leases, names.collection),
  };
}
