import { availableParallelism } from 'node:os';
import { numberFrom, scriptOptions } from '../../cli/script.ts';
import { mutants } from './mutants/index.ts';
import type { Mutant } from './mutants/mutant.ts';
import { scenarios } from './scenarios/index.ts';
import type { ScenarioOutcome } from './scenarios/scenario.ts';
import { simulate } from './simulate.ts';
import { inLanes, type SeedsResult, SimulationThread } from './workers.ts';

const SEEDS_A_TASK = 10;
const KILLED_AT_LEAST = 0.95;

interface Options {
  readonly seeds: number;
  readonly seed?: number;
  readonly from: number;
  readonly json?: true;
  readonly lanes: number;
  readonly mutants: boolean;
  readonly scenarios: boolean;
  readonly mutantSeeds?: number;
  readonly mutant?: string;
}

const MOST_SEEDS = 10_000_000;

const options = scriptOptions<Options>(
  {
    name: 'simulate',
    description: `The whole archive in memory against the rules of docs/invariants.md: seeds, scenarios, and mutants that the rules
must kill. Exit code 1: a rule was broken, a scenario did not hold its figure, or too many mutants survived.`,
    examples: ['', '--seeds 10000 --no-mutants --no-scenarios --json', '--seed 4711'],
  },
  (command) =>
    command
      .option('--seeds <number>', 'how many seeds', numberFrom(1, MOST_SEEDS), 200)
      .option('--from <number>', 'the first of them', numberFrom(1, MOST_SEEDS), 1)
      .option('--seed <number>', 'only this one, with its story', numberFrom(0, MOST_SEEDS))
      .option(
        '--mutant-seeds <number>',
        'how many seeds a mutant gets (default: as --seeds)',
        numberFrom(1, MOST_SEEDS),
      )
      .option('--mutant <words>', 'only the mutants that have these words in their names')
      .option('--no-mutants', 'leave the mutants out')
      .option('--no-scenarios', 'leave the scenarios out')
      .option('--lanes <number>', 'threads', numberFrom(1, 256), Math.min(8, availableParallelism()))
      .option('--json', 'stories to stderr; the figures are JSON on stdout either way'),
);

const out = (line: string) => process.stdout.write(`${line}\n`);
const say = (line: string) => (options.json ? console.error(line) : out(line));

async function runSeeds(from: number, seeds: number, lanes: number): Promise<SeedsResult> {
  const tasks = Array.from({ length: Math.ceil(seeds / SEEDS_A_TASK) }, (_, index) => from + index * SEEDS_A_TASK);
  const threads = Array.from({ length: lanes }, () => new SimulationThread());
  const free = [...threads];
  const violations: SeedsResult['violations'][number][] = [];
  let steps = 0;
  await inLanes(tasks, lanes, async (first) => {
    const thread = free.pop() as SimulationThread;
    const to = Math.min(first + SEEDS_A_TASK, from + seeds) - 1;
    const result = await thread.do<SeedsResult>({ kind: 'seeds', from: first, to, stopAtFirst: false });
    free.push(thread);
    steps += result.steps;
    for (const violation of result.violations) {
      violations.push(violation);
      console.error(`Seed ${violation.seed} breaks ${violation.rule}: ${violation.how}`);
      console.error(`  its story: npm run simulate -- --seed ${violation.seed}`);
    }
  });
  for (const thread of threads) await thread.end();
  return { steps, violations };
}

async function runScenarios(lanes: number): Promise<Record<string, ScenarioOutcome>> {
  const outcomes: Record<string, ScenarioOutcome> = {};
  await inLanes(scenarios, lanes, async (scenario) => {
    const thread = new SimulationThread();
    const outcome = await thread.do<ScenarioOutcome>({ kind: 'scenario', name: scenario.name });
    await thread.end();
    outcomes[scenario.name] = outcome;
    const { figure, unit, held, violation } = outcome;
    say(
      `${held ? 'holds ' : 'BROKEN'}  ${scenario.name}: ${figure} ${unit} (${scenario.holds})${violation ? ` ${violation}` : ''}`,
    );
  });
  return Object.fromEntries(scenarios.map(({ name }) => [name, outcomes[name] as ScenarioOutcome]));
}

interface Fate {
  readonly mutant: Mutant;
  readonly killedBy: SeedsResult['violations'][number] | undefined;
}

async function runMutants(seeds: number, lanes: number): Promise<Fate[]> {
  const fates: Fate[] = [];
  const chosen = mutants.filter(({ name }) => name.includes(options.mutant ?? ''));
  await inLanes(chosen, lanes, async (mutant) => {
    const thread = new SimulationThread(mutant);
    const { violations } = await thread.do<SeedsResult>({ kind: 'seeds', from: 1, to: seeds, stopAtFirst: true });
    await thread.end();
    const killedBy = violations[0];
    fates.push({ mutant, killedBy });
    if (killedBy === undefined)
      say(`SURVIVES  ${mutant.name}: ${mutant.survivesBecause ?? 'and nobody knows why it should'}`);
    else say(`killed    ${mutant.name}: seed ${killedBy.seed}, ${killedBy.rule}`);
    if (killedBy !== undefined && !mutant.caughtBy.includes(killedBy.rule)) {
      console.error(
        `  ${mutant.name} names ${mutant.caughtBy.join(', ')}, but ${killedBy.rule} caught it: name it too`,
      );
    }
  });
  return fates;
}

async function tellOne(seed: number): Promise<number> {
  const { violation, log, steps } = await simulate(seed);
  for (const line of log) say(line);
  if (violation !== undefined) console.error(`Seed ${seed} breaks ${violation.rule}: ${violation.how}`);
  if (options.json) out(JSON.stringify({ seeds: 1, violations: violation === undefined ? 0 : 1, steps }));
  return violation === undefined ? 0 : 1;
}

async function everything(): Promise<number> {
  const { lanes, seeds, from } = options;
  const { steps, violations } = await runSeeds(from, seeds, lanes);
  say(`${seeds} seeds, ${steps} steps, ${violations.length} violations`);
  const told = options.scenarios ? await runScenarios(lanes) : {};
  const fates = options.mutants ? await runMutants(options.mutantSeeds ?? seeds, lanes) : [];
  // A kill by a rule that the mutant does not name is none: nobody would know why it dies.
  const killed = fates.filter(
    ({ mutant, killedBy }) => killedBy !== undefined && mutant.caughtBy.includes(killedBy.rule),
  ).length;
  const enough = fates.length === 0 || killed >= KILLED_AT_LEAST * fates.length;
  if (fates.length > 0) say(`${killed} of ${fates.length} mutants killed`);
  const mutation = { total: fates.length, killed };
  out(JSON.stringify({ seeds, violations: violations.length, steps, mutants: mutation, scenarios: told }));
  const held = Object.values(told).every((outcome) => outcome.held);
  return violations.length === 0 && held && enough ? 0 : 1;
}

process.exitCode = options.seed === undefined ? await everything() : await tellOne(options.seed);
