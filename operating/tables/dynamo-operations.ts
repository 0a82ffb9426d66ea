import { type DynamoDBClient, PutItemCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Ledger } from '../../domain/ledger.ts';
import { DynamoTable, decoded, type Item, marshalled, transact } from '../../functions/stores/dynamo.ts';
import { ledgerPut } from '../../functions/stores/dynamo-ledgers.ts';
import { findingOf, historyItem } from '../../functions/stores/finding-item.ts';
import { auditKey, findingKey, ledgerKey, padded } from '../../functions/stores/keys.ts';
import { writtenInBatches } from './batch-writes.ts';

export type StoredFinding = ReturnType<typeof findingOf>;

export interface SupersededFinding extends StoredFinding {
  /** When its pair was to be researched again, RFC 3339. */
  readonly supersededAt: string;
}

/** Who did what, when and why. */
export interface AuditEntry {
  readonly id: string;
  /** RFC 3339 in UTC with milliseconds: entries sort by it. */
  readonly at: string;
  readonly who: string;
  readonly command: string;
  /** What was to be changed, in a sentence. */
  readonly what: string;
  /** '' when nobody said. */
  readonly why: string;
  /** How it ended; absent when it never did. */
  readonly outcome?: string;
}

interface Beginning {
  readonly table?: DynamoTable;
  readonly only?: readonly string[];
}

/** So many findings move in one transaction: 100 items, one of them the ledger, two for each finding. */
export const FINDINGS_A_REQUEUE = 49;

/** What operators do in the tables beside what the archivists do. */
export class DynamoOperations {
  private readonly collection: DynamoTable;
  private readonly leases: DynamoTable;

  constructor(client: DynamoDBClient, collectionTable: string, leasesTable: string) {
    this.collection = new DynamoTable(client, collectionTable);
    this.leases = new DynamoTable(client, leasesTable);
  }

  /** Findings of an episode, or of one pair of it, with variants. Strongly consistent. */
  async findings(episode: number, clip?: number): Promise<StoredFinding[]> {
    const items = await this.beginning(findingKey(episode, clip ?? 0, 0).pk, prefix('finding', clip));
    return items.map((item) => decoded(`The finding ${item.pk} ${item.sk}`, () => findingOf(item)));
  }

  /** Findings that were superseded, oldest first. */
  async history(episode: number, clip?: number): Promise<SupersededFinding[]> {
    const items = await this.beginning(findingKey(episode, clip ?? 0, 0).pk, prefix('history', clip));
    return items.map((item) => decoded(`The finding ${item.pk} ${item.sk}`, () => supersededOf(item)));
  }

  /**
   * Stores a ledger whose pairs are to be researched again, and makes their findings history, all at once: at no time
   * is a pair researched without its finding, or about to be researched with one that would stand before the new.
   * @param ledger `version` is the one read
   * @param findings at most FINDINGS_A_REQUEUE
   * @throws VersionConflict; nothing is changed then
   */
  async requeue(ledger: Ledger, findings: readonly StoredFinding[], now: number): Promise<Ledger> {
    const stored = { ...ledger, version: ledger.version + 1 };
    // Always with milliseconds: keys sort by it.
    const supersededAt = new Date(now).toISOString();
    const items: TransactWriteItem[] = [ledgerPut(this.leases, stored)];
    for (const finding of findings) {
      const { episode, clip, variant } = finding;
      items.push(this.collection.putNew(historyItem(finding, supersededAt)), {
        Delete: {
          TableName: this.collection.name,
          Key: marshalled(findingKey(episode, clip, variant)),
          ConditionExpression: 'attribute_exists(pk)',
        },
      });
    }
    await transact(this.leases.client, items);
    return stored;
  }

  /** Deletes what was found in an episode, or of these clips in it, with variants and history. @returns how many items */
  async erase(episode: number, clips?: ReadonlySet<number>): Promise<number> {
    const [only] = clips?.size === 1 ? clips : [];
    const { pk } = findingKey(episode, 0, 0);
    const keys: unknown[] = [];
    for (const what of ['finding', 'history'] as const) {
      for (const { sk } of await this.beginning(pk, prefix(what, only), { only: ['sk'] })) {
        if (clips?.has(Number(String(sk).split('#')[1])) !== false) keys.push(sk);
      }
    }
    const table = this.collection.name;
    await writtenInBatches(
      this.collection.client,
      keys.map((sk) => [table, { DeleteRequest: { Key: marshalled({ pk, sk }) } }]),
    );
    return keys.length;
  }

  /** Why pairs of the episode were parked, by clip; 0 is the episode itself. */
  async parkedReasons(episode: number): Promise<ReadonlyMap<number, string>> {
    const items = await this.beginning(ledgerKey(episode).pk, 'parked#', { table: this.leases });
    return new Map(items.map(({ sk, reason }) => [Number(String(sk).split('#')[1]), String(reason)]));
  }

  /** Adds an entry of the audit, or says how one ended. */
  async note(entry: AuditEntry): Promise<void> {
    await this.leases.client.send(
      new PutItemCommand({ TableName: this.leases.name, Item: marshalled(auditItem(entry)) }),
    );
  }

  /** The latest entries of the audit, latest first. */
  async audit(atMost: number): Promise<AuditEntry[]> {
    const entries: AuditEntry[] = [];
    const pages = this.leases.query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: marshalled({ ':pk': auditKey('', '').pk }),
      ScanIndexForward: false,
      ConsistentRead: true,
    });
    for await (const item of pages) {
      entries.push(auditEntryOf(item));
      if (entries.length === atMost) break;
    }
    return entries;
  }

  /** @param of `only`: the attributes that are wanted; all without it */
  private async beginning(pk: string, start: string, of: Beginning = {}): Promise<Item[]> {
    const items: Item[] = [];
    const { table = this.collection, only } = of;
    const pages = table.query({
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :start)',
      ExpressionAttributeValues: marshalled({ ':pk': pk, ':start': start }),
      ...(only !== undefined && { ProjectionExpression: only.join(', ') }),
    });
    for await (const item of pages) items.push(item);
    return items;
  }
}

const prefix = (what: 'finding' | 'history', clip: number | undefined): string =>
  clip === undefined ? `${what}#` : `${what}#${padded(clip)}#`;

export function supersededOf(item: Item): SupersededFinding {
  const [, clip = '', supersededAt = '', variant = ''] = String(item.sk).split('#');
  return { ...findingOf({ ...item, sk: `finding#${clip}#${variant}` }), supersededAt };
}

export function auditItem({ id, at, ...rest }: AuditEntry): Item {
  return { ...auditKey(at, id), ...rest };
}

export function auditEntryOf({ sk, who, command, what, why, outcome }: Item): AuditEntry {
  const [at = '', id = ''] = String(sk).split('#');
  const ended = outcome === undefined ? {} : { outcome: String(outcome) };
  return { id, at, who: String(who), command: String(command), what: String(what), why: String(why ?? ''), ...ended };
}
