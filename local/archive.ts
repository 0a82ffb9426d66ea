import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchRoom, whyNoRoom } from '../disk/disk-room.ts';
import { UnusableFolder } from '../disk/usable-folder.ts';
import { readAssembly } from './assembly/cloud-assembly.ts';
import type { StackSpec } from './assembly/specifications.ts';
import { stackSpec } from './assembly/stack-spec.ts';
import { synthesized } from './assembly/synthesize.ts';
import { sqsClient } from './emulators/clients.ts';
import { type DynamoDbKind, dynamoDbProgram } from './emulators/dynamodb-emulator.ts';
import { startEmulators } from './emulators/emulators.ts';
import { expectFree, portsOf } from './emulators/ports.ts';
import { startEventSource } from './events/event-source.ts';
import { Schedules } from './events/schedules.ts';
import { startDatabaseGuard } from './guard/database-guard.ts';
import { hiddenAddress } from './guard/hidden-address.ts';
import { startInvokeApi } from './invoke-api/invoke-api.ts';
import type { Endpoints } from './lambda/function-environment.ts';
import type { FunctionError } from './lambda/function-messages.ts';
import { FunctionPools } from './lambda/function-pools.ts';
import { Children } from './processes/children.ts';
import { lockDataFolder } from './processes/data-folder-lock.ts';
import { describeStack, publishDescription, type StackDescription, withdrawDescription } from './stack-description.ts';

/** How long what runs may take to end when the archive is stopped; then it is killed, and done again at the next start. */
const STOP_PATIENCE_MS = 5_000;

export interface LocalArchiveOptions {
  /** All state of the archive is in this folder. */
  readonly dataDir: string;
  /** Settings of the stack, as `cdk synth -c name=value` takes them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Instead of a minute for the schedules that run every minute; in seconds, fractions allowed. */
  readonly periodSeconds?: number;
  /** Schedules fire only after `releaseSchedules`. */
  readonly holdSchedules?: boolean;
  /** Which emulator serves DynamoDB; without it the one that made the folder's tables, else what is installed. */
  readonly dynamoDb?: DynamoDbKind;
  /** The stack's researcher may fetch media from this machine and from private networks. */
  readonly allowPrivateAddresses?: boolean;
  /** What functions and clients are told instead of the emulators' addresses, so that a proxy can stand between. */
  readonly endpoints?: Partial<Endpoints>;
  /** A folder with a cloud assembly to run, instead of the project's own stack. */
  readonly assembly?: string;
  /** What can still be written on the disk of the folder, instead of asking the system. */
  readonly freeBytes?: (folder: string) => number;
  /** Progress and trouble, a line each, for people. */
  readonly log: (line: string) => void;
}

export interface LocalArchive {
  readonly stack: StackDescription;
  releaseSchedules(): void;
  /** Resolves when the runs under way have ended. */
  holdSchedules(): Promise<void>;
  /** Runs a function, by logical id or name; its result, or the error with which it ended. */
  invoke(name: string, event: unknown): Promise<{ readonly payload: unknown; readonly error?: FunctionError }>;
  /** Resolves when it cannot go on, with what to say: it has to be stopped then. Nothing is lost. */
  readonly trouble: Promise<string>;
  /** Process ids of the emulators now, for those who want to kill them. */
  emulatorPids(): number[];
  /** Ends everything in order; the folder can be started again. */
  stop(): Promise<void>;
}

/**
 * Runs the stack on this machine; resolves when it is ready and `<dataDir>/stack.json` is written. Whenever this
 * process ends, however it ends, so do its children, and stack.json is removed.
 * @throws DataFolderInUse when another archive runs there; Error when a setting, a port or an emulator is not right.
 */
export async function startLocalArchive(options: LocalArchiveOptions): Promise<LocalArchive> {
  const undo: Undo[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        // What comes after it must be ended too.
        options.log(`While stopping: ${(error as Error).message}`);
      }
    }
  };
  try {
    return { ...(await start({ ...options, dataDir: resolve(options.dataDir) }, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One thing that `stop` has to do; they are done in reverse order. */
type Undo = () => Promise<void> | void;

async function start(options: LocalArchiveOptions, undo: Undo[]): Promise<Omit<LocalArchive, 'stop'>> {
  const { dataDir, settings, allowPrivateAddresses = false, log } = options;
  undo.push(lockDataFolder(dataDir).release);
  withdrawDescription(dataDir);
  const { freeBytes } = options;
  const full = whyNoRoom(dataDir, freeBytes);
  if (full !== undefined) throw new UnusableFolder(full);
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const children = new Children(dataDir);
  await children.endLeftovers(log);

  const assembly = readAssembly(options.assembly ?? (await synthesized(dataDir, settings, children, log)));
  // Only now: what is free may be taken while the stack is synthesized.
  const ports = await portsOf(dataDir, log);
  const database = await hiddenAddress();
  const dynamoDb = dynamoDbProgram({ address: database, dataDir, kind: options.dynamoDb });
  const own: Endpoints = { sqs: `http://127.0.0.1:${ports.sqs}`, dynamodb: `http://${database.host}:${database.port}` };
  const told: Endpoints = {
    sqs: withoutSlash(options.endpoints?.sqs ?? own.sqs),
    dynamodb: withoutSlash(options.endpoints?.dynamodb ?? own.dynamodb),
  };
  const spec = stackSpec(assembly, own.sqs);
  const specAsTold = stackSpec(assembly, told.sqs);
  const emulators = await startEmulators(spec, { dataDir, ports, dynamoDb, children, log }, undo);

  const guard = await startDatabaseGuard(ports.dynamodb, database);
  undo.push(() => guard.close());

  const functions = new FunctionPools(specAsTold.functions, {
    ...{ dataDir, endpoints: told, allowPrivateAddresses, children, log },
  });
  undo.push(() => functions.stop());
  await expectFree(ports.lambda, 'the Lambda API', dataDir);
  const api = await startInvokeApi(ports.lambda, (name) => functions.find(name));
  undo.push(() => api.close());
  const schedules = startTriggers(spec, { ...options, own, functions }, undo);

  const stack = describeStack(specAsTold, {
    sqs: told.sqs,
    dynamodb: withoutSlash(options.endpoints?.dynamodb ?? guard.endpoint),
    lambda: api.endpoint,
  });
  // Who stands between is to see every call.
  publishDescription(dataDir, stack, options.endpoints?.dynamodb === undefined ? own.dynamodb : undefined);
  undo.push(() => withdrawDescription(dataDir));
  const trouble = new Promise<string>((resolve) => undo.push(watchRoom(dataDir, resolve, freeBytes)));
  return {
    stack,
    trouble,
    releaseSchedules: () => schedules.release(),
    holdSchedules: () => schedules.hold(),
    invoke: async (name, event) => {
      const { payload, error } = await functions.expect(name).invoke(JSON.stringify(event));
      return { payload: JSON.parse(payload) as unknown, ...(error && { error }) };
    },
    emulatorPids: () => emulators.map((emulator) => emulator.pid()),
  };
}

function withoutSlash(endpoint: string): string {
  return endpoint.endsWith('/') ? endpoint.slice(0, -1) : endpoint;
}

/** Event sources and schedules: what invokes the functions by itself. */
function startTriggers(
  spec: StackSpec,
  { own, functions, periodSeconds, holdSchedules, log }: TriggersProps,
  undo: Undo[],
): Schedules {
  const sqs = sqsClient(own.sqs);
  undo.push(() => sqs.destroy());
  const sources = spec.eventSources.map((source) => {
    const pool = functions.expect(source.functionArn);
    const queue = spec.queues.find(({ arn }) => arn === source.queueArn);
    if (!queue) throw new Error(`${source.id} reads ${source.queueArn}, which is no queue of this stack.`);
    return { spec: source, queueUrl: queue.url, sqs, invoke: (event: string) => pool.invoke(event), log };
  });
  const targets = spec.schedules.map(({ functionArn }) => functions.expect(functionArn));
  const schedules = new Schedules({
    specs: spec.schedules,
    periodSeconds,
    invoke: (arn, event) => targets.find((pool) => pool.spec.arn === arn)!.invoke(event),
    log,
  });
  const polling = sources.map(startEventSource);
  if (!holdSchedules) schedules.release();
  undo.push(async () => {
    const ended = Promise.all([schedules.hold(), ...polling.map((source) => source.stop())]);
    await Promise.race([ended, sleep(STOP_PATIENCE_MS, undefined, { ref: false })]);
  });
  return schedules;
}

interface TriggersProps extends LocalArchiveOptions {
  readonly own: Endpoints;
  readonly functions: FunctionPools;
}
