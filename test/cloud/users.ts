import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { AttachUserPolicyCommand, CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Credentials, MiniStack } from './ministack.ts';

/** All outputs of a stack. */
export async function outputsOf(client: CloudFormationClient, StackName: string): Promise<Record<string, string>> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  return Object.fromEntries(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

/** A user with this one policy, as docs/deploy.md makes one with the `aws` command line; an access key of it. */
export async function userWith(
  ministack: Pick<MiniStack, 'clientOptions'>,
  PolicyArn: string,
  UserName: string,
): Promise<Credentials> {
  const iam = new IAMClient(ministack.clientOptions());
  try {
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  } finally {
    iam.destroy();
  }
}
