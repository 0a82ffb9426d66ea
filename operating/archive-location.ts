import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { ResearchSettings } from '../domain/research-settings.ts';
import type { StackDescription } from '../local/stack-description.ts';
import { BadUsage, Failure } from './failure.ts';

/** Where an archive is: its queues, tables and functions by name, and the endpoints of a local one. */
export interface ArchiveLocation {
  /** As people named it: a folder or a stack. */
  readonly name: string;
  readonly region?: string | undefined;
  /** Endpoints of a local archive; a deployed one is where AWS is. */
  readonly endpoints?: { readonly sqs: string; readonly dynamodb: string; readonly lambda: string };
  readonly queues: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, string>>;
  /** Undefined of a stack that was deployed before it had this output. */
  readonly settings?: ResearchSettings | undefined;
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
  const endpoints = { sqs: sqs.endpoint, dynamodb: dynamodb.endpoint, lambda: lambda.endpoint };
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

const settingsIn = (json: string | undefined): ResearchSettings | undefined =>
  json === undefined ? undefined : (JSON.parse(json) as ResearchSettings);

const OUTPUT = /^(\w+?)(Url|TableName|Name)$/;

/** Reads where a deployed archive is from the outputs of its CloudFormation stack. */
async function deployedArchive(stack: string): Promise<ArchiveLocation> {
  const client = new CloudFormationClient({});
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const queues: Record<string, string> = {};
    const tables: Record<string, string> = {};
    const functions: Record<string, string> = {};
    let settings: ResearchSettings | undefined;
    for (const { OutputKey = '', OutputValue = '' } of Stacks[0]?.Outputs ?? []) {
      const [, name = '', what] = OUTPUT.exec(OutputKey) ?? [];
      if (what === 'Url') queues[name] = OutputValue;
      if (what === 'TableName') tables[name] = OutputValue;
      if (what === 'Name') functions[name] = OutputValue;
      if (OutputKey === 'ResearchSettings') settings = settingsIn(OutputValue);
    }
    if (queues.PendingResearch === undefined) {
      throw new Failure(`The stack ${stack} is no archive: it has no output PendingResearchUrl.`);
    }
    return { name: stack, region: await client.config.region(), queues, tables, functions, settings };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      `The stack ${stack} could not be read: ${(error as Error).message}. Are AWS credentials and a region set, and is it deployed?`,
    );
  } finally {
    client.destroy();
  }
}
