import type { Ledger } from '../../../domain/ledger.ts';
import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { checkJudged } from './assignment-rules.ts';
import { fails } from './lease-rules.ts';
import { checkSource, freshIn, isTurnedAway } from './recording-rules.ts';

/** What is recorded stays recorded, and was said. */
export function checkRecorded(world: World, process: Process, before: Ledger, after: Ledger): undefined {
  if (after.researched === before.researched && after.clipRecordings === before.clipRecordings) return;
  for (const clip of before.researched) {
    if (!after.researched.has(clip)) world.violate('RECORDED-STAYS', `${after.episode}×${clip} is no longer recorded`);
  }
  for (const clip of freshIn(before, after)) {
    process.did.researched++;
    process.recorded.add(clip);
    world.tell(process.name, `records ${after.episode}×${clip}`);
    checkSource(world, after, clip);
  }
}

/** States change only as their rules allow. @param freed whether a failure freed a pair in this write */
export function checkStates(world: World, process: Process, before: Ledger, after: Ledger, freed: boolean): undefined {
  const name = `episode ${after.episode}`;
  const stays = before.state === 'PARKED' || before.state === 'HELD';
  if (stays && after.state !== before.state) world.violate('PARKED', `${name} came back from ${before.state}`);
  if (after.state === 'PARKED' && before.state !== 'PARKED') {
    world.tell(process.name, `${name} is PARKED`);
    const reason = world.archive.state.parkedReasons.get(after.episode)?.get(0);
    if (!reason) world.violate('PARKED', `${name} is parked without a reason`);
  }
  if (process.role === 'assign') checkJudged(world, process, before, after);
  else if (freed && after.state !== 'OPEN' && !stays && after.state !== 'PARKED') {
    world.violate('WAITING', `${name} has a free pair and is ${after.state}`);
  } else if (after.state !== before.state && !freed && after.state !== 'PARKED') {
    // Unless the freed pair was recorded in the same write.
    const says = before.leases.flatMap(({ id }) => world.truth.ofLease.get(id) ?? []);
    if (after.state === 'OPEN' && says.some(fails)) return;
    // Or its result was turned away, for it was of something that is gone.
    if (after.state === 'OPEN' && says.some((one) => isTurnedAway(world, one))) return;
    world.violate('WAITING', `${process.name} made ${name} ${after.state}`);
  }
}
