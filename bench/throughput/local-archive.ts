import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { inParallel } from '../../functions/runtime/in-parallel.ts';
import { batchesOf } from '../synthetic.ts';
import { processesOf, type Used } from './processor-time.ts';

interface Stack {
  readonly region: string;
  readonly sqs: { readonly endpoint: string };
  readonly lambda: { readonly endpoint: string };
  readonly functions: Readonly<Record<string, string>>;
  readonly queues: Readonly<Record<string, string>>;
}

export interface Invoked<Summary> {
  readonly summary: Summary;
  readonly ms: number;
  readonly memoryMb: number;
}

const START_LIMIT_MS = 120_000;
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
/** A RAM disk where there is one: what is measured is the archive, not how fast a disk confirms writes. */
const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The real bundles and emulators, as `archivist local` runs them, with the schedules held. */
export class LocalArchive {
  private readonly runner: ChildProcess;
  private readonly dataDir: string;
  private readonly stack: Stack;
  private readonly sqs: SQSClient;
  private readonly lambda: LambdaClient;

  private constructor(runner: ChildProcess, dataDir: string, stack: Stack) {
    const { region } = stack;
    this.runner = runner;
    this.dataDir = dataDir;
    this.stack = stack;
    this.sqs = new SQSClient({ region, endpoint: stack.sqs.endpoint, credentials });
    this.lambda = new LambdaClient({ region, endpoint: stack.lambda.endpoint, credentials, maxAttempts: 1 });
  }

  /** @throws Error when it does not start in time */
  static async start(root: string, settings: readonly string[]): Promise<LocalArchive> {
    const dataDir = mkdtempSync(join(folder, 'archivist-bench-'));
    const args = [join(root, 'local', 'main.ts'), '--data', dataDir, '--hold'];
    for (const setting of settings) args.push('--set', setting);
    const runner = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
    const path = join(dataDir, 'stack.json');
    const deadline = Date.now() + START_LIMIT_MS;
    while (!existsSync(path)) {
      if (runner.exitCode !== null || Date.now() > deadline) {
        runner.kill('SIGTERM');
        rmSync(dataDir, { recursive: true, force: true });
        throw new Error(`The local archive did not start (exit code ${runner.exitCode})`);
      }
      await sleep(100);
    }
    return new LocalArchive(runner, dataDir, JSON.parse(readFileSync(path, 'utf8')) as Stack);
  }

  async stop(): Promise<void> {
    this.sqs.destroy();
    this.lambda.destroy();
    const ended = new Promise((resolve) => this.runner.once('exit', resolve));
    this.runner.kill('SIGTERM');
    await ended;
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** The runner, its functions and emulators, by process id. */
  processes(): ReadonlyMap<number, Used> {
    return processesOf(this.runner.pid ?? 0);
  }

  /** Runs a scheduled archivist once. @throws Error when it fails */
  async invoke<Summary>(name: string): Promise<Invoked<Summary>> {
    const start = performance.now();
    const { FunctionError, Payload, LogResult } = await this.lambda.send(
      new InvokeCommand({ FunctionName: this.stack.functions[name], Payload: '{}', LogType: 'Tail' }),
    );
    const ms = performance.now() - start;
    const payload = Payload?.transformToString() ?? '';
    if (FunctionError !== undefined) throw new Error(`${name} failed: ${payload.slice(0, 500)}`);
    const log = Buffer.from(LogResult ?? '', 'base64').toString();
    const memoryMb = Number(/Max Memory Used: (\d+)/.exec(log)?.[1] ?? 0);
    return { summary: JSON.parse(payload) as Summary, ms, memoryMb };
  }

  async send(queue: string, bodies: readonly string[]): Promise<void> {
    await inParallel(batchesOf(bodies, 10), 4, async (batch) => {
      const Entries = batch.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      await this.sqs.send(new SendMessageBatchCommand({ QueueUrl: this.url(queue), Entries }));
    });
  }

  /** Takes everything that is visible. */
  async take(queue: string): Promise<string[]> {
    const QueueUrl = this.url(queue);
    const bodies: string[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return bodies;
      bodies.push(...Messages.map(({ Body = '' }) => Body));
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  /** Until the queue holds nothing, hidden or visible. */
  async emptied(queue: string): Promise<void> {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    for (;;) {
      const { Attributes = {} } = await this.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: this.url(queue), AttributeNames: [...AttributeNames] }),
      );
      if (AttributeNames.every((name) => Number(Attributes[name]) === 0)) return;
      await sleep(50);
    }
  }

  private url(queue: string): string {
    const url = this.stack.queues[queue];
    if (url === undefined) throw new Error(`The stack has no queue ${queue}`);
    return url;
  }
}
