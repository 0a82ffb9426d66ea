import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { MiddlewareObj } from '@middy/core';
import type { LambdaContext } from './lambda.ts';

let made: Logger | undefined;

/** Made when the first run begins and not as the function loads: what opens its output takes longer than all of its code. */
function powertools(): Logger {
  made ??= new Logger();
  return made;
}

type Log = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** One structured line an outcome; service and level come from the environment. */
export const logger: Readonly<Record<'info' | 'warn' | 'error', Log>> = {
  info: (message, fields = {}) => powertools().info(message, fields),
  warn: (message, fields = {}) => powertools().warn(message, fields),
  error: (message, fields = {}) => powertools().error(message, fields),
};

let context: ReturnType<typeof injectLambdaContext> | undefined;

function contextOfLines(): ReturnType<typeof injectLambdaContext> {
  context ??= injectLambdaContext(powertools(), { resetKeys: true });
  return context;
}

type Request = Parameters<NonNullable<MiddlewareObj<unknown, unknown, Error, LambdaContext>['before']>>[0];

/** Each log line says of which invocation it is. */
export const logContext = {
  before: (request: Request) => contextOfLines().before?.(request),
  after: (request: Request) => contextOfLines().after?.(request),
  onError: (request: Request) => contextOfLines().onError?.(request),
};
