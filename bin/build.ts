import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { scriptOptions } from '../cli/script.ts';
import { madeAssets } from '../report/assets.ts';

/**
 * `npm run build`: the command as it is installed. Node runs no TypeScript below node_modules, so dist/ holds the same
 * files as JavaScript, with what they read beside them; the script of the report's pages is bundled here once.
 */
scriptOptions({
  name: 'build',
  description: 'Compiles the command into dist/, as `npm pack` takes it.',
  examples: [''],
});

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** What the command reads and nobody compiles. */
const FILES = [
  'cdk.json',
  'LICENSE',
  'samples/**',
  'functions/*/events/*.json',
  'package-lock.json',
  'researcher/media/codecs/LICENSE*',
];

rmSync(dist, { recursive: true, force: true });
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
for (const path of globSync(FILES, { cwd: root, withFileTypes: true })) {
  if (!path.isFile()) continue;
  const from = join(path.parentPath, path.name);
  cpSync(from, join(dist, from.slice(root.length)));
}
for (const { path, content } of await madeAssets()) {
  const file = join(dist, 'report', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, string>;
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ name, version, type: 'module' }, null, 2)}\n`);
chmodSync(join(dist, 'bin', 'archivist-cli.js'), 0o755);
