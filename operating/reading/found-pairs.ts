import { marshalled } from '../../functions/stores/dynamo.ts';
import type { ArchiveClient } from '../archive-client.ts';
import { pagesOf, projection } from './parts.ts';

export interface FoundPair {
  readonly episode: number;
  readonly clip: number;
}

/** The table chooses, and sends next to nothing: a page may go through more. */
const LOOKED_THROUGH_A_PAGE = 1_000;

/**
 * The pairs with a finding or a variant by this analyzer, in no order; strongly consistent. Nothing is kept by analyzer:
 * the whole table is looked through.
 * @param told hears how many things of the table were looked at
 */
export async function* pairsFoundBy(
  { dynamodb, location }: Pick<ArchiveClient, 'dynamodb' | 'location'>,
  analyzer: string,
  told: (looked: number) => void = () => undefined,
): AsyncGenerator<FoundPair[]> {
  const { ProjectionExpression, ExpressionAttributeNames } = projection(['pk', 'sk']);
  let looked = 0;
  const pages = pagesOf(
    dynamodb,
    {
      TableName: location.tables.Collection,
      Limit: LOOKED_THROUGH_A_PAGE,
      ProjectionExpression,
      ExpressionAttributeNames: { ...ExpressionAttributeNames, '#by': 'analyzer' },
      FilterExpression: '#by = :by AND begins_with(#a1, :finding)',
      ExpressionAttributeValues: marshalled({ ':by': analyzer, ':finding': 'finding#' }),
    },
    (items) => {
      looked += items;
      told(looked);
    },
  );
  for await (const items of pages) {
    yield items.map(({ pk, sk }) => ({
      episode: Number(String(pk).split('#')[2]),
      clip: Number(String(sk).split('#')[1]),
    }));
  }
}
