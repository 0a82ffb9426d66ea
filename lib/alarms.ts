import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from './settings-table.ts';

/** What an alarm must say to the person whom it wakes. */
export interface ArchivistAlarmProps {
  readonly metric: IMetric;
  /** What it means for the archive, as a sentence. */
  readonly impact: string;
  /** The first thing to do, as a sentence. */
  readonly firstStep: string;
  /** The section of the runbook: its heading in lower case, with hyphens. */
  readonly section: RunbookSection;
  readonly threshold: number;
  /** Default: greater than or equal to the threshold. */
  readonly comparison?: ComparisonOperator;
  /** Periods that are looked at. Default 1. */
  readonly periods?: number;
  /** Of those, how many must breach. Default: all. */
  readonly breaching?: number;
  /** What silence of the metric means; there is no default because it is never obvious. */
  readonly missing: TreatMissingData;
}

/** The sections of docs/runbook.md. Alarms link them, so they are part of the interface. */
export const RUNBOOK_SECTIONS = [
  'dead-letters',
  'curation-behind',
  'work-items-wait',
  'results-wait',
  'function-errors',
  'function-throttled',
  'function-slow',
  'schedule-silent',
  'table-throttled',
  'table-system-errors',
  'pairs-parked',
  'results-fail',
  'researchers-gone',
  'work-wasted',
] as const;
export type RunbookSection = (typeof RUNBOOK_SECTIONS)[number];

/** All alarms of the stack, and the one topic that they go to. Output `AlarmTopicArn`. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];
  private readonly action: SnsAction;
  private readonly runbookUrl: string;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.runbookUrl = settings.runbookUrl;
    const topic = new Topic(this, 'Topic', { displayName: settings.stackName, enforceSSL: true });
    // A topic with a policy of its own (TLS only) loses the default one, which let alarms of the account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    if (settings.alarmEmail) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
    this.action = new SnsAction(topic);
    new CfnOutput(Stack.of(this), 'AlarmTopicArn', { value: topic.topicArn });
  }

  /** Makes the alarm `<stack>-<id>`. */
  add(id: string, props: ArchivistAlarmProps): Alarm {
    const alarm = new Alarm(this, id, {
      alarmName: `${Stack.of(this).stackName}-${id}`,
      alarmDescription: `Impact: ${props.impact} First: ${props.firstStep} Runbook: ${this.runbookUrl}#${props.section}`,
      metric: props.metric,
      threshold: props.threshold,
      comparisonOperator: props.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      datapointsToAlarm: props.breaching ?? props.periods ?? 1,
      treatMissingData: props.missing,
    });
    alarm.addAlarmAction(this.action);
    this.all.push(alarm);
    return alarm;
  }
}
