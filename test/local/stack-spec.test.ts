import { readAssembly } from '../../local/assembly/cloud-assembly.ts';
import { stackSpec } from '../../local/assembly/stack-spec.ts';
import { secondsOf } from '../../local/events/schedule-expression.ts';
import { fixtureAssembly, freshFolder, removeFreshFolders } from './support/fixture-assembly.ts';

afterAll(removeFreshFolders);

const specOf = (changes: Record<string, unknown> = {}) =>
  stackSpec(readAssembly(fixtureAssembly(changes).folder), 'http://127.0.0.1:1');

test('a queue has its URL, its attributes as text, and the queue that takes its dead letters', () => {
  const work = specOf().queues.find(({ id }) => id === 'Work');
  expect(work).toEqual({
    id: 'Work',
    name: 'Fixture-Work',
    arn: 'arn:aws:sqs:us-east-1:000000000000:Fixture-Work',
    url: 'http://127.0.0.1:1/000000000000/Fixture-Work',
    deadLetterArn: 'arn:aws:sqs:us-east-1:000000000000:Fixture-WorkDeadLetters',
    attributes: {
      VisibilityTimeout: '2',
      MaximumMessageSize: '1040384',
      RedrivePolicy:
        '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:Fixture-WorkDeadLetters","maxReceiveCount":2}',
    },
  });
});

test('the name of a FIFO queue ends as SQS asks', () => {
  expect(specOf().queues.find(({ id }) => id === 'Ordered')?.name).toBe('Fixture-Ordered.fifo');
});

test('the environment of a function is resolved to what is on this machine', () => {
  expect(specOf().functions[0]?.environment).toMatchObject({
    TABLE: 'Fixture-Things',
    DEAD_LETTERS: 'http://127.0.0.1:1/000000000000/Fixture-WorkDeadLetters',
    TABLE_ARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/Fixture-Things',
    JOINED: 'arn:aws:us-east-1',
    SUBSTITUTED: 'Fixture/Fixture-Work',
  });
});

test('event sources and schedules name their function and queue by ARN', () => {
  const { eventSources, schedules } = specOf();
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:Fixture-Worker';
  expect(eventSources).toEqual([
    {
      id: 'Batches',
      functionArn,
      queueArn: 'arn:aws:sqs:us-east-1:000000000000:Fixture-Work',
      batchSize: 10,
      windowSeconds: 0,
      reportsItemFailures: true,
      maxConcurrency: 2,
    },
  ]);
  expect(schedules).toMatchObject([{ id: 'Often', functionArn, periodSeconds: 60 }]);
});

test('what is switched off, has no bundle, or is of another type is left out', () => {
  const { functions, eventSources, schedules } = specOf({
    Batches: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { Enabled: false } },
    Often: { Type: 'AWS::Scheduler::Schedule', Properties: { State: 'DISABLED' } },
    Inline: { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: '' } } },
    Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Dimension: { 'Fn::ImportValue': 'unknown' } } },
  });
  expect({ functions: functions.map(({ id }) => id), eventSources, schedules }).toEqual({
    functions: ['Worker'],
    eventSources: [],
    schedules: [],
  });
});

test('a function of another runtime is refused, naming it', () => {
  const python = {
    Type: 'AWS::Lambda::Function',
    Metadata: { 'aws:asset:path': 'x' },
    Properties: { Runtime: 'python3.13' },
  };
  expect(() => specOf({ Python: python })).toThrow(
    'Python.Runtime is python3.13; the local stack runs Node.js functions only.',
  );
});

test('a folder without an assembly is refused, naming the file', () => {
  const folder = freshFolder();
  expect(() => readAssembly(folder)).toThrow(`${folder}/manifest.json is no manifest of a cloud assembly`);
});

test.each([
  ['rate(1 minute)', 60],
  ['rate(5 minutes)', 300],
  ['rate(2 hours)', 7_200],
  ['rate(1 day)', 86_400],
  ['cron(* * * * ? *)', 60],
  ['cron(0/15 * * * ? *)', 900],
])('the period of %s is %d s', (expression, seconds) => {
  expect(secondsOf(expression, 'S.ScheduleExpression')).toBe(seconds);
});

test.each(['rate(0 minutes)', 'cron(0 12 * * ? *)', 'cron(0/7 * * * ? *)', 'at(2026-11-24T00:00:00)'])(
  'a schedule %s is refused, naming it',
  (expression) => {
    expect(() => secondsOf(expression, 'S.ScheduleExpression')).toThrow(`S.ScheduleExpression is "${expression}"`);
  },
);
