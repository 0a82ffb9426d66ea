import { readFileSync } from 'node:fs';
import { BatchGetItemCommand, GetItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshalled } from '../../functions/stores/dynamo.ts';
import { controlKey, ledgerKey } from '../../functions/stores/keys.ts';
import { conditionHolds, contextOf, covers, judged, tableArn } from '../lib/iam.ts';
import { allowedBy, ofType, type Statement, sourcesIn, synthesized } from '../lib/synthesized.ts';

/** SDK commands and the IAM actions that allow them; batches have none of their own. */
const ACTIONS: Readonly<Record<string, string>> = {
  ReceiveMessageCommand: 'sqs:ReceiveMessage',
  DeleteMessageCommand: 'sqs:DeleteMessage',
  DeleteMessageBatchCommand: 'sqs:DeleteMessage',
  SendMessageCommand: 'sqs:SendMessage',
  SendMessageBatchCommand: 'sqs:SendMessage',
  DescribeStacksCommand: 'cloudformation:DescribeStacks',
};

const template = synthesized();
const policies = ofType(template, 'AWS::IAM::ManagedPolicy').map(([id]) => id);

function calledIn(sources: string): string[] {
  const names = [...sources.matchAll(/new (\w+Command)\(/g)].map(([, name = '']) => name);
  const ofAws = names.filter((name) => name !== 'Command');
  return [...new Set(ofAws.map((name) => ACTIONS[name] ?? `no policy knows ${name}`))].sort();
}

function allowed(client: string): string[] {
  const id = policies.find((one) => one.startsWith(`Clients${client}`)) ?? '';
  const services = ['sqs', 'cloudformation'];
  const actions = services.flatMap((service) =>
    Object.values(allowedBy(template, id, [service])).flatMap((some) => some.map((action) => `${service}:${action}`)),
  );
  return [...new Set(actions)].sort();
}

const texts = (...files: string[]) => files.map((file) => readFileSync(file, 'utf8')).join('\n');

test('POLICY-1: the researcher policy allows what a researcher calls on another machine, and no more', () =>
  expect(allowed('Researcher')).toEqual(
    calledIn(
      sourcesIn('researcher') +
        texts('cli/commands/research.ts', 'cli/research-session.ts', 'operating/archive-location.ts'),
    ),
  ));

test('POLICY-2: the curator policy allows what a curator calls on another machine, and no more', () =>
  expect(allowed('Curator')).toEqual(
    calledIn(sourcesIn('curators') + texts('cli/commands/curate.ts', 'operating/archive-location.ts')),
  ));

describe('POLICY-3: of all tables a curator reads one item', () => {
  const TableName = 'leases';
  const statements = ofType<{ PolicyDocument: { Statement: Statement[] } }>(template, 'AWS::IAM::ManagedPolicy')
    .filter(([id]) => id.startsWith('ClientsCurator'))
    .flatMap(([, { PolicyDocument }]) => PolicyDocument.Statement);
  const ofTables = statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('dynamodb:')));
  const isAllowed = (command: Parameters<typeof judged>[0]) =>
    judged(command, { table: () => 'Leases', queue: () => '' }).every(({ action, resource }) =>
      ofTables.some(
        ({ Action, Condition = {} }) =>
          [Action].flat().includes(action) &&
          covers(tableArn('Leases'), resource) &&
          conditionHolds(Condition, contextOf(command)),
      ),
    );
  const get = (key: object) => new GetItemCommand({ TableName, Key: marshalled({ ...key }) });

  test('its control item', () => expect(isAllowed(get(controlKey))).toBe(true));

  test.each([
    ['a ledger', get(ledgerKey(1))],
    [
      'the control item in a batch',
      new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [marshalled({ ...controlKey })] } } }),
    ],
    ['all of it', new ScanCommand({ TableName })],
    ['a query', new QueryCommand({ TableName })],
  ])('and not %s', (_, command) => expect(isAllowed(command)).toBe(false));
});
