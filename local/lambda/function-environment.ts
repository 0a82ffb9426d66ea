import { join } from 'node:path';
import type { FunctionSpec } from '../assembly/specifications.ts';
import { CREDENTIALS, REGION } from '../project.ts';

/** Where functions find the emulators. */
export interface Endpoints {
  readonly sqs: string;
  readonly dynamodb: string;
}

/** What all functions of an archive share. */
export interface FunctionSurroundings {
  readonly endpoints: Endpoints;
  readonly dataDir: string;
  /** The researcher may fetch media from this machine and from private networks. */
  readonly allowPrivateAddresses?: boolean;
}

/**
 * The environment of a function: what its template says, what Lambda adds, and where the emulators are. Nothing of
 * the environment of this process but the PATH, so that a function finds on Lambda what it finds here.
 */
export function functionEnvironment(
  spec: FunctionSpec,
  { endpoints, dataDir, allowPrivateAddresses = false }: FunctionSurroundings,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_LOG_FORMAT: spec.logFormat,
    LAMBDA_TASK_ROOT: spec.codeDir,
    _HANDLER: spec.handler,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    // A researcher of this archive may listen to files of this machine, as the command `research` does; /tmp is shared here.
    RESEARCHER_LOCAL_FILES: 'true',
    RESEARCHER_PRIVATE_ADDRESSES: String(allowPrivateAddresses),
    RESEARCHER_DATA: join(dataDir, 'researcher'),
    ...spec.environment,
  };
}
