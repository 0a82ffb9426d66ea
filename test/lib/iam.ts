import type { Statement, Template } from './synthesized.ts';

/** A call as IAM judges it: one action on one resource. */
export interface Judged {
  readonly action: string;
  readonly resource: string;
}

/** Where the parts of a stack are, for names and addresses that a call may give. */
export interface Deployed {
  /** Logical id of the table with this name. */
  table(name: string): string;
  /** Logical id of the queue with this URL. */
  queue(url: string): string;
}

const PREFIX = { dynamodb: 'arn:aws:dynamodb:here:1:table', sqs: 'arn:aws:sqs:here:1' };
export const tableArn = (id: string) => `${PREFIX.dynamodb}/${id}`;
export const queueArn = (id: string) => `${PREFIX.sqs}:${id}`;

type Input = Readonly<Record<string, never>>;

/**
 * What IAM judges a call of the SDK by: the actions and the resources that the service authorization reference of each
 * service names. A transaction is judged by its parts, a batch of SQS by the action of a single message, a query of an
 * index by the index, and a stack that is asked for by its name by `stack/NAME/*`.
 */
export function judged(command: { constructor: { name: string }; input: object }, deployed: Deployed): Judged[] {
  const name = command.constructor.name.replace(/Command$/, '');
  const input = command.input as Input & { QueueUrl?: string; TableName?: string; IndexName?: string };
  const ofTable = (part: string, table: string, index?: string) => ({
    action: `dynamodb:${part}`,
    resource: tableArn(deployed.table(table)) + (index === undefined ? '' : `/index/${index}`),
  });
  if (name === 'DescribeStacks') {
    const { StackName } = command.input as { StackName: string };
    return [
      { action: 'cloudformation:DescribeStacks', resource: `arn:aws:cloudformation:here:1:stack/${StackName}/*` },
    ];
  }
  if (input.QueueUrl !== undefined) {
    return [{ action: `sqs:${name.replace(/Batch$/, '')}`, resource: queueArn(deployed.queue(input.QueueUrl)) }];
  }
  if (name === 'TransactWriteItems') {
    const { TransactItems } = command.input as { TransactItems: Record<string, { TableName: string }>[] };
    return TransactItems.flatMap((item) =>
      Object.entries(item).map(([part, { TableName }]) =>
        ofTable(part === 'ConditionCheck' ? 'ConditionCheckItem' : `${part}Item`, TableName),
      ),
    );
  }
  if (name === 'BatchGetItem') {
    const { RequestItems } = command.input as { RequestItems: object };
    return Object.keys(RequestItems).map((table) => ofTable(name, table));
  }
  if (input.TableName === undefined) throw new Error(`Nothing is known of how IAM judges ${name}`);
  return [ofTable(name, input.TableName, input.IndexName)];
}

/** What a role or managed policy (by logical id) allows, each action with each resource pattern. */
export function granted(template: Template, id: string): Judged[] {
  return Object.entries(template.Resources)
    .filter(
      ([name, { Type, Properties }]) =>
        name === id || (Type === 'AWS::IAM::Policy' && JSON.stringify(Properties.Roles).includes(`{"Ref":"${id}"}`)),
    )
    .flatMap(
      ([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] } | undefined)?.Statement ?? [],
    )
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((one) => ({ action, resource: arnOf(template, one) }))),
    );
}

/**
 * What a call brings of the keys that conditions ask for: `dynamodb:LeadingKeys` are the partition keys of the items that it
 * names ("Using IAM policy conditions for fine-grained access control", DynamoDB's developer guide).
 */
export function contextOf({ input }: { readonly input: object }): Readonly<Record<string, readonly string[]>> {
  const { Key, RequestItems = {} } = input as {
    Key?: Record<string, { S?: string }>;
    RequestItems?: Record<string, { Keys?: Record<string, { S?: string }>[] }>;
  };
  const keys = [...(Key ? [Key] : []), ...Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys)];
  return keys.length === 0 ? {} : { 'dynamodb:LeadingKeys': keys.map(({ pk }) => pk?.S ?? '') };
}

/**
 * Whether a statement's condition holds, by "IAM JSON policy elements: Condition operators" and "Set operators" of IAM's user
 * guide: ForAllValues holds, too, where the call brings nothing for the key.
 * @throws Error for an operator that is not known here
 */
export function conditionHolds(
  condition: NonNullable<Statement['Condition']>,
  context: Readonly<Record<string, readonly string[]>>,
): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const brought = context[key] ?? [];
      if (operator === 'ForAllValues:StringEquals') return brought.every((value) => [wanted].flat().includes(value));
      throw new Error(`Nothing is known of the condition operator ${operator}`);
    }),
  );
}

/** Whether a policy's pattern covers the resource of a call: `*` stands for any characters, also in the call's own ARN. */
export function covers(pattern: string, resource: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(resource);
}

function arnOf(template: Template, resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': joined = ['', []],
  } = resource as {
    Ref?: string;
    'Fn::GetAtt'?: [string, string];
    'Fn::Join'?: [string, unknown[]];
  };
  if (Ref !== undefined) return PSEUDO[Ref] ?? Ref;
  if (attribute !== undefined) {
    const [id] = attribute;
    const type = template.Resources[id]?.Type;
    if (type === 'AWS::DynamoDB::Table') return tableArn(id);
    return type === 'AWS::SQS::Queue' ? queueArn(id) : `arn:aws:other:here:1:${id}`;
  }
  const [separator, parts] = joined;
  return parts.map((part) => arnOf(template, part)).join(separator);
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'here',
  'AWS::AccountId': '1',
  'AWS::StackId': 'arn:aws:cloudformation:here:1:stack/Archivist/0b1c2d3e',
};
