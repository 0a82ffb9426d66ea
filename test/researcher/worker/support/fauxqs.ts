import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  bodyOf,
  type CompletedResearchItem,
  type PendingResearchItem,
  pairsOf,
  parseCompletedResearchItem,
} from '../../../../domain/messages.ts';
import { freePort } from '../../../../local/emulators/alone/free-port.ts';

const ROOT = join(__dirname, '../../../..');

/** The SQS emulator, and an archive of two queues that a test plays itself. */
export class Fauxqs {
  readonly sqs: SQSClient;
  readonly endpoint: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #made = 0;

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child;
    this.#folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.sqs = this.client();
  }

  static async start(): Promise<Fauxqs> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'archivist-fauxqs-'));
    const entry = join(ROOT, 'local/emulators/fauxqs-process.ts');
    const child = spawn(process.execPath, [entry, String(port), folder], { stdio: 'ignore' });
    const fauxqs = new Fauxqs(child, folder, port);
    for (let attempt = 1; ; attempt++) {
      try {
        await fauxqs.sqs.send(new ListQueuesCommand({}));
        return fauxqs;
      } catch (error) {
        if (attempt > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  client(): SQSClient {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return new SQSClient({ region: 'us-east-1', endpoint: this.endpoint, credentials });
  }

  /** Two fresh queues as the stack makes them. */
  async archive(visibilitySeconds = 30): Promise<TestArchive> {
    const name = `archive-${++this.#made}`;
    const VisibilityTimeout = String(visibilitySeconds);
    const pending = await this.queue(`${name}-pending.fifo`, { FifoQueue: 'true', VisibilityTimeout });
    const completed = await this.queue(`${name}-completed`);
    return new TestArchive(this.sqs, pending, completed);
  }

  /** A fresh queue. Its address leads to the emulator wherever it is resolved, unlike the one that that gives. */
  async queue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
    await this.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    return `${this.endpoint}/000000000000/${QueueName}`;
  }

  stop(): void {
    this.sqs.destroy();
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export class TestArchive {
  readonly sqs: SQSClient;
  readonly pendingQueueUrl: string;
  readonly completedQueueUrl: string;

  constructor(sqs: SQSClient, pendingQueueUrl: string, completedQueueUrl: string) {
    this.sqs = sqs;
    this.pendingQueueUrl = pendingQueueUrl;
    this.completedQueueUrl = completedQueueUrl;
  }

  async publish(item: PendingResearchItem): Promise<void> {
    await this.publishBody(bodyOf(item), item.leaseId);
  }

  async publishBody(body: string, group: string): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.pendingQueueUrl,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: `${group}-${Math.random()}`,
      }),
    );
  }

  /** Takes all reports out of their queue, in the order in which they came. */
  /** What was said, a pair at a time in the order of their ids, as if each had a message of its own. */
  async reports(): Promise<CompletedResearchItem[]> {
    return (await this.messages()).flatMap(singly);
  }

  /** The messages as they came. */
  async messages(): Promise<CompletedResearchItem[]> {
    const all: CompletedResearchItem[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.completedQueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return all;
      all.push(...Messages.map(({ Body }) => parseCompletedResearchItem(Body!)));
      await this.sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.completedQueueUrl,
          Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  }

  /** Bodies of work items that nobody has taken. */
  async waiting(): Promise<string[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.pendingQueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body }) => Body!);
  }
}

function singly(message: CompletedResearchItem): CompletedResearchItem[] {
  if (message.results.length + message.notFound.length === 0) return [message];
  const pairs = pairsOf(message).sort((a, b) => Number(a.clipInfo.id) - Number(b.clipInfo.id));
  return pairs.map((pair, i) => ({
    ...message,
    ...{ results: [], notFound: [], ...pair },
    revokeLease: message.revokeLease && i === pairs.length - 1,
  }));
}
