/** A queue to be made. All attributes as SQS takes them: text. */
export interface QueueSpec {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The queue that takes its dead letters, which must be made first. */
  readonly deadLetterArn?: string;
}

export interface KeyAttribute {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

export interface IndexSpec {
  readonly IndexName: string;
  readonly KeySchema: KeyAttribute[];
  readonly Projection: {
    readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
    readonly NonKeyAttributes?: string[];
  };
}

/** A table to be made; the fields have the names and forms that CreateTable takes. */
export interface TableSpec {
  readonly id: string;
  readonly name: string;
  readonly AttributeDefinitions: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
  readonly KeySchema: KeyAttribute[];
  readonly GlobalSecondaryIndexes: readonly IndexSpec[];
  readonly LocalSecondaryIndexes: readonly IndexSpec[];
}

export interface FunctionSpec {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  /** As "index.handler". */
  readonly handler: string;
  /** Folder of the bundle. */
  readonly codeDir: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logFormat: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface EventSourceSpec {
  readonly id: string;
  readonly functionArn: string;
  readonly queueArn: string;
  readonly batchSize: number;
  /** How long messages are gathered for a batch. */
  readonly windowSeconds: number;
  /** Whether the function says which messages failed; else all of a batch succeed or fail together. */
  readonly reportsItemFailures: boolean;
  readonly maxConcurrency: number;
}

export interface ScheduleSpec {
  readonly id: string;
  readonly arn: string;
  readonly functionArn: string;
  readonly periodSeconds: number;
  /** JSON text, in which `<aws.scheduler.…>` stand for facts of the run. */
  readonly input: string;
}

/** Everything of a template that runs on this machine. */
export interface StackSpec {
  readonly queues: readonly QueueSpec[];
  readonly tables: readonly TableSpec[];
  readonly functions: readonly FunctionSpec[];
  readonly eventSources: readonly EventSourceSpec[];
  readonly schedules: readonly ScheduleSpec[];
}
