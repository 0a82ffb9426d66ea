import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ENVIRONMENT } from '../../functions/runtime/environment.ts';
import { INSTEAD } from '../../lib/bundling.ts';
import { defaultSettings, researchSettings } from '../../lib/settings.ts';

export interface Bundle {
  readonly name: string;
  /** The name of the empty handler with the same clients. */
  readonly beside: string;
  readonly file: string;
  readonly bytes: number;
}

interface FunctionResource {
  readonly Type: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/** Entries of the empty handlers by their names, with what has the same clients. */
const EMPTY = {
  'empty handler': { file: 'empty-handler.ts', beside: () => true },
  'empty, with a third client': {
    file: 'empty-drain-handler.ts',
    beside: (name: string) => name === 'CompletedResearchArchivist',
  },
} as const;

/** The four bundles as the CDK app makes them, and those of the empty handlers, in the folder. */
export async function bundlesIn(root: string, folder: string): Promise<readonly Bundle[]> {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const output = join(folder, 'cdk.out');
  execFileSync(process.execPath, [join(root, 'bin', 'archivist.ts')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:enable-asset-metadata': true }),
      CDK_VALIDATION: 'false',
    },
  });
  const { Resources } = JSON.parse(readFileSync(join(output, 'Archivist.template.json'), 'utf8')) as {
    Resources: Record<string, FunctionResource>;
  };
  const made = Object.entries(Resources).flatMap(([name, { Type, Metadata }]) => {
    const asset = Metadata?.['aws:asset:path'];
    return Type === 'AWS::Lambda::Function' && asset !== undefined
      ? [bundle(name, join(output, asset, 'index.js'))]
      : [];
  });
  const [first] = made;
  if (first === undefined) throw new Error('The stack has no functions');

  // The empty handler is only comparable when it is bundled as the others are.
  const again = await bundled(root, join('functions', 'clips-archivist', 'handler.ts'), join(folder, 'again'));
  const clips = made.find(({ name }) => name === 'ClipsArchivist');
  if (again.bytes !== clips?.bytes)
    throw new Error(
      `Bundled here, ClipsArchivist has ${again.bytes} bytes, and ${clips?.bytes} in the stack: the options differ`,
    );
  const empty: Bundle[] = [];
  for (const [name, { file }] of Object.entries(EMPTY)) {
    const { bytes, file: made } = await bundled(root, join('bench', 'start', file), join(folder, file));
    empty.push({ name, beside: name, bytes, file: made });
  }
  return [...empty, ...made];
}

/** With the options of the stack (lib/bundling.ts). */
async function bundled(root: string, entry: string, folder: string): Promise<Bundle> {
  const outfile = join(folder, 'index.js');
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    mainFields: ['module', 'main'],
    alias: INSTEAD,
    logLevel: 'warning',
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  return bundle(entry, outfile);
}

function bundle(name: string, file: string): Bundle {
  const [beside = ''] = Object.entries(EMPTY).findLast(([, empty]) => empty.beside(name)) ?? [];
  return { name, beside, file, bytes: statSync(file).size };
}

/** What loading the bundle took in a fresh process: on the clock, and of processor time, which other programs do not lengthen. */
export function loaded(root: string, { file }: Bundle): { readonly ms: number; readonly cpuMs: number } {
  const names = Object.values(ENVIRONMENT).map((name) => [name, 'https://queue.example.org/1']);
  const output = execFileSync(process.execPath, [join(root, 'bench', 'start', 'load.cjs'), file], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      ...Object.fromEntries(names),
      [ENVIRONMENT.drainVisibility]: '60',
      [ENVIRONMENT.researchSettings]: JSON.stringify(researchSettings(defaultSettings)),
    },
  });
  return JSON.parse(output) as { ms: number; cpuMs: number };
}
