import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { controlKey } from '../functions/stores/keys.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ClientPoliciesProps {
  readonly leases: Table;
  readonly curatedClips: WorkQueue;
  readonly curatedEpisodes: WorkQueue;
  readonly pendingResearch: WorkQueue;
  readonly completedResearch: WorkQueue;
}

/**
 * What programs outside the stack need, and no more: attach one to the user or role of a curator or a researcher.
 * Outputs: `CuratorPolicyArn`, `ResearcherPolicyArn`.
 */
export class ClientPolicies extends Construct {
  constructor(scope: Construct, id: string, { leases, ...queues }: ClientPoliciesProps) {
    super(scope, id);
    this.policy('Curator', 'Sends curated clips and episodes to the archive.', [
      permission(queues.curatedClips, 'sqs:SendMessage'),
      permission(queues.curatedEpisodes, 'sqs:SendMessage'),
      paceOf(leases),
    ]);
    this.policy('Researcher', 'Takes work items and reports what was found.', [
      permission(queues.pendingResearch, 'sqs:ReceiveMessage', 'sqs:DeleteMessage'),
      permission(queues.completedResearch, 'sqs:SendMessage'),
    ]);
  }

  private policy(client: string, description: string, statements: PolicyStatement[]): void {
    const policy = new ManagedPolicy(this, client, {
      description,
      statements: [...statements, this.outputsOfThisStack()],
    });
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/${Stack.of(this).stackName}/*]`,
      reason: 'A stack that is asked for by its name is judged by this ARN: who asks does not know its id yet.',
    });
    new CfnOutput(Stack.of(this), `${client}PolicyArn`, { value: policy.managedPolicyArn });
  }

  /**
   * The command line finds the queues through the outputs (`--stack NAME`). It asks by the name, so IAM judges it by
   * `stack/NAME/*`, and not by the ARN with the id that `AWS::StackId` gives.
   */
  private outputsOfThisStack(): PolicyStatement {
    const stack = Stack.of(this);
    const ofAnyId = stack.formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: `${stack.stackName}/*`,
    });
    return new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [ofAnyId] });
  }
}

/**
 * The one item that says how the archive goes on: `curate` says by it when its entries are taken up. `ForAllValues` would also
 * hold of a call that names no key, and a GetItem always names one.
 */
function paceOf(leases: Table): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:GetItem'],
    resources: [leases.tableArn],
    conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [controlKey.pk] } },
  });
}

function permission(of: WorkQueue, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [of.queue.queueArn] });
}
