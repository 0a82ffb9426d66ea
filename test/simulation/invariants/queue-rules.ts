import type { Process } from '../world/process.ts';
import type { Said } from '../world/truth.ts';
import { shortLease, type World } from '../world/world.ts';
import { isOfNow, isRecordedNow, isTurnedAway } from './recording-rules.ts';

/** Nothing that was sent is lost: before it is acknowledged, and before drainedUntil passes it, it has had its effect. */

/** @returns what is missing, or undefined when everything that the message says is recorded */
export function missing(world: World, said: Said): string | undefined {
  const { state } = world.archive;
  if (said.kind === 'garbage') return undefined;
  for (const part of said.parts ?? []) {
    const lost = missing(world, part);
    if (lost !== undefined) return lost;
  }
  const ledger = state.ledgers.get(said.episode);
  if (ledger === undefined) return 'its ledger';
  const lease = ledger.leases.find(({ id }) => id === said.leaseId);
  if (lease !== undefined) {
    if ((lease.lastSign ?? 0) < said.sentAt) return `the sign of life of ${shortLease(said.leaseId)}`;
    if (said.lastWord && (lease.lastWord ?? 0) < said.sentAt) return `the last word of ${shortLease(said.leaseId)}`;
  }
  if (said.kind === 'result') {
    const pair = `${said.episode}×${said.clip}`;
    if (isTurnedAway(world, said)) return undefined;
    if (!isRecordedNow(world, ledger, said.clip)) return `the result of ${pair}`;
    const findings = state.findings.get(`${said.episode}/${said.clip}`) ?? [];
    const known = findings.some((one) => isOfNow(world, one) && one.offsetsNs.join() === said.offsets.join());
    if (said.offsets.length > 0 && !known && findings.length < 3) return `the finding of ${pair}`;
  }
  if ((said.kind === 'clipFailure' || said.kind === 'refused') && lease?.left.includes(said.clip))
    return `the failure of clip ${said.clip}`;
  return undefined;
}

export function checkAcknowledged(
  world: World,
  process: Process,
  receipt: string,
  dead: ReadonlySet<string>,
): undefined {
  const message = world.archive.completedMessages.messages.find((one) => one.receipt === receipt);
  const said = message === undefined ? undefined : world.truth.said.get(message.id);
  if (message === undefined || said === undefined || dead.has(message.body)) return;
  if (said.kind === 'garbage' || said.kind === 'unknown' || said.kind === 'refused') {
    return world.violate('NOTHING-LOST', `${process.name} deletes a message that nobody can understand`);
  }
  const lost = missing(world, said);
  if (lost !== undefined) world.violate('NOTHING-LOST', `${process.name} acknowledges without ${lost}`);
}

export function checkDrained(world: World, process: Process, before: number, until: number): undefined {
  if (until < before) world.violate('DRAINED', 'drainedUntil went back');
  for (const message of world.archive.completedMessages.messages) {
    const said = world.truth.said.get(message.id);
    if (said === undefined || message.sentAt >= until) continue;
    const lost = missing(world, said);
    if (lost !== undefined) {
      const late = until - message.sentAt;
      return world.violate(
        'DRAINED',
        `${process.name} says drained, but ${lost}, sent ${late} ms before, is not recorded`,
      );
    }
  }
}

export function checkGivenUp(world: World, process: Process, body: string, reason: string): undefined {
  const hopeless = (because: boolean) => {
    if (!because) world.violate('NOTHING-LOST', `${process.name} gives up a message for no good reason: ${reason}`);
  };
  world.tell(process.name, `sends to the dead letters: ${reason.slice(0, 90)}`);
  if (process.role === 'record') {
    const said = world.truth.bodies.get(body);
    const aged = said !== undefined && process.clock() - said.sentAt >= world.plan.settings.unknownRetry * 1000;
    const lost = said?.kind === 'refused' ? missing(world, said) : undefined;
    if (lost !== undefined) world.violate('NOTHING-LOST', `${process.name} gives up a message without ${lost}`);
    hopeless(
      said?.kind === 'garbage' ||
        said?.kind === 'refused' ||
        ((said?.kind === 'unknown' || said?.byName !== undefined) && aged),
    );
  } else {
    const curated = world.truth.curated.get(body);
    hopeless(curated?.hopeless === true || curated?.hearsay === true);
  }
}
