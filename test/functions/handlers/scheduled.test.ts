import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { completedItem } from '../../../domain/messages/completed-item.ts';
import { bodyOf, type PendingResearchItem, parsePendingResearchItem } from '../../../domain/messages.ts';
import { archiveEntries } from '../../../functions/curation/archive-entries.ts';
import { ENVIRONMENT } from '../../../functions/runtime/environment.ts';
import { ledgerKey } from '../../../functions/stores/keys.ts';
import { perfectClip, perfectEpisode } from '../../support/perfect-messages.ts';
import { settings } from '../../support/research.ts';
import { type DeployedArchive, deployedArchive, listening, sampleEvent, startEmulators } from './support/archive.ts';

const PENDING = 'pending-research-archivist';
const COMPLETED = 'completed-research-archivist';

let emulators: Awaited<ReturnType<typeof startEmulators>>;
let archive: DeployedArchive;
let heard: ReturnType<typeof listening>;

/** What a function reads as it loads are its own modules; packages, which take seconds to load, it finds loaded. */
const PACKAGES = ['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs', '@aws-lambda-powertools/logger', 'zod/mini'];

beforeAll(async () => {
  emulators = await startEmulators();
  for (const name of PACKAGES) {
    const loaded: unknown = jest.requireActual(name);
    jest.doMock(name, () => loaded);
  }
}, 60_000);
afterAll(() => {
  for (const emulator of emulators) emulator.stop();
});
beforeEach(async () => {
  jest.resetModules();
  archive = await deployedArchive(emulators);
  heard = listening();
}, 60_000);
afterEach(() => {
  jest.restoreAllMocks();
  heard.stop();
});

const SECRET = 'do-not-log-me';

async function curate({ clips = 0, episodes = 0 }): Promise<void> {
  const dependencies = { ...archive.tables, clock: Date.now };
  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
  const described = (kind: string, n: number) => ({
    title: `${kind} ${n}`,
    mediaUri: `https://${kind}.example.org/${n}`,
    description: SECRET,
    priority: -n,
  });
  await archiveEntries(
    'clip',
    upTo(clips).map((n) => perfectClip(described('clip', n))),
    dependencies,
  );
  await archiveEntries(
    'episode',
    upTo(episodes).map((n) => perfectEpisode(described('episode', n))),
    dependencies,
  );
}

/** Makes the ledger of the episode unreadable, as a damaged item is. */
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

async function workItems(): Promise<PendingResearchItem[]> {
  return (await archive.receive(archive.pending)).map(parsePendingResearchItem);
}

const emptyRun = {
  ended: { finished: 0, revoked: 0, unclaimed: 0, lapsed: 0 },
  sentAgain: 0,
  researchers: 0,
  waiting: 0,
  wanted: 1,
  published: 0,
  clipsLeased: 0,
  lookedAgain: 0,
  parked: 0,
  struck: 0,
  backlogAgeMs: 0,
  drainedUntil: null,
  failures: [],
};

describe('SCHEDULED-1: invoked with scheduled.json each says what it did and why it ended', () => {
  test('the sample events are {}', () => {
    expect([sampleEvent(PENDING, 'scheduled'), sampleEvent(COMPLETED, 'scheduled')]).toEqual([{}, {}]);
  });

  test('pending research, an empty archive', async () => {
    expect(await archive.invoke(PENDING, sampleEvent(PENDING, 'scheduled'))).toEqual({ ...emptyRun, end: 'no clips' });
  });

  test('pending research, episodes and clips: one work item that somebody may take', async () => {
    await curate({ clips: 3, episodes: 2 });
    expect(await archive.invoke(PENDING, sampleEvent(PENDING, 'scheduled'))).toEqual({
      ...emptyRun,
      end: 'capacity used',
      published: 1,
      clipsLeased: 3,
      backlogAgeMs: expect.any(Number),
    });
    expect(await workItems()).toMatchObject([
      {
        episode: { title: 'episode 1', id: '1' },
        clips: [{ title: 'clip 1' }, { title: 'clip 2' }, { title: 'clip 3' }],
        heartbeatSeconds: settings.heartbeat,
      },
    ]);
    expect(await archive.invoke(PENDING, {})).toMatchObject({
      end: 'capacity used',
      waiting: 1,
      wanted: 0,
      sentAgain: 1,
    });
    expect(await workItems()).toEqual([]);
  });

  test('completed research, nothing to drain', async () => {
    const before = Date.now();
    const summary = (await archive.invoke(COMPLETED, sampleEvent(COMPLETED, 'scheduled'))) as { drainedUntil: string };
    expect(summary).toMatchObject({ end: 'queue empty', received: 0, failures: [] });
    expect(Math.abs(Date.parse(summary.drainedUntil) - before)).toBeLessThan(20_000);
  });

  test('a whole round: leased, signed, found, nothing left', async () => {
    await curate({ clips: 2, episodes: 1 });
    await archive.invoke(PENDING, {});
    const [item] = await workItems();
    if (item === undefined) throw new Error('no work item');
    const { leaseId, episode, clips } = item;
    const result = (index: number, clipOffsets: number[]) =>
      bodyOf(completedItem(episode, { leaseId, clipInfo: clips[index]!, clipOffsets, researcher: 'anna' }));
    for (const body of [bodyOf(completedItem(episode, { leaseId })), result(0, [5]), result(1, [])])
      await archive.send(archive.completed, body);
    expect(await archive.invoke(COMPLETED, {})).toMatchObject({
      end: 'queue empty',
      received: 3,
      researched: 2,
      findings: 1,
      negatives: 1,
      signsOfLife: 1,
      undeleted: 0,
    });
    expect(await archive.invoke(PENDING, {})).toMatchObject({ end: 'nothing left to assign', ended: { finished: 1 } });
    expect((await archive.tables.ledgers.read(1))?.state).toBe('COMPLETE');
  });

  test.each([
    ['what the scheduler sends', { version: '0', source: 'aws.scheduler', detail: {} }],
    ['null', null],
    ['text', 'anything'],
  ])('%s is as good as {}', async (_, event) => {
    expect(await archive.invoke(PENDING, event)).toMatchObject({ end: 'no clips' });
    expect(await archive.invoke(COMPLETED, event)).toMatchObject({ end: 'queue empty' });
  });
});

describe('SCHEDULED-2: what fails in part fails at the end, with the summary, and touches nothing else', () => {
  test('pending research: a damaged ledger rests, the next episode is leased', async () => {
    await curate({ clips: 2, episodes: 2 });
    await damage(1);
    const run = archive.invoke(PENDING, {});
    await expect(run).rejects.toThrow(
      /^1 of the run's steps failed\. Summary: \{"end":"capacity used",.*"published":1,/,
    );
    await expect(run).rejects.toThrow(
      /Episode 1: The ledger of episode 1 cannot be read: its researched must be bytes/,
    );
    await expect(run).rejects.toMatchObject({ name: 'RunFailed' });
    expect(await workItems()).toMatchObject([{ episode: { title: 'episode 2' } }]);
    expect(await archive.invoke(PENDING, {})).toMatchObject({ failures: [] });
  });

  test('pending research: leases that cannot be read hide no others, and are told', async () => {
    await curate({ clips: 2, episodes: 2 });
    await archive.invoke(PENDING, {});
    const { pk, sk } = ledgerKey(1);
    await archive.dynamoDb.client.send(
      new UpdateItemCommand({
        TableName: archive.tables.names.leases,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: 'SET leases = :damaged',
        ExpressionAttributeValues: { ':damaged': { L: [{ M: { id: { S: 'x' } } }] } },
      }),
    );
    await workItems();
    const run = archive.invoke(PENDING, {});
    await expect(run).rejects.toThrow('The ledger of episode 1 cannot be read: its made must be a number from 0');
    expect(await workItems()).toMatchObject([{ episode: { title: 'episode 2' } }]);
  });

  test('completed research: results of a damaged ledger wait among the dead letters; the others are settled', async () => {
    await curate({ clips: 1, episodes: 2 });
    await damage(1);
    const clipInfo = perfectClip({ id: '1' });
    for (const id of ['1', '2'])
      await archive.send(archive.completed, bodyOf(completedItem(perfectEpisode({ id }), { clipInfo })));
    await archive.send(archive.completed, `no JSON ${SECRET}`);
    const run = archive.invoke(COMPLETED, {});
    await expect(run).rejects.toThrow(
      /^1 of the run's steps failed\. Summary: \{"end":"queue empty","received":3,"researched":1,/,
    );
    await expect(run).rejects.toThrow(/The ledger of episode 1 cannot be read/);
    expect([...((await archive.tables.ledgers.read(2))?.researched ?? [])]).toEqual([1]);
    const dead = await archive.dead(COMPLETED);
    expect(dead).toHaveLength(2);
    expect(dead).toContainEqual({
      body: `no JSON ${SECRET}`,
      reason: `CompletedResearchItem refused: must be JSON, but 21 characters came: "no JSON ${SECRET}"`,
    });
    expect(dead.map(({ reason }) => reason)).toContainEqual(
      expect.stringMatching(/The ledger of episode 1 cannot be read: .* Redrive this once it is mended\./),
    );
    // It holds up nobody else.
    expect((await archive.tables.ledgers.control()).drainedUntil).toBeGreaterThan(0);
  });

  test('completed research: a bad message is no failure of the run', async () => {
    await archive.send(archive.completed, '{}');
    expect(await archive.invoke(COMPLETED, {})).toMatchObject({ received: 1, deadLettered: 1, failures: [] });
    const [dead] = await archive.dead(COMPLETED);
    expect(dead?.reason).toBe('CompletedResearchItem refused: episodeInfo: must be an object, but nothing came');
  });

  test.each([PENDING, COMPLETED] as const)('%s: what the whole run needs fails', async (service) => {
    const send = jest.spyOn(DynamoDBClient.prototype, 'send');
    send.mockImplementation(() => Promise.reject(new Error('table asleep')));
    await expect(archive.invoke(service, {})).rejects.toThrow(
      /^1 of the run's steps failed\. Summary: \{"end":"failed",.*"failures":\["The run ended early: Error: table asleep"\]\}$/,
    );
    expect(heard.lines().filter(({ level }) => level === 'ERROR')).toMatchObject([
      { message: 'The run failed in part', end: 'failed', failureCount: 1 },
    ]);
  });

  test('pending research: a queue that is gone is told', async () => {
    await curate({ clips: 1, episodes: 1 });
    process.env[ENVIRONMENT.pendingResearchQueue] = `${archive.pending}-gone`;
    await expect(archive.invoke(PENDING, {})).rejects.toThrow(/"end":"failed".*The run ended early: /);
  });
});

describe('SCHEDULED-3: what is logged', () => {
  test('one line, and one of metrics when there is any, without bodies', async () => {
    process.env.POWERTOOLS_METRICS_DISABLED = 'false';
    await curate({ clips: 1, episodes: 1 });
    await archive.send(archive.completed, `{"x":"${'x'.repeat(200)}${SECRET}"`);
    await archive.invoke(PENDING, {});
    await archive.invoke(COMPLETED, {});
    process.env.POWERTOOLS_METRICS_DISABLED = 'true';
    expect(heard.text()).not.toContain(SECRET);
    const lines = heard.lines();
    expect(lines.filter(({ level }) => level !== undefined).map(({ message }) => message)).toEqual([
      'The run ended: capacity used',
      'The run ended: queue empty',
    ]);
    const metrics = lines.filter(({ _aws }) => _aws !== undefined);
    // What is 0 is not said: CloudWatch charges for each metric that says anything.
    expect(metrics).toMatchObject([{ WorkItemsPublished: 1 }]);
    for (const name of ['Waiting', 'Researchers', 'Lapsed']) expect(metrics[0]).not.toHaveProperty(name);
    expect(lines).toHaveLength(3);
  });

  test('of a run that failed: one error, and no warning that metrics are missing', async () => {
    process.env.POWERTOOLS_METRICS_DISABLED = 'false';
    await curate({ clips: 1, episodes: 1 });
    await damage(1);
    await archive.invoke(PENDING, {}).catch(() => undefined);
    process.env.POWERTOOLS_METRICS_DISABLED = 'true';
    expect(heard.text()).not.toContain('No application metrics');
    expect(heard.lines().filter(({ level }) => level !== undefined)).toMatchObject([
      { level: 'ERROR', message: 'The run failed in part', failureCount: 1 },
    ]);
  });
});

describe('SCHEDULED-4: a variable of the environment that is missing is named at the start', () => {
  test.each([
    [PENDING, ENVIRONMENT.pendingResearchQueue],
    [PENDING, ENVIRONMENT.researchSettings],
    [COMPLETED, ENVIRONMENT.completedResearchQueue],
    [COMPLETED, ENVIRONMENT.drainVisibility],
    ['clips-archivist', ENVIRONMENT.collectionTable],
    ['episodes-archivist', ENVIRONMENT.leasesTable],
  ] as const)('%s without %s', async (service, variable) => {
    delete process.env[variable];
    await expect(archive.invoke(service, {})).rejects.toThrow(
      `The environment variable ${variable} is not set; the stack sets it on every function that reads it.`,
    );
  });
});
