import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { type Mutant, patched } from './mutants/mutant.ts';

/** A thread that runs seeds, scenarios, or the seeds of one mutant: whose breakages are put into the source as it loads. */

export type Task =
  | { readonly kind: 'seeds'; readonly from: number; readonly to: number; readonly stopAtFirst: boolean }
  | { readonly kind: 'scenario'; readonly name: string };

const mutant = (workerData as { mutant?: Mutant }).mutant;
if (mutant !== undefined) {
  const root = new URL('../../', import.meta.url).href;
  registerHooks({
    load(url, context, next) {
      const patches = mutant.patches.filter(({ file }) => url === root + file);
      const loaded = next(url, context);
      if (patches.length === 0) return loaded;
      let source = readFileSync(fileURLToPath(url), 'utf8');
      for (const patch of patches) source = patched(source, patch, mutant.name);
      return { ...loaded, source };
    },
  });
}

const { simulate } = await import('./simulate.ts');
const { scenarios } = await import('./scenarios/index.ts');

async function runSeeds({ from, to, stopAtFirst }: Extract<Task, { kind: 'seeds' }>) {
  let steps = 0;
  const violations: { seed: number; rule: string; how: string }[] = [];
  for (let seed = from; seed <= to; seed++) {
    const outcome = await simulate(seed);
    steps += outcome.steps;
    if (outcome.violation !== undefined) violations.push({ seed, ...outcome.violation });
    if (stopAtFirst && violations.length > 0) break;
  }
  return { steps, violations };
}

async function runScenario(name: string) {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`There is no scenario ${name}`);
  return scenario.run();
}

parentPort?.on('message', (task: Task) => {
  const done = task.kind === 'seeds' ? runSeeds(task) : runScenario(task.name);
  done.then(
    (value) => parentPort?.postMessage({ value }),
    (error: unknown) =>
      parentPort?.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
