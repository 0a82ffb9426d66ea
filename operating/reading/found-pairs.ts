import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { FINDINGS_BY_CLIP } from '../../functions/stores/schema.ts';

export interface FoundPair {
  readonly episode: number;
  readonly clip: number;
  readonly variant: number;
  readonly analyzer: string;
}

/** Which pairs have findings, and by which analyzer; from an index that may be a moment behind. */
export async function readFoundPairs(dynamodb: DynamoDBClient, collectionTable: string): Promise<FoundPair[]> {
  const pairs: FoundPair[] = [];
  const pages = paginateScan(
    { client: dynamodb },
    { TableName: collectionTable, IndexName: FINDINGS_BY_CLIP.name, ProjectionExpression: 'pk, sk, analyzer' },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const { pk, sk, analyzer } = unmarshall(item);
      const [, clip, variant] = String(sk).split('#');
      pairs.push({
        episode: Number(String(pk).split('#')[2]),
        clip: Number(clip),
        variant: Number(variant),
        analyzer: String(analyzer ?? ''),
      });
    }
  }
  return pairs;
}
