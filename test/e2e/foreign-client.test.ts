import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';

/*
 * A client that knows nothing but SQS and stack.json plays curator and researcher at once, against the real bundles.
 * The schedules are held, and it invokes the two scheduled functions itself, so that all is curated before work begins.
 */

interface Stack {
  readonly region: string;
  readonly sqs: { readonly endpoint: string };
  readonly lambda: { readonly endpoint: string };
  readonly functions: Readonly<Record<string, string>>;
  readonly queues: Readonly<Record<string, string>>;
}

interface Info {
  readonly id?: string;
  readonly title: string;
  readonly mediaUri: string;
  readonly priority?: number;
}

interface Item {
  readonly leaseId: string;
  readonly episode: Info;
  readonly clips: readonly Info[];
}

const CURATED = { initialDateCurated: '2026-01-01T00:00:00Z', lastDateCurated: '2026-01-01T00:00:00Z' };
const clips = Array.from({ length: 7 }, (_, n) => ({
  ...CURATED,
  title: `Clip ${n}`,
  mediaUri: `https://media.example.org/clips/${n}.mp3`,
  mediaType: 'audio/mpeg',
  priority: n % 3,
}));
const episodes = Array.from({ length: 5 }, (_, n) => ({
  ...CURATED,
  title: `Episode ${n}`,
  mediaUri: `https://media.example.org/episodes/${n}.mp3`,
  mediaType: 'audio/mpeg',
  priority: n === 3 ? 9 : 0,
  dateAired: `2025-0${n + 1}-01T00:00:00Z`,
}));
/** The order that the rules give, worked out by hand: priority first, then the latest aired. */
const EPISODES_IN_ORDER = ['Episode 3', 'Episode 4', 'Episode 2', 'Episode 1', 'Episode 0'];
const CLIPS_IN_ORDER = ['Clip 2', 'Clip 5', 'Clip 1', 'Clip 4', 'Clip 0', 'Clip 3', 'Clip 6'];
/** One finding in every third pair. */
const offsetsOf = (episode: Info, clip: Info): string[] => {
  const n = Number(episode.title.slice(-1)) * 7 + Number(clip.title.slice(-1));
  return n % 3 === 0 ? [String(n * 1_000_000_000), String(n * 1_000_000_000 + 500)] : [];
};

const bad: [queue: string, body: string, reason: RegExp][] = [
  ['CuratedClips', 'not json', /must be JSON/],
  ['CuratedClips', JSON.stringify({ ...clips[0], title: '' }), /title/],
  ['CuratedClips', JSON.stringify({ ...clips[0], priority: 2 ** 31 }), /priority/],
  [
    'CuratedClips',
    JSON.stringify({ ...clips[0], mediaUri: clips[1]?.mediaUri, lastDateCurated: '2027-01-01T00:00:00Z' }),
    /conflict/,
  ],
  ['CuratedEpisodes', JSON.stringify({ ...episodes[0], lastDateCurated: '2026-02-30T00:00:00Z' }), /lastDateCurated/],
  ['CuratedEpisodes', JSON.stringify([]), /EpisodeInfo/],
  ['CompletedResearch', JSON.stringify({ leaseId: 'x' }), /leaseId/],
  [
    'CompletedResearch',
    JSON.stringify({ episodeInfo: { ...episodes[0], mediaUri: 'https://unknown.example.org/', title: 'Unknown' } }),
    /Unknown episode/,
  ],
];

describe('a foreign client', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'archivist-foreign-'));
  let runner: ChildProcess;
  let stack: Stack;
  let sqs: SQSClient;
  let lambda: LambdaClient;

  beforeAll(async () => {
    const settings = [
      'silenceLimit=6',
      'heartbeat=2',
      'rest1=1',
      'rest2=1',
      'rest3=1',
      'retryRest=1',
      'unknownRetry=2',
    ];
    const args = ['local/main.ts', '--data', dataDir, '--hold'];
    const drain = ['drainTimeout=16', 'drainVisibility=17'];
    for (const setting of [...settings, ...drain, 'reopenInterval=0', 'batchingWindow=0', 'clipsPerItem=3'])
      args.push('--set', setting);
    runner = spawn(process.execPath, args, { stdio: 'ignore' });
    const path = join(dataDir, 'stack.json');
    while (!existsSync(path)) {
      if (runner.exitCode !== null) throw new Error(`the local archive ended with ${runner.exitCode}`);
      await sleep(200);
    }
    stack = JSON.parse(readFileSync(path, 'utf8')) as Stack;
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    sqs = new SQSClient({ region: stack.region, endpoint: stack.sqs.endpoint, credentials });
    lambda = new LambdaClient({ region: stack.region, endpoint: stack.lambda.endpoint, credentials });
  }, 180_000);

  afterAll(async () => {
    sqs.destroy();
    lambda.destroy();
    runner.kill('SIGTERM');
    await new Promise((resolve) => runner.once('exit', resolve));
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const url = (queue: string): string => stack.queues[queue] ?? '';
  const send = (queue: string, body: string) =>
    sqs.send(new SendMessageCommand({ QueueUrl: url(queue), MessageBody: body }));
  const say = (item: Item, more: object) =>
    send(
      'CompletedResearch',
      JSON.stringify({ leaseId: item.leaseId, episodeInfo: item.episode, researcher: 'foreign', ...more }),
    );

  async function depth(queue: string): Promise<number> {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const input = { QueueUrl: url(queue), AttributeNames: [...AttributeNames] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(input));
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
  }

  /** What the two schedules do every minute. */
  async function minutePasses(): Promise<void> {
    for (const name of ['CompletedResearchArchivist', 'PendingResearchArchivist']) {
      const input = { FunctionName: stack.functions[name], Payload: '{}' };
      const { FunctionError, Payload } = await lambda.send(new InvokeCommand(input));
      if (FunctionError !== undefined) throw new Error(`${name}: ${Payload?.transformToString()}`);
    }
  }

  async function take(): Promise<Item | undefined> {
    const input = { QueueUrl: url('PendingResearch'), MaxNumberOfMessages: 1 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    const [message] = Messages;
    if (message === undefined) return undefined;
    await sqs.send(
      new DeleteMessageCommand({ QueueUrl: url('PendingResearch'), ReceiptHandle: message.ReceiptHandle }),
    );
    return JSON.parse(message.Body ?? '') as Item;
  }

  test('gets work in the order of the rules, loses nothing when it dies, and is told exactly what it reported', async () => {
    for (const [queue, messages] of [
      ['CuratedClips', clips],
      ['CuratedEpisodes', episodes],
    ] as const) {
      const Entries = messages.map((message, n) => ({ Id: String(n), MessageBody: JSON.stringify(message) }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: url(queue), Entries }));
    }
    for (const [queue, body] of bad) await send(queue, body);
    while ((await depth('CuratedClips')) + (await depth('CuratedEpisodes')) > 0) await sleep(100);
    const live = new Map<string, Set<string>>();
    const reported = new Map<string, string[]>();
    const order: string[] = [];
    let died = '';
    const deadline = Date.now() + 120_000;
    let quiet = 0;
    // Nothing comes any more when all is reported; until then a lease may have to lapse.
    while ((quiet < 3 || reported.size < clips.length * episodes.length) && Date.now() < deadline) {
      await minutePasses();
      const item = await take();
      if (item === undefined) {
        quiet++;
        continue;
      }
      quiet = 0;
      const pairs = item.clips.map((clip) => `${item.episode.title} / ${clip.title}`);
      for (const [lease, held] of live) {
        if (lease !== item.leaseId) expect(pairs.filter((pair) => held.has(pair))).toEqual([]);
      }
      expect(pairs.filter((pair) => reported.has(pair))).toEqual([]);
      live.set(item.leaseId, new Set(pairs));
      order.push(...pairs);
      await say(item, {});
      const dies = died === '' && item.clips.length > 1;
      for (const [n, clipInfo] of item.clips.entries()) {
        if (dies && n === 1) break;
        const clipOffsets = offsetsOf(item.episode, clipInfo);
        await say(item, { clipInfo, clipOffsets, analyzer: 'foreign@1' });
        const pair = `${item.episode.title} / ${clipInfo.title}`;
        reported.set(pair, clipOffsets);
        live.get(item.leaseId)?.delete(pair);
      }
      if (dies) {
        died = item.clips[1]?.title ?? '';
        // Its lease lapses after the silence limit; what it had not reported is then somebody else's.
        live.delete(item.leaseId);
      } else {
        await say(item, { revokeLease: true });
        live.delete(item.leaseId);
      }
    }
    expect(died).not.toBe('');
    const cli = promisify(execFile);
    const { stdout } = await cli(process.execPath, ['bin/archivist-cli.ts', 'findings', '--json', '--data', dataDir]);
    const findings = JSON.parse(stdout) as { episode: Info; clip: Info; offsetsNs: number[] }[];
    const found = Object.fromEntries(
      findings.map(({ episode, clip, offsetsNs }) => [`${episode.title} / ${clip.title}`, offsetsNs.map(String)]),
    );
    const expected = [...reported].filter(([, offsets]) => offsets.length > 0);
    expect(found).toEqual(Object.fromEntries(expected));
    // Everything was researched once, and given out in the order of the rules but for the clip of the death: it is tried alone
    // from its lapse on.
    expect(reported.size).toBe(clips.length * episodes.length);
    const inLine = (pair: string) => !pair.endsWith(` / ${died}`);
    const inOrder = EPISODES_IN_ORDER.flatMap((episode) => CLIPS_IN_ORDER.map((clip) => `${episode} / ${clip}`));
    expect([...new Set(order)].filter(inLine)).toEqual(inOrder.filter(inLine));
    expect([...new Set(order)].sort()).toEqual(inOrder.sort());
  }, 200_000);

  test.each(bad)(
    'finds its bad message to %s among the dead letters, with the reason',
    async (queue, body, reason) => {
      const deadline = Date.now() + 100_000;
      const reasons: string[] = [];
      // A result of an unknown episode is kept first: a drain after its visibility time gives it up.
      while (Date.now() < deadline) {
        await minutePasses();
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: url(`${queue}DeadLetters`),
            MaxNumberOfMessages: 10,
            VisibilityTimeout: 0,
            MessageAttributeNames: ['All'],
          }),
        );
        const mine = Messages.find((message) => message.Body === body);
        if (mine !== undefined) {
          reasons.push(mine.MessageAttributes?.Reason?.StringValue ?? '');
          break;
        }
        await sleep(500);
      }
      expect(reasons).toEqual([expect.stringMatching(reason)]);
    },
    120_000,
  );
});
