import middy from '@middy/core';
import type { Kind } from '../../domain/collection.ts';
import {
  type ArchiveMessagesDependencies,
  type ArchiveMessagesResult,
  archiveMessages,
} from '../curation/archive-messages.ts';
import type { LambdaContext, SqsEvent } from './lambda.ts';
import { logContext, logger } from './telemetry.ts';

/**
 * The handler of an archivist that a queue of curated messages triggers: returns the messages to be received again
 * (`batchItemFailures`) and a summary for whoever invoked it by hand.
 * @throws TypeError when the event is not one of SQS
 */
export function triggeredHandler(
  kind: Kind,
  dependencies: Omit<ArchiveMessagesDependencies, 'readers' | 'refused' | 'failed'>,
) {
  return middy<SqsEvent, ArchiveMessagesResult, Error, LambdaContext>()
    .use(logContext)
    .handler(async (event) => {
      const wrong = wrongInEvent(event);
      if (wrong !== undefined) {
        throw new TypeError(`Expected an SQS event as in functions/${kind}s-archivist/events, ${wrong}.`);
      }
      const result = await archiveMessages(kind, event.Records, {
        ...dependencies,
        readers: () => import('../../domain/messages.ts'),
        refused: (messageId, reason) => logger.warn('Message refused', { messageId, reason }),
        failed: (messageId, error) => logger.error('Message failed, it will come again', { messageId, error }),
      });
      logger.info('Batch archived', { ...result.summary });
      return result;
    });
}

/** What distinguishes it from an event of SQS, or undefined when it is one. Only somebody who invokes by hand sends others. */
function wrongInEvent(event: unknown): string | undefined {
  const records: unknown = (event as { Records?: unknown } | null | undefined)?.Records;
  if (!Array.isArray(records)) return `with a list of "Records"; what came has ${shapeOf(event)}`;
  const index = records.findIndex(
    (record) => typeof record?.messageId !== 'string' || typeof record?.body !== 'string',
  );
  if (index < 0) return undefined;
  return `whose records have "messageId" and "body" as text; Records[${index}] has ${shapeOf(records[index])}`;
}

function shapeOf(event: unknown): string {
  if (event === null || typeof event !== 'object') return `the type ${event === null ? 'null' : typeof event}`;
  const keys = Object.keys(event).slice(0, 10);
  return keys.length === 0 ? 'no fields' : `the fields ${keys.join(', ')}`;
}
