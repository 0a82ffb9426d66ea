/** A metric as the documentation of its service has it. */
export interface Emitted {
  /** Sets of dimensions, each with commas between. */
  readonly dimensions: readonly string[];
  /** Statistics that the documentation calls meaningful, as templates name them; undefined: any. */
  readonly statistics?: readonly string[];
}

const QUEUE: Emitted = { dimensions: ['QueueName'] };
const FUNCTION_SUM: Emitted = { dimensions: ['FunctionName'], statistics: ['Sum'] };
const TABLE: Emitted = { dimensions: ['TableName'] };
const OF_TABLE_OR_INDEX: Emitted = {
  dimensions: ['TableName', 'TableName,GlobalSecondaryIndexName'],
  statistics: ['Sum', 'SampleCount'],
};

/**
 * What AWS emits, by its documentation, below https://docs.aws.amazon.com:
 * "Available CloudWatch metrics for Amazon SQS" (AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html),
 * "Types of metrics for Lambda functions" (lambda/latest/dg/monitoring-metrics-types.html),
 * "DynamoDB metrics and dimensions" (amazondynamodb/latest/developerguide/metrics-dimensions.html).
 * DynamoDB reports its own errors by table and operation only.
 */
export const EMITTED_BY_AWS: Readonly<Record<string, Readonly<Record<string, Emitted>>>> = {
  'AWS/SQS': {
    ApproximateNumberOfMessagesVisible: QUEUE,
    ApproximateNumberOfMessagesNotVisible: QUEUE,
    ApproximateAgeOfOldestMessage: QUEUE,
  },
  'AWS/Lambda': {
    Invocations: FUNCTION_SUM,
    Errors: FUNCTION_SUM,
    Throttles: FUNCTION_SUM,
    Duration: { dimensions: ['FunctionName'], statistics: ['Average', 'Maximum', 'Minimum', 'p50'] },
  },
  'AWS/DynamoDB': {
    ConsumedReadCapacityUnits: TABLE,
    ConsumedWriteCapacityUnits: TABLE,
    ReadThrottleEvents: OF_TABLE_OR_INDEX,
    WriteThrottleEvents: OF_TABLE_OR_INDEX,
    SystemErrors: { dimensions: ['TableName,Operation'], statistics: ['Sum', 'SampleCount'] },
  },
};

/** Values of the dimension Operation of SystemErrors. */
export const OPERATIONS_OF_DYNAMODB = [
  ...['PutItem', 'DeleteItem', 'UpdateItem', 'GetItem', 'BatchGetItem', 'Scan', 'Query', 'BatchWriteItem'],
  ...['TransactWriteItems', 'TransactGetItems'],
];

/** The longest name of an alarm and its most metrics, by the CloudWatch API reference of PutMetricAlarm. */
export const ALARM_LIMITS = { name: 255, metrics: 10, daySeconds: 86_400 } as const;
