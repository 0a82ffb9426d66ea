import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ENVIRONMENT } from '../../functions/runtime/environment.ts';
import { controlKey } from '../../functions/stores/keys.ts';
import { BY_STATE, FINDINGS_BY_CLIP, WITH_LEASES } from '../../functions/stores/schema.ts';
import { defaultSettings, researchSettings } from '../../lib/settings.ts';
import { allowedBy, appWith, logicalIds, ofType, sourcesIn, statementsOf, synthesized } from './synthesized.ts';

const template = synthesized();
const queues = ofType(template, 'AWS::SQS::Queue');
const functions = ofType(template, 'AWS::Lambda::Function');
const tables = ofType(template, 'AWS::DynamoDB::Table');
const functionNamed = (id: string) => functions.find(([name]) => name === id)![1];
const queueNamed = (id: string) => queues.find(([name]) => name === id)![1];

const WORK_QUEUES = ['CuratedClips', 'CuratedEpisodes', 'PendingResearch', 'CompletedResearch'];
const TRIGGERED = [
  ['ClipsArchivist', 'CuratedClips'],
  ['EpisodesArchivist', 'CuratedEpisodes'],
] as const;
const SCHEDULED = ['PendingResearchArchivist', 'CompletedResearchArchivist'];

test("The template passes cdk-nag and CloudFormation's own rules", () => {
  const { app } = appWith({
    ...{ researchers: '3', feeds: 'https://example.org/feed.xml' },
    ...{ alarms: 'all', alarmTopic: 'on', tracing: 'on' },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).not.toThrow();
}, 120_000);

describe('queues', () => {
  test('are the four of the diagram, each with its dead letters', () => {
    expect(logicalIds(queues)).toEqual(WORK_QUEUES.flatMap((name) => [name, `${name}DeadLetters`]).sort());
    for (const name of WORK_QUEUES)
      expect(queueNamed(name).RedrivePolicy).toMatchObject({
        deadLetterTargetArn: { 'Fn::GetAtt': [`${name}DeadLetters`, 'Arn'] },
      });
  });

  test.each([
    ['CuratedClips', 5],
    ['CuratedEpisodes', 5],
    ['PendingResearch', 3],
    ['CompletedResearch', 100],
  ])('%s gives a message up after %d receives', (name, receives) =>
    expect(queueNamed(name).RedrivePolicy).toMatchObject({ maxReceiveCount: receives }),
  );

  test('refuse whoever does not use TLS', () => {
    const guarded = ofType(template, 'AWS::SQS::QueuePolicy').map(([, policy]) => {
      const { Queues, PolicyDocument } = policy as unknown as {
        Queues: [{ Ref: string }];
        PolicyDocument: { Statement: object[] };
      };
      expect(PolicyDocument.Statement).toEqual([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]);
      return Queues[0].Ref;
    });
    expect(guarded.sort()).toEqual(logicalIds(queues));
  });

  test('take messages of 1 MiB - 8 KiB, and dead letters with their reason besides', () => {
    for (const [name, queue] of queues)
      expect(queue.MaximumMessageSize).toBe(name.endsWith('DeadLetters') ? 1_048_576 : 1_040_384);
  });

  test('keep dead letters for 14 days, and work items for less than their lease', () => {
    for (const name of WORK_QUEUES) expect(queueNamed(`${name}DeadLetters`).MessageRetentionPeriod).toBe(1_209_600);
    expect(queueNamed('PendingResearch').MessageRetentionPeriod).toBe(6960);
    expect(6960).toBeLessThan(defaultSettings.leaseDuration);
  });

  test("are plain but for that of pending research, which deduplicates by the sender's id alone", () => {
    for (const [name, queue] of queues) {
      expect(queue.FifoQueue).toBe(name.startsWith('PendingResearch') ? true : undefined);
      expect(queue.ContentBasedDeduplication).toBe(name.startsWith('PendingResearch') ? false : undefined);
    }
  });

  test('that trigger a function hide a batch for six times its timeout', () => {
    for (const [name, queue] of TRIGGERED)
      expect(queueNamed(queue).VisibilityTimeout).toBeGreaterThanOrEqual(6 * functionNamed(name).Timeout!);
  });

  test('that are drained hide messages for longer than the drain may run', () =>
    expect(queueNamed('CompletedResearch').VisibilityTimeout).toBeGreaterThan(
      functionNamed('CompletedResearchArchivist').Timeout!,
    ));
});

describe('tables', () => {
  test('keep their logical ids and keys: with others CloudFormation would make new, empty ones', () => {
    const keys = [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ];
    expect(tables.map(([id, table]) => [id, table.KeySchema, table.TableName])).toEqual([
      ['Collection', keys, undefined],
      ['Leases', keys, undefined],
    ]);
  });

  test('outlive the stack, are protected, recoverable and on demand', () => {
    for (const [id, table] of tables) {
      expect(template.Resources[id]).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      expect(table).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      });
      expect(table.TimeToLiveSpecification).toBeUndefined();
    }
  });

  test.each([
    ['Collection', FINDINGS_BY_CLIP, { ProjectionType: 'ALL' }],
    ['Leases', BY_STATE, { ProjectionType: 'KEYS_ONLY' }],
    ['Leases', WITH_LEASES, { ProjectionType: 'INCLUDE', NonKeyAttributes: ['leases'] }],
  ])('%s has the index that the code asks: %j', (id, index, projection) =>
    expect(template.Resources[id]?.Properties.GlobalSecondaryIndexes).toContainEqual({
      IndexName: index.name,
      KeySchema: [
        { AttributeName: index.partitionKey, KeyType: 'HASH' },
        { AttributeName: index.sortKey, KeyType: 'RANGE' },
      ],
      Projection: projection,
    }),
  );
});

describe('functions', () => {
  test('are the four archivists, on one runtime and architecture, with JSON logs, and nothing reserved', () => {
    expect(logicalIds(functions)).toEqual([...TRIGGERED.map(([name]) => name), ...SCHEDULED].sort());
    for (const [, lambda] of functions) {
      expect(lambda).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO' },
      });
      expect(lambda).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  test('are traced when that is asked for', () => {
    for (const [, lambda] of functions) expect(lambda.TracingConfig).toBeUndefined();
    const traced = ofType<Record<string, unknown>>(synthesized({ tracing: 'on' }), 'AWS::Lambda::Function');
    for (const [, lambda] of traced) expect(lambda.TracingConfig).toEqual({ Mode: 'Active' });
  });

  test('forget their logs after the days that the settings say', () => {
    const logs = ofType(template, 'AWS::Logs::LogGroup');
    expect(logs).toHaveLength(functions.length);
    for (const [, log] of logs) expect(log.RetentionInDays).toBe(30);
  });

  test('have a role each', () => {
    const roles = functions.map(([, lambda]) => JSON.stringify(lambda.Role));
    expect(new Set(roles).size).toBe(functions.length);
  });

  test.each([
    ['ClipsArchivist', ['collectionTable', 'deadLetters']],
    ['EpisodesArchivist', ['collectionTable', 'leasesTable', 'deadLetters']],
    ['PendingResearchArchivist', ['collectionTable', 'leasesTable', 'pendingResearchQueue', 'researchSettings']],
    [
      'CompletedResearchArchivist',
      [
        'collectionTable',
        'leasesTable',
        'completedResearchQueue',
        'deadLetters',
        'researchSettings',
        'drainVisibility',
      ],
    ],
  ] as [string, (keyof typeof ENVIRONMENT)[]][])('%s is told what it needs, and no more: %j', (id, names) => {
    const variables = (functionNamed(id).Environment as unknown as { Variables: Record<string, string> }).Variables;
    const common = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE', 'LOG_LEVEL'];
    expect(Object.keys(variables).sort()).toEqual([...names.map((name) => ENVIRONMENT[name]), ...common].sort());
    if (names.includes('researchSettings'))
      expect(JSON.parse(variables.RESEARCH_SETTINGS!)).toEqual(researchSettings(defaultSettings));
  });

  test.each(TRIGGERED)('%s gets batches of ten of %s, and answers for each record', (name, queue) =>
    expect(ofType(template, 'AWS::Lambda::EventSourceMapping').map(([, mapping]) => mapping)).toContainEqual({
      FunctionName: { Ref: name },
      EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    }),
  );

  test.each(SCHEDULED)('%s runs every minute, below a minute, and is never retried', (name) => {
    const schedule = ofType(template, 'AWS::Scheduler::Schedule').find(([, { Target }]) =>
      JSON.stringify(Target).includes(`["${name}","Arn"]`),
    );
    expect(schedule?.[1]).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Input: '{}', RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
    });
    expect(ofType(template, 'AWS::Lambda::EventInvokeConfig').map(([, config]) => config)).toContainEqual({
      FunctionName: { Ref: name },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
    expect(functionNamed(name).Timeout).toBeLessThan(60);
  });
});

const roleOf = (lambda: Record<string, unknown>) =>
  (lambda.Role as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0];

/** Whoever asks for a stack by its name is judged by its ARN with any id. */
const STACK_BY_NAME = 'arn:AWS::Partition:cloudformation:AWS::Region:AWS::AccountId:stack/Archivist/*';

describe('permissions', () => {
  test('name single actions on single resources; only X-Ray knows no resources, and a stack is asked for by name', () => {
    const statements = statementsOf(template).filter(({ Effect }) => Effect === 'Allow');
    expect(statements.length).toBeGreaterThan(20);
    for (const { Action, Resource } of statements) {
      const actions = [Action].flat();
      for (const action of actions) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
      const isTracing = actions.every((action) => action.startsWith('xray:'));
      const asksByName = actions.every((action) => action === 'cloudformation:DescribeStacks');
      if (!isTracing && !asksByName) expect(JSON.stringify(Resource ?? '')).not.toContain('*');
    }
  });

  test.each([
    [
      'ClipsArchivist',
      {
        Collection: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'],
        CuratedClips: ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'],
        CuratedClipsDeadLetters: ['SendMessage'],
      },
    ],
    [
      'EpisodesArchivist',
      {
        Collection: ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'],
        Leases: ['GetItem', 'PutItem'],
        CuratedEpisodes: ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'],
        CuratedEpisodesDeadLetters: ['SendMessage'],
      },
    ],
    [
      'PendingResearchArchivist',
      {
        Collection: ['BatchGetItem', 'GetItem', 'Query', 'UpdateItem'],
        Leases: ['GetItem', 'PutItem', 'UpdateItem'],
        'Leases/index/byState': ['Query'],
        'Leases/index/withLeases': ['Query'],
        PendingResearch: ['GetQueueAttributes', 'SendMessage'],
      },
    ],
    [
      'CompletedResearchArchivist',
      {
        Collection: ['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
        Leases: ['GetItem', 'PutItem'],
        CompletedResearch: ['DeleteMessage', 'ReceiveMessage'],
        CompletedResearchDeadLetters: ['SendMessage'],
      },
    ],
  ])('%s may do this and no more: %j', (id, expected) => {
    const role = roleOf(functionNamed(id));
    expect(allowedBy(template, role, ['dynamodb', 'sqs'])).toEqual(expected);
    expect(template.Resources[role]?.Properties.ManagedPolicyArns).toBeUndefined();
  });

  test('cover every call that the adapters make, and nothing that none makes', () => {
    const adapters = sourcesIn('functions/stores', 'functions/queues');
    const commands = [...adapters.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name!.replace(/Batch$/, ''));
    const parts = [...adapters.matchAll(/\b(Put|Update|Delete|ConditionCheck): \{/g)].map(([, name]) => `${name}Item`);
    const called = new Set([...commands, ...parts].filter((name) => name !== 'TransactWriteItems'));
    // Lambda's own poller asks the triggering queues, and the pending-research archivist counts its queue.
    const granted = functions.flatMap(([, lambda]) =>
      Object.values(allowedBy(template, roleOf(lambda), ['dynamodb', 'sqs'])).flat(),
    );
    expect([...new Set(granted)].sort()).toEqual([...called].sort());
  });

  test.each([
    [
      'Curator',
      {
        CuratedClips: ['SendMessage'],
        CuratedEpisodes: ['SendMessage'],
        Leases: ['GetItem'],
        [STACK_BY_NAME]: ['DescribeStacks'],
      },
    ],
    [
      'Researcher',
      {
        PendingResearch: ['DeleteMessage', 'ReceiveMessage'],
        CompletedResearch: ['SendMessage'],
        [STACK_BY_NAME]: ['DescribeStacks'],
      },
    ],
  ])('A %s may do this and no more: %j', (client, expected) => {
    const { Ref } = template.Outputs[`${client}PolicyArn`]!.Value as { Ref: string };
    expect(template.Resources[Ref]?.Type).toBe('AWS::IAM::ManagedPolicy');
    expect(allowedBy(template, Ref, ['sqs', 'dynamodb', 'cloudformation'])).toEqual(expected);
  });
});

test('A curator reads one item of the table with leases: the one that says how the archive goes on', () => {
  const { Ref } = template.Outputs.CuratorPolicyArn!.Value as { Ref: string };
  const { Statement } = template.Resources[Ref]!.Properties.PolicyDocument as { Statement: object[] };
  expect(Statement).toContainEqual({
    Effect: 'Allow',
    Action: 'dynamodb:GetItem',
    Resource: { 'Fn::GetAtt': ['Leases', 'Arn'] },
    Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [controlKey.pk] } },
  });
});

test('The outputs tell clients where everything is; they read these keys', () =>
  expect(Object.keys(template.Outputs).sort()).toEqual(
    [
      ...WORK_QUEUES.flatMap((name) => [`${name}Url`, `${name}DeadLettersUrl`]),
      'CollectionTableName',
      'LeasesTableName',
      ...functions.map(([id]) => `${id}Name`),
      'CuratorPolicyArn',
      'ResearcherPolicyArn',
      'ResearchSettings',
    ].sort(),
  ));

test('A dashboard, which costs more than an idle archive, is there when it is asked for', () => {
  const dashboards = (of: typeof template) => ofType(of, 'AWS::CloudWatch::Dashboard').length;
  expect(dashboards(template)).toBe(0);
  const asked = synthesized({ dashboard: 'on' });
  expect(dashboards(asked)).toBe(1);
  expect(Object.keys(asked.Outputs)).toContain('DashboardUrl');
});

test('Settings reach the resources', () => {
  const changed = synthesized({
    leaseDuration: '120',
    drainTimeout: '20',
    curationConcurrency: '7',
    logLevel: 'DEBUG',
  });
  expect(changed.Resources.PendingResearch?.Properties.MessageRetentionPeriod).toBe(60);
  expect(changed.Resources.CompletedResearch?.Properties.VisibilityTimeout).toBe(30);
  expect(changed.Resources.CompletedResearchArchivist?.Properties).toMatchObject({
    Timeout: 20,
    Environment: {
      Variables: { DRAIN_VISIBILITY_SECONDS: '30', RESEARCH_SETTINGS: expect.stringContaining('"leaseDuration":120') },
    },
    LoggingConfig: { ApplicationLogLevel: 'DEBUG' },
  });
  for (const [, mapping] of ofType(changed, 'AWS::Lambda::EventSourceMapping'))
    expect(mapping.ScalingConfig).toEqual({ MaximumConcurrency: 7 });
});

describe('in the cloud alone', () => {
  const cloud = synthesized({
    researchers: '3',
    feeds: 'https://example.org/a.xml,https://example.org/b.xml',
    clipFeeds: 'https://example.org/drops.xml',
  });
  const named = (id: string) => cloud.Resources[id]!.Properties;
  const roleNamed = (id: string) => (named(id).Role as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]!;

  test('there is neither a researcher nor a feed curator unless they are asked for', () => {
    expect(template.Resources.Researcher).toBeUndefined();
    expect(template.Resources.FeedCurator).toBeUndefined();
  });

  test('a researcher takes one item at a time, as many at once as asked for, with its timeout hidden from others', () => {
    const mappings = ofType<Record<string, unknown>>(cloud, 'AWS::Lambda::EventSourceMapping');
    expect(mappings.map(([, mapping]) => mapping)).toContainEqual(
      expect.objectContaining({
        BatchSize: 1,
        EventSourceArn: { 'Fn::GetAtt': ['PendingResearch', 'Arn'] },
        ScalingConfig: { MaximumConcurrency: 3 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    expect(named('Researcher')).toMatchObject({ Timeout: 900, MemorySize: 1769, EphemeralStorage: { Size: 2048 } });
    expect(named('PendingResearch').VisibilityTimeout).toBe(900);
  });

  test('a researcher may take work and report, and no more', () => {
    expect(allowedBy(cloud, roleNamed('Researcher'), ['dynamodb', 'sqs'])).toEqual({
      PendingResearch: ['DeleteMessage', 'GetQueueAttributes', 'ReceiveMessage'],
      CompletedResearch: ['SendMessage'],
    });
  });

  test('a feed curator knows its feeds, may send to the curated queues and keep what it sent, and no more', () => {
    const { Variables } = named('FeedCurator').Environment as { Variables: Record<string, string> };
    expect(JSON.parse(Variables[ENVIRONMENT.feeds]!)).toEqual({
      episodes: ['https://example.org/a.xml', 'https://example.org/b.xml'],
      clips: ['https://example.org/drops.xml'],
    });
    expect(allowedBy(cloud, roleNamed('FeedCurator'), ['dynamodb', 'sqs'])).toEqual({
      CuratedClips: ['SendMessage'],
      CuratedEpisodes: ['SendMessage'],
      Collection: ['GetItem', 'PutItem'],
    });
    const schedules = ofType<Record<string, unknown>>(cloud, 'AWS::Scheduler::Schedule');
    expect(schedules.map(([, { ScheduleExpression }]) => ScheduleExpression)).toContain('rate(15 minutes)');
  });

  test('the longest list of feeds and the longest names fit into the environment of a function', () => {
    const stackName = 'A'.repeat(100);
    const longest = synthesized({ stackName, logLevel: 'DEBUG', feeds: `https://example.org/${'x'.repeat(3_000)}` });
    const { Variables } = longest.Resources.FeedCurator!.Properties.Environment as { Variables: object };
    // The longest queue URL (China has the longest regions), and the longest name of a table.
    const queueUrl = `https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/${'q'.repeat(80)}`;
    const measured = JSON.stringify(Variables, (name, value) =>
      typeof value === 'string' || value === Variables ? value : name.endsWith('_URL') ? queueUrl : 't'.repeat(255),
    );
    expect(measured).toContain(stackName);
    expect(measured.split(queueUrl)).toHaveLength(3);
    expect(measured.length).toBeGreaterThan(3_800);
    expect(measured.length).toBeLessThanOrEqual(4_096);
  });

  test.each([
    [{ researchers: '2', pendingVisibility: '60' }, /pendingVisibility \(60 s\) must be at least researcherTimeout/],
    [{ feeds: 'https://example.org/a.xml', feedPeriod: '60' }, /feedTimeout \(300 s\) must be below feedPeriod/],
    [{ feeds: 'ftp://example.org/a.xml' }, /feeds: expected http or https addresses/],
  ])('%j is refused with what to change', (context, message) => {
    expect(() => synthesized(context)).toThrow(message);
  });
});
