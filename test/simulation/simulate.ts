import { checkEnd, unfinished } from './invariants/end-rules.ts';
import { Witness } from './invariants/witness.ts';
import { Archivists } from './world/archivists.ts';
import { Curators } from './world/curators.ts';
import { Operators } from './world/operators.ts';
import type { Plan } from './world/plan.ts';
import { planOf } from './world/profiles.ts';
import { Researcher } from './world/researchers.ts';
import { EPOCH, type Violation, World } from './world/world.ts';

export interface Outcome {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly steps: number;
  readonly simulatedMs: number;
  readonly log: readonly string[];
}

/** Seeds take some ten thousand steps, and 152,000 where rests of a day are waited for three times; a run that needs so many goes in circles. */
const STEPS_AT_MOST = 400_000;

/** Runs one seed to its end, or to the first rule that is broken. */
export async function simulate(seed: number, plan: Plan = planOf(seed)): Promise<Outcome> {
  const world = new World(plan);
  const witness = new Witness(world);
  world.witness = witness;
  const archivists = new Archivists(world);
  const curators = new Curators(world, archivists);
  witness.onArchived = (kind, thing, body) => curators.taken(kind, thing, body);
  const broken = () => {
    if (world.scheduler.steps > STEPS_AT_MOST) world.violate('END', `no end after ${STEPS_AT_MOST} steps`);
    return world.violation !== undefined;
  };

  const operators = new Operators(world);
  curators.start();
  operators.start();
  archivists.start();
  const troublesome = plan.researchers.map((kind, index) => new Researcher(world, `${kind} ${index + 1}`, kind));
  for (const researcher of troublesome) void researcher.live();
  await world.scheduler.run(EPOCH + plan.troubleMs, broken);

  if (!broken()) {
    world.calm();
    for (const researcher of troublesome) researcher.retire();
    curators.mendAll();
    await operators.releaseAll();
    for (let index = 1; index <= 5; index++) void new Researcher(world, `good ${index}`, 'healthy').live();
    const settled = () => broken() || (world.now > quiet && unfinished(world).length === 0);
    const quiet = world.now + 30 * 60_000;
    await world.scheduler.run(EPOCH + plan.patienceMs, settled);
  }
  if (!broken()) checkEnd(world);
  const { violation, log, scheduler } = world;
  return { seed, violation, steps: scheduler.steps, simulatedMs: world.now - EPOCH, log };
}
