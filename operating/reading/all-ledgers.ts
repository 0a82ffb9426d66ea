import type { ScanCommandInput } from '@aws-sdk/client-dynamodb';
import { Bitset } from '../../domain/bitset.ts';
import type { Ledger, LedgerState } from '../../domain/ledger.ts';
import { UnreadableItem } from '../../functions/ports.ts';
import { decoded, type Item, marshalled } from '../../functions/stores/dynamo.ts';
import { episodeOfLedgerKey, ledgerKey, stateKey } from '../../functions/stores/keys.ts';
import { ledgerOf } from '../../functions/stores/ledger-item.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { gotten, pagesOf } from './parts.ts';

export interface AllLedgers {
  /** By episode. */
  readonly ledgers: readonly Ledger[];
  /** Episodes whose ledger is damaged: the archive sets them aside, and so do the commands. */
  readonly unreadable: readonly number[];
}

type Tables = Pick<ArchiveClient, 'dynamodb' | 'location'>;

/** The ledgers of these episodes; those that are not there are left out. */
export async function readLedgers(tables: Tables, episodes: readonly number[]): Promise<AllLedgers> {
  return whole((unreadable) => sortedOut(byKey(tables, episodes), unreadable));
}

/** Every ledger there is but those of removed episodes, strongly consistent; one that cannot be read hides no other. */
export async function readAllLedgers(tables: Tables): Promise<AllLedgers> {
  return whole((unreadable) => sortedOut(inTable(tables), unreadable));
}

/** More than so many are read sooner by going through all. */
const ASKED_BY_KEY = 2_000;

interface Asked {
  /** Those of removed episodes, too. */
  readonly withRemoved?: boolean;
  /** Gets the episodes whose ledger is damaged. */
  readonly unreadable?: number[];
}

/**
 * The same a page at a time, in no order, for who keeps less of each than there is.
 * @param among only of these episodes
 */
export async function* ledgerPages(
  tables: Tables,
  among?: ReadonlySet<number>,
  { withRemoved = false, unreadable = [] }: Asked = {},
): AsyncGenerator<Ledger[]> {
  const few = among !== undefined && among.size <= ASKED_BY_KEY;
  for await (const ledgers of sortedOut(few ? byKey(tables, [...among]) : inTable(tables), unreadable, withRemoved)) {
    yield few || among === undefined ? ledgers : ledgers.filter(({ episode }) => among.has(episode));
  }
}

/** Ledgers that have one of these attributes, or are in one of these states: the table chooses. In no order, as above. */
export async function* ledgersWith(
  tables: Tables,
  attributes: readonly string[],
  states: readonly LedgerState[] = [],
): AsyncGenerator<Ledger[]> {
  const there = attributes.map((_, index) => `attribute_exists(#has${index})`);
  const inState = states.map((_, index) => `#state = :state${index}`);
  const pages = inTable(tables, {
    Limit: LOOKED_THROUGH_A_PAGE,
    FilterExpression: [...there, ...inState].join(' OR '),
    ExpressionAttributeNames: {
      ...Object.fromEntries(attributes.map((name, index) => [`#has${index}`, name])),
      ...(states.length > 0 && { '#state': 'stateKey' }),
    },
    ...(states.length > 0 && {
      ExpressionAttributeValues: marshalled(
        Object.fromEntries(states.map((state, index) => [`:state${index}`, stateKey(state)])),
      ),
    }),
  });
  yield* sortedOut(pages, []);
}

/** Ledgers are a few hundred bytes: twice as many as of other things are a page. */
const LEDGERS_A_PAGE = 500;

/** Where the table chooses, and sends next to nothing, a page may go through more. */
const LOOKED_THROUGH_A_PAGE = 1_000;

const byKey = ({ dynamodb, location }: Tables, episodes: readonly number[]) =>
  gotten(dynamodb, location.tables.Leases ?? '', episodes.map(ledgerKey));

const inTable = ({ dynamodb, location }: Tables, chosen: Partial<ScanCommandInput> = {}) =>
  pagesOf(dynamodb, { Limit: LEDGERS_A_PAGE, ...chosen, TableName: location.tables.Leases });

async function whole(read: (unreadable: number[]) => AsyncGenerator<Ledger[]>): Promise<AllLedgers> {
  const ledgers: Ledger[] = [];
  const unreadable: number[] = [];
  for await (const some of read(unreadable)) ledgers.push(...some);
  return { ledgers: ledgers.sort((a, b) => a.episode - b.episode), unreadable: unreadable.sort((a, b) => a - b) };
}

async function* sortedOut(
  pages: AsyncIterable<readonly Item[]>,
  unreadable: number[],
  withRemoved = false,
): AsyncGenerator<Ledger[]> {
  const unpacked = knownOnes();
  for await (const items of pages) {
    const ledgers: Ledger[] = [];
    for (const item of items) {
      const episode = episodeOfLedgerKey(String(item.pk));
      const key = Number.isSafeInteger(episode) ? ledgerKey(episode) : undefined;
      if (item.pk !== key?.pk || item.sk !== key?.sk) continue;
      try {
        const ledger = decoded(`The ledger ${item.pk}`, () => ledgerOf(item, unpacked));
        if (withRemoved || ledger.held !== 'removed') ledgers.push(ledger);
      } catch (error) {
        if (!(error instanceof UnreadableItem)) throw error;
        unreadable.push(episode);
      }
    }
    if (ledgers.length > 0) yield ledgers;
  }
}

/** A set that many episodes have in common packs to few bytes; at random, 10,000 clips are a kilobyte. */
const COMMON_BYTES = 64;

/** Unpacks and holds once what is the same in many ledgers, as what was researched in complete episodes is. */
function knownOnes(): (packed: Uint8Array) => Bitset {
  const known = new Map<string, Bitset>();
  return (packed) => {
    if (packed.length > COMMON_BYTES) return Bitset.unpacked(packed);
    const key = Buffer.from(packed.buffer, packed.byteOffset, packed.length).toString('latin1');
    const set = known.get(key) ?? Bitset.unpacked(packed);
    known.set(key, set);
    return set;
  };
}
