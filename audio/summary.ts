import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptOptions } from '../cli/script.ts';
import type { Evaluation } from './evaluation/report.ts';
import { type Hearing, summaryOf } from './evaluation/summary.ts';
import { summaryReport } from './evaluation/summary-report.ts';

/** `npm run audio:summary -- --recorded FILE… --synthetic FILE…`: adds up what `audio:evaluate --json` said. */
interface Options {
  recorded?: string[];
  read?: string[];
  synthetic?: string[];
  keep?: true;
}

const options = scriptOptions<Options>(
  {
    name: 'audio:summary',
    description:
      'Adds up evaluations (audio:evaluate --json): recall by class, precision, what scores are worth, and chance.',
    examples: ['--recorded a.json b.json foreign.json', '--recorded a.json --synthetic 101.json 102.json --keep'],
  },
  (command) =>
    command
      .option('--recorded <files...>', 'of sets of recorded sound; those with --foreign clips too')
      .option('--read <files...>', 'of sets of recorded sound that were looked at while the method was made')
      .option('--synthetic <files...>', 'of sets that audio:testset made')
      .option('--keep', 'write docs/performance/hearing.json, from which npm run bench -- --page makes the page'),
);

try {
  const hearing: Hearing = {
    ...(options.recorded && { recorded: summaryOf(options.recorded.map(evaluation)) }),
    ...(options.read && { read: summaryOf(options.read.map(evaluation)) }),
    ...(options.synthetic && { synthetic: summaryOf(options.synthetic.map(evaluation)) }),
  };
  process.stdout.write(summaryReport(hearing));
  if (options.keep) {
    const path = join(import.meta.dirname, '../docs/performance/hearing.json');
    writeFileSync(path, `${JSON.stringify(hearing, null, 2)}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function evaluation(path: string): Evaluation {
  return JSON.parse(readFileSync(path, 'utf8')) as Evaluation;
}
