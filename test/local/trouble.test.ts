import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateQueueCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startLocalArchive } from '../../local/archive.ts';
import { freePort } from '../../local/emulators/alone/free-port.ts';
import { FunctionLog } from '../../local/lambda/function-log.ts';
import { startOfProcess } from '../../local/processes/process-identity.ts';
import { CREDENTIALS, projectDir } from '../../local/project.ts';
import type { StackDescription } from '../../local/stack-description.ts';
import { fixtureAssembly, freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';
import { childrenOf, killRunners, startRunner } from './support/runner.ts';
import { until } from './support/until.ts';

jest.setTimeout(240_000);

const own: ChildProcess[] = [];

afterAll(() => {
  for (const child of own) child.kill('SIGKILL');
  killRunners();
  removeFreshFolders();
});

const sqsAt = (endpoint: string) => new SQSClient({ region: 'us-east-1', credentials: CREDENTIALS, endpoint });
const alive = ({ pid, start }: { pid: number; start: string }) => startOfProcess(pid) === start;
const bodiesIn = (notes: string) =>
  readFileSync(notes, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

async function send(stack: StackDescription, body: object): Promise<void> {
  const sqs = sqsAt(stack.sqs.endpoint);
  await sqs.send(new SendMessageCommand({ QueueUrl: stack.queues.Work, MessageBody: JSON.stringify(body) }));
  sqs.destroy();
}

const took = (notes: string, n: number) => bodiesIn(notes).some(({ body }) => body?.n === n);

describe('a folder that nothing can be kept in', () => {
  const file = join(freshFolder(), 'file');
  writeFileSync(file, '');

  test.each([
    ['a file', file, 'it is a file. Name a folder'],
    ['in a file', join(file, 'archive'), `${file} is a file. Name a folder`],
    ['a device', '/dev/full', 'it is a file. Name a folder'],
    ['where nothing can be made', '/proc/archive', 'Name '],
    ['where nothing can be made at all', '/proc/self/archive/deep', 'Name '],
    ['too long a name', `/tmp/${'x'.repeat(300)}`, 'its name is too long'],
  ])('%s: a sentence that says what to do, and an end', async (_, dataDir, message) => {
    const runner = startRunner(dataDir, '--assembly', freshFolder());
    expect(await runner.exited).toBe(1);
    expect(runner.said()).toContain(`${dataDir} cannot be used: `);
    expect(runner.said()).toContain(message);
    expect(runner.said().trim().split('\n')).toHaveLength(1);
  });
});

test('a disk without room is told at the start, and nothing is started', async () => {
  const dataDir = freshFolder();
  const starting = startLocalArchive({
    ...{ dataDir, settings: {}, assembly: fixtureAssembly().folder, log: () => undefined },
    freeBytes: () => 10 * 1024 ** 2,
  });
  await expect(starting).rejects.toThrow(
    `The disk of ${dataDir} is nearly full: 10 MiB are left, and an archive needs at least 64 MiB. Make room, then start it again; nothing is lost.`,
  );
  expect(existsSync(join(dataDir, 'sqs'))).toBe(false);
});

test('a disk that becomes full ends the archive with a sentence, and nothing is lost', async () => {
  const dataDir = freshFolder();
  const { folder, notes } = fixtureAssembly();
  let free = 1024 ** 4;
  const options = { dataDir, settings: {}, assembly: folder, holdSchedules: true, log: () => undefined };
  const archive = await startLocalArchive({ ...options, freeBytes: () => free });
  free = 0;
  expect(await archive.trouble).toContain('0 MiB are left');
  await send(archive.stack, { n: 1 });
  await archive.stop();
  const again = await startLocalArchive(options);
  await until('the message that came at the end is worked on', () => took(notes, 1));
  await again.stop();
});

test('a log on a full disk stops no function', () => {
  const log = new FunctionLog('/dev/full');
  log.append('lost');
  log.close();
});

test.each(['SIGTERM', 'SIGKILL'] as const)('%s to npm ends the stack that it runs, in order', async (signal) => {
  const folder = freshFolder();
  const dataDir = join(folder, 'archive');
  const main = join(projectDir, 'local', 'main.ts');
  const command = `node ${main} --data ${dataDir} --assembly ${fixtureAssembly().folder}`;
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', scripts: { run: command } }));
  const npm = spawn('npm', ['run', '-s', 'run'], { cwd: folder });
  own.push(npm);
  let said = '';
  npm.stderr.on('data', (chunk) => {
    said += chunk;
  });
  await until('the stack is ready', () => existsSync(join(dataDir, 'stack.json')), 60_000);
  const { pid } = JSON.parse(readFileSync(join(dataDir, 'runner.json'), 'utf8'));
  const runner = { pid, start: startOfProcess(pid) ?? '' };
  const children = childrenOf(dataDir);
  expect([runner, ...children].every(alive)).toBe(true);
  npm.kill(signal);
  await until('all of it has ended', () => ![runner, ...children].some(alive), 20_000);
  expect(said).toContain('Stopping.');
  expect(existsSync(join(dataDir, 'stack.json'))).toBe(false);
  expect(childrenOf(dataDir)).toEqual([]);
});

test('ports that others have taken meanwhile are replaced, that is told, and nothing is lost', async () => {
  const dataDir = freshFolder();
  const { folder, notes } = fixtureAssembly();
  const options = { dataDir, settings: {}, assembly: folder, holdSchedules: true, log: () => undefined };
  const first = await startLocalArchive(options);
  const ports = () => JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8'));
  const before = ports();
  await first.stop();
  const strangers = await Promise.all(
    Object.values(before).map(async (port) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
      return server;
    }),
  );
  const said: string[] = [];
  const second = await startLocalArchive({ ...options, log: (line) => said.push(line) });
  expect(said.filter((line) => line.includes('is used by another program: the archive listens on'))).toHaveLength(3);
  expect(new Set([...Object.values(before), ...Object.values(ports())]).size).toBe(6);
  expect(second.stack.sqs.endpoint).toBe(`http://127.0.0.1:${ports().sqs}`);
  await send(second.stack, { n: 2 });
  await until('a message sent to the new port is worked on', () => took(notes, 2));
  await second.stop();
  for (const server of strangers) server.close();
});

test('a machine that sleeps, and whose clock is set forward and back, goes on where it was', async () => {
  const { folder, notes } = fixtureAssembly();
  const dataDir = freshFolder();
  const clock = join(dataDir, 'clock');
  writeFileSync(clock, '0');
  const before = { NODE_OPTIONS: process.env.NODE_OPTIONS, CLOCK_FILE: process.env.CLOCK_FILE };
  process.env.NODE_OPTIONS = `--import=${join(__dirname, 'support', 'jumping-clock.mjs')}`;
  process.env.CLOCK_FILE = clock;
  const runner = startRunner(dataDir, '--assembly', folder, '--period', '0.2');
  Object.assign(process.env, before);
  if (before.NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
  const stack = await runner.ready();
  const ticks = () => bodiesIn(notes).filter(({ tick }) => tick !== undefined).length;
  let n = 0;
  const goesOn = async (after: string) => {
    const [number, ticked] = [++n, ticks()];
    await send(stack, { n: number });
    await until(`a message is worked on after ${after}`, () => took(notes, number), 60_000);
    await until(`schedules fire after ${after}`, () => ticks() > ticked + 1, 60_000);
  };
  await goesOn('the start');

  const family = [runner.pid, ...childrenOf(dataDir).map(({ pid }) => pid)];
  // As a machine sleeps: nothing runs, no timer goes on, and whoever wakes finds another time of day.
  for (const pid of family) process.kill(pid, 'SIGSTOP');
  await sleep(3_000);
  writeFileSync(clock, String(9 * 3_600_000));
  for (const pid of family) process.kill(pid, 'SIGCONT');
  await goesOn('a sleep of nine hours');

  for (const hours of [-5, 5, 0]) {
    writeFileSync(clock, String(hours * 3_600_000));
    await goesOn(`a clock set to ${hours} hours from now`);
  }
  runner.process.kill('SIGTERM');
  expect(await runner.exited).toBe(0);
});

test('the SQS emulator hides a message no longer when the clock is set back', async () => {
  const folder = freshFolder();
  const clock = join(folder, 'clock');
  writeFileSync(clock, '0');
  const port = await freePort();
  const script = join(projectDir, 'local', 'emulators', 'fauxqs-process.ts');
  const imported = `--import=${join(__dirname, 'support', 'jumping-clock.mjs')}`;
  const emulator = spawn(process.execPath, [imported, script, String(port), folder], {
    env: { PATH: process.env.PATH, CLOCK_FILE: clock },
  });
  own.push(emulator);
  const sqs = sqsAt(`http://127.0.0.1:${port}`);
  await until('the emulator answers', async () =>
    sqs.send(new ListQueuesCommand({})).then(
      () => true,
      () => false,
    ),
  );
  await sqs.send(new CreateQueueCommand({ QueueName: 'hidden', Attributes: { VisibilityTimeout: '3' } }));
  const QueueUrl = `http://127.0.0.1:${port}/000000000000/hidden`;
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  const received = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.length ?? 0;
  expect(await received()).toBe(1);
  writeFileSync(clock, String(-3_600_000));
  expect(await received()).toBe(0);
  await until('it is visible again', async () => (await received()) === 1, 20_000);
  sqs.destroy();
});
