import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBuilt, projectDir } from '../local/project.ts';

const clientDir = join(projectDir, 'report/client');

export interface Asset {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** Names of the files beside the pages. */
const NAMES = ['report.js', 'theme.js', 'report.css', 'icon.svg', 'licences.txt'];

/** The script, style and icon of the pages: those of this version, made when the command was built, else made now. */
export async function reportAssets(): Promise<Asset[]> {
  if (!isBuilt) return madeAssets();
  return NAMES.map((name) => ({
    path: `assets/${name}`,
    content: readFileSync(join(import.meta.dirname, 'assets', name)),
  }));
}

export async function madeAssets(): Promise<Asset[]> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: { report: join(clientDir, 'main.ts'), theme: join(clientDir, 'theme.ts') },
    bundle: true,
    minify: true,
    // Modules cannot be loaded on a page that was opened from a folder.
    format: 'iife',
    target: ['chrome120', 'firefox121', 'safari17.4'],
    charset: 'utf8',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: 'assets',
    write: false,
    logLevel: 'silent',
  });
  const scripts = outputFiles.map(({ path, contents }) => ({
    path: `assets/${path.split(/[/\\]/).at(-1)}`,
    content: contents,
  }));
  const files = ['report.css', 'icon.svg'].map((name) => ({
    path: `assets/${name}`,
    content: readFileSync(join(clientDir, name)),
  }));
  return [...scripts, ...files, { path: 'assets/licences.txt', content: licences() }];
}

/** Of what is bundled; their licences want it. */
function licences(): string {
  const bundled = [
    '@observablehq/plot',
    'd3',
    'interval-tree-1d',
    'isoformat',
    '@tanstack/table-core',
    '@tanstack/store',
  ];
  return bundled.map((name) => `${name}\n\n${licenceOf(name)}`).join(`\n\n${'-'.repeat(80)}\n\n`);
}

function licenceOf(name: string): string {
  const folder = join(projectDir, 'node_modules', name);
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt']) {
    try {
      return readFileSync(join(folder, file), 'utf8').trim();
    } catch {}
  }
  const { license = 'see its package' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    license?: string;
  };
  return `Licence: ${license}`;
}

/** The style element that Observable Plot puts into each of its drawings of this class. A browser test tells when it changes. */
export const PLOT_CLASS = 'plot';
const PLOT_STYLE = `:where(.${PLOT_CLASS}) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.${PLOT_CLASS} text),
:where(.${PLOT_CLASS} tspan) {
  white-space: pre;
}`;

export const plotStyleHash = (): string => `sha256-${createHash('sha256').update(PLOT_STYLE).digest('base64')}`;
