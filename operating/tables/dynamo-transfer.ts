import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ClipEntry, Counter, EpisodeEntry, Finding, Kind } from '../../domain/collection.ts';
import type { Claim, Name } from '../../domain/identity.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { DynamoTable, decoded, type Item, marshalled, transact } from '../../functions/stores/dynamo.ts';
import { counterAttributes, entryAttributes, entryOf } from '../../functions/stores/entry-item.ts';
import { findingItem, findingOf, historyItem } from '../../functions/stores/finding-item.ts';
import { counterKey, entryKey, importKey, parkedReasonKey } from '../../functions/stores/keys.ts';
import { ledgerItem, ledgerOf } from '../../functions/stores/ledger-item.ts';
import { claimOf, nameItem } from '../../functions/stores/name-item.ts';
import { pagesOf } from '../reading/parts.ts';
import { writtenInBatches } from './batch-writes.ts';
import { type AuditEntry, auditEntryOf, auditItem, supersededOf } from './dynamo-operations.ts';

/** What lies in the tables, one thing an item. */
export type Stored =
  | { readonly kind: 'clip'; readonly entry: ClipEntry }
  | { readonly kind: 'episode'; readonly entry: EpisodeEntry }
  | { readonly kind: 'name'; readonly name: Name; readonly claim: Claim }
  | { readonly kind: 'finding'; readonly finding: StoredFinding; readonly supersededAt?: string }
  | { readonly kind: 'ledger'; readonly ledger: Ledger }
  | { readonly kind: 'reason'; readonly episode: number; readonly clip: number; readonly reason: string }
  | { readonly kind: 'audit'; readonly entry: AuditEntry }
  /** Damaged: what it is, and what is wrong with it. */
  | { readonly kind: 'unreadable'; readonly pk: string; readonly sk: string; readonly reason: string };

type StoredFinding = Finding & { readonly variant: number };

/** Counter items and the control item are read by themselves. */
type Part = Exclude<Stored, { kind: 'unreadable' }>;

/** Both tables as wholes, for moving an archive. */
export class DynamoTransfer {
  private readonly collection: DynamoTable;
  private readonly leases: DynamoTable;

  constructor(client: DynamoDBClient, collectionTable: string, leasesTable: string) {
    this.collection = new DynamoTable(client, collectionTable);
    this.leases = new DynamoTable(client, leasesTable);
  }

  /** Everything in the Leases table but the control item. Strongly consistent, but not of one moment. */
  everyLedger = (): AsyncGenerator<Stored[]> => everything(this.leases);

  /** Everything in the Collection table but the counters. Strongly consistent, but not of one moment. */
  everyEntry = (told?: (looked: number) => void): AsyncGenerator<Stored[]> => everything(this.collection, told);

  /** The id of an import that was begun and has not ended. */
  async importUnderWay(): Promise<string | undefined> {
    return (await this.leases.get(importKey))?.id as string | undefined;
  }

  /** @throws VersionConflict when another import is under way, or the collection has counters already */
  async beginImport(id: string, counters: Readonly<Record<Kind, Counter>>): Promise<void> {
    await transact(this.leases.client, [
      this.leases.putNew({ ...importKey, id }),
      ...(['clip', 'episode'] as const).map((kind) =>
        this.collection.putNew({ ...counterKey(kind), ...counterAttributes(counters[kind]) }),
      ),
    ]);
  }

  async endImport(): Promise<void> {
    await this.leases.client.send(new DeleteItemCommand({ TableName: this.leases.name, Key: marshalled(importKey) }));
  }

  /** Puts things whatever is there already, so that it can be done again. */
  async put(things: readonly Part[]): Promise<void> {
    const requests = things.map((thing) => {
      const { table, item } = this.itemOf(thing);
      return [table.name, { PutRequest: { Item: marshalled(item) } }] as const;
    });
    await writtenInBatches(this.leases.client, requests);
  }

  private itemOf(thing: Part): { readonly table: DynamoTable; readonly item: Item } {
    const item = storedItem(thing);
    const inLeases = thing.kind === 'ledger' || thing.kind === 'reason' || thing.kind === 'audit';
    return { table: inLeases ? this.leases : this.collection, item };
  }
}

/** The item of a thing, as the archive writes it. */
export function storedItem(thing: Part): Item {
  switch (thing.kind) {
    case 'clip':
    case 'episode': {
      const { entry } = thing;
      return { ...entryKey(thing.kind, entry.ordinal), ...entryAttributes(entry), version: entry.version };
    }
    case 'name':
      return nameItem({ name: thing.name, ...thing.claim });
    case 'finding':
      return thing.supersededAt === undefined
        ? findingItem(thing.finding, thing.finding.variant)
        : historyItem(thing.finding, thing.supersededAt);
    case 'ledger':
      return ledgerItem(thing.ledger);
    case 'reason':
      return { ...parkedReasonKey(thing.episode, thing.clip), reason: thing.reason };
    case 'audit':
      return auditItem(thing.entry);
  }
}

/** A page at a time. @param told hears how many things were looked at */
async function* everything(
  table: DynamoTable,
  told: (looked: number) => void = () => undefined,
): AsyncGenerator<Stored[]> {
  let looked = 0;
  const pages = pagesOf(table.client, { TableName: table.name }, (items) => {
    looked += items;
    told(looked);
  });
  for await (const items of pages) yield items.flatMap(readable);
}

function readable(item: Item): Stored[] {
  const [pk, sk] = [String(item.pk), String(item.sk)];
  try {
    const stored = decoded(`${pk} ${sk}`, () => storedOf(item, pk, sk));
    return stored === undefined ? [] : [stored];
  } catch (error) {
    return [{ kind: 'unreadable', pk, sk, reason: (error as Error).message }];
  }
}

/** @returns undefined for what is read by itself */
export function storedOf(item: Item, pk: string, sk: string): Stored | undefined {
  const what = pk.split('#')[1];
  if (what === 'clips') return { kind: 'clip', entry: entryOf('clip', item) };
  if (what === 'name') return { kind: 'name', name: pk.split('#')[2] ?? '', claim: claimOf(item) };
  if (what === 'audit') return { kind: 'audit', entry: auditEntryOf(item) };
  if (what === 'episode') {
    if (sk === 'entry') return { kind: 'episode', entry: entryOf('episode', item) };
    if (sk.startsWith('finding#')) return { kind: 'finding', finding: findingOf(item) };
    if (sk.startsWith('history#')) {
      const { supersededAt, ...finding } = supersededOf(item);
      return { kind: 'finding', finding, supersededAt };
    }
  }
  if (what === 'ledger') {
    if (sk === 'ledger#0') return { kind: 'ledger', ledger: ledgerOf(item) };
    const reason = String(item.reason ?? '');
    return { kind: 'reason', episode: Number(pk.split('#')[2]), clip: Number(sk.split('#')[1]), reason };
  }
  return undefined;
}
