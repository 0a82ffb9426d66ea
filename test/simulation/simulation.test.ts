import { readFileSync } from 'node:fs';
import { mutants } from './mutants/index.ts';
import { patched } from './mutants/mutant.ts';
import { simulate } from './simulate.ts';
import { NO_FAULTS, usualPlanOf } from './world/plan.ts';

test('SIMULATION-1: one seed gives one story, byte for byte', async () => {
  const once = await simulate(3);
  const again = await simulate(3);
  expect(again.log.join('\n')).toBe(once.log.join('\n'));
  expect(again.steps).toBe(once.steps);
  expect(once.log.length).toBeGreaterThan(100);
});

test('SIMULATION-2: another seed gives another story', async () => {
  const [one, other] = [await simulate(4), await simulate(5)];
  expect(one.log.join('\n')).not.toBe(other.log.join('\n'));
});

test('SIMULATION-3: no rule is broken in a few seeds', async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const { violation, log } = await simulate(seed);
    expect({ seed, violation, story: violation === undefined ? [] : log.slice(-20) }).toEqual({
      seed,
      violation: undefined,
      story: [],
    });
  }
});

test('SIMULATION-4: without troubles everything is done by one healthy researcher', async () => {
  const plan = {
    ...usualPlanOf(1),
    faults: NO_FAULTS,
    researchers: ['healthy'] as const,
    dead: 0,
    killers: 0,
    drainOutage: undefined,
    crowd: undefined,
  };
  const { violation, log } = await simulate(1, plan);
  expect(violation).toBeUndefined();
  expect(log.some((line) => /(COMPLETE)/.test(line))).toBe(true);
});

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
  'MUTANT: "%s" finds its snippets once',
  (name, mutant) => {
    for (const patch of mutant.patches) {
      const source = readFileSync(patch.file, 'utf8');
      expect(patched(source, patch, name)).not.toBe(source);
    }
    expect(mutant.caughtBy.length).toBeGreaterThan(0);
  },
);

test('MUTANTS: names are unique, and every rule that catches one is stated in docs/invariants.md', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  const stated = readFileSync('docs/invariants.md', 'utf8');
  for (const rule of new Set(mutants.flatMap(({ caughtBy }) => caughtBy))) expect(stated).toContain(`| ${rule} |`);
});
