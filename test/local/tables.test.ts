import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readAssembly } from '../../local/assembly/cloud-assembly.ts';
import { stackSpec } from '../../local/assembly/stack-spec.ts';
import { dynamoDbClient } from '../../local/emulators/clients.ts';
import { dynamoDbProgram, startDynamoDbEmulator } from '../../local/emulators/dynamodb-emulator.ts';
import { makeTables } from '../../local/emulators/make-tables.ts';
import type { Emulator } from '../../local/emulators/supervised.ts';
import { hiddenAddress } from '../../local/guard/hidden-address.ts';
import { Children } from '../../local/processes/children.ts';
import { fixtureAssembly, freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';

const dataDir = freshFolder();
const { tables } = stackSpec(readAssembly(fixtureAssembly().folder), 'http://127.0.0.1:1');
let emulator: Emulator;
let client: DynamoDBClient;

beforeAll(async () => {
  mkdirSync(join(dataDir, 'logs'));
  const program = dynamoDbProgram({ address: await hiddenAddress(), dataDir });
  emulator = await startDynamoDbEmulator({ dataDir, program }, new Children(dataDir), () => {});
  client = dynamoDbClient(emulator.endpoint);
});

jest.setTimeout(30_000);

afterAll(async () => {
  client.destroy();
  await emulator.stop();
  removeFreshFolders();
});

test('a table has the keys and indexes of the template', async () => {
  await makeTables(client, tables);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Fixture-Things' }));
  expect(Table).toMatchObject({
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [{ IndexName: 'byKind', Projection: { ProjectionType: 'ALL' } }],
  });
});

test('making the tables again changes nothing', async () => {
  await makeTables(client, tables);
  await makeTables(client, tables);
});

test('a table with other indexes is refused, naming both', async () => {
  await makeTables(client, tables);
  const [things] = tables;
  await expect(makeTables(client, [{ ...things!, GlobalSecondaryIndexes: [] }])).rejects.toThrow(
    'The table Fixture-Things in this data folder has the keys and indexes (pk, sk) byKind(kind, pk), but the stack now wants (pk, sk): the folder is of another version. Take a fresh one.',
  );
});

describe('the emulator of DynamoDB', () => {
  const address = { host: '127.0.0.1', port: 1 };
  const before = { ...process.env };

  afterEach(() => {
    process.env = { ...before };
  });

  test('is the one that the environment names, before any that is installed or on the PATH', () => {
    process.env.DYNOXIDE = process.execPath;
    expect(dynamoDbProgram({ address, dataDir: freshFolder() }).command.command).toBe(process.execPath);
    process.env.DYNOXIDE = '/nowhere/dynoxide';
    expect(() => dynamoDbProgram({ address, dataDir: freshFolder() })).toThrow(
      'DYNOXIDE must name the binary of dynoxide; there is no /nowhere/dynoxide.',
    );
  });

  test('that made the tables is kept', () => {
    expect(dynamoDbProgram({ address, dataDir }).name).toContain('dynoxide');
    expect(() => dynamoDbProgram({ address, dataDir, kind: 'java' })).toThrow(
      `The tables in ${dataDir} were made with dynoxide and cannot be read with java: ask for dynoxide, or take a fresh folder.`,
    );
  });

  test('needs its folder to be named when Java is asked for', () => {
    delete process.env.DYNAMODB_LOCAL;
    expect(() => dynamoDbProgram({ address, dataDir: freshFolder(), kind: 'java' })).toThrow(
      'unpack DynamoDB Local, name its folder in DYNAMODB_LOCAL, and have java on the PATH',
    );
  });

  test('is not started from a folder without it', () => {
    process.env.DYNAMODB_LOCAL = '/nowhere';
    expect(() => dynamoDbProgram({ address, dataDir: freshFolder(), kind: 'java' })).toThrow(
      'DYNAMODB_LOCAL must name the folder that holds DynamoDBLocal.jar; there is no /nowhere/DynamoDBLocal.jar.',
    );
  });
});
