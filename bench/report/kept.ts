import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultSettings } from '../../lib/settings.ts';
import { costsTable } from '../costs-at-sizes.ts';
import { researcherTable } from '../researcher-dollars.ts';
import { pageOf, type Results } from './page.ts';

const folderOf = (root: string) => join(root, 'docs', 'performance');

export function keep(root: string, suite: string, result: unknown): void {
  writeFileSync(join(folderOf(root), `${suite}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

const SUITES: readonly (keyof Results)[] = [
  'cost',
  'scale',
  'tenfold',
  'start',
  'throughput',
  'whole',
  'research',
  'hearing',
];

const commandOf = (suite: string): string =>
  suite === 'hearing' ? 'npm run audio:summary -- … --keep' : `npm run bench -- --suite ${suite} --keep`;

/** @throws Error that names the suite that was never kept */
export function keptResults(root: string): Results {
  const read = (suite: string): unknown => {
    const path = join(folderOf(root), `${suite}.json`);
    if (!existsSync(path)) throw new Error(`${path} is not there: ${commandOf(suite)}`);
    return JSON.parse(readFileSync(path, 'utf8'));
  };
  return Object.fromEntries(SUITES.map((suite) => [suite, read(suite)])) as unknown as Results;
}

/** Texts by path: the page, its plots and the tables of the page of costs, as the kept results give them. */
export function renderedPage(root: string): ReadonlyMap<string, string> {
  const results = keptResults(root);
  const { page, plots } = pageOf(results);
  const costs = join(root, 'docs', 'costs.md');
  const { operations, dollars } = results.cost;
  const tables = [
    costsTable({ operations, fixed: dollars.fixed }),
    researcherTable(results.research, defaultSettings.researcherMemory),
  ];
  return new Map([
    [costs, tables.reduce(withTable, readFileSync(costs, 'utf8'))],
    [join(root, 'docs', 'performance.md'), page],
    ...plots.map(({ file, svg }) => [join(folderOf(root), file), svg] as const),
  ]);
}

/** The page with the table in the place of the one that has the same first line. @throws Error when it has none */
function withTable(page: string, table: string): string {
  const [first = ''] = table.split('\n', 1);
  const start = page.indexOf(first);
  if (start < 0) throw new Error(`The page has no table that begins with ${first}`);
  return `${page.slice(0, start)}${table}${page.slice(page.indexOf('\n\n', start))}`;
}

export function writePage(root: string): void {
  for (const [path, text] of renderedPage(root)) writeFileSync(path, text);
}
