import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';

/** Where the Lambda console looks for test events that are shared within an account. */
const REGISTRY = 'lambda-testevent-schemas';

export interface TestEventsProps {
  /** An account has one registry: `create` it, or `use` the one that is there. */
  readonly mode: 'use' | 'create';
  /** Folder of the project. */
  readonly root: string;
  readonly functions: readonly { readonly service: string; readonly function: { readonly functionName: string } }[];
}

/** The sample events `functions/<service>/events/*.json`, to choose from on the Test tab of each function. */
export class TestEvents extends Construct {
  constructor(scope: Construct, id: string, { mode, root, functions }: TestEventsProps) {
    super(scope, id);
    const registry = mode === 'create' ? new CfnRegistry(this, 'Registry', { registryName: REGISTRY }) : undefined;
    // Other functions of the account keep their events in it too.
    registry?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    for (const { service, function: lambda } of functions) {
      const events = eventsOf(join(root, 'functions', service, 'events'));
      if (Object.keys(events).length === 0) continue;
      const schema = new CfnSchema(this, service, {
        registryName: REGISTRY,
        schemaName: `_${lambda.functionName}-schema`,
        type: 'OpenApi3',
        content: JSON.stringify(shared(events)),
      });
      if (registry) schema.addResourceDependency(registry);
    }
  }
}

/** File name without extension → event. @throws Error naming the file that is not JSON */
function eventsOf(folder: string): Record<string, unknown> {
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  return Object.fromEntries(files.sort().map((file) => [parse(file).name, eventIn(join(folder, file))]));
}

function eventIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} must hold one JSON value to become a test event: ${(error as Error).message}`);
  }
}

/** The document in which the console keeps the events of a function, as examples of a schema that allows anything. */
function shared(events: Record<string, unknown>) {
  return {
    openapi: '3.0.0',
    info: { version: '1.0.0', title: 'Event' },
    paths: {},
    components: {
      schemas: { Event: { type: 'object' } },
      examples: Object.fromEntries(Object.entries(events).map(([name, value]) => [name, { value }])),
    },
  };
}
