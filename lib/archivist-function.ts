import { CfnOutput, Duration, RemovalPolicy, Size, Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/runtime/environment.ts';
import { bundledCode } from './bundling.ts';
import type { Settings } from './settings-table.ts';

export interface ArchivistFunctionProps {
  readonly settings: Settings;
  /** Folder of the project: `functions/<name of the function in kebab-case>/handler.ts` is the entry. */
  readonly root: string;
  readonly description: string;
  /** Seconds. */
  readonly timeout: number;
  readonly memory: number;
  /** MB of /tmp, instead of Lambda's 512. */
  readonly disk?: number;
}

/** A table or queue that a function works with. */
type Used = Table | Queue;

/** A function with its own role and log group, bundled by esbuild. Output `<id>Name`; the logical id is `id`. */
export class ArchivistFunction extends Construct {
  readonly function: LambdaFunction;
  /** The value of POWERTOOLS_SERVICE_NAME, and of the dimension `service` of its metrics. */
  readonly service: string;
  private readonly role: Role;

  constructor(scope: Construct, id: string, props: ArchivistFunctionProps) {
    super(scope, id);
    const { settings, root } = props;
    this.service = kebab(id);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Logs', {
      retention: settings.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.permit(logGroup.logGroupArn, 'logs:CreateLogStream', 'logs:PutLogEvents');
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: bundledCode(root, this.service),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(props.timeout),
      memorySize: props.memory,
      ...(props.disk !== undefined && { ephemeralStorageSize: Size.mebibytes(props.disk) }),
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[settings.logLevel],
      tracing: settings.tracing === 'on' ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        POWERTOOLS_SERVICE_NAME: this.service,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace(settings),
        LOG_LEVEL: settings.logLevel,
      },
    });
    (this.function.node.defaultChild as CfnFunction).overrideLogicalId(id);
    new CfnOutput(Stack.of(this), `${id}Name`, { value: this.function.functionName });
    if (settings.tracing === 'off') return;
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray knows no resources: xray:PutTraceSegments and xray:PutTelemetryRecords take * only.',
    });
  }

  /** Tells the function where the resource is, and lets it do these single actions on it. */
  uses(name: keyof typeof ENVIRONMENT, resource: Used, ...actions: string[]): void {
    const [address, arn] =
      'tableArn' in resource ? [resource.tableName, resource.tableArn] : [resource.queueUrl, resource.queueArn];
    this.told(name, address);
    this.permit(arn, ...actions);
  }

  told(name: keyof typeof ENVIRONMENT, value: string): void {
    this.function.addEnvironment(ENVIRONMENT[name], value);
  }

  /** Lets the function do these single actions on this single resource. */
  permit(resourceArn: string, ...actions: string[]): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources: [resourceArn] }));
  }
}

/**
 * Namespace of the metrics that the code emits (embedded metric format); their dimension is `service`. Each stack has
 * its own: the researchers of one archive must not silence the alarms of another in the same account.
 */
export const metricsNamespace = ({ stackName }: Settings): string => stackName;

/** `ClipsArchivist` → `clips-archivist`: the folder of the handler and the name of the service. */
function kebab(id: string): string {
  return id.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase();
}
