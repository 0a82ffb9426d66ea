import { availableParallelism } from 'node:os';
import { isMainThread } from 'node:worker_threads';
// The bundle is the file of its analysing threads too: in a thread, this import listens for tasks.
import '../../researcher/analyzer/worker.ts';
import middy from '@middy/core';
import { AnalyzerPool } from '../../researcher/analyzer/pool.ts';
import { SqsResearcherQueues } from '../../researcher/worker/work-queue.ts';
import { sqs } from '../runtime/clients.ts';
import { fromEnvironment } from '../runtime/environment.ts';
import type { LambdaContext } from '../runtime/lambda.ts';
import { logContext } from '../runtime/telemetry.ts';
import { type ResearchEvent, ResearchFunction, type ResearchFunctionSummary } from './research-function.ts';

/** A function has up to six processors; each thread needs memory of its own. */
const MOST_THREADS = 4;

let research: ResearchFunction | undefined;

function made(): ResearchFunction {
  const completedQueueUrl = fromEnvironment('completedResearchQueue');
  return new ResearchFunction({
    queues: new SqsResearcherQueues(sqs(), fromEnvironment('pendingResearchQueue'), completedQueueUrl),
    completedQueueUrl,
    analysis: new AnalyzerPool({
      workers: Math.min(MOST_THREADS, availableParallelism()),
      workerFile: __filename,
      ffmpeg: false,
    }),
    environment: process.env,
  });
}

/** Researches the work items of an SQS event: one, as the stack sets it up. */
export const handler = isMainThread
  ? middy<ResearchEvent, ResearchFunctionSummary, Error, LambdaContext>()
      .use(logContext)
      .handler((event, context) => {
        research ??= made();
        return research.run(event, context.getRemainingTimeInMillis());
      })
  : undefined;
