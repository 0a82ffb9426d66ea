import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT } from '../../functions/runtime/environment.ts';
import { bundle } from '../../lib/bundle.ts';
import { defaultSettings, researchSettings } from '../../lib/settings.ts';

export interface Bundle {
  readonly name: string;
  /** The name of the empty handler with the same clients. */
  readonly beside: string;
  readonly file: string;
  /** Of all files of JavaScript. */
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

/** The four bundles as the CDK app makes them, and those of the empty handlers made likewise, in the folder. */
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
    return Type === 'AWS::Lambda::Function' && asset !== undefined ? [bundleIn(name, join(output, asset))] : [];
  });
  if (made.length === 0) throw new Error('The stack has no functions');

  const empty: Bundle[] = [];
  for (const [name, { file }] of Object.entries(EMPTY)) {
    await bundle(root, join('bench', 'start', file), join(folder, file));
    empty.push(bundleIn(name, join(folder, file)));
  }
  return [...empty, ...made];
}

function bundleIn(name: string, folder: string): Bundle {
  const [beside = ''] = Object.entries(EMPTY).findLast(([, empty]) => empty.beside(name)) ?? [];
  const sizes = globSync(join(folder, '*.js')).map((path) => statSync(path).size);
  return { name, beside, file: join(folder, 'index.js'), bytes: sizes.reduce((sum, size) => sum + size, 0) };
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
