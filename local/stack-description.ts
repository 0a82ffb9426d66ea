import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT } from '../functions/runtime/environment.ts';
import type { StackSpec } from './assembly/specifications.ts';
import type { Endpoints } from './lambda/function-environment.ts';
import { REGION } from './project.ts';
import { writeJson } from './write-json.ts';

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

/** `<dataDir>/stack.json` is there while the archive is ready, and only then. */
export function publishDescription(dataDir: string, description: StackDescription): void {
  writeJson(descriptionPath(dataDir), description);
}

export function withdrawDescription(dataDir: string): void {
  rmSync(descriptionPath(dataDir), { force: true });
}

export function descriptionPath(dataDir: string): string {
  return join(dataDir, 'stack.json');
}
