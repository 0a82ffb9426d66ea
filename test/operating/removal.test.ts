import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Emulator, startDynoxide } from '../../local/emulators/alone/dynamodb.ts';
import type { ArchiveClient } from '../../operating/archive-client.ts';
import { readAllLedgers } from '../../operating/reading/all-ledgers.ts';
import { everyFinding } from '../../operating/reading/findings.ts';
import { allOf } from '../../operating/reading/parts.ts';
import { removal } from '../../operating/remove.ts';
import { DynamoOperations } from '../../operating/tables/dynamo-operations.ts';
import { threeEpisodes } from './support/three-episodes.ts';

let emulator: Emulator;
let folder: string;
beforeAll(async () => {
  emulator = await startDynoxide();
  folder = mkdtempSync(join(tmpdir(), 'archivist-removed-'));
}, 60_000);
afterAll(() => {
  emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** An archive, and who removes things from it. */
async function operated() {
  const { client, tables } = await threeEpisodes(emulator);
  const { collection, leases } = tables.names;
  const operations = new DynamoOperations(emulator.client, collection, leases);
  return { ...client, ledgers: tables.ledgers, operations } as unknown as ArchiveClient;
}

const idsAndFindings = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ id, findings }) => [id, findings.map(({ episode, clip }: Record<string, number>) => `${clip}/${episode}`)]);

const findings = async (client: ArchiveClient) =>
  (await allOf(everyFinding(client))).flat().map(({ episode, clip }) => `${clip}/${episode}`);

test('REMOVAL-1: all clips at once: what was found goes to the file, clip by clip, and then no ledger and no item has it', async () => {
  const client = await operated();
  const out = join(folder, 'clips.jsonl');
  const plan = await removal(client, 'clip', ['*'], out);
  expect([plan.what, plan.count]).toEqual(['remove 4 clips with 4 findings', 4]);
  expect(await plan.apply()).toBe(4);
  expect(idsAndFindings(out)).toEqual([
    [1, ['1/1', '1/2']],
    [2, ['2/3']],
    [3, ['3/2']],
    [4, []],
  ]);
  expect(await findings(client)).toEqual([]);
  const { ledgers } = await readAllLedgers(client);
  expect(ledgers.map(({ researched, found }) => [researched.size, found?.size])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
});

test('REMOVAL-2: some episodes: theirs goes and the others stay; where it was broken off, what is left goes when it is done again', async () => {
  const client = await operated();
  const plan = await removal(client, 'episode', ['1', '2'], join(folder, 'episodes.jsonl'));
  expect(plan.what).toBe('remove 2 episodes with 3 findings');
  const { erase } = client.operations;
  const broken = {
    ...client,
    operations: {
      erase: async (episode: number) =>
        episode === 2 ? Promise.reject(new Error('cut off')) : erase.call(client.operations, episode),
    },
  } as unknown as ArchiveClient;
  const half = await removal(broken, 'episode', ['1', '2'], join(folder, 'half.jsonl'));
  await expect(half.apply()).rejects.toThrow(/episode 2: cut off/);
  expect((await findings(client)).sort()).toEqual(['1/2', '2/3', '3/2']);

  const again = await removal(client, 'episode', ['1', '2'], join(folder, 'again.jsonl'));
  expect(again.what).toBe('remove 1 episode with 2 findings');
  await again.apply();
  expect(idsAndFindings(join(folder, 'again.jsonl'))).toEqual([[2, ['1/2', '3/2']]]);
  expect(await findings(client)).toEqual(['2/3']);
  const over = await removal(client, 'episode', ['1', '2'], join(folder, 'over.jsonl'));
  expect(over.count).toBe(0);
});
