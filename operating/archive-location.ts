import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { databaseOf, type StackDescription } from '../local/stack-description.ts';
import { patience } from '../web/patience.ts';
import { type ArchiveParts, partsIn, settingsIn } from './archive-outputs.ts';
import { BadUsage, Failure } from './failure.ts';

/** Where an archive is: its queues, tables and functions by name, and the endpoints of a local one. */
export interface ArchiveLocation extends ArchiveParts {
  /** As people named it: a folder or a stack. */
  readonly name: string;
  readonly region?: string | undefined;
  /** Endpoints of a local archive; a deployed one is where AWS is. */
  readonly endpoints?: { readonly sqs: string; readonly dynamodb: string; readonly lambda: string };
  /** Folder of a local archive. */
  readonly dataDir?: string;
}

/**
 * Where this machine keeps what it knows of a deployed archive. An archive is its table: another one that is deployed
 * under the same name later is another archive.
 */
export function ownFolder({ name, region = '', tables }: ArchiveLocation): string {
  const which = createHash('sha256').update(`${region} ${tables.Collection}`).digest('hex').slice(0, 8);
  return join(homedir(), '.archivist', `${name}-${which}`);
}

export interface LocationOptions {
  readonly data?: string | undefined;
  readonly stack?: string | undefined;
}

/** @throws BadUsage that says how to name an archive; Failure with the reason when it was not found. */
export async function archiveLocation({ data, stack }: LocationOptions): Promise<ArchiveLocation> {
  if (data !== undefined && stack !== undefined) {
    throw new BadUsage(`One archive at a time: --data ${data} is a local one, --stack ${stack} a deployed one.`);
  }
  if (data !== undefined) return localArchive(data);
  if (stack !== undefined) return deployedArchive(stack);
  throw new BadUsage('Which archive? Name the folder of a local one (--data DIR) or a deployed stack (--stack NAME).');
}

export function locationOf(dataDir: string, description: StackDescription): ArchiveLocation {
  const { region, sqs, dynamodb, lambda, queues, tables, functions, researchSettings } = description;
  // The database itself where it is told: its guard is for everybody else.
  const database = databaseOf(dataDir) ?? dynamodb.endpoint;
  const endpoints = { sqs: sqs.endpoint, dynamodb: database, lambda: lambda.endpoint };
  const settings = settingsIn(researchSettings);
  return { name: dataDir, region, endpoints, queues, tables, functions, settings, dataDir };
}

function localArchive(dataDir: string): ArchiveLocation {
  const path = join(dataDir, 'stack.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Failure(
      `No archive is running in ${dataDir} (there is no ${path}). Start it with: npm run -s archivist -- local --data ${dataDir}`,
    );
  }
  try {
    return locationOf(dataDir, JSON.parse(text) as StackDescription);
  } catch {
    throw new Failure(`${path} is damaged; stop the archive and start it again.`);
  }
}

/** Reads where a deployed archive is from the outputs of its CloudFormation stack. */
async function deployedArchive(stack: string): Promise<ArchiveLocation> {
  const client = new CloudFormationClient({ requestHandler: patience() });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = Stacks[0]?.Outputs ?? [];
    const parts = partsIn(new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])));
    if ('missing' in parts) throw new Failure(`The stack ${stack} is no archive: it has no output ${parts.missing}.`);
    return { name: stack, region: await client.config.region(), ...parts };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `The stack ${stack} could not be read: ${(error as Error).message}. Are AWS credentials and a region set, and is it deployed?`,
    );
  } finally {
    client.destroy();
  }
}
