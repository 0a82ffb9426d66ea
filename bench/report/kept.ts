import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageOf, type Results } from './page.ts';

const folderOf = (root: string) => join(root, 'docs', 'performance');

export function keep(root: string, suite: string, result: unknown): void {
  writeFileSync(join(folderOf(root), `${suite}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

const SUITES: readonly (keyof Results)[] = ['cost', 'scale', 'tenfold', 'start', 'throughput', 'research'];

/** @throws Error that names the suite that was never kept */
export function keptResults(root: string): Results {
  const read = (suite: string): unknown => {
    const path = join(folderOf(root), `${suite}.json`);
    if (!existsSync(path)) throw new Error(`${path} is not there: npm run bench -- --suite ${suite} --keep`);
    return JSON.parse(readFileSync(path, 'utf8'));
  };
  return Object.fromEntries(SUITES.map((suite) => [suite, read(suite)])) as unknown as Results;
}

/** Texts by path: the page and its plots as the kept results give them. */
export function renderedPage(root: string): ReadonlyMap<string, string> {
  const { page, plots } = pageOf(keptResults(root));
  return new Map([
    [join(root, 'docs', 'performance.md'), page],
    ...plots.map(({ file, svg }) => [join(folderOf(root), file), svg] as const),
  ]);
}

export function writePage(root: string): void {
  for (const [path, text] of renderedPage(root)) writeFileSync(path, text);
}
