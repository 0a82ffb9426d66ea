import type { ArchiveClient } from '../archive-client.ts';
import { pagesOf, projection } from './parts.ts';

export interface FoundPair {
  readonly episode: number;
  readonly clip: number;
  readonly variant: number;
  readonly analyzer: string;
}

/** Which pairs have findings, and by which analyzer; strongly consistent, in no order. */
export async function* foundPairs({
  dynamodb,
  location,
}: Pick<ArchiveClient, 'dynamodb' | 'location'>): AsyncGenerator<FoundPair> {
  const input = { TableName: location.tables.Collection, ...projection(['pk', 'sk', 'analyzer']) };
  for await (const items of pagesOf(dynamodb, input)) {
    for (const { pk, sk, analyzer } of items) {
      const [what, clip, variant] = String(sk).split('#');
      if (what !== 'finding') continue;
      yield {
        episode: Number(String(pk).split('#')[2]),
        clip: Number(clip),
        variant: Number(variant),
        analyzer: String(analyzer ?? ''),
      };
    }
  }
}
