import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from '@swc/core';

export const root = join(__dirname, '../..');

/** Every TypeScript file of the project, below its root; what git ignores is none of it. */
export function sources(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\0').filter((path) => path !== '' && !path.endsWith('.d.ts') && existsSync(join(root, path)));
}

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What a file imports or exports from elsewhere, types included: paths below the root, or names of packages. */
export function importsOf(path: string): string[] {
  const { body } = parseSync(textOf(path), { syntax: 'typescript', target: 'es2024' });
  const named = body.flatMap((item) => ('source' in item && item.source ? [item.source.value] : []));
  const dynamic = [...textOf(path).matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)].map(([, specifier]) => specifier!);
  return [...named, ...dynamic].map((specifier) =>
    specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier,
  );
}

/** Groups of files that import each other in a circle (Tarjan, Depth-first search and linear graph algorithms, 1972). */
export function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found = new Map<string, { index: number; low: number; onStack: boolean }>();
  const stack: string[] = [];
  const groups: string[][] = [];
  const visit = (file: string) => {
    const state = { index: found.size, low: found.size, onStack: true };
    found.set(file, state);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      const known = found.get(next);
      if (!known) state.low = Math.min(state.low, visit(next).low);
      else if (known.onStack) state.low = Math.min(state.low, known.index);
    }
    if (state.low === state.index) {
      const group = stack.splice(stack.indexOf(file));
      for (const member of group) found.get(member)!.onStack = false;
      if (group.length > 1) groups.push(group.sort());
    }
    return state;
  };
  for (const file of graph.keys()) if (!found.has(file)) visit(file);
  return groups;
}
