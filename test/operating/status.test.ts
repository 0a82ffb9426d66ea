import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { readAssembly } from '../../local/assembly/cloud-assembly.ts';
import { archiveLocation } from '../../operating/archive-location.ts';
import { freshFolder, removeFreshFolders } from '../local/support/fixture-assembly.ts';
import {
  aClipInfo,
  anEpisodeInfo,
  archived,
  drain,
  foundAt,
  nextItem,
  reported,
  run,
  runWithout,
  sent,
  startTestArchive,
  type TestArchive,
} from './support/local-archive.ts';
import { outputsOf } from './support/stack-outputs.ts';

jest.setTimeout(120_000);

let archive: TestArchive;
beforeAll(async () => {
  archive = await startTestArchive();
});
afterAll(async () => {
  await archive?.stop();
  removeFreshFolders();
});

test('STATUS-1: an empty archive has nothing to do', async () => {
  const { code, out } = await run(archive, 'status');
  expect(code).toBe(0);
  expect(out).toMatch(/Pairs +0 of 0 researched/);
  expect(out).toMatch(/Backlog +nothing to do/);
  expect(out).toMatch(/CuratedClips +0 +0 +0/);
});

test('STATUS-2: pairs, findings, leases, rate and queues are told while work is under way', async () => {
  await archived(
    archive,
    [1, 2, 3].map((n) => aClipInfo(n)),
    [anEpisodeInfo(1, { title: 'Over\u001b[2Jwritten' }), anEpisodeInfo(2)],
  );
  const item = await nextItem(archive);
  await reported(archive, item!, (clip) =>
    clip.title === 'Clip 1' ? foundAt(5e9) : clip.title === 'Clip 2' ? {} : undefined,
  );
  await drain(archive);
  await sent(archive, 'CuratedClipsDeadLetters', 'x', 'bad');

  const status = JSON.parse((await run(archive, 'status', '--json')).out);
  expect(status).toMatchObject({
    paused: false,
    clips: { total: 3, parked: 0, retired: 0 },
    episodes: { total: 2, complete: 0, unreadable: [] },
    pairs: { total: 6, researched: 2, givenUp: 0, leased: 1, toDo: 4 },
    findings: 1,
    researchers: 1,
    leases: [{ id: item!.leaseId, researcher: 'volunteer-1', signed: true, done: 2, left: 1, ending: false }],
    backlog: { episodes: 2, oldest: { episode: 1 } },
    pairsAMinute: 2,
    queues: { CuratedClips: { visible: 0, deadLetters: 1 } },
  });
  expect(Date.parse(status.estimatedEnd) - Date.parse(status.at)).toBe(120_000);

  const { out } = await run(archive, 'status');
  expect(out).toMatch(/2 of 6 researched \(33\.3 %\), 4 to do/);
  expect(out).toContain(item!.leaseId);
  expect(out).toMatch(/volunteer-1 .* 2 +1 /);
  expect(out).not.toContain('\u001b');
});

test('STATUS-3: --watch shows it again until it is interrupted', async () => {
  const watching = run(archive, 'status', '--watch', '--every', '1', '--json');
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  process.emit('SIGINT');
  const { code, out } = await watching;
  const shown = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(shown.length).toBeGreaterThanOrEqual(2);
  expect(shown.at(-1).pairs).toEqual(shown[0].pairs);
});

test('STATUS-4: without an archive, or with a senseless interval, it is bad usage or a failure that says what to do', async () => {
  expect(await runWithout('status')).toMatchObject({ code: 2, err: expect.stringContaining('--data DIR') });
  expect(await run(archive, 'status', '--every', '0')).toMatchObject({
    code: 2,
    err: expect.stringContaining('from 1'),
  });
  const help = await runWithout('status', '--help');
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Examples:') });
});

describe('a deployed archive', () => {
  const stacks = mockClient(CloudFormationClient);
  const before = { ...process.env };

  /** The outputs of the synthesized template, leading to the local archive. */
  function deployed(without: readonly string[] = []): void {
    const { template } = readAssembly(join(archive.dataDir, 'cdk.out'));
    const outputs = outputsOf(template as Parameters<typeof outputsOf>[0], archive.local.stack);
    stacks.on(DescribeStacksCommand, { StackName: 'Deployed' }).resolves({
      Stacks: [
        {
          StackName: 'Deployed',
          CreationTime: new Date(),
          StackStatus: 'CREATE_COMPLETE',
          Outputs: Object.entries(outputs)
            .filter(([name]) => !without.includes(name))
            .map(([OutputKey, OutputValue = '']) => ({ OutputKey, OutputValue })),
        },
      ],
    });
  }

  beforeAll(() => {
    Object.assign(process.env, {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: archive.local.stack.dynamodb.endpoint,
      AWS_ENDPOINT_URL_SQS: archive.local.stack.sqs.endpoint,
    });
  });
  afterAll(() => {
    process.env = before;
    stacks.restore();
  });

  test('STACK-1: is found by its outputs, and shows the same', async () => {
    deployed();
    const of = ({ out, err }: { out: string; err: string }) => {
      const { archive: name, pairs, queues } = JSON.parse(out || err);
      return { name, pairs, queues };
    };
    const local = of(await run(archive, 'status', '--json'));
    expect(of(await runWithout('status', '--json', '--stack', 'Deployed'))).toEqual({ ...local, name: 'Deployed' });
  });

  test('STACK-2: is explained with ends of leases, or without them when it does not tell its settings', async () => {
    const explain = async () => (await runWithout('explain', '--episode', '1', '--stack', 'Deployed')).out;
    deployed();
    expect(await explain()).toMatch(/volunteer-1, until .* unless more is heard/);
    deployed(['ResearchSettings']);
    expect(await explain()).toMatch(/volunteer-1, made .* ago\)/);
  });

  test('STACK-4: has outputs that look like those of a queue or function and are none', async () => {
    deployed();
    const location = await archiveLocation({ stack: 'Deployed' });
    expect(location.queues).toEqual(archive.local.stack.queues);
    expect(location.tables).toEqual(archive.local.stack.tables);
    expect(location.functions).toEqual(archive.local.stack.functions);
  });

  test('STACK-5: is reported on', async () => {
    deployed();
    const out = join(freshFolder(), 'report');
    expect(await runWithout('report', '--stack', 'Deployed', '--out', out)).toMatchObject({ code: 0 });
    expect(existsSync(join(out, 'index.html'))).toBe(true);
  });

  test('STACK-6: a stack without one of the outputs is no archive, and the message names it', async () => {
    deployed(['LeasesTableName']);
    expect(await runWithout('status', '--stack', 'Deployed')).toMatchObject({
      code: 1,
      err: expect.stringContaining('The stack Deployed is no archive: it has no output LeasesTableName.'),
    });
  });

  test('STACK-3: is changed, and what is done is in its audit', async () => {
    deployed();
    const args = ['--stack', 'Deployed'];
    expect(await runWithout('pause', '--all', '--yes', ...args)).toMatchObject({ code: 0 });
    expect(await runWithout('resume', '--all', '--yes', '--reason', 'enough', ...args)).toMatchObject({ code: 0 });
    expect((await run(archive, 'audit')).out).toMatch(
      /resume the whole archive\n.*because: enough\n.*pause the whole archive/,
    );
  });
});
