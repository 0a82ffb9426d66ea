import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { WorkQueue } from '../work-queue.ts';
import type { Alarms, RunbookSection } from './alarms.ts';

export interface QueueAlarmsProps {
  /** What it means when a message was given up. */
  readonly deadLetterImpact: string;
  readonly deadLetterFirstStep: string;
  /** Seconds that the oldest message may have waited. */
  readonly ageLimit: number;
  readonly ageImpact: string;
  readonly ageFirstStep: string;
  readonly ageSection: RunbookSection;
  /** Those whose message no other alarm tells. */
  readonly essential: readonly ('deadLetters' | 'age')[];
}

const eachMinute = { period: Duration.minutes(1), statistic: Stats.MAXIMUM };

/** Two alarms a queue: something was given up, and nothing is taken any more. */
export function queueAlarms(
  alarms: Alarms,
  { node: { id }, queue, deadLetters }: WorkQueue,
  props: QueueAlarmsProps,
): void {
  // SQS stops reporting on a queue six hours after it was last used or last held a message: silence means empty.
  const missing = TreatMissingData.NOT_BREACHING;
  const { essential } = props;
  alarms.add(`${id}DeadLetters`, {
    metric: deadLetters.metricApproximateNumberOfMessagesVisible(eachMinute),
    threshold: 1,
    impact: props.deadLetterImpact,
    firstStep: props.deadLetterFirstStep,
    section: 'dead-letters',
    essential: essential.includes('deadLetters'),
    missing,
  });
  alarms.add(`${id}Age`, {
    metric: queue.metricApproximateAgeOfOldestMessage(eachMinute),
    threshold: props.ageLimit,
    impact: props.ageImpact,
    firstStep: props.ageFirstStep,
    section: props.ageSection,
    essential: essential.includes('age'),
    missing,
  });
}
