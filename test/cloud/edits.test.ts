import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { EDITS, type Resource, type Template } from './edits.ts';
import { HOW_TO_INSTALL, isInstalled, type MiniStack, startMiniStack } from './ministack.ts';
import { outputsOf, userWith } from './users.ts';

jest.setTimeout(120_000);

const resource = (Type: string, Properties: Record<string, unknown>): Resource => ({ Type, Properties });

const math = () =>
  resource('AWS::CloudWatch::Alarm', {
    AlarmName: 'Share',
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    Metrics: [
      { Id: 'expr', Expression: 'a + b', ReturnData: true },
      {
        Id: 'a',
        ReturnData: false,
        MetricStat: { Metric: { Namespace: 'Archivist', MetricName: 'Failures' }, Period: 60, Stat: 'Sum' },
      },
      {
        Id: 'b',
        ReturnData: false,
        MetricStat: { Metric: { Namespace: 'Archivist', MetricName: 'Findings' }, Period: 60, Stat: 'Sum' },
      },
    ],
  });
const registry = () => resource('AWS::EventSchemas::Registry', { RegistryName: 'events' });
const sender = () =>
  resource('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
        { Effect: 'Allow', Action: 'sqs:ReceiveMessage', Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
      ],
    },
  });
const edit = (name: string) => EDITS.find((one) => one.name === name)!;

describe('EDIT-1: an edit changes what it is for, and nothing else', () => {
  test('metric math becomes the first of its metrics', () => {
    const alarm = math();
    expect(edit('metric math').apply(alarm)).toBe(true);
    expect(alarm.Properties).toEqual({
      AlarmName: 'Share',
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Namespace: 'Archivist',
      MetricName: 'Failures',
      Period: 60,
      Statistic: 'Sum',
    });
    expect(edit('metric math').apply(alarm)).toBe(false);
  });

  test('batches are allowed beside single messages', () => {
    const policy = sender();
    expect(edit('batches of SQS').apply(policy)).toBe(true);
    const { Statement } = policy.Properties.PolicyDocument as { Statement: { Action: unknown }[] };
    expect(Statement.map(({ Action }) => Action)).toEqual([
      ['sqs:SendMessage', 'sqs:SendMessageBatch'],
      'sqs:ReceiveMessage',
    ]);
  });

  test('schemas become a resource that does nothing', () => {
    const schemas = registry();
    expect(edit('test events').apply(schemas)).toBe(true);
    expect(schemas).toEqual({ Type: 'AWS::CloudFormation::WaitConditionHandle', Properties: {} });
  });

  test('a queue is left alone by all', () =>
    expect(EDITS.some(({ apply }) => apply(resource('AWS::SQS::Queue', { VisibilityTimeout: 5 })))).toBe(false));
});

if (!isInstalled()) {
  process.stderr.write(`MiniStack: skipped. ${HOW_TO_INSTALL}\n`);
  test.skip('EDIT-2: the emulator still needs each edit', () => undefined);
} else {
  describe('EDIT-2: the emulator still needs each edit; one that is needed no longer goes from edits.ts', () => {
    let ministack: MiniStack;
    let stacks: CloudFormationClient;
    beforeAll(async () => {
      ministack = await startMiniStack({ secured: true });
      stacks = new CloudFormationClient(ministack.clientOptions());
    });
    afterAll(async () => {
      stacks?.destroy();
      await ministack?.stop();
    });

    /** @returns its status, or the reason why it was refused at once */
    async function deployed(StackName: string, template: Template): Promise<string> {
      try {
        const TemplateBody = JSON.stringify(template);
        await stacks.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }));
      } catch (error) {
        return (error as Error).message;
      }
      for (;;) {
        const { Stacks = [] } = await stacks.send(new DescribeStacksCommand({ StackName }));
        const { StackStatus = '', StackStatusReason = '' } = Stacks[0] ?? {};
        if (!StackStatus.endsWith('_IN_PROGRESS')) return `${StackStatus} ${StackStatusReason}`.trim();
      }
    }

    test.each([
      ['metric math', math],
      ['test events', registry],
    ])('%s: refused as it is, taken when edited', async (name, make) => {
      expect(await deployed(`plain-${name.replace(' ', '-')}`, { Resources: { One: make() } })).not.toBe(
        'CREATE_COMPLETE',
      );
      const edited = make();
      edit(name).apply(edited);
      expect(await deployed(`edited-${name.replace(' ', '-')}`, { Resources: { One: edited } })).toBe(
        'CREATE_COMPLETE',
      );
    });

    test('batches of SQS: denied as it is, taken when edited', async () => {
      const edited = sender();
      edit('batches of SQS').apply(edited);
      const template: Template = {
        Resources: { Queue: resource('AWS::SQS::Queue', {}), Plain: sender(), Edited: edited },
        Outputs: {
          Url: { Value: { Ref: 'Queue' } },
          Plain: { Value: { Ref: 'Plain' } },
          Edited: { Value: { Ref: 'Edited' } },
        },
      };
      expect(await deployed('batches', template)).toBe('CREATE_COMPLETE');
      const { Url = '', Plain = '', Edited = '' } = await outputsOf(stacks, 'batches');
      const send = async (policyArn: string, name: string) => {
        const sqs = new SQSClient(ministack.clientOptions(await userWith(ministack, policyArn, name)));
        const Entries = [{ Id: 'one', MessageBody: 'a message' }];
        const sent = sqs.send(new SendMessageBatchCommand({ QueueUrl: Url, Entries }));
        return sent
          .then(
            ({ Successful }) => Successful?.length,
            ({ name }: Error) => name,
          )
          .finally(() => sqs.destroy());
      };
      expect(await send(Edited, 'edited')).toBe(1);
      expect(await send(Plain, 'plain')).toMatch(/AccessDenied/);
    });
  });
}
