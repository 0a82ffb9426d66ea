import type { StackSpec } from '../assembly/specifications.ts';
import type { Children } from '../processes/children.ts';
import { dynamoDbClient, sqsClient } from './clients.ts';
import { type DynamoDbProgram, startDynamoDbEmulator } from './dynamodb-emulator.ts';
import { returnInFlight } from './in-flight.ts';
import { makeQueues } from './make-queues.ts';
import { makeTables } from './make-tables.ts';
import { expectFree, type Ports } from './ports.ts';
import { startSqsEmulator } from './sqs-emulator.ts';
import type { Emulator } from './supervised.ts';

export interface EmulatorsProps {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly dynamoDb: DynamoDbProgram;
  readonly children: Children;
  readonly log: (line: string) => void;
}

/**
 * Starts both emulators and makes the queues and tables of the stack in them.
 * @param undo gets what stops them, also when this rejects.
 */
export async function startEmulators(
  spec: StackSpec,
  { dataDir, ports, dynamoDb, children, log }: EmulatorsProps,
  undo: (() => Promise<void> | void)[],
): Promise<readonly Emulator[]> {
  await expectFree(ports.sqs, 'the SQS emulator', dataDir);
  await expectFree(ports.dynamodb, 'the DynamoDB endpoint', dataDir);
  const sources = spec.queues.filter(({ arn }) => spec.eventSources.some(({ queueArn }) => queueArn === arn));
  const names = sources.map(({ name }) => name);
  returnInFlight(dataDir, names);

  const started = await Promise.allSettled([
    startSqsEmulator({ port: ports.sqs, dataDir }, children, log),
    startDynamoDbEmulator({ dataDir, program: dynamoDb }, children, log),
  ]);
  for (const start of started) if (start.status === 'fulfilled') undo.push(() => start.value.stop());
  const emulators = started.map((start) => {
    if (start.status === 'rejected') throw start.reason;
    return start.value;
  });

  const sqs = sqsClient(emulators[0]!.endpoint);
  const tables = dynamoDbClient(emulators[1]!.endpoint);
  try {
    await Promise.all([makeQueues(sqs, spec.queues), makeTables(tables, spec.tables)]);
  } finally {
    sqs.destroy();
    tables.destroy();
  }
  return emulators;
}
