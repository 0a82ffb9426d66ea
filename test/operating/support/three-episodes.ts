import { Bitset } from '../../../domain/bitset.ts';
import { archiveEntries } from '../../../functions/curation/archive-entries.ts';
import { type Emulator, freshTables } from '../../../local/emulators/alone/dynamodb.ts';
import { NOW } from '../../support/research.ts';
import { aClipInfo, anEpisodeInfo } from './local-archive.ts';

export const CLIPS = ['Big wave', 'Bigger wave', 'Gull', 'Never heard'];

/** The tables of an archive of three episodes in which four pairs were found, and a client that reads them. */
export async function threeEpisodes(emulator: Pick<Emulator, 'client'>) {
  const tables = await freshTables(emulator.client);
  const { collection, leases } = tables.names;
  const dependencies = { ...tables, clock: () => NOW };
  await archiveEntries(
    'clip',
    CLIPS.map((title, n) => aClipInfo(n + 1, { title })),
    dependencies,
  );
  await archiveEntries(
    'episode',
    [2019, 2020, 2021].map((year, n) => anEpisodeInfo(n + 1, { dateAired: `${year}-05-01T20:00:00Z` })),
    dependencies,
  );
  const client = {
    dynamodb: emulator.client,
    location: { name: '', queues: {}, tables: { Collection: collection, Leases: leases }, functions: {} },
    collection: tables.collection,
  };
  const facts = { hash: 'a', durationNs: 3_600e9 };
  for (const [episode, clip, day] of [
    [1, 1, 1],
    [2, 1, 2],
    [2, 3, 3],
    [3, 2, 4],
  ] as const) {
    await tables.collection.recordFinding({
      ...{ episode, clip, offsetsNs: [5e9], scores: [0.9], episodeFacts: facts, clipFacts: facts },
      ...{ researcher: 'anna', analyzer: 'waves@1', researchDate: `2026-01-0${day}T00:00:00Z` },
    });
  }
  for (const [episode, researched, found] of [
    [1, [1, 2, 3, 4], [1]],
    [2, [1, 3], [1, 3]],
    [3, [2], [2]],
  ] as const) {
    const ledger = (await tables.ledgers.read(episode))!;
    await tables.ledgers.write({ ledger: { ...ledger, researched: Bitset.of(researched), found: Bitset.of(found) } });
  }
  return { client, tables };
}
