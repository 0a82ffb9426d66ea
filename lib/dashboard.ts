import { Aws, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { BY_STATE, FINDINGS_BY_CLIP, WITH_LEASES } from '../functions/stores/schema.ts';
import type { ArchiveAlarms, ArchiveParts } from './alarms/archive-alarms.ts';
import { failedShare, wastedShare } from './alarms/research-alarms.ts';
import { systemErrors, throttles } from './alarms/table-alarms.ts';
import { type ResearchMetric, researchMetric } from './metrics.ts';

/** Widgets lie on a grid of 24 columns. */
const WIDTH = 24;
const HEIGHT = 6;
const minute = Duration.minutes(1);
const fiveMinutes = Duration.minutes(5);

/** Alarms first, then queues over functions over tables over research, with the thresholds drawn in. Output `DashboardUrl`. */
export class ArchiveDashboard extends Construct {
  constructor(scope: Construct, id: string, parts: ArchiveParts, alarms: ArchiveAlarms) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    new Dashboard(this, 'Dashboard', {
      dashboardName: stackName,
      defaultInterval: Duration.hours(12),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.all, width: WIDTH, height: 5 })],
        queueDepths(parts),
        queueAges(parts),
        ...functionRows(parts),
        tableRow(parts),
        ...researchRows(parts),
      ],
    });
    new CfnOutput(Stack.of(this), 'DashboardUrl', {
      value: `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${stackName}`,
    });
  }
}

/** One graph a column; `limit` is drawn as a line. */
function graph(title: string, columns: number, left: IMetric[], limit?: { value: number; label: string }): GraphWidget {
  return new GraphWidget({
    title,
    left,
    leftYAxis: { min: 0 },
    ...(limit ? { leftAnnotations: [{ ...limit, color: '#d13212' }] } : {}),
    width: WIDTH / columns,
    height: HEIGHT,
  });
}

function queueDepths({ queues }: ArchiveParts): IWidget[] {
  return Object.values(queues).map(({ node, queue, deadLetters }) =>
    graph(
      `${node.id}: messages`,
      4,
      [
        queue.metricApproximateNumberOfMessagesVisible({ label: 'waiting', period: minute, statistic: Stats.MAXIMUM }),
        queue.metricApproximateNumberOfMessagesNotVisible({ label: 'taken', period: minute, statistic: Stats.MAXIMUM }),
        deadLetters.metricApproximateNumberOfMessagesVisible({
          label: 'dead letters',
          period: minute,
          statistic: Stats.MAXIMUM,
        }),
      ],
      { value: 1, label: 'dead letters: alarm' },
    ),
  );
}

function queueAges({ queues, settings }: ArchiveParts): IWidget[] {
  const limits = [
    [queues.curatedClips, settings.curatedAgeLimit],
    [queues.curatedEpisodes, settings.curatedAgeLimit],
    [queues.pendingResearch, settings.pendingAgeLimit],
    [queues.completedResearch, settings.completedAgeLimit],
  ] as const;
  return limits.map(([{ node, queue }, value]) =>
    graph(
      `${node.id}: oldest message (s)`,
      4,
      [queue.metricApproximateAgeOfOldestMessage({ label: 'age', period: minute, statistic: Stats.MAXIMUM })],
      { value, label: 'alarm' },
    ),
  );
}

function functionRows({ functions, settings }: ArchiveParts): IWidget[][] {
  const archivists = Object.values(functions);
  return [
    archivists.map(({ node, function: lambda }) =>
      graph(
        `${node.id}: runs`,
        4,
        [
          lambda.metricInvocations({ label: 'runs', period: fiveMinutes }),
          lambda.metricErrors({ label: 'errors', period: fiveMinutes }),
          lambda.metricThrottles({ label: 'throttles', period: fiveMinutes }),
        ],
        { value: 1, label: 'errors, throttles: alarm' },
      ),
    ),
    archivists.map(({ node, function: lambda }) =>
      graph(
        `${node.id}: duration (ms)`,
        4,
        [
          lambda.metricDuration({ label: 'longest', period: fiveMinutes, statistic: Stats.MAXIMUM }),
          lambda.metricDuration({ label: 'median', period: fiveMinutes, statistic: Stats.percentile(50) }),
        ],
        { value: (lambda.timeout!.toMilliseconds() * settings.timeoutShare) / 100, label: 'alarm' },
      ),
    ),
  ];
}

function tableRow({ tables }: ArchiveParts): IWidget[] {
  const { collection, leases } = tables;
  const limit = { value: 1, label: 'alarm' };
  const sum = { period: fiveMinutes, statistic: Stats.SUM };
  return [
    graph('Collection: units', 4, [
      collection.metricConsumedReadCapacityUnits({ ...sum, label: 'read' }),
      collection.metricConsumedWriteCapacityUnits({ ...sum, label: 'written' }),
    ]),
    graph(
      'Collection: refused',
      4,
      [throttles(collection, [FINDINGS_BY_CLIP.name]), systemErrors('Collection', collection)],
      limit,
    ),
    graph('Leases: units', 4, [
      leases.metricConsumedReadCapacityUnits({ ...sum, label: 'read' }),
      leases.metricConsumedWriteCapacityUnits({ ...sum, label: 'written' }),
    ]),
    graph(
      'Leases: refused',
      4,
      [throttles(leases, [BY_STATE.name, WITH_LEASES.name]), systemErrors('Leases', leases)],
      limit,
    ),
  ];
}

function researchRows({ settings }: ArchiveParts): IWidget[][] {
  const of = (...names: ResearchMetric[]) => names.map((name) => researchMetric(settings, name));
  const alarm = (value: number) => ({ value, label: 'alarm' });
  return [
    [
      new SingleValueWidget({
        title: 'Now',
        metrics: (['Researchers', 'Waiting', 'BacklogAge'] as const).map((name) =>
          researchMetric(settings, name, minute),
        ),
        width: WIDTH / 4,
        height: HEIGHT,
      }),
      graph('Pairs researched a minute', 4, [researchMetric(settings, 'PairsResearched', minute)]),
      graph('Findings and negatives', 4, of('Findings', 'Negatives')),
      graph(
        'Researchers and work that waits',
        4,
        of('Researchers', 'Waiting', 'WorkItemsPublished', 'WaitingUnattended'),
      ),
    ],
    [
      graph('Strikes and what was given up', 4, of('Lapsed', 'Struck', 'Parked'), {
        value: 1,
        label: 'parked: alarm',
      }),
      graph('Late and duplicate results, failures', 4, of('LateResults', 'DuplicateResults', 'Failures')),
      graph('Failed outcomes of the hour (%)', 4, [failedShare(settings)], alarm(settings.failedShare)),
      graph(
        'Wasted work of the hour (duplicates / recorded, %)',
        4,
        [wastedShare(settings)],
        alarm(settings.wastedShare),
      ),
    ],
    [graph('Age of the backlog', 1, of('BacklogAge'))],
  ];
}
