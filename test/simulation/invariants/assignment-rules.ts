import type { Catalogue } from '../../../domain/collection.ts';
import type { Lease, Ledger } from '../../../domain/ledger.ts';
import type { Process } from '../world/process.ts';
import { shortLease, type World } from '../world/world.ts';
import { trueEnding } from './lease-rules.ts';
import {
  episodeGivenUp,
  episodeRestEnd,
  episodeStrikes,
  free,
  inOrderOfWork,
  isDone,
  isRecorded,
  pairRestEnd,
  pairStrikes,
} from './oracle.ts';
import { mayBeWithheld } from './trial-rules.ts';

/** What the pending-research archivist decides, compared with the oracle at the moment of decision. */

const EMPTY: Catalogue = { assignableVersion: 0, catalogueVersion: 0, clips: [], byOrdinal: new Map() };

/** So many episodes at most are looked at again in one run. */
const LOOKED_AT_AGAIN = 100;
/** What others try at the moment is looked at again after so long. */
const TRIED_WITHIN_MS = 5_000;

/** New leases take what the oracle would, in its order, and nothing that rests or was done. */
export function checkMade(world: World, process: Process, after: Ledger, made: readonly Lease[]): void {
  const first = made[0];
  if (first === undefined) return;
  const { state } = world.archive;
  const { clipsPerItem } = world.plan.settings;
  const name = `episode ${after.episode}`;
  const base = { ...after, leases: after.leases.filter((lease) => !made.includes(lease)), state: 'OPEN' as const };
  // A lease of what came a moment ago, by a clock that is ahead, is dated later than now.
  const decided = Math.min(first.created, process.clock());
  const oracle = inOrderOfWork(base, (process.catalogue ?? EMPTY).clips, decided);
  const took = made.flatMap(({ clips }) => clips);
  // What others try may be left out.
  const last = oracle.findIndex(({ ordinal }) => ordinal === took.at(-1));
  const wanted = oracle
    .slice(0, last < 0 ? took.length : last + 1)
    .filter((clip) => took.includes(clip.ordinal) || !mayBeWithheld(process, clip))
    .map(({ ordinal }) => ordinal);
  for (const clip of took) {
    const entry = state.clip.get(clip);
    if (entry !== undefined && isRecorded(after, entry))
      world.violate('RECORDED-STAYS', `${name}: recorded clip ${clip} is leased again`);
    const until = world.truth.rests.get(`${after.episode}/${after.revision}/${clip}/${entry?.revision}`) ?? 0;
    if (until > process.clock()) world.violate('REST', `${name}×${clip} is leased ${until - process.clock()} ms early`);
  }
  if (episodeGivenUp(after)) world.violate('REST', `${name} was given up and is leased`);
  if (episodeRestEnd(after) > process.clock()) world.violate('REST', `${name} rests and is leased`);
  if (took.join() !== wanted.join()) {
    world.violate('ORDER', `${name}: leased ${took.join(' ')} where ${wanted.join(' ')} comes first`);
  }
  for (const lease of made.slice(0, -1)) {
    if (lease.clips.length !== clipsPerItem) world.violate('ORDER', `${shortLease(lease.id)} is not full`);
  }
  process.did.leases += made.length;
  process.did.clips += took.length;
  if (process.allowed !== undefined && !process.disturbed && process.did.leases > process.allowed) {
    world.violate(
      'CAPACITY',
      `${process.name} made ${process.did.leases} work items where ${process.allowed} were wanted`,
    );
  }
}

/** No episode of a better rank that has had clean work all the time was passed over. */
export function checkChoice(world: World, process: Process, after: Ledger, made: readonly Lease[]): void {
  const first = made[0]?.clips[0];
  const { catalogue } = process;
  if (first === undefined || catalogue === undefined || process.disturbed) return;
  const entry = catalogue.byOrdinal.get(first);
  if (entry === undefined || pairStrikes(after, entry) > 0 || episodeStrikes(after) > 0) return;
  // It was chosen at a rank that the index showed; a curator may have lowered it between that and the write.
  const rank = world.witness?.bestRank(process, after) ?? after.rank;
  for (const other of world.archive.state.ledgers.values()) {
    if (other.episode === after.episode || other.rank > rank || other.state !== 'OPEN') continue;
    if ((world.witness?.shownSince(other.episode) ?? Number.POSITIVE_INFINITY) >= process.started) continue;
    const best = inOrderOfWork(other, catalogue.clips, process.started + process.skewMs).find(
      (clip) => !mayBeWithheld(process, clip),
    );
    if (best === undefined || pairStrikes(other, best) > 0 || other.leases.length >= 64) continue;
    if (episodeStrikes(other) > 0 || other.careful === true) continue;
    world.violate('ORDER', `episode ${after.episode} was chosen before episode ${other.episode}, which ranks higher`);
  }
}

/** The states that this write may leave behind. */
export function checkJudged(world: World, process: Process, before: Ledger, after: Ledger): void {
  const catalogue = process.catalogue ?? EMPTY;
  const { settings } = world.plan;
  const name = `episode ${after.episode}`;
  const number = Number(after.position.split('#')[0]);
  const waited = before.state === 'WAITING' || before.state === 'COMPLETE';
  if (waited && after.leases === before.leases && ++process.did.lookedAgain > LOOKED_AT_AGAIN)
    world.violate('WAITING', `${process.name} looks at more than ${LOOKED_AT_AGAIN} episodes again`);
  const same = after.state === before.state && after.position === before.position;
  if (!same) world.tell(process.name, `${name} is ${after.state}`);
  if (after.state === 'COMPLETE' && !same) {
    if (!isDone(after, catalogue.clips)) world.violate('COMPLETE', `${name} is complete with pairs that are not done`);
    if (number !== catalogue.assignableVersion)
      world.violate('COMPLETE', `${name} was judged at ${catalogue.assignableVersion}, not ${number}`);
  }
  if (after.state === 'WAITING') {
    const cap = process.clock() + Math.max(settings.reopenInterval * 1000, 60_000);
    if (number > cap) world.violate('WAITING', `${name} waits longer than its rule allows`);
    const soon = number <= process.clock() + TRIED_WITHIN_MS;
    const late = free(after, catalogue.clips).find(
      (clip) =>
        pairRestEnd(after, clip) < number && !(soon && (after.careful === true || mayBeWithheld(process, clip))),
    );
    if (late !== undefined && after.leases.length < 64) {
      world.violate('WAITING', `${name} waits although clip ${late.ordinal} may be leased before`);
    }
    if (process.catalogue === undefined && !same)
      world.violate('WAITING', `${name} waits without having been looked at`);
  }
  if (after.state === 'STRUCK' && !same && process.catalogue !== undefined) {
    const best = inOrderOfWork({ ...after, state: 'OPEN' }, catalogue.clips, process.started + process.skewMs).find(
      (clip) => !mayBeWithheld(process, clip),
    );
    const clean = best !== undefined && pairStrikes(after, best) === 0;
    if (clean && episodeStrikes(after) === 0) world.violate('STRUCK', `${name} is struck with clean pairs left`);
  }
}

/** How many work items a run may make, when nothing was going on beside it. */
export function allowance(world: World, process: Process, visible: number): number | undefined {
  const { settings } = world.plan;
  let researchers = 0;
  let untaken = 0;
  for (const ledger of world.archive.state.ledgers.values()) {
    if ((world.witness?.shownSince(ledger.episode) ?? Number.POSITIVE_INFINITY) >= process.started) return undefined;
    for (const lease of ledger.leases) {
      // The archive may know signs from beyond the horizon, or a last word at it; those keep a lease as well.
      const horizon = process.horizon ?? 0;
      const isKept = (lease.lastSign ?? 0) > horizon || (lease.lastWord ?? 0) >= horizon;
      const ends = !isKept && trueEnding(world, lease, horizon) !== undefined;
      if (ends || lease.left.length === 0) continue;
      if (lease.signed !== undefined) researchers++;
      else if (process.clock() - lease.created < 300_000) untaken++;
    }
  }
  return Math.max(0, Math.max(researchers + 1, settings.minimumWaiting) - Math.max(visible, untaken));
}

/** A run that says that nothing is left leaves nothing. */
export function checkIdle(world: World, process: Process): void {
  const { catalogue } = process;
  if (catalogue === undefined || process.disturbed) return;
  for (const ledger of world.archive.state.ledgers.values()) {
    if (ledger.state !== 'OPEN' && ledger.state !== 'STRUCK') continue;
    if ((world.witness?.shownSince(ledger.episode) ?? Number.POSITIVE_INFINITY) >= process.started) continue;
    const left = inOrderOfWork(ledger, catalogue.clips, process.started + process.skewMs);
    if (left.length === 0 || ledger.leases.length >= 64) continue;
    world.violate(
      'IDLE',
      `${process.name} found nothing to assign, but episode ${ledger.episode} has clip ${left[0]?.ordinal}`,
    );
  }
}
