import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Bitset } from '../../domain/bitset.ts';
import type { Finding } from '../../domain/collection.ts';
import { held, prioritised, requeued } from '../../domain/operating.ts';
import { archiveEntries } from '../../functions/curation/archive-entries.ts';
import { VersionConflict } from '../../functions/ports.ts';
import { freshTables, startDynoxide } from '../../local/emulators/alone/dynamodb.ts';
import { foundIn } from '../../operating/reading/findings.ts';
import { pairsFoundBy } from '../../operating/reading/found-pairs.ts';
import { lightCatalogue } from '../../operating/reading/light-entries.ts';
import { allOf } from '../../operating/reading/parts.ts';
import { DynamoOperations } from '../../operating/tables/dynamo-operations.ts';
import { DynamoTransfer, type Stored } from '../../operating/tables/dynamo-transfer.ts';
import { isInstalled, startMiniStack } from '../cloud/ministack.ts';
import { NOW, someStrikes } from '../support/research.ts';
import { aClipInfo, anEpisodeInfo } from './support/local-archive.ts';

jest.setTimeout(90_000);

interface Emulated {
  readonly client: DynamoDBClient;
  stop(): unknown;
}
const emulators: [string, () => Promise<Emulated>][] = [['dynoxide', startDynoxide]];
if (isInstalled()) emulators.push(['MiniStack', startedMiniStack]);

async function startedMiniStack(): Promise<Emulated> {
  const ministack = await startMiniStack();
  const client = new DynamoDBClient(ministack.clientOptions());
  const stop = () => {
    client.destroy();
    return ministack.stop();
  };
  return { client, stop };
}

const finding = (clip: number, difference: Partial<Finding> = {}): Finding => ({
  episode: 1,
  clip,
  offsetsNs: [clip, 2 ** 53],
  scores: [0.5, 0.25],
  episodeFacts: { hash: 'e', durationNs: 1 },
  clipFacts: { hash: 'c', durationNs: 2 },
  researcher: 'anna',
  analyzer: 'waves@1',
  researchDate: '2026-01-01T10:00:00Z',
  ...difference,
});

describe.each(emulators)('the tables as operators use them, in %s', (_name, start) => {
  let emulator: Emulated;
  beforeAll(async () => {
    emulator = await start();
  });
  afterAll(() => emulator.stop());

  async function tables() {
    const made = await freshTables(emulator.client);
    const { collection: collectionTable, leases } = made.names;
    await archiveEntries(
      'clip',
      [1, 2, 3].map((n) => aClipInfo(n)),
      { ...made, clock: () => NOW },
    );
    await archiveEntries('episode', [anEpisodeInfo(1), anEpisodeInfo(2)], { ...made, clock: () => NOW });
    return {
      ...made,
      reader: {
        dynamodb: emulator.client,
        location: { name: '', queues: {}, tables: { Collection: collectionTable, Leases: leases }, functions: {} },
      },
      operations: new DynamoOperations(emulator.client, collectionTable, leases),
      transfer: new DynamoTransfer(emulator.client, collectionTable, leases),
    };
  }

  test('TABLES-1: a requeued pair loses its findings to history in the same transaction, and the next one is its first', async () => {
    const { collection, ledgers, operations, reader } = await tables();
    for (const one of [finding(1), finding(1, { offsetsNs: [7] }), finding(2)]) await collection.recordFinding(one);
    const ledger = await ledgers.write({ ledger: { ...(await ledgers.read(1))!, researched: Bitset.of([1, 2, 3]) } });
    const catalogue = await lightCatalogue({ ...reader, collection });
    expect(await foundIn(reader, { episode: 1 }, catalogue)).toEqual([1, 2]);

    const moved = await operations.findings(1, 1);
    const stored = await operations.requeue(requeued(ledger, [1]), moved, NOW);
    expect(stored.version).toBe(ledger.version + 1);
    expect([...(await ledgers.read(1))!.researched]).toEqual([2, 3]);
    expect(await operations.findings(1)).toMatchObject([{ clip: 2, variant: 0 }]);
    expect(await operations.history(1, 1)).toEqual(
      moved.map((one) => ({ ...one, supersededAt: '2026-01-01T12:00:00.000Z' })),
    );
    expect(await foundIn(reader, { episode: 1 }, catalogue)).toEqual([2]);
    const looked: number[] = [];
    const its = await allOf(pairsFoundBy(reader, 'waves@1', (items) => looked.push(items)));
    expect(its.flat()).toEqual([{ episode: 1, clip: 2 }]);
    expect(looked.at(-1)).toBeGreaterThan(1);
    expect(await allOf(pairsFoundBy(reader, 'waves@2'))).toEqual([]);
    expect(await collection.recordFinding(finding(1))).toBe('recorded');
    await operations.requeue(
      requeued({ ...stored, researched: Bitset.of([1]) }, [1]),
      await operations.findings(1, 1),
      NOW + 1,
    );
    expect(await operations.history(1)).toHaveLength(3);
  });

  test('TABLES-2: when the ledger has changed meanwhile, neither it nor a finding changes', async () => {
    const { collection, ledgers, operations } = await tables();
    await collection.recordFinding(finding(1));
    const ledger = await ledgers.write({ ledger: { ...(await ledgers.read(1))!, researched: Bitset.of([1]) } });
    const stale = requeued({ ...ledger, version: ledger.version - 1 }, [1]);
    await expect(operations.requeue(stale, await operations.findings(1), NOW)).rejects.toThrow(VersionConflict);
    expect(await operations.findings(1)).toHaveLength(1);
    expect(await operations.history(1)).toEqual([]);
    expect([...(await ledgers.read(1))!.researched]).toEqual([1]);
  });

  test('TABLES-3: a pair with the longest finding and two variants goes in one transaction', async () => {
    const { collection, ledgers, operations } = await tables();
    for (const first of [1, 2, 3]) {
      const offsetsNs = Array.from({ length: 10_000 }, (_, n) => 2 ** 52 + n * first);
      await collection.recordFinding(finding(1, { offsetsNs, scores: offsetsNs.map(() => 0.123456789012345) }));
    }
    const ledger = await ledgers.write({ ledger: { ...(await ledgers.read(1))!, researched: Bitset.of([1]) } });
    await operations.requeue(requeued(ledger, [1]), await operations.findings(1), NOW);
    expect(await operations.history(1)).toHaveLength(3);
  });

  test('TABLES-4: the audit is listed from the latest, and an entry is one whether it has ended or not', async () => {
    const { operations } = await tables();
    const entry = { who: 'anna', command: 'pause', what: 'pause 1 episode', why: '' };
    for (const [n, at] of [
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.500Z',
      '2025-12-31T23:59:59.999Z',
    ].entries()) {
      await operations.note({ ...entry, id: String(n), at });
    }
    await operations.note({ ...entry, id: '1', at: '2026-01-01T00:00:00.500Z', outcome: '1 changed' });
    expect((await operations.audit(10)).map(({ id, outcome }) => [id, outcome])).toEqual([
      ['1', '1 changed'],
      ['0', undefined],
      ['2', undefined],
    ]);
    expect(await operations.audit(1)).toHaveLength(1);
  });

  test('TABLES-5: a held ledger and a prioritised, retired clip are read back as they are', async () => {
    const { collection, ledgers } = await tables();
    await ledgers.write({ ledger: held((await ledgers.read(1))!, 'retired') });
    expect(await ledgers.read(1)).toMatchObject({ state: 'HELD', held: 'retired' });
    const clip = (await collection.entries('clip', [2])).get(2)!;
    const change = { kind: 'clip' as const, names: [], raisesAssignable: false, raisesCatalogue: true, ledgers: [] };
    await collection.change({ ...change, entries: [{ ...prioritised(clip, -7), retired: true }] });
    const stored = (await collection.catalogue()).byOrdinal.get(2);
    expect(stored).toMatchObject({ prioritised: -7, retired: true });
    await collection.change({ ...change, entries: [{ ...prioritised(stored!, undefined), retired: undefined }] });
    const { prioritised: none, retired, ...rest } = (await collection.catalogue()).byOrdinal.get(2)!;
    expect([none, retired]).toEqual([undefined, undefined]);
    expect(rest).toEqual({ ...clip, version: clip.version + 2 });
  });

  test('TABLES-6: everything of both tables comes out, and goes into other tables as it was', async () => {
    const from = await tables();
    const ledger = (await from.ledgers.read(1))!;
    const clip = (await from.collection.entries('clip', [1])).get(1)!;
    await from.ledgers.write({
      ledger: { ...ledger, parked: new Map([[2, 1]]), pairStrikes: new Map([[3, someStrikes()]]) },
      clips: [{ ...clip, strikes: someStrikes() }],
      parkedReasons: [{ clip: 2, reason: 'it hangs' }],
    });
    await from.collection.recordFinding(finding(1));
    await from.operations.note({ id: '1', at: '2026-01-01T00:00:00.000Z', who: 'a', command: 'c', what: 'w', why: '' });
    await from.ledgers.changeControl((control) => ({ ...control, workItems: 1 }));

    const all: Stored[] = [];
    for await (const some of from.transfer.everyLedger()) all.push(...some);
    for await (const some of from.transfer.everyEntry()) all.push(...some);
    const kinds = Object.fromEntries([...Map.groupBy(all, ({ kind }) => kind)].map(([kind, of]) => [kind, of.length]));
    expect(kinds).toEqual({ audit: 1, clip: 3, episode: 2, finding: 1, ledger: 2, name: 10, reason: 1 });

    const made = await freshTables(emulator.client);
    const to = new DynamoTransfer(emulator.client, made.names.collection, made.names.leases);
    await to.put(all as Parameters<typeof to.put>[0]);
    const copied: Stored[] = [];
    for await (const some of to.everyLedger()) copied.push(...some);
    for await (const some of to.everyEntry()) copied.push(...some);
    const sorted = (of: Stored[]) => of.map((one) => JSON.stringify(one, mapsToo)).sort();
    expect(sorted(copied)).toEqual(sorted(all));
  });

  test('TABLES-7: one import is under way at a time', async () => {
    const made = await freshTables(emulator.client);
    const transfer = new DynamoTransfer(emulator.client, made.names.collection, made.names.leases);
    const counters = {
      clip: { lastOrdinal: 3, assignableVersion: 3, catalogueVersion: 5 },
      episode: { lastOrdinal: 2, assignableVersion: 0, catalogueVersion: 0 },
    };
    expect(await transfer.importUnderWay()).toBeUndefined();
    await transfer.beginImport('one', counters);
    await expect(transfer.beginImport('two', counters)).rejects.toThrow(VersionConflict);
    expect(await transfer.importUnderWay()).toBe('one');
    expect(await made.collection.counter('clip')).toEqual(counters.clip);
    await transfer.endImport();
    expect(await transfer.importUnderWay()).toBeUndefined();
  });
});

const mapsToo = (_key: string, value: unknown) => (value instanceof Map ? [...value] : value);
