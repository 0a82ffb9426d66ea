import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import { scriptOptions } from '../cli/script.ts';
import { BenchEmulators } from './bench-archive.ts';
import { keep as keepResult, writePage } from './report/kept.ts';
import { linesOf, type SuiteResult, spoken } from './report/spoken.ts';

const root = join(import.meta.dirname, '..');
const told = (line: string) => console.error(line);

const suites = {
  async cost() {
    const { costSuite } = await import('./suites/cost.ts');
    const { fixedParts } = await import('./fixed-parts.ts');
    return withEmulators((emulators) => costSuite(emulators, fixedParts(root)));
  },
  async scale() {
    const { SCALE_SIZES, scaleSuite } = await import('./suites/scale.ts');
    return withEmulators((emulators) => scaleSuite(emulators, SCALE_SIZES, told));
  },
  async tenfold() {
    const { scaleSuite } = await import('./suites/scale.ts');
    return withEmulators((emulators) => scaleSuite(emulators, [{ episodes: 40_000, clips: 100_000 }], told));
  },
  async start() {
    const { startSuite } = await import('./suites/start.ts');
    return startSuite(root);
  },
  async throughput() {
    const { throughputSuite } = await import('./suites/throughput.ts');
    return throughputSuite(root, availableParallelism(), told);
  },
};

type Suite = keyof typeof suites;
async function withEmulators<Value>(use: (emulators: BenchEmulators) => Promise<Value>): Promise<Value> {
  const emulators = await BenchEmulators.start();
  // A benchmark that is ended must not leave its emulators behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      emulators.stop();
      process.exit(130);
    });
  }
  try {
    return await use(emulators);
  } finally {
    emulators.stop();
  }
}

const { suite, json, keep, page } = scriptOptions<{ suite?: Suite; json?: true; keep?: true; page?: true }>(
  {
    name: 'bench',
    description:
      'Measures what the archive costs, how that grows, how fast it is and how fast it starts. Exit code 1: a figure of the design is broken.',
    examples: ['--suite cost', '--suite throughput --json', '--keep'],
  },
  (command) =>
    command
      .addOption(
        new Option('--suite <name>', 'one suite; without it all run, one after the other').choices(Object.keys(suites)),
      )
      .option('--json', 'print one JSON object, all figures by name, instead of lines for people')
      .option('--keep', 'keep the results in docs/performance/')
      .option('--page', 'only make docs/performance.md of the results that are kept'),
);
const broken: string[] = [];
const chosen = suite === undefined ? (Object.keys(suites) as Suite[]) : [suite];
for (const name of page === true ? [] : chosen) {
  told(`Suite ${name} …`);
  const start = performance.now();
  const result: SuiteResult = await suites[name]();
  told(`Suite ${name} took ${Math.round((performance.now() - start) / 1000)} s.`);
  if (keep === true) keepResult(root, name, result);
  process.stdout.write(json === true ? `${JSON.stringify(result)}\n` : `${linesOf(result).join('\n')}\n`);
  for (const one of result.figures) if (!one.holds) broken.push(spoken(one));
  for (const one of result.targets ?? []) if (!one.holds) told(`Missed: ${spoken(one)}`);
}
if (page === true) writePage(root);
for (const line of broken) console.error(`Broken: ${line}`);
process.exitCode = broken.length > 0 ? 1 : 0;
