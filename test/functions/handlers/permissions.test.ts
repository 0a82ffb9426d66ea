import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { curateInto } from '../../../cli/commands/curate.ts';
import {
  bodyOf,
  type ClipReference,
  type PendingResearchItem,
  parsePendingResearchItem,
} from '../../../domain/messages.ts';
import { DynamoCurationStore } from '../../../functions/feed-curator/dynamo-curation-store.ts';
import { SqsCuratedQueue } from '../../../functions/feed-curator/sqs-curated-queue.ts';
import { ledgerKey } from '../../../functions/stores/keys.ts';
import { archiveClient } from '../../../operating/archive-client.ts';
import { type ArchiveLocation, archiveLocation } from '../../../operating/archive-location.ts';
import { SqsResearcherQueues } from '../../../researcher/worker/work-queue.ts';
import { covers, type Deployed, granted, type Judged, judged, queueArn } from '../../lib/iam.ts';
import { ofType, synthesized, type Template } from '../../lib/synthesized.ts';
import { outputsOf } from '../../operating/support/stack-outputs.ts';
import { perfectClip, perfectEpisode, perfectResult, without } from '../../support/perfect-messages.ts';
import { type DeployedArchive, deployedArchive, listening, type Service, sampleEvent } from './support/archive.ts';

jest.setTimeout(60_000);

/** Every call, by who made it, as IAM judges it. */
const calls = new Map<string, Judged[]>();
let caller: string | undefined;
let archive: DeployedArchive;
let heard: ReturnType<typeof listening>;
let template: Template;

const CURATED = { 'clips-archivist': 'CuratedClips', 'episodes-archivist': 'CuratedEpisodes' } as const;
const FUNCTION_OF: Readonly<Record<Service, string>> = {
  'clips-archivist': 'ClipsArchivist',
  'episodes-archivist': 'EpisodesArchivist',
  'pending-research-archivist': 'PendingResearchArchivist',
  'completed-research-archivist': 'CompletedResearchArchivist',
};
const deployed: Deployed = {
  table: (name) => (name === archive.tables.names.collection ? 'Collection' : 'Leases'),
  queue: (url) => {
    if (url === archive.pending) return 'PendingResearch';
    if (url === archive.completed) return 'CompletedResearch';
    if (url === archive.curated.clips) return 'CuratedClips';
    if (url === archive.curated.episodes) return 'CuratedEpisodes';
    const service = Object.entries(archive.deadLetters).find(([, dead]) => dead === url)?.[0] as Service;
    return service in CURATED
      ? `${CURATED[service as keyof typeof CURATED]}DeadLetters`
      : 'CompletedResearchDeadLetters';
  },
};

function note(who: string | undefined, command: Parameters<typeof judged>[0]): void {
  if (who !== undefined) calls.set(who, [...(calls.get(who) ?? []), ...judged(command, deployed)]);
}

/** Whatever a client sends goes through, and is noted. */
function noted(client: typeof DynamoDBClient | typeof SQSClient): void {
  const prototype = client.prototype as unknown as { send(command: never, ...rest: never[]): unknown };
  const send = prototype.send;
  jest.spyOn(prototype, 'send').mockImplementation(function (this: unknown, command, ...rest) {
    note(caller, command);
    return send.call(this, command, ...rest);
  });
}

async function as<T>(who: string, what: () => Promise<T>): Promise<T> {
  caller = who;
  try {
    return await what();
  } finally {
    caller = undefined;
  }
}
const invoke = (service: Service, event: unknown = {}) =>
  as(FUNCTION_OF[service], () => archive.invoke(service, event).catch(() => undefined));

const records = (...infos: object[]) => ({
  Records: infos.map((info, index) => ({ messageId: `m${index}`, body: JSON.stringify(info) })),
});

async function item(): Promise<PendingResearchItem> {
  const [body = ''] = await archive.receive(archive.pending);
  return parsePendingResearchItem(body);
}

async function damage(episode: number): Promise<void> {
  const { pk, sk } = ledgerKey(episode);
  await archive.dynamoDb.client.send(
    new UpdateItemCommand({
      TableName: archive.tables.names.leases,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'SET researched = :damaged',
      ExpressionAttributeValues: { ':damaged': { S: 'damaged' } },
    }),
  );
}

/** A day in the life of an archive, with everything in it that makes an archivist ask for something else. */
beforeAll(async () => {
  template = synthesized();
  archive = await deployedArchive();
  heard = listening();
  for (const client of [DynamoDBClient, SQSClient]) noted(client);

  for (const service of ['clips-archivist', 'episodes-archivist'] as const) {
    const one = sampleEvent(service, service === 'clips-archivist' ? 'one-clip' : 'one-episode');
    await invoke(service, one);
    await invoke(service, one);
    await invoke(service, sampleEvent(service, 'good-and-bad'));
    const described = { title: 'Another', mediaUri: 'https://media.example.org/another.mp3' };
    const info = service === 'clips-archivist' ? perfectClip(described) : perfectEpisode(described);
    await invoke(service, records(info));
    await invoke(service, records({ ...info, priority: 9, lastDateCurated: '2024-05-01T00:00:00Z' }));
  }
  await invoke('pending-research-archivist');
  const work = await item();
  const result = (clip: ClipReference, more: object) =>
    archive.send(
      archive.completed,
      bodyOf(
        perfectResult({
          episodeInfo: work.episode,
          clipInfo: clip,
          leaseId: work.leaseId,
          revokeLease: false,
          ...more,
        }),
      ),
    );
  const [first, second] = work.clips as [(typeof work.clips)[number], (typeof work.clips)[number]];
  await result(first, { clipOffsets: [1_000_000_000], clipScores: [0.9] });
  await result(second, { clipOffsets: [], clipScores: [], failure: 'The clip cannot be decoded.' });
  await archive.send(archive.completed, 'this is no result');
  // Researchers may leave ids out: then names are looked up.
  await result(without(second, 'id'), { episodeInfo: without(work.episode, 'id'), clipOffsets: [], clipScores: [] });
  await invoke('completed-research-archivist');
  await invoke('pending-research-archivist');
  // Its lease lapses, and what it had is struck.
  const later = Date.now() + 3 * 3_600_000;
  jest.spyOn(Date, 'now').mockImplementation(() => later);
  await invoke('completed-research-archivist');
  await invoke('pending-research-archivist');
  await archive.receive(archive.pending);
  for (const episode of [1, 2, 3, 4]) await damage(episode);
  await invoke('pending-research-archivist');
}, 60_000);
afterAll(() => {
  jest.restoreAllMocks();
  heard.stop();
  archive.stop();
});

const key = ({ action, resource }: Judged) => `${action} on ${resource}`;
const roleOf = (id: string) => (template.Resources[id]!.Properties.Role as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
const policyOf = (client: string) =>
  ofType(template, 'AWS::IAM::ManagedPolicy').find(([id]) => id.startsWith(`Clients${client}`))![0];

/** What the poller of Lambda does with the role of a function that a queue triggers. */
const POLLED: Readonly<Record<string, string>> = {
  ClipsArchivist: 'CuratedClips',
  EpisodesArchivist: 'CuratedEpisodes',
};

test.each(Object.values(FUNCTION_OF))(
  'PERMISSION-1: every call of the %s is allowed by its role, and its role allows no other',
  (id) => {
    const polled = POLLED[id] === undefined ? undefined : queueArn(POLLED[id]);
    const allowed = granted(template, roleOf(id)).filter(({ action }) => /^(dynamodb|sqs):/.test(action));
    expectEqual(
      id,
      allowed.filter(({ resource }) => resource !== polled),
    );
  },
);

/** What was called is allowed, and what is allowed was called. */
function expectEqual(who: string, allowed: readonly Judged[]): void {
  const made = calls.get(who) ?? [];
  const permits = (one: Judged, { action, resource }: Judged) =>
    one.action === action && covers(one.resource, resource);
  expect(made.filter((call) => !allowed.some((one) => permits(one, call))).map(key)).toEqual([]);
  expect(allowed.filter((one) => !made.some((call) => permits(one, call))).map(key)).toEqual([]);
  expect(made.length).toBeGreaterThan(0);
}

describe('PERMISSION-2: every call of a client on another machine is allowed by its policy, which allows no other', () => {
  const stacks = mockClient(CloudFormationClient);
  const folder = mkdtempSync(join(tmpdir(), 'archivist-home-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
    stacks.restore();
  });

  /** What `--stack Archivist` asks before anything else. */
  async function located(): Promise<ArchiveLocation> {
    const tables = { Collection: archive.tables.names.collection, Leases: archive.tables.names.leases };
    const urls = { CuratedClips: archive.curated.clips, CuratedEpisodes: archive.curated.episodes };
    const outputs = outputsOf(template, {
      queues: { ...urls, PendingResearch: archive.pending, CompletedResearch: archive.completed },
      tables,
      functions: {},
    });
    const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    const stack = { StackName: 'Archivist', CreationTime: new Date(), StackStatus: 'CREATE_COMPLETE' as const };
    stacks.on(DescribeStacksCommand).resolves({ Stacks: [{ ...stack, Outputs }] });
    const location = await archiveLocation({ stack: 'Archivist' });
    for (const call of stacks.commandCalls(DescribeStacksCommand)) note(caller, call.args[0]);
    return location;
  }
  const ours = ({ action }: Judged) => /^(sqs|dynamodb|cloudformation):/.test(action);

  test('a curator', async () => {
    await as('Curator', async () => {
      // What it sent before it keeps in this folder, instead of in one of the user's.
      const client = archiveClient({ ...(await located()), dataDir: folder });
      await curateInto(client, 'clips', 'samples/clips.jsonl');
      await curateInto(client, 'episodes', 'samples/feed.xml');
      // By it `curate` says when the entries are taken up.
      await client.ledgers.control();
      client.close();
    });
    expectEqual('Curator', granted(template, policyOf('Curator')).filter(ours));
  });

  test('a researcher', async () => {
    await archive.sqs.client.send(
      new SendMessageCommand({
        QueueUrl: archive.pending,
        MessageBody: 'a work item',
        MessageGroupId: 'group',
        MessageDeduplicationId: 'one',
      }),
    );
    await as('Researcher', async () => {
      const { queues } = await located();
      const work = new SqsResearcherQueues(new SQSClient(), queues.PendingResearch!, queues.CompletedResearch!);
      const item = await work.receive(0, new AbortController().signal);
      await work.send(['a report']);
      await work.delete(item!.receipt);
    });
    expectEqual('Researcher', granted(template, policyOf('Researcher')).filter(ours));
  });
});

describe('PERMISSION-4: so it is with the functions that only a stack has which asks for them', () => {
  const asked = synthesized({ researchers: '2', feeds: 'https://example.org/feed.xml' });
  const policyOfRole = (id: string) => {
    const role = (asked.Resources[id]!.Properties.Role as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
    return granted(asked, role).filter(({ action }) => /^(dynamodb|sqs):/.test(action));
  };

  test('the feed curator', async () => {
    await as('FeedCurator', async () => {
      const store = new DynamoCurationStore(archive.dynamoDb.client, archive.tables.names.collection);
      await store.load('https://example.org/feed.xml');
      await store.save('https://example.org/feed.xml', 'what was sent');
      for (const queue of Object.values(archive.curated)) {
        await new SqsCuratedQueue(archive.sqs.client, queue).sendBatch(['a message']);
      }
    });
    expectEqual('FeedCurator', policyOfRole('FeedCurator'));
  });

  test('the researcher, whose work items Lambda receives', async () => {
    await as('Researcher function', async () => {
      await new SqsResearcherQueues(archive.sqs.client, archive.pending, archive.completed).send(['a report']);
    });
    const polled = queueArn('PendingResearch');
    expectEqual(
      'Researcher function',
      policyOfRole('Researcher').filter(({ resource }) => resource !== polled),
    );
    expect(policyOfRole('Researcher').map(key)).toContain(`sqs:DeleteMessage on ${polled}`);
  });
});

test('PERMISSION-3: the grant of a stack by its id does not cover a question by its name', () => {
  const byName = 'arn:aws:cloudformation:here:1:stack/Archivist/*';
  expect(covers('arn:aws:cloudformation:here:1:stack/Archivist/0b1c2d3e', byName)).toBe(false);
  expect(covers(byName, byName)).toBe(true);
  expect(covers(byName, 'arn:aws:cloudformation:here:1:stack/Archivist2/*')).toBe(false);
});
