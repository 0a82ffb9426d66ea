import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { freePort } from './free-port.ts';
import { type Running, running } from './running.ts';

export type SqsEmulator = Running<SQSClient>;

/** fauxqs, mended as for local archives, in a folder of its own. */
export async function startSqs(): Promise<SqsEmulator> {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-fauxqs-'));
  const port = await freePort();
  const script = join(process.cwd(), 'local', 'emulators', 'fauxqs-process.ts');
  const child = spawn(process.execPath, [script, String(port), folder], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return running({ client, endpoint }, child, folder, () => client.send(new ListQueuesCommand({})), 50);
}

let made = 0;

/** The URLs of a fresh pair of queues and their dead letters, with the limits of the stack. */
export async function freshQueues(client: SQSClient, completedVisibilitySeconds = 1) {
  const suffix = `${process.pid}-${++made}`;
  const create = async (name: string, Attributes: Record<string, string>) => {
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    const endpoint = await client.config.endpoint?.();
    if (QueueUrl === undefined || endpoint === undefined) throw new Error(`no URL for ${name}`);
    // The host that fauxqs gives has a name that not every machine resolves.
    return `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}${new URL(QueueUrl).pathname}`;
  };
  const MaximumMessageSize = String(1024 * 1024 - 8 * 1024);
  return {
    pending: await create(`pending-${suffix}.fifo`, { FifoQueue: 'true', MaximumMessageSize, VisibilityTimeout: '30' }),
    completed: await create(`completed-${suffix}`, {
      MaximumMessageSize,
      VisibilityTimeout: String(completedVisibilitySeconds),
    }),
    deadLetters: await create(`dead-letters-${suffix}`, { MaximumMessageSize: String(1024 * 1024) }),
  };
}
