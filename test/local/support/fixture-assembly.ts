// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A handler that does what its event says, so that each test shows what it needs. */
const HANDLER = `
const fs = require('node:fs');
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const note = (line) => fs.appendFileSync(process.env.NOTES, JSON.stringify(line) + '\\n');
exports.handler = async (event, context) => {
  if (event.Records) return consume(event);
  if (event.tick) { note({ tick: event.tick, at: Date.now() }); await sleep(event.takesMs ?? 0); note({ tock: event.tick, at: Date.now() }); return; }
  switch (event.do) {
    case 'throw': throw new TypeError('as asked');
    case 'loop': for (;;);
    case 'exit': process.exit(7);
    case 'sleep': await sleep(event.ms); return { slept: event.ms, pid: process.pid };
    case 'log': console.log('to the log'); console.error('and to stderr'); return null;
    default: return { event, pid: process.pid, environment: process.env, remainingMs: context.getRemainingTimeInMillis(), context };
  }
};
function consume({ Records }) {
  const batchItemFailures = [];
  for (const record of Records) {
    const body = JSON.parse(record.body);
    note({ body, receives: record.attributes.ApproximateReceiveCount });
    if (body.do === 'fail') batchItemFailures.push({ itemIdentifier: record.messageId });
    if (body.do === 'throw') throw new Error('the whole batch');
    if (body.do === 'exit') process.exit(7);
  }
  return { batchItemFailures };
}
`;

/** A template with one of everything that the runner knows, and something that it does not. */
export function fixtureTemplate(notes: string, changes: Record<string, unknown> = {}) {
  const bundle = { 'aws:asset:path': 'asset.code' };
  const code = { Handler: 'index.handler', Runtime: 'nodejs24.x', Code: { S3Bucket: 'x', S3Key: 'y' } };
  return {
    Parameters: { BootstrapVersion: { Type: 'String', Default: '/cdk-bootstrap/version' } },
    Resources: {
      Work: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 2,
          MaximumMessageSize: 1_040_384,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['WorkDeadLetters', 'Arn'] }, maxReceiveCount: 2 },
        },
      },
      WorkDeadLetters: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600 } },
      Ordered: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, ContentBasedDeduplication: false } },
      Things: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: ['pk', 'sk', 'kind'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
          KeySchema: keys('pk', 'sk'),
          GlobalSecondaryIndexes: [
            { IndexName: 'byKind', KeySchema: keys('kind', 'pk'), Projection: { ProjectionType: 'ALL' } },
          ],
          BillingMode: 'PAY_PER_REQUEST',
        },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: {} },
      Worker: {
        Type: 'AWS::Lambda::Function',
        Metadata: bundle,
        Properties: {
          ...code,
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Timeout: 1,
          MemorySize: 256,
          LoggingConfig: { LogFormat: 'JSON' },
          Environment: {
            Variables: {
              NOTES: notes,
              TABLE: { Ref: 'Things' },
              DEAD_LETTERS: { Ref: 'WorkDeadLetters' },
              TABLE_ARN: { 'Fn::GetAtt': ['Things', 'Arn'] },
              JOINED: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':', { Ref: 'AWS::Region' }]] },
              SUBSTITUTED: { 'Fn::Sub': '${AWS::StackName}/${Work.QueueName}' },
            },
          },
        },
      },
      Batches: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
          FunctionName: { Ref: 'Worker' },
          BatchSize: 10,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 2 },
        },
      },
      Often: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'rate(1 minute)',
          State: 'ENABLED',
          Target: {
            Arn: { 'Fn::GetAtt': ['Worker', 'Arn'] },
            RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Input: '{"tick":"<aws.scheduler.scheduled-time>"}',
          },
        },
      },
      ...changes,
    },
  };
}

function keys(partition: string, sort: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
}

/** A cloud assembly in a fresh folder. `notes` is the file to which its function writes what it did. */
export function fixtureAssembly(changes: Record<string, unknown> = {}) {
  const folder = freshFolder();
  const notes = join(folder, 'notes.jsonl');
  mkdirSync(join(folder, 'asset.code'));
  writeFileSync(notes, '');
  writeFileSync(join(folder, 'asset.code', 'index.js'), HANDLER);
  writeFileSync(join(folder, 'asset.code', 'package.json'), '{"type":"commonjs"}');
  writeFileSync(join(folder, 'Fixture.template.json'), JSON.stringify(fixtureTemplate(notes, changes)));
  const stack = { type: 'aws:cloudformation:stack', properties: { templateFile: 'Fixture.template.json' } };
  const artifacts = { 'Fixture.assets': { type: 'cdk:asset-manifest' }, Fixture: stack, Tree: { type: 'cdk:tree' } };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version: '48.0.0', artifacts }));
  return { folder, notes };
}

const made: string[] = [];

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'archivist-local-test-'));
  made.push(folder);
  return folder;
}

/** To be called after all tests of a file. */
export function removeFreshFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
