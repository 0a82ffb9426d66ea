import { resolved, type Scope } from '../../../local/assembly/intrinsics.ts';
import { ACCOUNT, REGION } from '../../../local/project.ts';
import type { StackDescription } from '../../../local/stack-description.ts';

interface Template {
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** All outputs of a template as CloudFormation would give them for a stack whose parts are those of a local archive. */
export function outputsOf(
  { Outputs }: Template,
  { queues, tables, functions }: Pick<StackDescription, 'queues' | 'tables' | 'functions'>,
) {
  const parts: Readonly<Record<string, string>> = { ...queues, ...tables, ...functions };
  const scope: Scope = {
    parameters: {
      'AWS::Region': REGION,
      'AWS::AccountId': ACCOUNT,
      'AWS::Partition': 'aws',
      'AWS::StackName': 'Deployed',
    },
    ref: (id) => parts[id] ?? `arn:aws:any:${REGION}:${ACCOUNT}:${id}`,
    attribute: (id, name) => `${parts[id] ?? id}.${name}`,
  };
  return Object.fromEntries(
    Object.entries(Outputs).map(([key, { Value }]) => [key, String(resolved(Value, scope, `Outputs.${key}`))]),
  );
}
