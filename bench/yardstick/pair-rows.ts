import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { clipRank, episodeRank } from '../../domain/order.ts';
import { inParallel } from '../../functions/runtime/in-parallel.ts';
import { type Item, marshalled } from '../../functions/stores/dynamo.ts';
import { padded } from '../../functions/stores/keys.ts';
import { batchesOf, syntheticClip, syntheticEpisode, writeBatch } from '../synthetic.ts';

/*
 * The yardstick: the obvious design, one item a pair, as a table of SQL has one row. A pair is a backlog row until it is
 * given out, then a lease row, then a result row.
 *
 * It is built as well as that design allows, and given every advantage that does not change it: backlog rows sort by
 * their key in the order of work, so no index is paid for; rows go in batches of 25 without conditions or transactions
 * (the Archivist pays for both); which clips and episodes there are, and how they are called, comes from a warm cache for
 * nothing; entries have no names to be found by; and the sign of life of a work item is one row of its own instead of a
 * hundred.
 */

const AT_A_TIME = 6;
const LEASE_MS = 2 * 60 * 60_000;

export interface PairLease {
  readonly id: string;
  readonly episode: number;
  readonly clips: readonly number[];
}

const backlogKey = (episode: number, clip: number) => ({
  pk: 'backlog',
  sk: `${episodeRank(syntheticEpisode(episode), episode)}#${clipRank(syntheticClip(clip), clip)}`,
});
const leaseKey = (lease: string) => ({ pk: 'leases', sk: lease });
const leaseRowKey = (lease: string, clip: number) => ({ pk: `lease#${lease}`, sk: padded(clip) });
export const resultRow = (episode: number, clip: number, at: string, offsetsNs: readonly number[] = []): Item => ({
  pk: `results#${episode}`,
  sk: padded(clip),
  offsetsNs: offsetsNs.map(BigInt),
  researcher: 'bench',
  researchDate: at,
});

export class PairRows {
  private readonly client: DynamoDBClient;
  private readonly table: string;

  private constructor(client: DynamoDBClient, table: string) {
    this.client = client;
    this.table = table;
  }

  static async open(client: DynamoDBClient): Promise<PairRows> {
    const TableName = `Pairs-${Date.now()}-${randomUUID().slice(0, 8)}`;
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    return new PairRows(client, TableName);
  }

  /** Adds a clip: its entry, and a backlog row for each of the `episodes`. */
  async addClip(clip: number, episodes: readonly number[]): Promise<void> {
    await this.put({ pk: 'clips', sk: padded(clip), ...syntheticClip(clip) });
    await this.putAll(episodes.map((episode) => this.backlogRow(episode, clip)));
  }

  /** Adds an episode: its entry, and a backlog row for each of the `clips`. */
  async addEpisode(episode: number, clips: readonly number[]): Promise<void> {
    await this.put({ pk: 'episodes', sk: padded(episode), ...syntheticEpisode(episode) });
    await this.putAll(clips.map((clip) => this.backlogRow(episode, clip)));
  }

  async putBacklog(episode: number, clips: readonly number[]): Promise<void> {
    await this.putAll(clips.map((clip) => this.backlogRow(episode, clip)));
  }

  /** Takes the first hundred rows of the backlog of one episode and leases them. */
  async lease(now: number): Promise<PairLease> {
    const rows = await this.query('backlog', 100);
    const episode = rows[0]?.episode as number;
    const clips = rows.filter((row) => row.episode === episode).map((row) => row.clip as number);
    const id = randomUUID();
    await this.put({ ...leaseKey(id), episode, deadline: now + LEASE_MS });
    await this.write([
      ...clips.map((clip) => putOf({ ...leaseRowKey(id, clip), episode })),
      ...clips.map((clip) => deleteOf(backlogKey(episode, clip))),
    ]);
    return { id, episode, clips };
  }

  /** Records results: a result row instead of each lease row, and the lease itself when it is done. */
  async record(lease: PairLease, clips: readonly number[], at: string, last: boolean): Promise<void> {
    await this.write([
      ...clips.map((clip) => putOf(resultRow(lease.episode, clip, at))),
      ...clips.map((clip) => deleteOf(leaseRowKey(lease.id, clip))),
      ...(last ? [deleteOf(leaseKey(lease.id))] : []),
    ]);
    if (!last) await this.renew(lease, Date.parse(at));
  }

  async recordFinding(lease: PairLease, clip: number, at: string): Promise<void> {
    await this.write([
      putOf(resultRow(lease.episode, clip, at, [61_500_000_000, 3_600_000_000_001])),
      deleteOf(leaseRowKey(lease.id, clip)),
    ]);
  }

  async renew(lease: PairLease, now: number): Promise<void> {
    await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: marshalled(leaseKey(lease.id)),
        UpdateExpression: 'SET deadline = :deadline',
        ExpressionAttributeValues: marshalled({ ':deadline': now + LEASE_MS }),
      }),
    );
  }

  /** What a minute without work costs: is there a backlog, and has a lease run out? */
  async lookAround(): Promise<void> {
    await this.query('backlog', 1);
    await this.query('leases');
  }

  private async query(pk: string, Limit?: number): Promise<Item[]> {
    const output = await this.client.send(
      new QueryCommand({
        TableName: this.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshalled({ ':pk': pk }),
        Limit,
      }),
    );
    return (output.Items ?? []).map((item) => unmarshall(item));
  }

  private backlogRow = (episode: number, clip: number): Item => ({ ...backlogKey(episode, clip), episode, clip });

  private async put(item: Item): Promise<void> {
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: marshalled(item) }));
  }

  private async putAll(items: readonly Item[]): Promise<void> {
    await this.write(items.map(putOf));
  }

  private async write(requests: readonly WriteRequest[]): Promise<void> {
    await inParallel(batchesOf(requests), AT_A_TIME, (batch) => writeBatch(this.client, { [this.table]: batch }));
  }
}

const putOf = (item: Item): WriteRequest => ({ PutRequest: { Item: marshalled(item) } });
const deleteOf = (key: { pk: string; sk: string }): WriteRequest => ({ DeleteRequest: { Key: marshalled(key) } });
