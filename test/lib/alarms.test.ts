import { RUNBOOK_SECTIONS } from '../../lib/alarms/alarms.ts';
import { ofType, synthesized } from './synthesized.ts';

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: unknown[];
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly TreatMissingData: string;
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Period?: number;
  readonly Statistic?: string;
  readonly Dimensions?: { Name: string; Value: unknown }[];
  readonly Metrics?: { Id: string; Expression?: string; ReturnData: boolean; MetricStat?: { Period: number } }[];
}

const template = synthesized({ alarms: 'all', alarmTopic: 'on' });
const alarms = ofType(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm as unknown as AlarmProperties);
const essential = ofType(synthesized(), 'AWS::CloudWatch::Alarm').map(
  ([, alarm]) => alarm as unknown as AlarmProperties,
);
const named = (name: string, from = alarms) => from.find(({ AlarmName }) => AlarmName === `Archivist-${name}`)!;

const QUEUES = ['CuratedClips', 'CuratedEpisodes', 'PendingResearch', 'CompletedResearch'];
const SCHEDULED = ['PendingResearchArchivist', 'CompletedResearchArchivist'];
const FUNCTIONS = ['ClipsArchivist', 'EpisodesArchivist', ...SCHEDULED];
const TABLES = ['Collection', 'Leases'];
const RESEARCH = ['ParkedPairs', 'ResultsFail', 'ResearchersGone', 'WorkWasted'];

test('Every queue, function and table has its alarms, and the research its own', () =>
  expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(
    [
      ...QUEUES.flatMap((queue) => [`${queue}DeadLetters`, `${queue}Age`]),
      ...FUNCTIONS.flatMap((name) => [`${name}Errors`, `${name}Throttles`, `${name}Duration`]),
      ...SCHEDULED.map((name) => `${name}Silent`),
      ...TABLES.flatMap((table) => [`${table}Throttles`, `${table}SystemErrors`]),
      ...RESEARCH,
    ]
      .map((name) => `Archivist-${name}`)
      .sort(),
  ));

describe('the essential alarms', () => {
  test('are ten at most, in every stack, and all that is watched of the smallest', () => {
    expect(essential.map(({ AlarmName }) => AlarmName.replace('Archivist-', '')).sort()).toEqual(
      [
        ...['CuratedClips', 'CuratedEpisodes'].flatMap((name) => [`${name}DeadLetters`, `${name}Age`]),
        'CompletedResearchDeadLetters',
        ...SCHEDULED.map((name) => `${name}Stopped`),
        'ResearchersGone',
      ].sort(),
    );
    const largest = synthesized({ feeds: 'https://example.org/feed.xml', researchers: '2', alarmTopic: 'on' });
    expect(ofType(largest, 'AWS::CloudWatch::Alarm').length).toBeLessThanOrEqual(10);
  });

  test('watch one metric each, since CloudWatch charges by the metric', () => {
    for (const { Metrics = [{ MetricStat: {} }] } of essential)
      expect(Metrics.filter(({ MetricStat }) => MetricStat)).toHaveLength(1);
    for (const { Metrics = [] } of essential) expect(Metrics.filter(({ Expression }) => Expression)).toEqual([]);
  });

  test.each(SCHEDULED)('%s counts a minute as lost in which no run went well: it failed, or there was none', (name) =>
    expect(named(`${name}Stopped`, essential)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 60,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
      TreatMissingData: 'breaching',
    }),
  );
});

describe('an alarm', () => {
  test('tells its impact, the first step and a section of the runbook, in what CloudWatch can hold', () => {
    for (const { AlarmDescription } of alarms) {
      expect(AlarmDescription).toMatch(
        /^Impact: [A-Z].{20,}[.] First: [A-Z].{20,}[.] Runbook: docs\/runbook[.]md#[a-z-]+$/s,
      );
      expect(RUNBOOK_SECTIONS).toContain(AlarmDescription.split('#')[1]);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  test('goes to the one topic', () => {
    const [[topic], ...others] = ofType(template, 'AWS::SNS::Topic') as [[string, unknown]];
    expect(others).toEqual([]);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toEqual([{ Ref: topic }]);
  });

  test('looks at ten metrics at most, the limit of CloudWatch', () => {
    for (const { Metrics = [] } of alarms)
      expect(Metrics.filter(({ MetricStat }) => MetricStat).length).toBeLessThanOrEqual(10);
  });

  test('of which every section has one, so that the runbook has no section too many', () => {
    const linked = new Set([...alarms, ...essential].map(({ AlarmDescription }) => AlarmDescription.split('#')[1]));
    expect([...linked].sort()).toEqual([...RUNBOOK_SECTIONS].sort());
  });
});

describe('the topic', () => {
  const policy = JSON.stringify(
    ofType(template, 'AWS::SNS::TopicPolicy').map(([, { PolicyDocument }]) => PolicyDocument),
  );

  test('takes alarms of this account, and nothing without TLS', () => {
    expect(policy).toContain('"Effect":"Deny","Principal":"*"');
    expect(policy).toContain('"aws:SecureTransport":"false"');
    expect(policy).toContain('"Principal":{"Service":"cloudwatch.amazonaws.com"}');
    expect(policy).toContain('"aws:SourceAccount":{"Ref":"AWS::AccountId"}');
  });

  test('is encrypted with a key that alarms of this account may use, which that of AWS lets nobody', () => {
    const [[key, { KeyPolicy, EnableKeyRotation }]] = ofType<Record<string, unknown>>(template, 'AWS::KMS::Key') as [
      [string, Record<string, unknown>],
    ];
    const [[, topic]] = ofType<Record<string, unknown>>(template, 'AWS::SNS::Topic') as [[string, object]];
    expect(topic).toMatchObject({ KmsMasterKeyId: { 'Fn::GetAtt': [key, 'Arn'] } });
    expect(EnableKeyRotation).toBe(true);
    expect((KeyPolicy as { Statement: object[] }).Statement).toContainEqual({
      Sid: 'AlarmsOfThisAccount',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  test('is there only when somebody wants to hear of alarms', () => {
    for (const [context, count] of [
      [{}, 0],
      [{ alarmTopic: 'on' }, 1],
      [{ alarmEmail: 'me@example.org' }, 1],
    ] as const) {
      const made = synthesized(context);
      expect(ofType(made, 'AWS::SNS::Topic')).toHaveLength(count);
      expect(ofType(made, 'AWS::KMS::Key')).toHaveLength(count);
      expect('AlarmTopicArn' in made.Outputs).toBe(count === 1);
    }
  });

  test('mails to nobody unless asked', () => {
    expect(ofType(template, 'AWS::SNS::Subscription')).toEqual([]);
    const asked = ofType(synthesized({ alarmEmail: 'me@example.org' }), 'AWS::SNS::Subscription');
    expect(asked).toEqual([
      [expect.any(String), expect.objectContaining({ Protocol: 'email', Endpoint: 'me@example.org' })],
    ]);
  });
});

describe('what the silence of a metric means', () => {
  test('A schedule that does not fire has no invocations to report: missing data is the alarm', () => {
    for (const name of SCHEDULED)
      expect(named(`${name}Silent`)).toMatchObject({
        MetricName: 'Invocations',
        Statistic: 'Sum',
        Period: 60,
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 5,
        TreatMissingData: 'breaching',
      });
  });

  test('Everywhere else silence means that nothing bad happened', () => {
    const others = alarms.filter(({ AlarmName }) => !/Silent$/.test(AlarmName));
    expect(new Set(others.map(({ TreatMissingData }) => TreatMissingData))).toEqual(new Set(['notBreaching']));
  });

  test('A sum of which a part has no data counts that part as nothing', () => {
    for (const { Metrics = [], AlarmName } of alarms) {
      const expression = Metrics.find(({ ReturnData }) => ReturnData)?.Expression ?? '';
      for (const { Id, MetricStat } of Metrics)
        if (MetricStat) expect(`${AlarmName}: ${bare(expression, Id)}`).toBe(`${AlarmName}: `);
    }
  });
});

describe('thresholds', () => {
  test.each(QUEUES)('One dead letter of %s is enough', (queue) =>
    expect(named(`${queue}DeadLetters`)).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [`${queue}DeadLetters`, 'QueueName'] } }],
    }),
  );

  test.each([
    ['CuratedClips', 900],
    ['CuratedEpisodes', 900],
    ['PendingResearch', 3480],
    ['CompletedResearch', 600],
  ])('The oldest message of %s may wait for %d s', (queue, seconds) =>
    expect(named(`${queue}Age`)).toMatchObject({
      MetricName: 'ApproximateAgeOfOldestMessage',
      Statistic: 'Maximum',
      Threshold: seconds,
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
    }),
  );

  test.each(FUNCTIONS)('%s may not fail, be throttled, or use 80 %% of its timeout', (name) => {
    const timeout = Number(template.Resources[name]!.Properties.Timeout);
    expect(named(`${name}Errors`)).toMatchObject({ MetricName: 'Errors', Statistic: 'Sum', Threshold: 1 });
    expect(named(`${name}Throttles`)).toMatchObject({ MetricName: 'Throttles', Statistic: 'Sum', Threshold: 1 });
    expect(named(`${name}Duration`)).toMatchObject({ MetricName: 'Duration', Threshold: timeout * 1000 * 0.8 });
  });

  test('Three failed runs count, also when they are as far apart as a damaged ledger makes them', () => {
    const minutesOf = (context: Record<string, string>) => {
      const changed = ofType(synthesized({ ...context, alarms: 'all' }), 'AWS::CloudWatch::Alarm').map(
        ([, alarm]) => alarm as unknown,
      );
      const { EvaluationPeriods, DatapointsToAlarm, Period } = named(
        'PendingResearchArchivistErrors',
        changed as AlarmProperties[],
      );
      expect([DatapointsToAlarm, Period]).toEqual([3, 60]);
      return EvaluationPeriods;
    };
    // Errors at minutes 0, 16 and 32: after 15 minutes of rest the next run sees it.
    expect(minutesOf({})).toBe(37);
    expect(minutesOf({ retryRest: '0' })).toBe(7);
    expect(minutesOf({ retryRest: '86400' })).toBe(1440);
  });

  test.each(TABLES)('%s may not be throttled for long, nor its indexes', (table) => {
    const alarm = named(`${table}Throttles`);
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    const indexes = template.Resources[table]!.Properties.GlobalSecondaryIndexes as { IndexName: string }[];
    for (const { IndexName } of indexes) expect(JSON.stringify(alarm.Metrics)).toContain(`"Value":"${IndexName}"`);
    expect(alarm.Metrics!.length - 1).toBe(2 * (1 + indexes.length));
  });

  test('Shares are judged over an hour, above their limit, and from twenty outcomes on', () => {
    for (const [name, limit] of [
      ['ResultsFail', 50],
      ['WorkWasted', 5],
    ] as const) {
      const alarm = named(name);
      expect(alarm).toMatchObject({ Threshold: limit, ComparisonOperator: 'GreaterThanThreshold' });
      for (const { MetricStat } of alarm.Metrics!) if (MetricStat) expect(MetricStat.Period).toBe(3600);
      expect(alarm.Metrics!.find(({ ReturnData }) => ReturnData)?.Expression).toContain('>=20');
    }
  });

  test.each([
    ['half of 20 outcomes fail', { failures: 10, recorded: 10 }, false],
    ['11 of 20 outcomes fail', { failures: 11, recorded: 9 }, true],
    ['all of 19 outcomes fail, too few to tell', { failures: 19, recorded: 0 }, false],
    ['all of 20 outcomes fail, and the metric of results has no data', { failures: 20 }, true],
    ['nothing fails', { recorded: 1000 }, false],
  ])('When %s: %j, the alarm for failing results is %s', (_, values, breaching) =>
    expect(breaches('ResultsFail', values)).toBe(breaching),
  );

  test.each([
    ['5 of 100 results are duplicates', { duplicates: 5, recorded: 100 }, false],
    ['6 of 100 results are duplicates', { duplicates: 6, recorded: 100 }, true],
    ['19 are duplicates, too few to tell', { duplicates: 19 }, false],
    ['20 are duplicates and nothing was recorded', { duplicates: 20 }, true],
    ['there is no duplicate', { recorded: 100 }, false],
  ])('When %s: %j, the alarm for wasted work is %s', (_, values, breaching) =>
    expect(breaches('WorkWasted', values)).toBe(breaching),
  );

  test('Researchers may be gone for half an hour', () =>
    expect(named('ResearchersGone')).toMatchObject({
      Metrics: [expect.objectContaining({ MetricStat: expect.objectContaining({ Period: 60, Stat: 'Sum' }) })],
      EvaluationPeriods: 30,
      DatapointsToAlarm: 30,
      Threshold: 1,
    }));

  test('Settings move them, and the runbook', () => {
    const changed = ofType(
      synthesized({
        curatedAgeLimit: '120',
        timeoutShare: '50',
        silentMinutes: '3',
        failedShare: '20',
        runbookUrl: 'https://example.org/runbook',
        alarms: 'all',
      }),
      'AWS::CloudWatch::Alarm',
    ).map(([, alarm]) => alarm as unknown as AlarmProperties);
    expect(named('CuratedClipsAge', changed).Threshold).toBe(120);
    expect(named('ClipsArchivistDuration', changed).Threshold).toBe(30_000);
    expect(named('PendingResearchArchivistSilent', changed).EvaluationPeriods).toBe(3);
    expect(named('ResultsFail', changed).Threshold).toBe(20);
    expect(named('ResultsFail', changed).AlarmDescription).toContain(
      'Runbook: https://example.org/runbook#results-fail',
    );
  });
});

/** Where the expression uses the metric without saying what no data means. */
function bare(expression: string, id: string): string {
  return expression.replaceAll(`FILL(${id},0)`, '').match(new RegExp(`\\b${id}\\b`))?.[0] ?? '';
}

/** Whether one period with these sums breaches the alarm, by the meaning of CloudWatch's metric math. */
function breaches(name: string, values: Record<string, number>): boolean {
  const { Metrics, Threshold, ComparisonOperator } = named(name);
  const expression = Metrics!.find(({ ReturnData }) => ReturnData)!.Expression!;
  const variables = Metrics!.filter(({ MetricStat }) => MetricStat).map(({ Id }) => Id);
  const meaning = {
    FILL: (value = Number.NaN, otherwise: number) => (Number.isNaN(value) ? otherwise : value),
    IF: (condition: unknown, yes: number, no: number) => (condition ? yes : no),
  };
  const evaluate = new Function(
    ...Object.keys(meaning),
    ...variables,
    `return ${expression.replaceAll(' AND ', ' && ')}`,
  );
  const value = evaluate(...Object.values(meaning), ...variables.map((id) => values[id] ?? Number.NaN)) as number;
  return ComparisonOperator === 'GreaterThanThreshold' ? value > Threshold : value >= Threshold;
}

test('Another archive of the account has metrics of its own: its researchers do not silence these alarms', () => {
  const other = synthesized({ stackName: 'Other', alarms: 'all', dashboard: 'on' });
  const namespaces = ofType<{ Environment: { Variables: Record<string, string> } }>(other, 'AWS::Lambda::Function');
  expect(namespaces.map(([, { Environment }]) => Environment.Variables.POWERTOOLS_METRICS_NAMESPACE)).toEqual(
    FUNCTIONS.map(() => 'Other'),
  );
  const own = JSON.stringify([
    ...ofType(other, 'AWS::CloudWatch::Alarm'),
    ...ofType(other, 'AWS::CloudWatch::Dashboard'),
  ]).match(/"Namespace":"(?!AWS\/)[^"]*"|\\"(?!AWS\/)[A-Za-z/]+\\",\\"(?:Parked|Researchers)\\"/g);
  expect(own?.length).toBeGreaterThan(5);
  for (const found of own ?? []) expect(found).toContain('Other');
});
