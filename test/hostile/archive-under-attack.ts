import { createHash } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { controlKey } from '../../functions/stores/keys.ts';
import type { LocalArchive } from '../../local/archive.ts';
import { type ArchiveClient, archiveClient } from '../../operating/archive-client.ts';
import { locationOf } from '../../operating/archive-location.ts';

/** An archive that hostile things are sent to. */
export interface UnderAttack {
  readonly archive: LocalArchive;
  readonly client: ArchiveClient;
  /** All that is in its tables, as one hash. */
  tables(): Promise<string>;
  /** How many messages are in its queues, by queue. */
  queues(): Promise<Record<string, number>>;
}

export function underAttack(archive: LocalArchive, dataDir: string): UnderAttack {
  const client = archiveClient(locationOf(dataDir, archive.stack));
  return {
    archive,
    client,
    tables: async () => {
      const hash = createHash('sha256');
      for (const TableName of Object.values(archive.stack.tables)) {
        const { Items = [] } = await client.dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
        // When it was last worked is in the control item.
        const kept = Items.filter(({ pk }) => pk?.S !== controlKey.pk);
        for (const line of kept.map((one) => JSON.stringify(one)).sort()) hash.update(line);
      }
      return hash.digest('hex');
    },
    queues: async () => {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const counts: Record<string, number> = {};
      for (const [name, QueueUrl] of Object.entries(archive.stack.queues)) {
        const { Attributes = {} } = await client.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
        );
        counts[name] = names.reduce((sum, one) => sum + Number(Attributes[one]), 0);
      }
      return counts;
    },
  };
}
