import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { IndexSpec, KeyAttribute, TableSpec } from '../assembly/specifications.ts';

/**
 * Makes the tables that are not there yet; the others keep their items.
 * @throws Error when a table is there with other keys or indexes.
 */
export async function makeTables(dynamoDb: DynamoDBClient, tables: readonly TableSpec[]): Promise<void> {
  const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand({}));
  for (const table of tables) {
    if (TableNames.includes(table.name)) {
      const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName: table.name }));
      expectSameKeys(table, Table!);
      continue;
    }
    const { GlobalSecondaryIndexes, LocalSecondaryIndexes } = table;
    await dynamoDb.send(
      new CreateTableCommand({
        TableName: table.name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: table.AttributeDefinitions,
        KeySchema: table.KeySchema,
        ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes: [...GlobalSecondaryIndexes] }),
        ...(LocalSecondaryIndexes.length > 0 && { LocalSecondaryIndexes: [...LocalSecondaryIndexes] }),
      }),
    );
  }
}

interface Keys {
  readonly KeySchema?: readonly KeyAttribute[];
  readonly GlobalSecondaryIndexes?: readonly IndexSpec[];
  readonly LocalSecondaryIndexes?: readonly IndexSpec[];
}

function expectSameKeys(wanted: TableSpec, found: TableDescription): void {
  const [wantedKeys, foundKeys] = [summary(wanted), summary(found as Keys)];
  if (wantedKeys === foundKeys) return;
  throw new Error(
    `The table ${wanted.name} in this data folder has the keys and indexes ${foundKeys}, but the stack now wants ${wantedKeys}: the folder is of another version. Take a fresh one.`,
  );
}

function summary(table: Keys): string {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
    .map(({ IndexName, KeySchema }) => `${IndexName}(${names(KeySchema)})`)
    .sort();
  return [`(${names(table.KeySchema)})`, ...indexes].join(' ');
}

function names(keys: readonly KeyAttribute[] = []): string {
  return keys.map(({ AttributeName }) => AttributeName).join(', ');
}
