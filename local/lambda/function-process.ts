/** The process in which one function runs, as Lambda's runtime does it. Arguments: folder of the bundle, handler. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Answer, FunctionError, Invoke } from './function-messages.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const [codeDir, handlerName] = process.argv.slice(2) as [string, string];
const answer = (message: Answer) => process.send?.(message);

// The runner is gone: so is whoever waits for a result.
process.once('disconnect', () => process.exit(0));

const handler = loaded();
if (handler) {
  process.on('message', (message) => void run(handler, message as Invoke));
  answer({ kind: 'ready' });
}

function loaded(): Handler | undefined {
  const [file, name] = handlerName.split('.') as [string, string];
  try {
    const module = createRequire(join(codeDir, 'index.js'))(join(codeDir, file)) as Record<string, unknown>;
    if (typeof module[name] === 'function') return module[name] as Handler;
    const errorMessage = `${handlerName} is undefined or not exported`;
    answer({ kind: 'unusable', error: { errorType: 'Runtime.HandlerNotFound', errorMessage } });
  } catch (error) {
    answer({ kind: 'unusable', error: described(error) });
  }
  return undefined;
}

async function run(handle: Handler, invocation: Invoke): Promise<void> {
  const { requestId } = invocation;
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  process.stdout.write(`START RequestId: ${requestId} Version: $LATEST\n`);
  const outcome = await outcomeOf(handle, invocation);
  const memoryMb = Math.ceil(process.memoryUsage.rss() / 2 ** 20);
  // The runner waits for this line, so that it has all of the log before it answers.
  process.stdout.write(`END RequestId: ${requestId}\n`, () => {
    answer(
      'error' in outcome
        ? { kind: 'failure', requestId, error: outcome.error, memoryMb }
        : { kind: 'result', requestId, payload: outcome.payload, memoryMb },
    );
  });
}

async function outcomeOf(handle: Handler, invocation: Invoke): Promise<{ payload: string } | { error: FunctionError }> {
  try {
    const result = await handle(JSON.parse(invocation.event), contextOf(invocation));
    return { payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    const description = described(error);
    process.stdout.write(`${JSON.stringify({ level: 'ERROR', message: description })}\n`);
    return { error: description };
  }
}

/** The second argument of a handler: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf({ requestId, functionArn, deadlineMs, clientContext }: Invoke) {
  const { env } = process;
  // The clock of the machine may jump while it runs.
  const ends = performance.now() + deadlineMs - Date.now();
  return {
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, ends - performance.now()),
  };
}

function described(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
