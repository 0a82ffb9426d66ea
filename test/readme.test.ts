import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  bodyOf,
  type CompletedResearchItem,
  meaningOf,
  type PendingResearchItem,
  parseCompletedResearchItem,
} from '../domain/messages.ts';
import { freshQueues, type SqsEmulator, startSqs } from '../local/emulators/alone/sqs.ts';
import { perfectItem } from './support/perfect-messages.ts';

const root = join(__dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

const matches = (pattern: RegExp): string[] => [...readme.matchAll(pattern)].map(([, found]) => found ?? '');

test('Every npm script and every event file that the README names exists', () => {
  const named = [...matches(/npm run (?:-s )?([\w:]+)/g), ...matches(/npm (start|test)\b/g)];
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  const events = matches(/file:\/\/(\S+\.json)/g);
  expect(events.length).toBeGreaterThan(0);
  expect(events.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('Every command of the command line that the README shows exists', () => {
  const program = readFileSync(join(root, 'cli/commands.ts'), 'utf8');
  const shown = new Set(matches(/npm run -s archivist -- ([a-z]+)/g));
  expect([...shown].filter((name) => !program.includes(`'${name}'`))).toEqual([]);
  expect(shown.size).toBeGreaterThan(4);
});

test('What the README shows of the samples is in the truth of the samples', () => {
  const truth = JSON.parse(readFileSync(join(root, 'samples/expected.json'), 'utf8')) as {
    findings: { episode: string; offsetsSeconds: number[] }[];
  };
  const shown = matches(/^ {2}(\d\d:\d\d:\d\d .*)$/gm).map((line) => line.split(/ {2}/));
  expect(shown.length).toBeGreaterThan(0);
  for (const parts of shown) {
    const seconds = parts.slice(0, -1).map((position) => Number(position.slice(-2)));
    const near = ({ episode, offsetsSeconds }: (typeof truth.findings)[number]) =>
      episode === parts.at(-1) &&
      offsetsSeconds.length === seconds.length &&
      offsetsSeconds.every((offset, index) => Math.abs(offset - (seconds[index] ?? 0)) < 1.1);
    expect(truth.findings.some(near)).toBe(true);
  }
});

describe('The researcher of the README', () => {
  let sqs: SqsEmulator;
  let folder: string;
  let researcher: ChildProcess | undefined;

  beforeAll(async () => {
    sqs = await startSqs();
    folder = mkdtempSync(join(tmpdir(), 'archivist-readme-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const [example = ''] = matches(/```js\n([\s\S]*?)```/g);
    writeFileSync(
      join(folder, 'researcher.mjs'),
      `${example}\nasync function yourSearch() { return [1_500_000_000]; }\n`,
    );
  }, 60_000);

  afterEach(() => researcher?.kill('SIGKILL'));

  afterAll(() => {
    sqs.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(queues: { readonly pending: string; readonly completed: string }): void {
    const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'us-east-1' };
    const env = { PATH: process.env.PATH, ...credentials, PENDING: queues.pending, COMPLETED: queues.completed };
    researcher = spawn(process.execPath, [join(folder, 'researcher.mjs')], { env, stdio: 'ignore' });
  }

  const give = (pending: string, item: PendingResearchItem) =>
    sqs.client.send(
      new SendMessageCommand({
        QueueUrl: pending,
        MessageBody: bodyOf(item),
        MessageGroupId: item.leaseId,
        MessageDeduplicationId: item.leaseId,
      }),
    );

  async function reportsUntilLastWord(completed: string): Promise<CompletedResearchItem[]> {
    const items: CompletedResearchItem[] = [];
    while (!items.some(({ revokeLease }) => revokeLease)) {
      const { Messages = [] } = await sqs.client.send(
        new ReceiveMessageCommand({
          QueueUrl: completed,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
          VisibilityTimeout: 60,
        }),
      );
      items.push(...Messages.map(({ Body = '' }) => parseCompletedResearchItem(Body)));
    }
    return items;
  }

  test('signs, reports each clip in the order of the item, says a last word, and leaves the queue empty', async () => {
    const queues = await freshQueues(sqs.client);
    const item = perfectItem({ deadline: '2999-01-01T00:00:00Z' });
    await give(queues.pending, item);
    start(queues);
    const reports = await reportsUntilLastWord(queues.completed);
    expect(reports.map((report) => meaningOf(report))).toEqual([
      { kind: 'signOfLife', lastWord: false },
      ...item.clips.map((clip) => ({ kind: 'result', clip, found: true, lastWord: false })),
      { kind: 'signOfLife', lastWord: true },
    ]);
    expect(new Set(reports.map(({ leaseId }) => leaseId))).toEqual(new Set([item.leaseId]));
    expect(reports[1]?.clipOffsets).toEqual([1_500_000_000]);
    const AttributeNames = ['ApproximateNumberOfMessages' as const, 'ApproximateNumberOfMessagesNotVisible' as const];
    const left = await sqs.client.send(new GetQueueAttributesCommand({ QueueUrl: queues.pending, AttributeNames }));
    expect(Object.values(left.Attributes ?? {})).toEqual(['0', '0']);
  }, 60_000);

  test('drops an item that is past its deadline without a word, and goes on with the next', async () => {
    const queues = await freshQueues(sqs.client);
    await give(queues.pending, perfectItem({ deadline: '2020-01-01T00:00:00Z' }));
    const next = perfectItem({ leaseId: '1f8fad5b-d9cb-469f-a165-70867728950e', deadline: '2999-01-01T00:00:00Z' });
    await give(queues.pending, next);
    start(queues);
    const reports = await reportsUntilLastWord(queues.completed);
    expect(new Set(reports.map(({ leaseId }) => leaseId))).toEqual(new Set([next.leaseId]));
  }, 60_000);
});
