import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ArchivistStack } from '../../lib/archivist-stack.ts';
import { settingsFrom } from '../../lib/settings.ts';

// A deprecated call fails its test.
process.env.JSII_DEPRECATED = 'fail';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** An app with the feature flags of cdk.json that bundles nothing, and the archive in it. */
export function appWith(context: Record<string, string> = {}): { app: App; stack: ArchivistStack } {
  const outdir = mkdtempSync(join(tmpdir(), 'archivist-assembly-'));
  folders.push(outdir);
  const app = new App({
    outdir,
    context: { ...JSON.parse(readFileSync('cdk.json', 'utf8')).context, 'aws:cdk:bundling-stacks': [] },
  });
  return { app, stack: new ArchivistStack(app, 'Archivist', { settings: settingsFrom(context), root: process.cwd() }) };
}

/** The template for settings of the context, not validated (that takes seconds). */
export function synthesized(context: Record<string, string> = {}): Template {
  const before = process.env.CDK_VALIDATION;
  process.env.CDK_VALIDATION = 'false';
  try {
    return appWith(context).app.synth().getStackByName('Archivist').template;
  } finally {
    if (before === undefined) delete process.env.CDK_VALIDATION;
    else process.env.CDK_VALIDATION = before;
  }
}

/** Logical ids and properties of all resources of a type. */
export function ofType<Properties = Record<string, never>>(
  template: Template,
  type: string,
): [id: string, properties: Properties][] {
  return Object.entries(template.Resources ?? {})
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties as Properties]);
}

export function logicalIds(resources: readonly (readonly [id: string, unknown])[]): string[] {
  return resources.map(([id]) => id).sort();
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** All statements of policies of any kind: inline, managed, of roles, queues and topics. */
export function statementsOf(template: Template): Statement[] {
  return Object.values(template.Resources).flatMap(({ Properties }) =>
    ['PolicyDocument', 'AssumeRolePolicyDocument'].flatMap(
      (document) => (Properties?.[document] as { Statement: Statement[] } | undefined)?.Statement ?? [],
    ),
  );
}

/** What a role or a managed policy (by logical id) allows: resource → actions, of these services only. */
export function allowedBy(template: Template, id: string, services: readonly string[]): Record<string, string[]> {
  const documents = Object.entries(template.Resources).flatMap(([name, { Type, Properties }]) =>
    name === id || (Type === 'AWS::IAM::Policy' && JSON.stringify(Properties.Roles).includes(`{"Ref":"${id}"}`))
      ? [Properties.PolicyDocument as { Statement: Statement[] } | undefined]
      : [],
  );
  const granted = documents
    .flatMap((document) => document?.Statement ?? [])
    .flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => [shortName(resource), action] as const)),
    )
    .filter(([, action]) => services.includes(action.split(':')[0]!));
  const resources = new Set(granted.map(([resource]) => resource));
  return Object.fromEntries(
    [...resources].map((resource) => [
      resource,
      granted.flatMap(([name, action]) => (name === resource ? [action.split(':')[1]!] : [])).sort(),
    ]),
  );
}

/** `{"Fn::GetAtt":["Leases","Arn"]}` → `Leases`; joined with `/index/byState` → `Leases/index/byState`. */
function shortName(resource: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = resource as Record<string, never>;
  if (Ref) return Ref;
  if (attribute) return (attribute as string[])[0]!;
  return joined
    ? (joined as [string, unknown[]])[1].map((part) => (typeof part === 'string' ? part : shortName(part))).join('')
    : String(resource);
}

/** The text of all TypeScript files in these folders. */
export function sourcesIn(...folders: string[]): string {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}
