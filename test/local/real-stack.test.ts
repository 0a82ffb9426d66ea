import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { bodyOf, parsePendingResearchItem } from '../../domain/messages.ts';
import { type LocalArchive, startLocalArchive } from '../../local/archive.ts';
import { lockDataFolder } from '../../local/processes/data-folder-lock.ts';
import { CREDENTIALS } from '../../local/project.ts';
import { perfectClip, perfectEpisode, perfectResult } from '../support/perfect-messages.ts';
import { freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';
import { until } from './support/until.ts';

jest.setTimeout(90_000);

const dataDir = freshFolder();
const said: string[] = [];
const options = {
  dataDir,
  settings: { batchingWindow: '0', silenceLimit: '60', heartbeat: '20' },
  holdSchedules: true,
  log: (line: string) => void said.push(line),
};
let archive: LocalArchive;
let sqs: SQSClient;
let lambda: LambdaClient;

beforeAll(async () => {
  archive = await startLocalArchive(options);
  const shared = { region: 'us-east-1', credentials: CREDENTIALS };
  sqs = new SQSClient({ ...shared, endpoint: archive.stack.sqs.endpoint });
  lambda = new LambdaClient({ ...shared, endpoint: archive.stack.lambda.endpoint });
});

afterAll(async () => {
  sqs.destroy();
  lambda.destroy();
  await archive.stop();
  removeFreshFolders();
});

const send = (queue: string, body: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: archive.stack.queues[queue], MessageBody: body }));

async function receive(queue: string) {
  const QueueUrl = archive.stack.queues[queue];
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 2, MessageAttributeNames: ['All'] }),
  );
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages;
}

/** What the function returned. @throws Error when it ended with an error */
async function invoke(FunctionName: string, event: object = {}) {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const text = Buffer.from(Payload ?? []).toString();
  if (FunctionError) throw new Error(text);
  return JSON.parse(text);
}

test('stack.json has the names that clients rely on', () => {
  const queues = ['CuratedClips', 'CuratedEpisodes', 'PendingResearch', 'CompletedResearch'];
  expect(Object.keys(archive.stack.queues).sort()).toEqual(
    queues.flatMap((name) => [name, `${name}DeadLetters`]).sort(),
  );
  expect(Object.keys(archive.stack.tables).sort()).toEqual(['Collection', 'Leases']);
  expect(Object.keys(archive.stack.functions)).toEqual(
    expect.arrayContaining([
      'ClipsArchivist',
      'EpisodesArchivist',
      'PendingResearchArchivist',
      'CompletedResearchArchivist',
    ]),
  );
  expect(archive.stack.region).toBe('us-east-1');
});

test('a clip and an episode go in, their work item comes out, and its result is recorded', async () => {
  await send('CuratedClips', bodyOf(perfectClip()));
  await send('CuratedEpisodes', bodyOf(perfectEpisode()));
  let item: ReturnType<typeof parsePendingResearchItem> | undefined;
  await until(
    'a work item is published',
    async () => {
      await invoke(archive.stack.functions.PendingResearchArchivist!);
      const [message] = await receive('PendingResearch');
      if (message) item = parsePendingResearchItem(message.Body!);
      return item !== undefined;
    },
    30_000,
  );
  expect(item).toMatchObject({
    heartbeatSeconds: 20,
    episode: { title: perfectEpisode().title },
    clips: [{ title: perfectClip().title }],
  });
  const result = perfectResult({ episodeInfo: item!.episode, clipInfo: item!.clips[0]!, leaseId: item!.leaseId });
  await send('CompletedResearch', bodyOf(result));
  const summary = await invoke(archive.stack.functions.CompletedResearchArchivist!);
  expect(summary).toMatchObject({ findings: 1 });
});

test.each([
  ['CuratedClips', 'ClipsArchivist'],
  ['CuratedEpisodes', 'EpisodesArchivist'],
])('a message of %s that is not JSON is in its dead letters, with the reason', async (queue) => {
  await send(queue, 'no JSON');
  const [letter] = await receive(`${queue}DeadLetters`);
  expect(letter?.Body).toBe('no JSON');
  expect(Object.values(letter?.MessageAttributes ?? {}).map(({ StringValue }) => StringValue)).toContainEqual(
    expect.stringContaining('JSON'),
  );
});

test('released schedules run both scheduled functions, and held ones none', async () => {
  await send('CompletedResearch', 'no JSON');
  archive.releaseSchedules();
  await until('the drain has run', async () => (await receive('CompletedResearchDeadLetters')).length === 1, 20_000);
  await archive.holdSchedules();
});

test('another archive on the same folder is refused, also in the same process', async () => {
  await expect(startLocalArchive(options)).rejects.toThrow(`Another local archive is running on ${dataDir}`);
});

test('the assembly is made once for the same settings and sources', async () => {
  await archive.stop();
  archive = await startLocalArchive(options);
  expect(said.filter((line) => line === 'Synthesizing the stack.').length).toBe(1);
});

test('a wrong setting is refused with what to change, and leaves the folder free', async () => {
  const other = { ...options, dataDir: freshFolder(), settings: { leaseDuration: '60' } };
  await expect(startLocalArchive(other)).rejects.toThrow(
    /^The stack could not be synthesized: leaseDuration: expected a whole number \(seconds\) from 61 to \d+, but got "60"/,
  );
  lockDataFolder(other.dataDir).release();
});
