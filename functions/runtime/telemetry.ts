import type { LambdaContext } from './lambda.ts';

type Fields = Readonly<Record<string, unknown>>;
type Log = (message: string, fields?: Fields) => void;

/** The levels of Lambda's log, from the least. */
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
type Level = (typeof LEVELS)[number];

/** Of the invocation that is under way; a process has one at a time. */
let ofInvocation: Fields = {};
let coldStart = true;

/**
 * A line of the log, in the names that Powertools for AWS gives them: what searches for those finds these.
 * @returns undefined where it is below the least level of the environment: `LOG_LEVEL`, or Lambda's own
 * `AWS_LAMBDA_LOG_LEVEL` where that is higher
 */
export function logLine(
  level: Level,
  message: string,
  fields: Fields,
  now: number,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const least = Math.max(rank(environment.LOG_LEVEL), rank(environment.AWS_LAMBDA_LOG_LEVEL));
  if (LEVELS.indexOf(level) < least) return undefined;
  const trace = /Root=([^;]+)/.exec(environment._X_AMZN_TRACE_ID ?? '')?.[1];
  const line = {
    level,
    message,
    timestamp: new Date(now).toISOString(),
    service: environment.POWERTOOLS_SERVICE_NAME ?? 'service_undefined',
    ...ofInvocation,
    ...(trace !== undefined && { xray_trace_id: trace }),
  };
  try {
    // What a line is known by comes first, and stays what it is.
    return JSON.stringify({ ...line, ...fields, ...line }, shown);
  } catch (error) {
    // A circle, above all: no run fails for its log's sake.
    return JSON.stringify({ ...line, fields: `not shown: ${String(error)}` });
  }
}

/** What is unknown, or not given, is INFO, as Lambda takes it. */
function rank(level: string | undefined): number {
  const known = LEVELS.indexOf((level ?? 'INFO').toUpperCase() as Level);
  return known < 0 ? LEVELS.indexOf('INFO') : known;
}

/** Errors have no fields that JSON would show. */
function shown(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, ...(cause !== undefined && { cause }) };
}

function write(level: Level, message: string, fields: Fields = {}): void {
  const line = logLine(level, message, fields, Date.now());
  // Lambda would wrap what console writes; a line of JSON it keeps as it is.
  if (line !== undefined) process.stdout.write(`${line}\n`);
}

/** One structured line an outcome; service and level come from the environment. */
export const logger: Readonly<Record<'info' | 'warn' | 'error', Log>> = {
  info: (message, fields) => write('INFO', message, fields),
  warn: (message, fields) => write('WARN', message, fields),
  error: (message, fields) => write('ERROR', message, fields),
};

/** Each log line says of which invocation it is. */
export const logContext = {
  before({ context }: { readonly context: LambdaContext }): void {
    ofInvocation = {
      cold_start: coldStart,
      function_name: context.functionName,
      function_memory_size: context.memoryLimitInMB,
      function_arn: context.invokedFunctionArn,
      function_request_id: context.awsRequestId,
    };
    coldStart = false;
  },
};
