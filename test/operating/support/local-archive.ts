import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { main } from '../../../cli/program.ts';
import {
  bodyOf,
  type ClipInfo,
  type ClipToFind,
  type CompletedResearchItem,
  type EpisodeInfo,
  type PendingResearchItem,
  parsePendingResearchItem,
} from '../../../domain/messages.ts';
import { archiveEntries } from '../../../functions/curation/archive-entries.ts';
import { marshalled } from '../../../functions/stores/dynamo.ts';
import { counterAttributes } from '../../../functions/stores/entry-item.ts';
import { controlKey, counterKey } from '../../../functions/stores/keys.ts';
import { type LocalArchive, startLocalArchive } from '../../../local/archive.ts';
import { type ArchiveClient, archiveClient } from '../../../operating/archive-client.ts';
import { locationOf } from '../../../operating/archive-location.ts';
import { pagesOf, projection } from '../../../operating/reading/parts.ts';
import { freshFolder } from '../../local/support/fixture-assembly.ts';
import { keptAssembly } from '../../local/support/kept-assembly.ts';
import { perfectClip, perfectEpisode, perfectResult, without } from '../../support/perfect-messages.ts';

/** A local archive whose schedules are held: the tests say when the archivists run. */
export interface TestArchive {
  readonly local: LocalArchive;
  readonly client: ArchiveClient;
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** Little rest, so that nothing has to wait: a lease that ends is one that a test ends. */
const SETTINGS = { batchingWindow: '0', reopenInterval: '3600', minimumWaiting: '0' };

export async function startTestArchive(): Promise<TestArchive> {
  const dataDir = freshFolder();
  cpSync(await keptAssembly(SETTINGS), join(dataDir, 'cdk.out'), { recursive: true });
  const local = await startLocalArchive({ dataDir, settings: SETTINGS, holdSchedules: true, log: () => undefined });
  const client = archiveClient(locationOf(dataDir, local.stack));
  return {
    local,
    client,
    dataDir,
    stop: async () => {
      client.close();
      await local.stop();
    },
  };
}

/**
 * Makes an archive as if it had been started anew, which takes seconds. Versions go on: by them the functions, which run on,
 * tell that what they know is out of date.
 */
export async function emptied({ client }: TestArchive): Promise<void> {
  const { dynamodb, location } = client;
  const { Collection = '', Leases = '' } = location.tables;
  const { catalogueVersion, ...counter } = await client.collection.counter('clip');
  for (const TableName of [Collection, Leases]) {
    for await (const items of pagesOf(dynamodb, { TableName, ...projection(['pk', 'sk']) })) {
      for (const { pk, sk } of items) {
        if (pk === controlKey.pk) continue;
        await dynamodb.send(new DeleteItemCommand({ TableName, Key: marshalled({ pk, sk }) }));
      }
    }
  }
  const renewed = counterAttributes({ ...counter, catalogueVersion: catalogueVersion + 1, lastOrdinal: 0 });
  const Item = marshalled({ ...counterKey('clip'), ...renewed });
  await dynamodb.send(new PutItemCommand({ TableName: Collection, Item }));
}

/** What a run of the command line came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process on the archive. */
export async function run(archive: TestArchive, ...args: string[]): Promise<Ran> {
  return runWithout(...args, '--data', archive.dataDir);
}

export async function runWithout(...args: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const caught = [
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      out += String(chunk);
      return true;
    }),
    jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      err += String(chunk);
      return true;
    }),
  ];
  try {
    const code = await main(['node', 'archivist', ...args]);
    return { code, out, err };
  } finally {
    for (const spy of caught) spy.mockRestore();
  }
}

export const aClipInfo = (n: number, overrides: Partial<ClipInfo> = {}): ClipInfo => ({
  ...without(
    perfectClip({ title: `Clip ${n}`, mediaUri: `https://media.example.org/clips/${n}.mp3`, priority: 0 }),
    'id',
  ),
  ...overrides,
});

export const anEpisodeInfo = (n: number, overrides: Partial<EpisodeInfo> = {}): EpisodeInfo => ({
  ...without(
    perfectEpisode({ title: `Episode ${n}`, mediaUri: `https://media.example.org/${n}.mp3`, priority: 0 }),
    'id',
  ),
  ...overrides,
});

/** Takes clips and episodes into the collection, as their archivists do. */
export async function archived(archive: TestArchive, clips: readonly ClipInfo[], episodes: readonly EpisodeInfo[]) {
  const { collection, ledgers } = archive.client;
  const dependencies = { collection, ledgers, clock: Date.now };
  for (let start = 0; start < clips.length; start += 10)
    await archiveEntries('clip', clips.slice(start, start + 10), dependencies);
  for (let start = 0; start < episodes.length; start += 10)
    await archiveEntries('episode', episodes.slice(start, start + 10), dependencies);
}

/** One run of an archivist. @returns its summary; @throws Error when it ended with one */
async function invoked(archive: TestArchive, name: string): Promise<Record<string, unknown>> {
  const { payload, error } = await archive.local.invoke(name, {});
  if (error) throw new Error(JSON.stringify(payload));
  return payload as Record<string, unknown>;
}

export const assign = (archive: TestArchive) => invoked(archive, 'PendingResearchArchivist');

export const drain = (archive: TestArchive) => invoked(archive, 'CompletedResearchArchivist');

/** Takes every work item out of the queue, as researchers would. */
export async function taken(archive: TestArchive): Promise<PendingResearchItem[]> {
  const QueueUrl = archive.client.queue('PendingResearch');
  const items: PendingResearchItem[] = [];
  for (;;) {
    const { Messages = [] } = await archive.client.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return items;
    for (const { Body = '', ReceiptHandle } of Messages) {
      items.push(parsePendingResearchItem(Body));
      await archive.client.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

/** One more work item, when there is work. */
export async function nextItem(archive: TestArchive): Promise<PendingResearchItem | undefined> {
  await assign(archive);
  return (await taken(archive))[0];
}

export async function sent(archive: TestArchive, queue: string, body: string, reason?: string): Promise<void> {
  await archive.client.sqs.send(
    new SendMessageCommand({
      QueueUrl: archive.client.queue(queue),
      MessageBody: body,
      ...(reason !== undefined && { MessageAttributes: { Reason: { DataType: 'String', StringValue: reason } } }),
    }),
  );
}

type Outcome = Partial<CompletedResearchItem>;

/** Sends what `outcomeOf` makes of each clip of the item; negatives by default, none where it gives undefined. */
export async function reported(
  archive: TestArchive,
  item: PendingResearchItem,
  outcomeOf: (clip: ClipToFind) => Outcome | undefined = () => ({}),
): Promise<void> {
  for (const clip of item.clips) {
    const outcome = outcomeOf(clip);
    if (outcome === undefined) continue;
    const base = { episodeInfo: item.episode, clipInfo: clip, leaseId: item.leaseId, revokeLease: false };
    const negative = { clipOffsets: [], clipScores: [], unheard: [] };
    await sent(archive, 'CompletedResearch', bodyOf(perfectResult({ ...base, ...negative, ...outcome })));
  }
}

/** A finding of the pair at one place. */
export const foundAt = (...offsetsNs: number[]): Outcome => ({
  clipOffsets: offsetsNs,
  clipScores: offsetsNs.map(() => 0.9),
});
