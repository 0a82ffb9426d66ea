import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RESEARCH_METRICS } from '../../lib/metrics.ts';
import { ALARM_LIMITS, EMITTED_BY_AWS, OPERATIONS_OF_DYNAMODB } from './emitted-by-aws.ts';
import { ofType, synthesized, type Template } from './synthesized.ts';

interface Watched {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Period: number;
  readonly Statistic: string;
}

interface Alarm extends Watched {
  readonly AlarmName: string;
  readonly EvaluationPeriods: number;
  readonly Metrics?: readonly {
    readonly MetricStat?: { readonly Metric: Watched; readonly Period: number; readonly Stat: string };
  }[];
}

/** A stack with everything that has alarms, and the one that is deployed by default. */
const everything = { feeds: 'https://example.org/feed.xml', researchers: '2' };
const stacks: [string, Template][] = [
  ['the essential alarms', synthesized(everything)],
  ['all alarms', synthesized({ ...everything, alarms: 'all' })],
];

const watchedBy = ({ Metrics, ...alone }: Alarm): Watched[] =>
  Metrics === undefined
    ? [alone]
    : Metrics.flatMap(({ MetricStat: one }) =>
        one === undefined ? [] : [{ ...one.Metric, Period: one.Period, Statistic: one.Stat }],
      );

describe.each(stacks)('%s', (_name, template) => {
  const alarms = ofType<Alarm>(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm as unknown as Alarm);
  const typeOf = (value: unknown): string | undefined => {
    const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
    return template.Resources[Ref ?? attribute?.[0] ?? '']?.Type;
  };
  const TYPES: Readonly<Record<string, string>> = {
    QueueName: 'AWS::SQS::Queue',
    FunctionName: 'AWS::Lambda::Function',
    TableName: 'AWS::DynamoDB::Table',
  };

  test('ALARM-METRICS-1: watch metrics that AWS or the code emits, with exactly those dimensions and that statistic', () => {
    expect(alarms.length).toBeGreaterThan(7);
    for (const alarm of alarms)
      for (const { Namespace, MetricName, Dimensions = [], Statistic } of watchedBy(alarm)) {
        const names = Dimensions.map(({ Name }) => Name).sort();
        if (Namespace === 'Archivist') {
          const { services, kind } = RESEARCH_METRICS[MetricName as keyof typeof RESEARCH_METRICS];
          expect(names).toEqual(['service']);
          expect(services).toContain(Dimensions[0]?.Value);
          expect(Statistic).toBe(kind === 'gauge' ? 'Maximum' : 'Sum');
          continue;
        }
        const emitted = EMITTED_BY_AWS[Namespace]?.[MetricName];
        expect([alarm.AlarmName, emitted?.dimensions.map((set) => set.split(',').sort())]).toEqual([
          alarm.AlarmName,
          expect.arrayContaining([names]),
        ]);
        if (emitted?.statistics) expect(emitted.statistics).toContain(Statistic);
      }
  });

  test('ALARM-METRICS-2: of resources of this stack', () => {
    for (const alarm of alarms)
      for (const { Dimensions = [] } of watchedBy(alarm))
        for (const { Name, Value } of Dimensions) {
          if (Name === 'Operation') expect(OPERATIONS_OF_DYNAMODB).toContain(Value);
          else if (Name === 'GlobalSecondaryIndexName')
            expect(JSON.stringify(template)).toContain(`"IndexName":"${Value}"`);
          else if (Name !== 'service') expect(typeOf(Value)).toBe(TYPES[Name]);
        }
  });

  test('ALARM-METRICS-3: within what CloudWatch takes: names that are one each, ten metrics, a day, periods of minutes', () => {
    expect(new Set(alarms.map(({ AlarmName }) => AlarmName)).size).toBe(alarms.length);
    for (const alarm of alarms) {
      const watched = watchedBy(alarm);
      expect(alarm.AlarmName.length).toBeLessThanOrEqual(ALARM_LIMITS.name);
      expect(watched.length).toBeLessThanOrEqual(ALARM_LIMITS.metrics);
      for (const { Period } of watched) {
        expect(Period % 60).toBe(0);
        expect(Period * alarm.EvaluationPeriods).toBeLessThanOrEqual(ALARM_LIMITS.daySeconds);
      }
    }
  });
});

/** CDK's own list of what AWS emits, generated from AWS's: a second source for the names of EMITTED_BY_AWS. */
const CANNED = {
  'AWS/SQS': ['aws-sqs', 'sqs', 'SQSMetrics'],
  'AWS/Lambda': ['aws-lambda', 'lambda', 'LambdaMetrics'],
  'AWS/DynamoDB': ['aws-dynamodb', 'dynamodb', 'DynamoDBMetrics'],
} as const;

interface Canned {
  readonly namespace: string;
  readonly metricName: string;
}

test.each(Object.entries(CANNED))('ALARM-METRICS-4: %s is known by CDK, too', (namespace, [module, file, name]) => {
  const { resolve } = createRequire(join(process.cwd(), 'package.json'));
  const path = join(dirname(resolve(`aws-cdk-lib/${module}`)), 'lib', `${file}-canned-metrics.generated.js`);
  const { [name]: metrics } = jest.requireActual<Record<string, Record<string, (dimensions: object) => Canned>>>(path);
  const known = Object.getOwnPropertyNames(metrics)
    .map((method) => metrics?.[method])
    .flatMap((canned) => (typeof canned === 'function' ? [canned({})] : []));
  expect(known.every((one) => one.namespace === namespace)).toBe(true);
  expect(known.map(({ metricName }) => metricName)).toEqual(
    expect.arrayContaining(Object.keys(EMITTED_BY_AWS[namespace] ?? {})),
  );
});
