import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { WorkQueue } from './work-queue.ts';

export interface ClientPoliciesProps {
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
  constructor(scope: Construct, id: string, queues: ClientPoliciesProps) {
    super(scope, id);
    this.policy('Curator', 'Sends curated clips and episodes to the archive.', [
      permission(queues.curatedClips, 'sqs:SendMessage'),
      permission(queues.curatedEpisodes, 'sqs:SendMessage'),
    ]);
    this.policy('Researcher', 'Takes work items and reports what was found.', [
      permission(queues.pendingResearch, 'sqs:ReceiveMessage', 'sqs:DeleteMessage'),
      permission(queues.completedResearch, 'sqs:SendMessage'),
    ]);
  }

  private policy(client: string, description: string, statements: PolicyStatement[]): void {
    const policy = new ManagedPolicy(this, client, { description, statements: [...statements, outputsOfThisStack()] });
    new CfnOutput(Stack.of(this), `${client}PolicyArn`, { value: policy.managedPolicyArn });
  }
}

function permission(of: WorkQueue, ...actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [of.queue.queueArn] });
}

/** The command line finds the queues through the outputs (`--stack NAME`). */
function outputsOfThisStack(): PolicyStatement {
  return new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Aws.STACK_ID] });
}
