import { readFileSync } from 'node:fs';
import { allowedBy, ofType, sourcesIn, synthesized } from '../lib/synthesized.ts';

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
