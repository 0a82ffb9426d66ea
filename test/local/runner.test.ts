import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startOfProcess } from '../../local/processes/process-identity.ts';
import { CREDENTIALS } from '../../local/project.ts';
import type { StackDescription } from '../../local/stack-description.ts';
import { fixtureAssembly, freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';
import { childrenOf, killRunners, type Runner, startRunner } from './support/runner.ts';
import { until } from './support/until.ts';

jest.setTimeout(60_000);

afterAll(() => {
  killRunners();
  removeFreshFolders();
});

const client = (endpoint: string) => ({ region: 'us-east-1', credentials: CREDENTIALS, endpoint });
const alive = ({ pid, start }: { pid: number; start: string }) => startOfProcess(pid) === start;
const notesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

async function send(stack: StackDescription, queue: string, body: object): Promise<void> {
  const sqs = new SQSClient(client(stack.sqs.endpoint));
  await sqs.send(new SendMessageCommand({ QueueUrl: stack.queues[queue], MessageBody: JSON.stringify(body) }));
  sqs.destroy();
}

async function bodiesIn(stack: StackDescription, queue: string): Promise<unknown[]> {
  const sqs = new SQSClient(client(stack.sqs.endpoint));
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: stack.queues[queue], MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
  );
  sqs.destroy();
  return Messages.map(({ Body }) => JSON.parse(Body!));
}

async function putThing(stack: StackDescription, name: string): Promise<void> {
  const tables = new DynamoDBClient(client(stack.dynamodb.endpoint));
  const Item = { pk: { S: name }, sk: { S: '-' }, kind: { S: 'thing' } };
  await tables.send(new PutItemCommand({ TableName: stack.tables.Things, Item }));
  tables.destroy();
}

async function hasThing(stack: StackDescription, name: string): Promise<boolean> {
  const tables = new DynamoDBClient(client(stack.dynamodb.endpoint));
  const { Item } = await tables.send(
    new GetItemCommand({ TableName: stack.tables.Things, Key: { pk: { S: name }, sk: { S: '-' } } }),
  );
  tables.destroy();
  return Item !== undefined;
}

async function kill(runner: Runner, dataDir: string): Promise<void> {
  const children = childrenOf(dataDir);
  expect([...new Set(children.map(({ name }) => name))].sort()).toEqual([
    'DynamoDB emulator (dynoxide)',
    'SQS emulator (fauxqs)',
    'function Worker',
  ]);
  runner.process.kill('SIGKILL');
  await runner.exited;
  await until('all children of the killed runner are gone', () => !children.some(alive), 3_000);
}

test('an archive runs, is killed, goes on with all of its state, and ends in order', async () => {
  const { folder, notes } = fixtureAssembly();
  const dataDir = freshFolder();
  const args = ['--assembly', folder, '--period', '0.2'];

  const first = startRunner(dataDir, ...args);
  const stack = await first.ready();
  const port = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
  const url = (name: string) => `${stack.sqs.endpoint}/000000000000/Fixture-${name}`;
  expect(stack).toEqual({
    region: 'us-east-1',
    sqs: { endpoint: port },
    dynamodb: { endpoint: port },
    lambda: { endpoint: port },
    queues: { Work: url('Work'), WorkDeadLetters: url('WorkDeadLetters'), Ordered: url('Ordered.fifo') },
    tables: { Things: 'Fixture-Things' },
    functions: { Worker: 'Fixture-Worker' },
  });

  // The event source and the schedule run the function; the table takes items.
  await send(stack, 'Work', { name: 'one' });
  await until('the message is worked on', () => notesOf(notes).some(({ body }) => body?.name === 'one'));
  await until('the schedule fired again', () => notesOf(notes).filter(({ tick }) => tick).length >= 2);
  await putThing(stack, 'thing');
  await send(stack, 'Ordered', { waits: true }).catch(() => {});
  await send(stack, 'WorkDeadLetters', { waits: true });

  // A second runner is refused, and leaves the first one alone.
  const second = startRunner(dataDir, ...args);
  expect(await second.exited).toBe(1);
  expect(second.said()).toContain(`Another local archive is running on ${dataDir} (process ${first.pid}).`);
  expect(existsSync(join(dataDir, 'stack.json'))).toBe(true);

  await kill(first, dataDir);
  expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);

  const third = startRunner(dataDir, ...args);
  expect(await third.ready()).toEqual(stack);
  expect(await hasThing(stack, 'thing')).toBe(true);
  expect(await bodiesIn(stack, 'WorkDeadLetters')).toEqual([{ waits: true }]);
  await send(stack, 'Work', { name: 'two' });
  await until('the next message is worked on', () => notesOf(notes).some(({ body }) => body?.name === 'two'));

  const children = childrenOf(dataDir);
  // Twice, as npm and a terminal do it together.
  third.process.kill('SIGINT');
  await until('it stops', () => third.said().includes('Stopping.'));
  third.process.kill('SIGINT');
  expect(await third.exited).toBe(0);
  expect(children.some(alive)).toBe(false);
  expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
  expect([first, second, third].map((runner) => runner.wrote())).toEqual(['', '', '']);
});

test('a message that a killed runner was working on is worked on again after the restart', async () => {
  const { folder, notes } = fixtureAssembly({
    Work: {
      Type: 'AWS::SQS::Queue',
      Properties: { VisibilityTimeout: 600 },
    },
  });
  const dataDir = freshFolder();
  const first = startRunner(dataDir, '--assembly', folder, '--hold');
  await send(await first.ready(), 'Work', { do: 'fail' });
  await until('the message is received', () => notesOf(notes).length === 1);
  await kill(first, dataDir);
  const second = startRunner(dataDir, '--assembly', folder, '--hold');
  await second.ready();
  await until('the message is received again', () => notesOf(notes).length === 2);
  second.process.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});

test('two archives run side by side, and an emulator that dies is started again', async () => {
  const { folder } = fixtureAssembly();
  const folders = [freshFolder(), freshFolder()] as const;
  const runners = folders.map((dataDir) => startRunner(dataDir, '--assembly', folder, '--hold'));
  const [one, other] = (await Promise.all(runners.map((runner) => runner.ready()))) as [
    StackDescription,
    StackDescription,
  ];
  const ports = [one, other].flatMap(({ sqs, dynamodb, lambda }) => [sqs, dynamodb, lambda]);
  expect(new Set(ports.map(({ endpoint }) => endpoint)).size).toBe(6);

  await putThing(one, 'mine');
  await send(one, 'WorkDeadLetters', { mine: true });
  expect(await hasThing(other, 'mine')).toBe(false);
  expect(await bodiesIn(other, 'WorkDeadLetters')).toEqual([]);

  for (const { name, pid } of childrenOf(folders[0])) if (name.includes('emulator')) process.kill(pid, 'SIGKILL');
  await until('the table answers again', () => hasThing(one, 'mine').catch(() => false));
  await until(
    'the queue answers again',
    async () => (await bodiesIn(one, 'WorkDeadLetters').catch(() => [])).length === 1,
  );

  for (const runner of runners) runner.process.kill('SIGTERM');
  expect(await Promise.all(runners.map(({ exited }) => exited))).toEqual([0, 0]);
});

test('a function in an endless loop does not outlive a killed runner', async () => {
  const { folder } = fixtureAssembly();
  const dataDir = freshFolder();
  const runner = startRunner(dataDir, '--assembly', folder, '--hold');
  const stack = await runner.ready();
  const lambda = new LambdaClient({ ...client(stack.lambda.endpoint), maxAttempts: 1 });
  const invoke = new InvokeCommand({ FunctionName: 'Worker', Payload: JSON.stringify({ do: 'loop' }) });
  const invoked = lambda.send(invoke).catch((error: Error) => error.name);
  await until('it runs', () => readFileSync(join(dataDir, 'logs', 'Worker.log'), 'utf8').includes('START'));
  await kill(runner, dataDir);
  await invoked;
  lambda.destroy();
});

test('functions and clients are told other endpoints when asked, while the runner itself stays with the emulators', async () => {
  const { folder, notes } = fixtureAssembly();
  const dataDir = freshFolder();
  const told = ['--sqs-endpoint', 'http://127.0.0.1:9/', '--dynamodb-endpoint', 'http://127.0.0.1:10'];
  const runner = startRunner(dataDir, '--assembly', folder, '--hold', ...told);
  const stack = await runner.ready();
  expect(stack).toMatchObject({
    sqs: { endpoint: 'http://127.0.0.1:9' },
    dynamodb: { endpoint: 'http://127.0.0.1:10' },
    queues: { Work: 'http://127.0.0.1:9/000000000000/Fixture-Work' },
  });
  const lambda = new LambdaClient(client(stack.lambda.endpoint));
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'Worker' }));
  lambda.destroy();
  expect(JSON.parse(Buffer.from(Payload!).toString()).environment).toMatchObject({
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9',
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:10',
    DEAD_LETTERS: 'http://127.0.0.1:9/000000000000/Fixture-WorkDeadLetters',
  });
  const { sqs } = JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8'));
  const direct = `http://127.0.0.1:${sqs}`;
  const queues = { Work: `${direct}/000000000000/Fixture-Work` };
  await send({ ...stack, sqs: { endpoint: direct }, queues }, 'Work', { name: 'direct' });
  await until('the event source gets it', () => notesOf(notes).some(({ body }) => body?.name === 'direct'));
  runner.process.kill('SIGTERM');
  expect(await runner.exited).toBe(0);
});

describe('what is wrong is said in one line, and the exit code tells usage from failure', () => {
  test.each([
    ['no folder', [], 2, '--data is missing. Usage: --data DIR'],
    ['an unknown option', ['--colour', 'red'], 2, "Unknown option '--colour'"],
    [
      'a period that is no number',
      ['--data', 'x', '--period', 'often'],
      2,
      '--period must be a number of seconds from 0.1 to 86400, not "often".',
    ],
    [
      'a setting without a value',
      ['--data', 'x', '--set', 'leaseDuration'],
      2,
      '--set takes name=value, not "leaseDuration".',
    ],
    [
      'an unknown emulator',
      ['--data', 'x', '--dynamodb', 'redis'],
      2,
      '--dynamodb must be dynoxide or java, not "redis".',
    ],
  ])('%s', async (_, args, code, message) => {
    const { runArchive } = await import('../../local/run-archive.ts');
    const said: string[] = [];
    expect(await runArchive(args, (line) => said.push(line))).toBe(code);
    expect(said).toEqual([expect.stringContaining(message)]);
  });

  test('an assembly that needs what cannot be resolved', async () => {
    const { folder } = fixtureAssembly({
      Elsewhere: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::ImportValue': 'name' } } },
    });
    const dataDir = freshFolder();
    const runner = startRunner(dataDir, '--assembly', folder);
    expect(await runner.exited).toBe(1);
    expect(runner.said()).toMatch(
      /^Elsewhere\.QueueName needs Fn::ImportValue, which the local stack cannot resolve\./,
    );
    expect(childrenOf(dataDir)).toEqual([]);
  });
});
