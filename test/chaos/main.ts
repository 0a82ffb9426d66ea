import { Option } from 'commander';
import { numberFrom, scriptOptions } from '../../cli/script.ts';
import { killRun } from './kills/kill-run.ts';
import { faultRun } from './run/fault-run.ts';

interface Options {
  readonly minutes: number;
  readonly kills?: number;
  readonly seed: number;
  readonly json?: true;
}

const asked = scriptOptions<Options>(
  {
    name: 'chaos',
    description:
      'Kills and faults on real parts: then everything must be as without them. Exit code 1: something is not.',
    more: `The seed decides who is killed when, which calls are hit and how, and what is curated; how processes interleave
it cannot decide.`,
    examples: ['--minutes 1 --seed 1', '--kills 10'],
  },
  (command) =>
    command
      .addOption(
        new Option('--minutes <number>', 'kills and faults for so long, then the verdict')
          .argParser(numberFrom(0.2, 600, 'any'))
          .default(1)
          .conflicts('kills'),
      )
      .addOption(
        new Option('--kills <number>', '`archivist start` on the samples, killed with -9 so often').argParser(
          numberFrom(1, 100),
        ),
      )
      .option('--seed <number>', 'of the draw', numberFrom(0, 2 ** 31), 1)
      .option('--json', 'one JSON object instead of lines'),
);
const begun = Date.now();
const say = (line: string) =>
  console.error(`${String(Math.round((Date.now() - begun) / 1_000)).padStart(4)} s  ${line}`);
// Children are tethered to this process: however it ends, so do they.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

let differences: readonly string[];
try {
  const { minutes, kills, seed } = asked;
  const summary = kills === undefined ? await faultRun({ minutes, seed, say }) : await killRun({ kills, seed, say });
  differences = summary.differences;
  const { differences: _, ...figures } = summary;
  const all = {
    ok: differences.length === 0,
    ...figures,
    seconds: Math.round((Date.now() - begun) / 1_000),
    differences,
  };
  process.stdout.write(asked.json ? `${JSON.stringify(all)}\n` : `${told(all)}\n`);
} catch (error) {
  differences = [(error as Error).stack ?? String(error)];
}
if (differences.length > 0) {
  console.error(`Seed ${asked.seed}: ${differences.length} differences.`);
  for (const difference of differences.slice(0, 40)) console.error(`  ${difference}`);
}
process.exit(differences.length > 0 ? 1 : 0);

/** The figures for people, a line each. */
function told(figures: object): string {
  const value = (one: unknown): string =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.entries(one)
          .map(([name, count]) => `${name} ${typeof count === 'object' ? `(${value(count)})` : count}`)
          .join(', ')
      : String(one);
  const lines = Object.entries(figures).filter(([name]) => name !== 'differences');
  return lines.map(([name, one]) => `${name}: ${value(one)}`).join('\n');
}
