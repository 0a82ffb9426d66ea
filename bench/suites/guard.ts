import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startDynoxide } from '../../local/emulators/alone/dynamodb.ts';
import { CREDENTIALS, REGION } from '../../local/project.ts';
import { atLeast, type Figure } from '../figures.ts';

export interface GuardResult {
  readonly suite: 'guard';
  /** Calls a second, each the median of all rounds. */
  readonly direct: number;
  readonly guarded: number;
  readonly figures: readonly Figure[];
  /** The machine has a say in throughput. */
  readonly targets: readonly Figure[];
}

const TABLE = 'Guarded';
const ITEM_BYTES = 800;
/** Each round both ways, in turn the one and the other first: what else the machine does meets both. */
const ROUNDS = 30;
const ROUND_MS = 300;
const AT_A_TIME = 8;
const SHARE = 0.95;

/** How many calls a second a client gets from the database, past the guard and through it. */
export async function guardSuite(root: string, told: (line: string) => void): Promise<GuardResult> {
  const database = await startDynoxide({ inMemory: true });
  const address = new URL(database.endpoint);
  const script = join(root, 'bench', 'guard', 'guard-process.ts');
  const guard = fork(script, [address.hostname, address.port], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    const [endpoint] = (await once(guard.stdout!, 'data')) as [Buffer];
    const clients = [database.endpoint, String(endpoint).trim()].map(
      (url) => new DynamoDBClient({ region: REGION, endpoint: url, credentials: CREDENTIALS }),
    );
    await clients[0]!.send(
      new CreateTableCommand({
        TableName: TABLE,
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    for (const client of clients) await callsASecond(client);
    const rates: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      for (const way of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        rates[way].push(await callsASecond(clients[way]!));
      }
    }
    for (const client of clients) client.destroy();
    const share = median(rates[1].map((rate, round) => rate / (rates[0][round] ?? rate)));
    const [direct, guarded] = [Math.round(median(rates[0])), Math.round(median(rates[1]))];
    told(`${direct} calls a second past the guard, ${guarded} through it`);
    return {
      suite: 'guard',
      direct,
      guarded,
      figures: [],
      targets: [atLeast('calls through the guard, as a share of those past it', SHARE, share)],
    };
  } finally {
    guard.kill();
    database.stop();
  }
}

async function callsASecond(client: DynamoDBClient): Promise<number> {
  const end = performance.now() + ROUND_MS;
  let calls = 0;
  const one = async () => {
    while (performance.now() < end) {
      const pk = { S: String(calls % 100) };
      if (calls % 2 === 0) {
        await client.send(new PutItemCommand({ TableName: TABLE, Item: { pk, text: { S: 'x'.repeat(ITEM_BYTES) } } }));
      } else await client.send(new GetItemCommand({ TableName: TABLE, Key: { pk } }));
      calls += 1;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
  return (calls / (performance.now() - start)) * 1_000;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
