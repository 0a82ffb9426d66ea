import { Bitset } from '../../domain/bitset.ts';
import { UnreadableItem } from '../../functions/ports.ts';
import { decoded, type Item, marshalled } from '../../functions/stores/dynamo.ts';
import { episodeOfLedgerKey, ledgerKey } from '../../functions/stores/keys.ts';
import { bytes, optional } from '../../functions/stores/stored-value.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { gotten, pagesOf, projection } from './parts.ts';

/** Which clips were found in an episode; undefined where its ledger does not keep it. */
export interface FoundLedger {
  readonly episode: number;
  readonly found: Bitset | undefined;
}

/**
 * The table chooses and sends little, so a page may go through more: of 40,000 ledgers it takes a sixth of the time of
 * reading them whole.
 */
const LOOKED_THROUGH_A_PAGE = 1_000;

const KEPT = ['pk', 'sk', 'held', 'found'];

/** More than so many are found sooner by looking through all. */
const ASKED_BY_KEY = 2_000;

interface Wanted {
  /** Ms since the epoch: only ledgers whose last finding came then or later, or that do not say when. */
  readonly since?: number | undefined;
  /** Only of these episodes. */
  readonly among?: ReadonlySet<number> | ReadonlyMap<number, unknown> | undefined;
}

/**
 * What ledgers say of findings, and no more, by episode; strongly consistent. Damaged ones are set aside, and those without
 * results may be left out. Of few episodes theirs are read by key, and whether they are late enough is not asked.
 */
export async function foundLedgers(
  { dynamodb, location }: Pick<ArchiveClient, 'dynamodb' | 'location'>,
  { since, among }: Wanted = {},
): Promise<FoundLedger[]> {
  const table = location.tables.Leases ?? '';
  const pages =
    among !== undefined && among.size <= ASKED_BY_KEY
      ? gotten(dynamodb, table, [...among.keys()].map(ledgerKey), KEPT)
      : withResults(dynamodb, table, since);
  const all: FoundLedger[] = [];
  for await (const items of pages) {
    for (const item of items) {
      const episode = episodeOfLedgerKey(String(item.pk));
      if (Number.isSafeInteger(episode) && among?.has(episode) !== false) all.push(...readable(item, episode));
    }
  }
  return all.sort((a, b) => a.episode - b.episode);
}

function withResults(dynamodb: ArchiveClient['dynamodb'], TableName: string, since: number | undefined) {
  const { ProjectionExpression, ExpressionAttributeNames } = projection(KEPT);
  const names = { ...ExpressionAttributeNames, '#results': 'researched' };
  const input = { TableName, Limit: LOOKED_THROUGH_A_PAGE, ProjectionExpression };
  if (since === undefined) {
    const FilterExpression = 'attribute_exists(#results)';
    return pagesOf(dynamodb, { ...input, ExpressionAttributeNames: names, FilterExpression });
  }
  return pagesOf(dynamodb, {
    ...input,
    ExpressionAttributeNames: { ...names, '#at': 'foundAt' },
    FilterExpression: 'attribute_exists(#results) AND (attribute_not_exists(#at) OR #at >= :since)',
    ExpressionAttributeValues: marshalled({ ':since': since }),
  });
}

function readable(item: Item, episode: number): FoundLedger[] {
  if (item.sk !== ledgerKey(episode).sk || item.held === 'removed') return [];
  try {
    const found = decoded(`The ledger ${item.pk}`, () => {
      const packed = optional(bytes, item, 'found');
      return packed && Bitset.unpacked(packed);
    });
    return [{ episode, found }];
  } catch (error) {
    if (!(error instanceof UnreadableItem)) throw error;
    return [];
  }
}
