import { Aws, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from '../settings-table.ts';

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
  /**
   * Whether it is one of the few that tell of whatever stops the archive; default false. Of the others the dashboard has
   * the figures, and -c alarms=all makes them too.
   */
  readonly essential?: boolean;
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
  'function-stopped',
  'table-throttled',
  'table-system-errors',
  'pairs-parked',
  'results-fail',
  'researchers-gone',
  'work-wasted',
] as const;
export type RunbookSection = (typeof RUNBOOK_SECTIONS)[number];

/** All alarms of the stack, and the one topic that they go to when somebody asks for it. Output `AlarmTopicArn`. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];
  private readonly action: SnsAction | undefined;
  private readonly runbookUrl: string;
  private readonly wanted: Settings['alarms'];

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    this.runbookUrl = settings.runbookUrl;
    this.wanted = settings.alarms;
    if (settings.alarmEmail === '' && settings.alarmTopic === 'off') return;
    const topic = this.topicOfAlarms(settings.stackName);
    if (settings.alarmEmail) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
    this.action = new SnsAction(topic);
    new CfnOutput(Stack.of(this), 'AlarmTopicArn', { value: topic.topicArn });
  }

  /** Encrypted with a key of its own: that of AWS (alias/aws/sns) lets no alarm use it, and its policy is not ours. */
  private topicOfAlarms(displayName: string): Topic {
    const alarms = new ServicePrincipal('cloudwatch.amazonaws.com');
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    const key = new Key(this, 'Key', {
      description: `Encrypts the alarms of ${displayName} on their way.`,
      enableKeyRotation: true,
      // What it encrypted is delivered; nothing is left to decrypt.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [alarms],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: ofThisAccount,
      }),
    );
    const topic = new Topic(this, 'Topic', { displayName, enforceSSL: true, masterKey: key });
    // A topic with a policy of its own (TLS only) loses the default one, which let alarms of the account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [alarms],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: ofThisAccount,
      }),
    );
    return topic;
  }

  /** Makes the alarm `<stack>-<id>`, when it is one of those that are wanted. */
  add(id: string, props: ArchivistAlarmProps): void {
    if (this.wanted === 'essential' && props.essential !== true) return;
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
    if (this.action) alarm.addAlarmAction(this.action);
    this.all.push(alarm);
  }
}
