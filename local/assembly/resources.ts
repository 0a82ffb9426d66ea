import { ACCOUNT, REGION } from '../project.ts';
import { resolved, type Scope } from './intrinsics.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** How one type of resource is named and referred to. */
interface Kind {
  readonly nameProperty: string;
  ref(name: string, sqsEndpoint: string): string;
  arn?(name: string): string;
}

const kinds: Readonly<Record<string, Kind>> = {
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    ref: (name, sqsEndpoint) => `${sqsEndpoint}/${ACCOUNT}/${name}`,
    arn: (name) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
  },
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    ref: (name) => name,
    arn: (name) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    ref: (name) => name,
    arn: (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
  },
  'AWS::Logs::LogGroup': { nameProperty: 'LogGroupName', ref: (name) => name },
};

/** The resources of a template under the names that they have on this machine. */
export class Resources {
  readonly #template: Template;
  readonly #stackName: string;
  readonly #sqsEndpoint: string;
  readonly #scope: Scope;

  /** @param sqsEndpoint where queue URLs lead, as "http://127.0.0.1:20001". */
  constructor(template: Template, stackName: string, sqsEndpoint: string) {
    this.#template = template;
    this.#stackName = stackName;
    this.#sqsEndpoint = sqsEndpoint;
    const parameters = Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]) =>
      Default === undefined ? [] : [[name, String(Default)]],
    );
    this.#scope = {
      parameters: { ...Object.fromEntries(parameters), ...pseudoParameters(stackName) },
      ref: (logicalId) => this.#kindOf(logicalId)?.ref(this.nameOf(logicalId), this.#sqsEndpoint),
      attribute: (logicalId, name) => this.#attribute(logicalId, name),
    };
  }

  /** Logical ids of one type, in the order of the template. */
  ofType(type: string): string[] {
    return Object.keys(this.#template.Resources).filter((id) => this.#template.Resources[id]!.Type === type);
  }

  /** The given name, else stack-logicalId as CloudFormation does it, without its random suffix. */
  nameOf(logicalId: string): string {
    const { Type, Properties } = this.#template.Resources[logicalId]!;
    const given = Properties?.[kinds[Type]?.nameProperty ?? ''];
    if (given !== undefined) return String(resolved(given, this.#scope, `${logicalId}.${kinds[Type]?.nameProperty}`));
    return `${this.#stackName}-${logicalId}${Properties?.FifoQueue === true ? '.fifo' : ''}`;
  }

  arnOf(logicalId: string): string {
    return this.#attribute(logicalId, 'Arn')!;
  }

  refOf(logicalId: string): string {
    return this.#scope.ref(logicalId)!;
  }

  /**
   * One property with its intrinsic functions resolved, or undefined.
   * @param path as "Target.Arn": what stands beside it in the same object is not resolved.
   * @throws UnresolvableIntrinsic
   */
  property(logicalId: string, path: string): unknown {
    let value: unknown = this.#template.Resources[logicalId]!.Properties;
    for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
    return resolved(value, this.#scope, `${logicalId}.${path}`);
  }

  metadata(logicalId: string, name: string): unknown {
    return this.#template.Resources[logicalId]!.Metadata?.[name];
  }

  #kindOf(logicalId: string): Kind | undefined {
    return kinds[this.#template.Resources[logicalId]?.Type ?? ''];
  }

  #attribute(logicalId: string, attribute: string): string | undefined {
    const kind = this.#kindOf(logicalId);
    if (attribute === 'Arn') return kind?.arn?.(this.nameOf(logicalId));
    return attribute === kind?.nameProperty ? this.nameOf(logicalId) : undefined;
  }
}

function pseudoParameters(stackName: string): Record<string, string> {
  return {
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::Region': REGION,
    'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stackName}/local`,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}
