import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import { numberFrom, scriptOptions } from '../cli/script.ts';
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
  async decode() {
    const { decodeSuite } = await import('./suites/decode.ts');
    return decodeSuite(told);
  },
  async throughput() {
    const { throughputSuite } = await import('./suites/throughput.ts');
    return throughputSuite(root, availableParallelism(), told);
  },
  async whole() {
    const { wholeSuite } = await import('./suites/whole.ts');
    const { sizeOf } = await import('./suites/reading.ts');
    return wholeSuite(root, sizeOf(size), told);
  },
  async reading() {
    const { readingSuite, sizeOf } = await import('./suites/reading.ts');
    return readingSuite(root, { size: sizeOf(size), folder, against }, told);
  },
  async guard() {
    const { guardSuite } = await import('./suites/guard.ts');
    return guardSuite(root, told);
  },
  async feed() {
    const { feedSuite } = await import('./suites/feed.ts');
    return feedSuite(root, against, told);
  },
  async research() {
    const { RESEARCH_SIZES, researchSuite } = await import('./suites/research.ts');
    return researchSuite(clips === undefined ? RESEARCH_SIZES : [{ minutes: 60, clips }], told);
  },
};

/** They take gigabytes or an hour, or compare with another version: nobody wants to wait for them who did not ask. */
const ONLY_WHEN_ASKED: readonly string[] = ['reading', 'decode', 'whole', 'feed', 'guard'];

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

interface Options {
  readonly suite?: Suite;
  readonly clips?: number;
  readonly json?: true;
  readonly keep?: true;
  readonly page?: true;
  readonly size: string;
  readonly folder?: string;
  readonly against?: string;
}

const { suite, clips, json, keep, page, size, folder, against } = scriptOptions<Options>(
  {
    name: 'bench',
    description:
      'Measures what the archive costs, how that grows, how fast it is and how fast it starts. Exit code 1: a figure of the design is broken.',
    examples: [
      '--suite cost',
      '--suite research --clips 1000',
      '--suite throughput --json',
      '--keep',
      '--suite reading --against HEAD~20',
      '--suite feed --against d6c11df',
    ],
  },
  (command) =>
    command
      .addOption(
        new Option(
          '--suite <name>',
          'one suite; without it all run but reading, decode, whole, feed and guard, one after the other',
        ).choices(Object.keys(suites)),
      )
      .option(
        '--clips <number>',
        'of the suite research: an hour with so many, instead of sizes up to 10,000',
        numberFrom(1, 10_000),
      )
      .option('--json', 'print one JSON object, all figures by name, instead of lines for people')
      .option('--keep', 'keep the results in docs/performance/')
      .option('--page', 'only make docs/performance.md of the results that are kept')
      .option('--size <size>', 'of reading and whole: episodes, clips and findings', '4000x10000x160000')
      .option('--folder <dir>', 'of reading: keeps the archive there for the next run')
      .option('--against <commit>', 'of reading and feed: another version, measured on the same archive or feed'),
);
const broken: string[] = [];
const chosen =
  suite === undefined ? (Object.keys(suites) as Suite[]).filter((name) => !ONLY_WHEN_ASKED.includes(name)) : [suite];
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
