import {
  type DynamoDBClient,
  PutItemCommand,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Control, NO_CONTROL } from '../../domain/control.ts';
import type { LeaseSummary, Ledger } from '../../domain/ledger.ts';
import { type LedgerChange, type Ledgers, type Nominee, VersionConflict } from '../ports.ts';
import { controlItem, controlOf } from './control-item.ts';
import { conditional, DynamoTable, decoded, type Item, marshalled, transact } from './dynamo.ts';
import { clipStrikesUpdate, counterUpdate } from './entry-item.ts';
import { controlKey, episodeOfLedgerKey, leasedKey, ledgerKey, parkedReasonKey, stateKey } from './keys.ts';
import { leaseSummaries, ledgerItem, ledgerOf } from './ledger-item.ts';
import { BY_STATE, WITH_LEASES } from './schema.ts';

const CONTROL_ATTEMPTS = 20;
/** Most runs need one or two nominees; a small page costs half a read unit. */
const NOMINEES_A_PAGE = 25;

/** The Leases table. Ledgers change in it under the condition of their version only. */
export class DynamoLedgers implements Ledgers {
  private readonly leases: DynamoTable;
  private readonly collection: DynamoTable;
  private controlSeen: Control | undefined;

  /** @param collectionTable where the strikes of clips and the catalogue version stand, which change with ledgers */
  constructor(client: DynamoDBClient, leasesTable: string, collectionTable: string) {
    this.leases = new DynamoTable(client, leasesTable);
    this.collection = new DynamoTable(client, collectionTable);
  }

  async read(episode: number): Promise<Ledger | undefined> {
    const item = await this.leases.get(ledgerKey(episode));
    return item === undefined ? undefined : decoded(`The ledger of episode ${episode}`, () => ledgerOf(item));
  }

  /** The ledgers of episodes 1 … `lastOrdinal`, strongly consistent: for reports, not for deciding. */
  async readAll(lastOrdinal: number): Promise<Ledger[]> {
    const keys = Array.from({ length: lastOrdinal }, (_, index) => ledgerKey(index + 1));
    const items = await this.leases.getAll(keys);
    const ledgers = items.map((item) => decoded(`The ledger ${item.pk}`, () => ledgerOf(item)));
    return ledgers.sort((a, b) => a.episode - b.episode);
  }

  async write({ ledger, clips = [], parkedReasons = [] }: LedgerChange): Promise<Ledger> {
    const stored = { ...ledger, version: ledger.version + 1 };
    const put = ledgerPut(this.leases, stored);
    if (clips.length === 0 && parkedReasons.length === 0) {
      await conditional(() => this.leases.client.send(new PutItemCommand(put.Put)));
      return stored;
    }
    const items: TransactWriteItem[] = [
      put,
      ...clips.map((clip) => clipStrikesUpdate(this.collection, clip)),
      ...parkedReasons.map(({ clip, reason }) => ({
        Put: { TableName: this.leases.name, Item: marshalled({ ...parkedReasonKey(ledger.episode, clip), reason }) },
      })),
    ];
    if (clips.length > 0)
      items.push(
        counterUpdate(
          this.collection,
          'clip',
          { assignableVersion: 0, catalogueVersion: 1 },
          clips.map(({ ordinal }) => ordinal),
        ),
      );
    await transact(this.leases.client, items);
    return stored;
  }

  async withLeases(): Promise<{ readonly episode: number; readonly leases: readonly LeaseSummary[] }[]> {
    const episodes: { episode: number; leases: LeaseSummary[] }[] = [];
    const pages = this.leases.query({
      IndexName: WITH_LEASES.name,
      KeyConditionExpression: `${WITH_LEASES.partitionKey} = :leased`,
      ExpressionAttributeValues: marshalled({ ':leased': leasedKey }),
    });
    for await (const item of pages) {
      episodes.push({ episode: episodeOfLedgerKey(item.pk as string), leases: summariesOrSuspect(item) });
    }
    return episodes;
  }

  async *nominees(
    state: 'OPEN' | 'STRUCK' | 'WAITING' | 'COMPLETE',
    { before }: { readonly before?: string } = {},
  ): AsyncGenerator<Nominee> {
    const { name, partitionKey, sortKey } = BY_STATE;
    // `position` is a reserved word of expressions, hence #position.
    const bound = before === undefined ? '' : ' AND #position < :before';
    const pages = this.leases.query({
      IndexName: name,
      KeyConditionExpression: `${partitionKey} = :state${bound}`,
      ...(before === undefined ? {} : { ExpressionAttributeNames: { '#position': sortKey } }),
      ExpressionAttributeValues: marshalled({ ':state': stateKey(state), ':before': before }),
      Limit: NOMINEES_A_PAGE,
    });
    for await (const item of pages) {
      yield { episode: episodeOfLedgerKey(item.pk as string), position: item.position as string };
    }
  }

  async setAside(episode: number, position: string): Promise<void> {
    const assignable = ['OPEN', 'STRUCK', 'WAITING', 'COMPLETE'] as const;
    await this.leases.client.send(
      new UpdateItemCommand({
        TableName: this.leases.name,
        Key: marshalled(ledgerKey(episode)),
        UpdateExpression:
          'SET #rank = if_not_exists(#rank, #position), #position = :position, #state = :waiting ADD #version :one',
        ConditionExpression: '#state IN (:s0, :s1, :s2, :s3)',
        ExpressionAttributeNames: {
          '#rank': 'rank',
          '#position': BY_STATE.sortKey,
          '#state': BY_STATE.partitionKey,
          '#version': 'version',
        },
        ExpressionAttributeValues: marshalled({
          ':position': position,
          ':waiting': stateKey('WAITING'),
          ':one': 1,
          ...Object.fromEntries(assignable.map((state, index) => [`:s${index}`, stateKey(state)])),
        }),
      }),
    );
  }

  async control(): Promise<Control> {
    const item = await this.leases.get(controlKey);
    this.controlSeen = item === undefined ? NO_CONTROL : decoded('The control item', () => controlOf(item));
    return this.controlSeen;
  }

  /** Begins with the control item as this process saw it last: the condition of its version tells when that is old. */
  async changeControl(change: (control: Control) => Control): Promise<Control> {
    for (let attempt = 1; ; attempt++) {
      const seen = attempt === 1 ? this.controlSeen : undefined;
      const control = seen ?? (await this.control());
      const next = change(control);
      if (next === control) {
        if (seen === undefined) return control;
        continue;
      }
      const stored = { ...next, version: control.version + 1 };
      try {
        const { Put } = this.leases.put({ ...controlKey, ...controlItem(stored) }, control.version);
        await conditional(() => this.leases.client.send(new PutItemCommand(Put)));
        this.controlSeen = stored;
        return stored;
      } catch (error) {
        if (!(error instanceof VersionConflict) || attempt === CONTROL_ATTEMPTS) throw error;
      }
    }
  }
}

/** Shown where leases cannot be read: as it seems finished, whoever ends leases reads the ledger and tells what is wrong. */
const SUSPECT: LeaseSummary = { id: 'unreadable', created: 0, researcher: '', clipsLeft: 0 };

/** One damaged item must not hide the leases of all others. */
function summariesOrSuspect(item: Item): LeaseSummary[] {
  try {
    return leaseSummaries(item);
  } catch {
    return [SUSPECT];
  }
}

/** The conditional put of a ledger whose `version` is raised already. */
export function ledgerPut(leases: DynamoTable, stored: Ledger): { Put: NonNullable<TransactWriteItem['Put']> } {
  return leases.put(ledgerItem(stored), stored.version - 1);
}
