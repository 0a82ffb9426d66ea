import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBuilt } from '../project.ts';

/** What the synthesized stack depends on: the app, every room that it or a function imports, and the packages. */
export const SOURCES = [
  ...['bin/archivist.ts', 'lib', 'functions', 'researcher', 'curators', 'web', 'disk', 'domain'],
  ...['cdk.json', 'package.json', 'package-lock.json'],
];

/** A hash of the settings and of the content of every file that the stack and its bundles are made from. */
export function fingerprint(projectDir: string, settings: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256');
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  hash.update(JSON.stringify(sorted));
  for (const path of SOURCES.flatMap((source) => filesOf(projectDir, source))) {
    hash.update(`\0${path}\0`);
    hash.update(readFileSync(join(projectDir, path)));
  }
  return hash.digest('hex');
}

function filesOf(projectDir: string, source: string): string[] {
  if (/\.\w+$/.test(source)) return [isBuilt ? source.replace(/\.ts$/, '.js') : source];
  return readdirSync(join(projectDir, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(projectDir.length + 1))
    .sort();
}
