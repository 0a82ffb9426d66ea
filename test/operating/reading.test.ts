import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { Bitset } from '../../domain/bitset.ts';
import { marshalled } from '../../functions/stores/dynamo.ts';
import { entryKey, findingKey, ledgerKey } from '../../functions/stores/keys.ts';
import { type Emulator, startDynoxide } from '../../local/emulators/alone/dynamodb.ts';
import type { ArchiveClient } from '../../operating/archive-client.ts';
import { findingsOf } from '../../operating/findings-of.ts';
import { episodeHold } from '../../operating/hold.ts';
import { readAllLedgers, readLedgers } from '../../operating/reading/all-ledgers.ts';
import { foundCounts, readFindings } from '../../operating/reading/findings.ts';
import { foundLedgers } from '../../operating/reading/found-ledgers.ts';
import { lightCatalogue, lightEpisodes } from '../../operating/reading/light-entries.ts';
import { aheadOf, allOf, pagesOf, queryPages } from '../../operating/reading/parts.ts';
import { requeueing } from '../../operating/requeue.ts';
import { unparking } from '../../operating/unpark.ts';
import { CLIPS, threeEpisodes } from './support/three-episodes.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startDynoxide();
}, 60_000);
afterAll(() => emulator?.stop());

const archive = () => threeEpisodes(emulator);

type Client = Awaited<ReturnType<typeof archive>>['client'];

/** Found pairs as `clip/episode`, and what is said when there is none. */
async function asked(client: Client, filter: Parameters<typeof findingsOf>[1]) {
  const { findings, whyNone } = await findingsOf(client, filter);
  const pairs = (await allOf(findings)).flat().map(({ clip, episode }) => `${clip}/${episode}`);
  return pairs.length > 0 ? pairs : whyNone();
}

test('READ-1: entries are read without descriptions, ledgers whole or by episode, findings by segment', async () => {
  const { client } = await archive();
  const { clips } = await lightCatalogue(client);
  expect(clips.map(({ info }) => info.title).sort()).toEqual(CLIPS);
  expect(clips[0]?.info.description).toBe('');
  expect([...(await lightEpisodes(client)).keys()]).toEqual([1, 2, 3]);
  expect((await readAllLedgers(client)).ledgers.map(({ episode }) => episode)).toEqual([1, 2, 3]);
  expect((await readLedgers(client, [3, 9])).ledgers.map(({ episode }) => episode)).toEqual([3]);
  expect((await readFindings(client)).map(({ clip, episode }) => `${clip}/${episode}`)).toEqual([
    ...['1/1', '1/2', '3/2', '2/3'],
  ]);
});

test('READ-2: counts are those that ledgers keep; of a ledger that does not, they are counted', async () => {
  const { client } = await archive();
  const { ledgers } = await readAllLedgers(client);
  const old = ledgers.map((ledger) => (ledger.episode === 2 ? { ...ledger, found: undefined } : ledger));
  const catalogue = await lightCatalogue(client);
  for (const known of [ledgers, old]) {
    expect(Object.fromEntries(await foundCounts(client, known, catalogue))).toEqual({ 1: 1, 2: 2, 3: 1 });
  }
});

test('READ-3: findings by clip, episode, day aired and day found, alone and together', async () => {
  const { client } = await archive();
  expect(await asked(client, {})).toEqual(['1/1', '1/2', '3/2', '2/3']);
  expect(await asked(client, { clip: 'big wave' })).toEqual(['1/1', '1/2']);
  expect(await asked(client, { clip: 'wave' })).toEqual(['1/1', '1/2', '2/3']);
  expect(await asked(client, { clip: 'Big*' })).toEqual(['1/1', '1/2', '2/3']);
  expect(await asked(client, { episode: '2' })).toEqual(['1/2', '3/2']);
  expect(await asked(client, { clip: '1', episode: 'episode 2' })).toEqual(['1/2']);
  expect(await asked(client, { airedFrom: Date.parse('2020-05-01'), airedTo: Date.parse('2020-12-31') })).toEqual([
    '1/2',
    '3/2',
  ]);
  expect(await asked(client, { since: Date.parse('2026-01-03T00:00:00Z') })).toEqual(['3/2', '2/3']);
});

test('READ-4: not found is told from not there, and from not looked for yet', async () => {
  const { client } = await archive();
  expect(await asked(client, { clip: 'Never heard' })).toBe(
    'Never heard [4] was not found so far: 1 of 3 episodes researched for it.',
  );
  expect(await asked(client, { clip: 'Never heard', episode: '1' })).toBe(
    'Never heard [4] was not found in that episode.',
  );
  await expect(asked(client, { clip: 'Big wvae' })).rejects.toThrow(
    /no clip “Big wvae”.*Did you mean:\n {2}Big wave \[1\]/s,
  );
  await expect(asked(client, { clip: 'herd' })).rejects.toThrow(/Did you mean:\n {2}Never heard \[4\]$/);
  await expect(asked(client, { clip: 'biger wave' })).rejects.toThrow(/Did you mean:\n {2}Bigger wave \[2\]/);
  expect(await asked(client, { airedFrom: Date.parse('2031-01-01') })).toBe('No episode was aired then.');
  await expect(asked(client, { clip: 'zzzzzzz' })).rejects.toThrow(/no clip “zzzzzzz” \(id, title or a part of it/);
  await expect(asked(client, { show: 'no such show' })).rejects.toThrow(/No episode says that it is of “no such show”/);
});

test('READ-5: a scan reads every segment once, whoever stops early stops, and an error is thrown', async () => {
  const { client } = await archive();
  const keys = (await allOf(pagesOf(emulator.client, { TableName: client.location.tables.Leases }))).flat();
  expect(new Set(keys.map(({ pk }) => pk)).size).toBe(keys.length);
  for await (const _ of pagesOf(emulator.client, { TableName: client.location.tables.Collection })) break;
  const two = await allOf(
    queryPages(emulator.client, {
      ...{ TableName: client.location.tables.Collection, Limit: 1, KeyConditionExpression: 'pk = :pk' },
      ExpressionAttributeValues: { ':pk': { S: entryKey('episode', 2).pk } },
    }),
  );
  expect(two.map((page) => page.map(({ sk }) => sk))).toEqual([
    ['entry'],
    [findingKey(2, 1, 0).sk],
    [findingKey(2, 3, 0).sk],
  ]);
  await expect(allOf(pagesOf(emulator.client, { TableName: 'none' }))).rejects.toThrow();
  const late = (n: number) => new Promise<number>((resolve) => setTimeout(() => resolve(n), 10 - n));
  expect(await allOf(aheadOf([1, 5, 9, 2], late, 3))).toEqual([1, 5, 9, 2]);
});

/** The client, and what was asked of the tables through it, and how many items came of scans. */
function listened(client: Client) {
  const asked = { entries: new Set<string>(), queried: new Set<string>(), scans: 0, scanned: 0 };
  const send = (command: { input: Record<string, unknown> }, ...rest: unknown[]) => {
    const { RequestItems = {}, ExpressionAttributeValues = {} } = command.input as {
      RequestItems?: Record<string, { Keys: { pk: { S: string } }[] }>;
      ExpressionAttributeValues?: Record<string, { S?: string }>;
    };
    for (const { Keys } of Object.values(RequestItems)) for (const { pk } of Keys) asked.entries.add(pk.S);
    const pk = ExpressionAttributeValues[':pk']?.S;
    if (pk !== undefined) asked.queried.add(pk);
    const answer = (emulator.client.send as (...args: unknown[]) => Promise<{ Items?: object[] }>)(command, ...rest);
    if (!(command instanceof ScanCommand)) return answer;
    asked.scans++;
    return answer.then((page) => {
      asked.scanned += page.Items?.length ?? 0;
      return page;
    });
  };
  const dynamodb = new Proxy(emulator.client, { get: (of, name) => (name === 'send' ? send : Reflect.get(of, name)) });
  return { client: { ...client, dynamodb }, asked };
}

test('READ-6: of what was found since, no episode is asked or looked up that has no news', async () => {
  const { client, tables } = await archive();
  for (const [episode, day] of [
    [1, 1],
    [2, 10],
    [3, 1],
  ] as const) {
    const ledger = (await tables.ledgers.read(episode))!;
    await tables.ledgers.write({ ledger: { ...ledger, foundAt: Date.UTC(2026, 0, day) } });
  }
  const heard = listened(client);
  expect(await asked(heard.client, { since: Date.UTC(2026, 0, 3) })).toEqual(['3/2']);
  const episodes = [...heard.asked.entries, ...heard.asked.queried].filter((pk) => pk.includes('#episode#'));
  expect(new Set(episodes)).toEqual(new Set(['1#episode#2']));
});

test('READ-7: what ledgers keep of findings is read of those with results alone; a damaged one is set aside', async () => {
  const { client, tables } = await archive();
  expect((await foundLedgers(client)).map(({ episode, found }) => [episode, [...(found ?? [])]])).toEqual([
    [1, [1]],
    [2, [1, 3]],
    [3, [2]],
  ]);
  const one = (await tables.ledgers.read(1))!;
  await tables.ledgers.write({ ledger: { ...one, researched: Bitset.empty, found: Bitset.empty } });
  const two = (await tables.ledgers.read(2))!;
  await tables.ledgers.write({ ledger: { ...two, found: undefined } });
  expect((await foundLedgers(client)).map(({ episode, found }) => [episode, found?.size])).toEqual([
    [2, undefined],
    [3, 1],
  ]);
  expect(await asked(client, {})).toEqual(['1/2', '3/2', '2/3']);
});

test('READ-8: of strikes and of pairs that an analyzer found, only ledgers are read that have to do with them', async () => {
  const { client, tables } = await archive();
  const heard = listened(client);
  // The rest of a client is for what changes something.
  const operator = heard.client as unknown as ArchiveClient;
  const ofAnalyzer = { clip: ['Gull'], analyzer: 'waves@1' };
  expect((await requeueing(operator, ofAnalyzer)).count).toBe(1);
  expect(heard.asked.scans).toBe(0);
  expect([...heard.asked.entries].filter((pk) => pk.includes('#ledger#'))).toEqual([ledgerKey(2).pk]);

  // Without a read of each ledger by itself: there is nothing here to do that with.
  expect((await episodeHold(operator, ['*'], 'paused', true)).count).toBe(3);
  heard.asked.scanned = 0;

  const struck = (await tables.ledgers.read(3))!;
  const strikes = { count: 1, restUntil: 0, reason: 'fell silent', revision: 1, strikers: [] };
  await tables.ledgers.write({ ledger: { ...struck, pairStrikes: new Map([[4, strikes]]) } });
  expect((await unparking(operator, { all: true })).count).toBe(1);
  expect(heard.asked.scanned).toBe(1);

  const damaged = { ...ledgerKey(1), version: 1 };
  await emulator.client.send(
    new PutItemCommand({ TableName: client.location.tables.Leases, Item: marshalled(damaged) }),
  );
  await expect(episodeHold(operator, ['*'], 'paused', true)).rejects.toThrow(
    /ledgers of these episodes are damaged: 1\./,
  );
  expect((await episodeHold(operator, ['2', '3'], 'paused', true)).count).toBe(2);
});

test('READ-9: which analyzer found what stands in ledgers; only of those that do not tell it, the findings are read', async () => {
  const { client, tables } = await archive();
  const heard = listened(client);
  const count = async (analyzer: string) =>
    (await requeueing(heard.client as unknown as ArchiveClient, { analyzer })).count;
  const asThey = [await count('waves@1'), await count('waves@2')];
  expect(asThey).toEqual([4, 0]);
  // Every episode is the same as none that is named.
  const every = { analyzer: 'waves@1', episode: ['*'] };
  expect((await requeueing(heard.client as unknown as ArchiveClient, every)).count).toBe(4);
  for (const [episode, foundBy] of [
    [1, new Map([['waves@1', Bitset.of([1])]])],
    [
      2,
      new Map([
        ['waves@1', Bitset.of([1])],
        ['waves@2', Bitset.of([3])],
      ]),
    ],
  ] as const) {
    const ledger = (await tables.ledgers.read(episode))!;
    await tables.ledgers.write({ ledger: { ...ledger, foundBy } });
  }
  heard.asked.queried.clear();
  expect([await count('waves@1'), await count('waves@2')]).toEqual([3, 1]);
  expect([...heard.asked.queried].filter((pk) => pk.includes('#episode#'))).toEqual(['1#episode#3']);
});

test('READ-10: how many findings will come is known with the first, of all and of many clips', async () => {
  const { client } = await archive();
  for (const [filter, many] of [
    [{}, 4],
    [{ airedTo: Date.parse('2020-12-31') }, 3],
    [{ since: 1 }, 0],
  ] as const) {
    const { findings, expected } = await findingsOf(client, filter);
    await findings.next();
    expect(expected()).toBe(many);
  }
});
