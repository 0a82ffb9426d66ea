import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { ENVIRONMENT } from '../../../../functions/runtime/environment.ts';
import type { LambdaContext } from '../../../../functions/runtime/lambda.ts';
import { type Emulator, freshTables, startDynoxide } from '../../../../local/emulators/alone/dynamodb.ts';
import { freshQueues, type SqsEmulator, startSqs } from '../../../../local/emulators/alone/sqs.ts';
import { settings } from '../../../support/research.ts';

export type Service =
  | 'clips-archivist'
  | 'episodes-archivist'
  | 'pending-research-archivist'
  | 'completed-research-archivist';

type Handler = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** The four real handlers over emulators, each with the environment that the stack would give it. */
export interface DeployedArchive {
  readonly tables: Awaited<ReturnType<typeof freshTables>>;
  readonly dynamoDb: Emulator;
  readonly sqs: SqsEmulator;
  /** Queue URLs. */
  readonly pending: string;
  readonly completed: string;
  readonly deadLetters: Record<Service, string>;
  readonly curated: { readonly clips: string; readonly episodes: string };
  invoke(service: Service, event: unknown): Promise<unknown>;
  /** Bodies and reasons; deletes them. */
  dead(service: Service): Promise<{ body: string; reason: string }[]>;
  send(queueUrl: string, body: string): Promise<void>;
  /** Bodies; deletes them. */
  receive(queueUrl: string): Promise<string[]>;
  stop(): void;
}

/** The sample event `functions/<service>/events/<name>.json`. */
export function sampleEvent(service: Service, name: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, '../../../../functions', service, 'events', `${name}.json`), 'utf8'));
}

/** The two emulators, which archives may share. */
export const startEmulators = async () => Promise.all([startDynoxide(), startSqs()]);

/** @param emulators to use instead of two of its own, which its `stop` ends; tables and queues are its own always */
export async function deployedArchive(
  emulators?: Awaited<ReturnType<typeof startEmulators>>,
): Promise<DeployedArchive> {
  const [dynamoDb, sqs] = emulators ?? (await startEmulators());
  const tables = await freshTables(dynamoDb.client);
  const queues = await freshQueues(sqs.client, 60);
  const deadLetters: Record<Service, string> = {
    'clips-archivist': (await freshQueues(sqs.client)).deadLetters,
    'episodes-archivist': (await freshQueues(sqs.client)).deadLetters,
    'pending-research-archivist': (await freshQueues(sqs.client)).deadLetters,
    'completed-research-archivist': queues.deadLetters,
  };
  const curated = {
    clips: (await freshQueues(sqs.client)).completed,
    episodes: (await freshQueues(sqs.client)).completed,
  };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    POWERTOOLS_SERVICE_NAME: 'test',
    POWERTOOLS_METRICS_NAMESPACE: 'Test',
    [ENVIRONMENT.collectionTable]: tables.names.collection,
    [ENVIRONMENT.leasesTable]: tables.names.leases,
    [ENVIRONMENT.pendingResearchQueue]: queues.pending,
    [ENVIRONMENT.completedResearchQueue]: queues.completed,
    [ENVIRONMENT.researchSettings]: JSON.stringify(settings),
    [ENVIRONMENT.drainVisibility]: '60',
  });

  const handlers = new Map<Service, Handler>();
  async function handlerOf(service: Service): Promise<Handler> {
    let handler = handlers.get(service);
    if (handler === undefined) {
      process.env[ENVIRONMENT.deadLetters] = deadLetters[service];
      const module = (await import(`../../../../functions/${service}/handler.ts`)) as { handler: Handler };
      handler = module.handler;
      handlers.set(service, handler);
    }
    return handler;
  }

  async function taken(QueueUrl: string) {
    const all: { body: string; reason: string }[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
      );
      if (Messages.length === 0) return all;
      for (const { Body = '', ReceiptHandle, MessageAttributes } of Messages) {
        all.push({ body: Body, reason: MessageAttributes?.Reason?.StringValue ?? '' });
        await sqs.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }

  let requests = 0;
  return {
    tables,
    dynamoDb,
    sqs,
    pending: queues.pending,
    completed: queues.completed,
    deadLetters,
    curated,
    async invoke(service, event) {
      const handler = await handlerOf(service);
      const deadline = Date.now() + 50_000;
      const context = {
        awsRequestId: `request-${++requests}`,
        functionName: service,
        functionVersion: '$LATEST',
        invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${service}`,
        memoryLimitInMB: '256',
        getRemainingTimeInMillis: () => deadline - Date.now(),
      };
      return handler(event, context);
    },
    dead: (service) => taken(deadLetters[service]),
    async send(QueueUrl, MessageBody) {
      await sqs.client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    receive: async (queueUrl) => (await taken(queueUrl)).map(({ body }) => body),
    stop() {
      if (emulators !== undefined) return;
      dynamoDb.stop();
      sqs.stop();
    },
  };
}

/** Everything that is written to stdout and stderr until `text` is asked for the last time; nothing of it is shown. */
export function listening() {
  const written: string[] = [];
  const take = (chunk: unknown) => {
    written.push(String(chunk));
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(take),
    jest.spyOn(process.stderr, 'write').mockImplementation(take),
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((method) =>
      jest.spyOn(console, method).mockImplementation((...parts) => void take(`${parts.join(' ')}\n`)),
    ),
  ];
  return {
    text: () => written.join(''),
    /** The JSON lines among it. */
    lines: () =>
      written
        .join('')
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    stop() {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
