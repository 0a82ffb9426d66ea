import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import type { ArchivistFunction } from './archivist-function.ts';
import { FIXED } from './fixed.ts';
import type { Settings } from './settings-table.ts';
import type { WorkQueue } from './work-queue.ts';

/** Batches of the queue invoke the function; each record succeeds or fails by itself. */
export function triggeredBy(archivist: ArchivistFunction, source: WorkQueue, settings: Settings): void {
  const queueArn = source.queue.queueArn;
  archivist.permit(queueArn, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
  archivist.function.addEventSourceMapping('Batches', {
    eventSourceArn: queueArn,
    batchSize: FIXED.batchSize,
    maxBatchingWindow: Duration.seconds(settings.batchingWindow),
    maxConcurrency: settings.curationConcurrency,
    reportBatchItemFailures: true,
  });
}

/** Single messages of the queue invoke the function, `atATime` of them at most; each is its own batch. */
export function oneByOne(archivist: ArchivistFunction, source: WorkQueue, atATime: number): void {
  const queueArn = source.queue.queueArn;
  archivist.permit(queueArn, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
  archivist.function.addEventSourceMapping('Items', {
    eventSourceArn: queueArn,
    batchSize: 1,
    // Two is the least that event sources take.
    maxConcurrency: Math.max(2, atATime),
    reportBatchItemFailures: true,
  });
}

/** The function runs every minute; nothing retries a run that failed, for the next minute does. */
export function everyMinute(archivist: ArchivistFunction): void {
  scheduled(archivist, 'EveryMinute', FIXED.schedulePeriod);
}

/** The function runs every so many seconds; nothing retries a run that failed, for the next one does. */
export function scheduled(archivist: ArchivistFunction, id: string, periodSeconds: number): void {
  const { functionArn } = archivist.function;
  archivist.function.configureAsyncInvoke({
    retryAttempts: 0,
    maxEventAge: Duration.seconds(FIXED.asyncEventAge),
  });
  const role = new Role(archivist, 'ScheduleRole', {
    // Only schedules of this account: the service acts for others too.
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(archivist).account } },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }));
  new Schedule(archivist, id, {
    description: `Runs ${archivist.service}.`,
    schedule: ScheduleExpression.rate(Duration.seconds(periodSeconds)),
    // The target of aws-scheduler-targets would grant every version of the function by a wildcard.
    target: {
      bind: () => ({
        arn: functionArn,
        role,
        input: ScheduleTargetInput.fromObject({}),
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: FIXED.asyncEventAge },
      }),
    },
  });
}
