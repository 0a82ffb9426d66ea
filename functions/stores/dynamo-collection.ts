import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Catalogue,
  type ClipEntry,
  type Counter,
  type FactsOfMedium,
  type Finding,
  isOneFinding,
  isSuperseded,
  type Kind,
  NO_COUNTER,
  sameFinding,
  VARIANTS_KEPT,
} from '../../domain/collection.ts';
import type { Claim, Name } from '../../domain/identity.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { epochMs } from '../../domain/timestamp.ts';
import { type Collection, type CollectionChange, type EntryOf, UnreadableItem } from '../ports.ts';
import { CachedCatalogue, type CatalogueClips, type LoggedCounter } from './cached-catalogue.ts';
import { type CatalogueLog, LOG_LENGTH } from './catalogue-log.ts';
import { conditional, DynamoTable, decoded, type Item, marshalled, transact, unmarshalled } from './dynamo.ts';
import { DynamoFacts } from './dynamo-facts.ts';
import { ledgerPut } from './dynamo-ledgers.ts';
import { catalogueLogOf, counterOf, counterUpdate, entryAttributes, entryOf } from './entry-item.ts';
import { findingItem, findingOf, historyItem } from './finding-item.ts';
import { clipPartition, clipsKey, counterKey, entryKey, findingKey, nameKey } from './keys.ts';
import { claimOf, nameWrite } from './name-item.ts';

/** The Collection table. */
export class DynamoCollection implements Collection {
  private readonly table: DynamoTable;
  private readonly leases: DynamoTable | undefined;
  private readonly cached: CachedCatalogue;
  private readonly facts: DynamoFacts;

  /** @param leasesTable where ledgers are made and ranked in the transactions of episodes; not needed for clips */
  constructor(client: DynamoDBClient, collectionTable: string, leasesTable?: string) {
    this.table = new DynamoTable(client, collectionTable);
    this.leases = leasesTable === undefined ? undefined : new DynamoTable(client, leasesTable);
    this.facts = new DynamoFacts(this.table);
    this.cached = new CachedCatalogue({
      counter: () => this.loggedCounter(),
      all: (counter) => this.clips(counter),
      some: (ordinals) => this.someClips(ordinals),
      shorten: (log) => this.shorten(log),
    });
  }

  async owners(kind: Kind, names: readonly Name[]): Promise<ReadonlyMap<Name, number>> {
    return new Map([...(await this.claims(kind, names))].map(([name, { ordinal }]) => [name, ordinal]));
  }

  async claims(_kind: Kind, names: readonly Name[]): Promise<ReadonlyMap<Name, Claim>> {
    const byKey = new Map(names.map((name) => [nameKey(name).pk, name]));
    const items = await this.table.getAll(names.map(nameKey));
    return new Map(items.map((item) => [byKey.get(item.pk as string) ?? '', claimOf(item)]));
  }

  async entries<K extends Kind>(kind: K, ordinals: readonly number[]): Promise<ReadonlyMap<number, EntryOf[K]>> {
    const items = await this.table.getAll(ordinals.map((ordinal) => entryKey(kind, ordinal)));
    const entries = items.map((item) => decoded(`The ${kind} ${item.pk} ${item.sk}`, () => entryOf(kind, item)));
    return new Map(entries.map((entry) => [entry.ordinal, entry]));
  }

  async counter(kind: Kind): Promise<Counter> {
    const item = await this.table.get(counterKey(kind));
    if (item === undefined) return NO_COUNTER;
    // Read wrongly, it would say that there is nothing in the collection.
    return decoded(`The counter of ${kind}s`, () => counterOf(item));
  }

  async change<K extends Kind>(change: CollectionChange<K>): Promise<void> {
    const { kind, ordinals } = change;
    const raise = {
      assignableVersion: change.raisesAssignable ? 1 : 0,
      catalogueVersion: change.raisesCatalogue ? 1 : 0,
    };
    const items: TransactWriteItem[] = [
      ...change.entries.map((entry) => this.entryWrite(kind, entry, change.newMedia?.has(entry.ordinal) === true)),
      ...change.names.map((name) => nameWrite(this.table, name)),
      ...change.ledgers.map((ledger) => this.ledgerPut({ ...ledger, version: ledger.version + 1 })),
    ];
    if (ordinals !== undefined || raise.assignableVersion + raise.catalogueVersion > 0) {
      const changed = change.raisesCatalogue ? change.entries.filter(({ version }) => version > 0) : [];
      items.push(
        counterUpdate(
          this.table,
          kind,
          raise,
          changed.map(({ ordinal }) => ordinal),
          ordinals,
        ),
      );
    }
    await transact(this.table.client, items);
  }

  private ledgerPut(stored: Ledger): TransactWriteItem {
    if (this.leases === undefined) throw new Error('Ledgers are written where the table of leases is known only');
    return ledgerPut(this.leases, stored);
  }

  /** Facts come by another way, at any time: what was read of them before a change may be older than what is there. */
  private entryWrite(kind: Kind, entry: EntryOf[Kind], newMedium: boolean): TransactWriteItem {
    const key = entryKey(kind, entry.ordinal);
    const attributes = entryAttributes(entry);
    if (entry.version === 0) return this.table.putNew({ ...key, ...attributes, version: 1 });
    const { mediaHash: _hash, mediaDurationNs: _duration, unknowns: _unknowns, ...curated } = attributes;
    const noFacts = { mediaHash: undefined, mediaDurationNs: undefined, unknowns: undefined };
    return this.table.update(key, newMedium ? { ...curated, ...noFacts } : curated, entry.version);
  }

  async touch<K extends Kind>(kind: K, entry: EntryOf[K]): Promise<void> {
    const { lastDateCurated } = entry.info;
    const { Update } = this.table.update(entryKey(kind, entry.ordinal), { lastDateCurated }, entry.version);
    await conditional(() => this.table.client.send(new UpdateItemCommand(Update)));
  }

  async catalogue(): Promise<Catalogue> {
    return this.cached.read();
  }

  private async loggedCounter(): Promise<LoggedCounter> {
    const item = await this.table.get(counterKey('clip'));
    if (item === undefined) return NO_COUNTER;
    return decoded('The counter of clips', () => ({ ...counterOf(item), log: catalogueLogOf(item) }));
  }

  private async someClips(ordinals: readonly number[]): Promise<CatalogueClips> {
    const read: { clips: ClipEntry[]; unreadable: string[] } = { clips: [], unreadable: [] };
    for (const item of await this.table.getAll(ordinals.map((ordinal) => entryKey('clip', ordinal)))) {
      this.take(item, read);
    }
    return read;
  }

  /** The log is a convenience: whoever comes too late finds it shortened, or longer, and somebody shortens it later. */
  private async shorten({ changes, recent }: CatalogueLog): Promise<void> {
    const log = { ':tail': recent.slice(-LOG_LENGTH / 2), ':changes': changes };
    try {
      await this.table.client.send(
        new UpdateItemCommand({
          TableName: this.table.name,
          Key: marshalled(counterKey('clip')),
          UpdateExpression: 'SET #recent = :tail',
          ConditionExpression: '#changes = :changes',
          ExpressionAttributeNames: { '#recent': 'recent', '#changes': 'changes' },
          ExpressionAttributeValues: marshalled(log),
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  private async clips({ lastOrdinal }: Counter): Promise<CatalogueClips> {
    const partitions = lastOrdinal === 0 ? 0 : clipPartition(lastOrdinal) + 1;
    this.facts.forgetClips();
    const read: { clips: ClipEntry[]; unreadable: string[] } = { clips: [], unreadable: [] };
    await Promise.all(Array.from({ length: partitions }, (_, partition) => this.clipsOf(partition, read)));
    return read;
  }

  private async clipsOf(partition: number, read: { clips: ClipEntry[]; unreadable: string[] }): Promise<void> {
    const pages = this.table.query({
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: marshalled({ ':pk': clipsKey(partition) }),
    });
    for await (const item of pages) this.take(item, read);
  }

  private take(item: Item, read: { clips: ClipEntry[]; unreadable: string[] }): void {
    try {
      const clip = decoded(`The clip ${item.pk} ${item.sk}`, () => entryOf('clip', item));
      read.clips.push(clip);
      this.facts.read(clip);
    } catch (error) {
      // One damaged clip must not stop the research of all others.
      if (!(error instanceof UnreadableItem)) throw error;
      read.unreadable.push(error.message);
    }
  }

  async recordFinding(finding: Finding): Promise<'recorded' | 'variant' | 'duplicate' | 'surplus'> {
    for (let variant = 0; variant <= VARIANTS_KEPT; variant++) {
      try {
        await this.table.client.send(
          new PutItemCommand({
            TableName: this.table.name,
            Item: marshalled(findingItem(finding, variant)),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return variant === 0 ? 'recorded' : 'variant';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const stored = error.Item === undefined ? undefined : unmarshalled(error.Item);
        if (stored === undefined) continue;
        const known = findingOf(stored);
        if (isSuperseded(known, finding)) {
          await this.supersede(known, finding);
          return variant === 0 ? 'recorded' : 'variant';
        }
        if (sameFinding(known, finding)) return 'duplicate';
      }
    }
    return 'surplus';
  }

  async hasFinding(finding: Finding): Promise<boolean> {
    const { episode, clip } = finding;
    const keys = Array.from({ length: 1 + VARIANTS_KEPT }, (_, variant) => findingKey(episode, clip, variant));
    return (await this.table.getAll(keys)).some((item) => isOneFinding(findingOf(item), finding));
  }

  /** A finding of an older recording becomes history as the new one takes its place: at no time is there neither. */
  private async supersede(known: ReturnType<typeof findingOf>, finding: Finding): Promise<void> {
    const supersededAt = new Date(epochMs(finding.researchDate)).toISOString();
    await transact(this.table.client, [
      { Put: { TableName: this.table.name, Item: marshalled(historyItem(known, supersededAt)) } },
      {
        Put: {
          TableName: this.table.name,
          Item: marshalled(findingItem(finding, known.variant)),
          ConditionExpression: 'researchDate = :before',
          ExpressionAttributeValues: marshalled({ ':before': known.researchDate }),
        },
      },
    ]);
  }

  async describe(kind: Kind, ordinal: number, facts: FactsOfMedium): Promise<void> {
    await this.facts.describe(kind, ordinal, facts);
  }
}
