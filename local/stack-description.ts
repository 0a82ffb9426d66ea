import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT } from '../functions/runtime/environment.ts';
import type { StackSpec } from './assembly/specifications.ts';
import type { Endpoints } from './lambda/function-environment.ts';
import { REGION } from './project.ts';
import { readJson, writeJson } from './write-json.ts';

/** Where an archive is: all that a client needs, local or deployed. */
export interface StackDescription {
  readonly region: string;
  readonly sqs: { readonly endpoint: string };
  readonly dynamodb: { readonly endpoint: string };
  readonly lambda: { readonly endpoint: string };
  /** URLs, by logical id. */
  readonly queues: Readonly<Record<string, string>>;
  /** Names, by logical id. */
  readonly tables: Readonly<Record<string, string>>;
  /** Names, by logical id. */
  readonly functions: Readonly<Record<string, string>>;
  /** JSON of the research settings, as the functions have them. */
  readonly researchSettings?: string;
}

export function describeStack(spec: StackSpec, endpoints: Endpoints & { readonly lambda: string }): StackDescription {
  const told = spec.functions.find(({ environment }) => ENVIRONMENT.researchSettings in environment);
  const researchSettings = told?.environment[ENVIRONMENT.researchSettings];
  return {
    region: REGION,
    sqs: { endpoint: endpoints.sqs },
    dynamodb: { endpoint: endpoints.dynamodb },
    lambda: { endpoint: endpoints.lambda },
    queues: Object.fromEntries(spec.queues.map(({ id, url }) => [id, url])),
    tables: Object.fromEntries(spec.tables.map(({ id, name }) => [id, name])),
    functions: Object.fromEntries(spec.functions.map(({ id, name }) => [id, name])),
    ...(researchSettings !== undefined && { researchSettings }),
  };
}

/**
 * `<dataDir>/stack.json` is there while the archive is ready, and only then.
 * @param database where the database itself is, past its guard: for clients of this archive, who can read its folder
 */
export function publishDescription(dataDir: string, description: StackDescription, database?: string): void {
  if (database !== undefined) writeFileSync(databasePath(dataDir), JSON.stringify({ database }), { mode: 0o600 });
  writeJson(descriptionPath(dataDir), description);
}

export function withdrawDescription(dataDir: string): void {
  rmSync(descriptionPath(dataDir), { force: true });
  rmSync(databasePath(dataDir), { force: true });
}

/** Where the database of a running archive is; undefined where that is not told. */
export function databaseOf(dataDir: string): string | undefined {
  try {
    return (readJson(databasePath(dataDir)) as { database?: string } | undefined)?.database;
  } catch {
    return undefined;
  }
}

const databasePath = (dataDir: string): string => join(dataDir, 'database.json');

export function descriptionPath(dataDir: string): string {
  return join(dataDir, 'stack.json');
}
