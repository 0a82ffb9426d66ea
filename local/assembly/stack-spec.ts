import { resolve } from 'node:path';
import { secondsOf } from '../events/schedule-expression.ts';
import { ACCOUNT, REGION } from '../project.ts';
import type { Assembly } from './cloud-assembly.ts';
import { Resources } from './resources.ts';
import type {
  EventSourceSpec,
  FunctionSpec,
  IndexSpec,
  QueueSpec,
  ScheduleSpec,
  StackSpec,
  TableSpec,
} from './specifications.ts';

/** The queue attributes that the emulator takes; the others (tags, policies, keys) mean nothing on one machine. */
const QUEUE_ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'VisibilityTimeout',
] as const;

/**
 * What of the template runs on this machine, all references resolved. Types of resources that have no part in it are
 * left out; so are event sources and schedules that are switched off.
 * @param sqsEndpoint where queue URLs lead, as "http://127.0.0.1:20001".
 * @throws UnresolvableIntrinsic, or Error that names the resource and property that cannot be run here.
 */
export function stackSpec(assembly: Assembly, sqsEndpoint: string): StackSpec {
  const resources = new Resources(assembly.template, assembly.stackName, sqsEndpoint);
  const each = <T>(type: string, spec: (id: string) => T | undefined) =>
    resources.ofType(type).flatMap((id) => spec(id) ?? []);
  return {
    queues: each('AWS::SQS::Queue', (id) => queueSpec(id, resources)),
    tables: each('AWS::DynamoDB::Table', (id) => tableSpec(id, resources)),
    functions: each('AWS::Lambda::Function', (id) => functionSpec(id, resources, assembly.folder)),
    eventSources: each('AWS::Lambda::EventSourceMapping', (id) => eventSourceSpec(id, resources)),
    schedules: each('AWS::Scheduler::Schedule', (id) => scheduleSpec(id, resources)),
  };
}

function queueSpec(id: string, resources: Resources): QueueSpec {
  const attributes: Record<string, string> = {};
  for (const name of QUEUE_ATTRIBUTES) {
    const value = resources.property(id, name);
    if (value !== undefined) attributes[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  const deadLetterArn = resources.property(id, 'RedrivePolicy.deadLetterTargetArn');
  return {
    id,
    name: resources.nameOf(id),
    arn: resources.arnOf(id),
    url: resources.refOf(id),
    attributes,
    ...(typeof deadLetterArn === 'string' && { deadLetterArn }),
  };
}

function tableSpec(id: string, resources: Resources): TableSpec {
  return {
    id,
    name: resources.nameOf(id),
    AttributeDefinitions: resources.property(id, 'AttributeDefinitions') as TableSpec['AttributeDefinitions'],
    KeySchema: resources.property(id, 'KeySchema') as TableSpec['KeySchema'],
    GlobalSecondaryIndexes: indexes(resources.property(id, 'GlobalSecondaryIndexes')),
    LocalSecondaryIndexes: indexes(resources.property(id, 'LocalSecondaryIndexes')),
  };
}

function indexes(value: unknown): IndexSpec[] {
  return ((value ?? []) as IndexSpec[]).map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
}

/** Functions without a bundle, such as helpers of the CDK with inline code, have no part in a local archive. */
function functionSpec(id: string, resources: Resources, folder: string): FunctionSpec | undefined {
  const asset = resources.metadata(id, 'aws:asset:path');
  if (typeof asset !== 'string') return undefined;
  const runtime = String(resources.property(id, 'Runtime'));
  if (!runtime.startsWith('nodejs'))
    throw new Error(`${id}.Runtime is ${runtime}; the local stack runs Node.js functions only.`);
  const variables = (resources.property(id, 'Environment.Variables') ?? {}) as Record<string, unknown>;
  return {
    id,
    name: resources.nameOf(id),
    arn: resources.arnOf(id),
    handler: String(resources.property(id, 'Handler')),
    codeDir: resolve(folder, asset),
    runtime,
    timeoutSeconds: Number(resources.property(id, 'Timeout') ?? 3),
    memoryMb: Number(resources.property(id, 'MemorySize') ?? 128),
    logFormat: String(resources.property(id, 'LoggingConfig.LogFormat') ?? 'Text'),
    environment: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
  };
}

function eventSourceSpec(id: string, resources: Resources): EventSourceSpec | undefined {
  if (resources.property(id, 'Enabled') === false) return undefined;
  const responseTypes = (resources.property(id, 'FunctionResponseTypes') ?? []) as string[];
  return {
    id,
    functionArn: functionArn(String(resources.property(id, 'FunctionName'))),
    queueArn: String(resources.property(id, 'EventSourceArn')),
    batchSize: Number(resources.property(id, 'BatchSize') ?? 10),
    windowSeconds: Number(resources.property(id, 'MaximumBatchingWindowInSeconds') ?? 0),
    reportsItemFailures: responseTypes.includes('ReportBatchItemFailures'),
    maxConcurrency: Number(resources.property(id, 'ScalingConfig.MaximumConcurrency') ?? 2),
  };
}

function scheduleSpec(id: string, resources: Resources): ScheduleSpec | undefined {
  if (resources.property(id, 'State') === 'DISABLED') return undefined;
  const group = resources.property(id, 'GroupName') ?? 'default';
  return {
    id,
    arn: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule/${group}/${resources.property(id, 'Name') ?? id}`,
    functionArn: functionArn(String(resources.property(id, 'Target.Arn'))),
    periodSeconds: secondsOf(String(resources.property(id, 'ScheduleExpression')), `${id}.ScheduleExpression`),
    input: String(resources.property(id, 'Target.Input') ?? '{}'),
  };
}

function functionArn(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${nameOrArn}`;
}
