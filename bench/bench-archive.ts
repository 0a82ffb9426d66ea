import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Kind } from '../domain/collection.ts';
import {
  bodyOf,
  type CompletedResearchItem,
  completedItem,
  type PendingResearchItem,
  parsePendingResearchItem,
} from '../domain/messages.ts';
import type { ResearchSettings } from '../domain/research-settings.ts';
import { type RecordSummary, recordResearch } from '../functions/completed-research-archivist/drain.ts';
import { understand } from '../functions/completed-research-archivist/understand.ts';
import { archiveEntries } from '../functions/curation/archive-entries.ts';
import { type AssignSummary, assignResearch } from '../functions/pending-research-archivist/assign-research.ts';
import type { EntryOf } from '../functions/ports.ts';
import { SqsCompletedQueue, SqsDeadLetters, SqsPendingQueue } from '../functions/queues/sqs-queues.ts';
import { defaultSettings, researchSettings } from '../lib/settings.ts';
import { type Emulator, freshTables, startDynoxide } from '../local/emulators/alone/dynamodb.ts';
import { freshQueues, type SqsEmulator, startSqs } from '../local/emulators/alone/sqs.ts';
import { Meter } from './metering.ts';
import { batchesOf } from './synthetic.ts';

const MINUTE_MS = 60_000;
const TIME_LEFT_MS = 50_000;

/** Both emulators, with a meter on the clients that the archivists use. */
export class BenchEmulators {
  readonly dynamoDb: Emulator;
  readonly sqs: SqsEmulator;
  /** Of the archivists. */
  readonly archivists: SQSClient;
  readonly meter = new Meter();

  private constructor(dynamoDb: Emulator, sqs: SqsEmulator) {
    this.dynamoDb = dynamoDb;
    this.sqs = sqs;
    this.archivists = new SQSClient({
      endpoint: sqs.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    this.meter.onDynamoDb(dynamoDb.client);
    this.meter.onSqs(this.archivists);
  }

  static async start(): Promise<BenchEmulators> {
    return new BenchEmulators(await startDynoxide({ inMemory: true }), await startSqs());
  }

  stop(): void {
    this.archivists.destroy();
    this.sqs.stop();
    this.dynamoDb.stop();
  }
}

/**
 * The four archivists' use cases on the real adapters, with a clock that stands still but for `pass`: the queue's own
 * times would make figures differ from run to run, so messages are dated by this clock when they are received.
 */
export class BenchArchive {
  now = Date.parse('2026-06-01T00:00:00Z');
  readonly client: DynamoDBClient;
  readonly names: { readonly collection: string; readonly leases: string };
  readonly meter: Meter;
  private readonly tables: Awaited<ReturnType<typeof freshTables>>;
  private readonly queues: Awaited<ReturnType<typeof freshQueues>>;
  private readonly archivists: SQSClient;
  /** Of curators and researchers: not metered. */
  private readonly outside: SQSClient;
  private readonly settings: ResearchSettings;
  private readonly clock = () => this.now;

  private constructor(
    emulators: BenchEmulators,
    tables: Awaited<ReturnType<typeof freshTables>>,
    queues: Awaited<ReturnType<typeof freshQueues>>,
    settings: Partial<ResearchSettings>,
  ) {
    this.settings = { ...researchSettings(defaultSettings), ...settings };
    this.client = emulators.dynamoDb.client;
    this.meter = emulators.meter;
    this.archivists = emulators.archivists;
    this.outside = emulators.sqs.client;
    this.tables = tables;
    this.queues = queues;
    this.names = tables.names;
  }

  /** An empty archive with tables and queues of its own. @param settings that differ from the defaults */
  static async open(emulators: BenchEmulators, settings: Partial<ResearchSettings> = {}): Promise<BenchArchive> {
    const tables = await freshTables(emulators.dynamoDb.client);
    return new BenchArchive(emulators, tables, await freshQueues(emulators.sqs.client, 60), settings);
  }

  get collection() {
    return this.tables.collection;
  }

  get ledgers() {
    return this.tables.ledgers;
  }

  pass(minutes: number): void {
    this.now += minutes * MINUTE_MS;
  }

  /** Curates entries as one batch. @throws Error when one of them is not taken in */
  async archive<K extends Kind>(kind: K, infos: readonly EntryOf[K]['info'][]): Promise<void> {
    const outcomes = await archiveEntries(kind, infos, { ...this.tables, clock: this.clock });
    const bad = outcomes.find((outcome) => outcome.kind === 'refused' || outcome.kind === 'failed');
    if (bad !== undefined) throw new Error(`An entry was not taken in: ${JSON.stringify(bad)}`);
  }

  /** @throws Error when something in the run failed */
  async assign(): Promise<AssignSummary> {
    const summary = await assignResearch({
      ...this.tables,
      pendingQueue: new SqsPendingQueue(this.archivists, this.queues.pending),
      settings: this.settings,
      clock: this.clock,
      timeLeft: () => TIME_LEFT_MS,
      newLeaseId: randomUUID,
    });
    return withoutFailures(summary);
  }

  /** @throws Error when something in the run failed */
  async drain(): Promise<RecordSummary> {
    const queue = new SqsCompletedQueue(this.archivists, this.queues.completed);
    const summary = await recordResearch({
      ...this.tables,
      completedQueue: {
        receive: async () => (await queue.receive()).map((message) => ({ ...message, sentAt: this.now })),
        delete: (receipts) => queue.delete(receipts),
      },
      deadLetters: new SqsDeadLetters(this.archivists, this.queues.deadLetters),
      understanding: async () => ({ understand }),
      settings: this.settings,
      clock: this.clock,
      timeLeft: () => TIME_LEFT_MS,
      runId: randomUUID(),
      visibilityMs: MINUTE_MS,
    });
    return withoutFailures(summary);
  }

  /** A researcher takes a work item. @throws Error when none waits */
  async take(): Promise<PendingResearchItem> {
    const QueueUrl = this.queues.pending;
    const { Messages = [] } = await this.outside.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    const [message] = Messages;
    if (message?.Body === undefined) throw new Error('No work item waits');
    await this.outside.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    return parsePendingResearchItem(message.Body);
  }

  /** A researcher reports of its work item. Bodies are as long as real ones. */
  async report(item: PendingResearchItem, reports: readonly Partial<CompletedResearchItem>[]): Promise<void> {
    const messages = reports.map((report) =>
      bodyOf(completedItem(item.episode, { leaseId: item.leaseId, researcher: 'bench', ...report })),
    );
    for (const batch of batchesOf(messages, 10)) {
      const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      await this.outside.send(new SendMessageBatchCommand({ QueueUrl: this.queues.completed, Entries }));
    }
  }
}

function withoutFailures<Summary extends { readonly failures: readonly string[] }>(summary: Summary): Summary {
  if (summary.failures.length > 0) throw new Error(`A run failed in part: ${summary.failures.join('; ')}`);
  return summary;
}
