import middy from '@middy/core';
import { type ArchiveMessagesDependencies, type ArchiveMessagesResult, archiveMessages } from '../archive-messages.ts';
import type { Kind } from '../domain/collection.ts';
import type { LambdaContext, SqsEvent } from './lambda.ts';
import { logger, telemetry } from './telemetry.ts';

/**
 * The handler of an archivist that a queue of curated messages triggers: returns the messages to be received again
 * (`batchItemFailures`) and a summary for whoever invoked it by hand.
 * @throws TypeError when the event is not one of SQS
 */
export function triggeredHandler(kind: Kind, dependencies: Omit<ArchiveMessagesDependencies, 'refused' | 'failed'>) {
  return middy<SqsEvent, ArchiveMessagesResult, Error, LambdaContext>()
    .use(telemetry)
    .handler(async (event) => {
      if (!Array.isArray(event?.Records)) {
        throw new TypeError(
          `Expected an SQS event with "Records", as in functions/${kind}s-archivist/events; what came has ${shapeOf(event)}.`,
        );
      }
      const result = await archiveMessages(kind, event.Records, {
        ...dependencies,
        refused: (messageId, reason) => logger.warn('Message refused', { messageId, reason }),
        failed: (messageId, error) => logger.error('Message failed, it will come again', { messageId, error }),
      });
      logger.info('Batch archived', { ...result.summary });
      return result;
    });
}

function shapeOf(event: unknown): string {
  if (event === null || typeof event !== 'object') return `the type ${typeof event}`;
  const keys = Object.keys(event).slice(0, 10);
  return keys.length === 0 ? 'no fields' : `the fields ${keys.join(', ')}`;
}
