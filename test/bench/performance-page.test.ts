import { readFileSync } from 'node:fs';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { BenchEmulators } from '../../bench/bench-archive.ts';
import type { Operation } from '../../bench/figures.ts';
import { keptResults, renderedPage } from '../../bench/report/kept.ts';
import { itemBytes } from '../../bench/stored-bytes.ts';
import { COST_SIZES, costSuite } from '../../bench/suites/cost.ts';
import { scaleSuite } from '../../bench/suites/scale.ts';
import { marshalled } from '../../functions/stores/dynamo.ts';
import { freshTables } from '../../local/emulators/alone/dynamodb.ts';

const kept = keptResults(process.cwd());

/** Units and requests by name: what must be the same in every run. Bytes differ by a digit or two. */
const deterministic = (operations: readonly Operation[]) =>
  Object.fromEntries(
    operations.map(({ name, archivist, yardstick, ratio }) => {
      const { bytes: _own, ...own } = archivist;
      const { bytes: _other, ...other } = yardstick;
      return [name, { own, other, ratio }];
    }),
  );

const named = (operations: readonly Operation[], names: readonly string[]) =>
  operations.filter(({ name }) => names.includes(name));

test('docs/performance.md and its plots are what the kept results give (npm run bench -- --page)', () => {
  for (const [path, text] of renderedPage(process.cwd()))
    expect([path, readFileSync(path, 'utf8')]).toEqual([path, text]);
});

test('every promise of the design holds in the kept results', () => {
  for (const { figures } of [kept.cost, kept.scale, kept.tenfold]) {
    expect(figures.filter(({ holds }) => !holds)).toEqual([]);
  }
  expect([...kept.cost.figures, ...kept.scale.figures]).toHaveLength(11);
});

describe('measured now', () => {
  let emulators: BenchEmulators;
  beforeAll(async () => {
    emulators = await BenchEmulators.start();
  }, 60_000);
  afterAll(() => emulators.stop());

  test('operations cost what the kept results say (npm run bench -- --suite cost --keep)', async () => {
    const sizes = { ...COST_SIZES, episodes: [0], clips: [0] };
    const { operations } = await costSuite(emulators, kept.cost.dollars.fixed, sizes);
    const names = operations.map(({ name }) => name);
    expect(names).toHaveLength(10);
    expect(deterministic(operations)).toEqual(deterministic(named(kept.cost.operations, names)));
  }, 180_000);

  test('choosing costs what the kept results say (npm run bench -- --suite scale --keep)', async () => {
    const { operations, stored } = await scaleSuite(emulators, [{ episodes: 400, clips: 1_000 }]);
    const names = operations.map(({ name }) => name);
    expect(deterministic(operations)).toEqual(deterministic(named(kept.scale.operations, names)));
    expect(stored).toEqual(kept.scale.stored);
  }, 120_000);

  test.each([1023, 1024, 1025])('an item of %d bytes is paid as one', async (bytes) => {
    const { names } = await freshTables(emulators.dynamoDb.client);
    const item = { pk: 'a', sk: 'b', list: [1, 'two', { three: new Uint8Array(3) }], number: 12_345, more: '' };
    const filled = { ...item, more: 'x'.repeat(bytes - itemBytes(item)) };
    expect(itemBytes(filled)).toBe(bytes);
    const { ConsumedCapacity } = await emulators.dynamoDb.client.send(
      new PutItemCommand({ TableName: names.collection, Item: marshalled(filled), ReturnConsumedCapacity: 'TOTAL' }),
    );
    expect(ConsumedCapacity?.CapacityUnits).toBe(bytes <= 1024 ? 1 : 2);
  });
});
