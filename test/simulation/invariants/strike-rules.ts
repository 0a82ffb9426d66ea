import type { ClipEntry } from '../../../domain/collection.ts';
import type { Lease, Ledger } from '../../../domain/ledger.ts';
import type { Strikes } from '../../../domain/strikes.ts';
import type { LedgerChange } from '../../../functions/ports.ts';
import type { Process } from '../world/process.ts';
import type { Said } from '../world/truth.ts';
import { shortLease, type World } from '../world/world.ts';
import { type Ended, fails, isHandedBack, tells } from './lease-rules.ts';
import { freshIn, isRecordedNow, isTurnedAway, wasReplaced } from './recording-rules.ts';

/** Strikes only where the design says, counted once a researcher, with the rest that belongs to them. */

/** Somebody who may have struck a thing in this write. */
interface Suspect {
  readonly by: string;
  /** The time of the strike lies in this span. */
  readonly from: number;
  readonly to: number;
  readonly key: string;
}

interface Thing {
  readonly name: string;
  readonly revision: number;
  /** Of a pair: the media revision of its episode too. */
  readonly medium?: number;
  readonly before: Strikes | undefined;
  readonly after: Strikes | undefined;
  readonly suspects: readonly Suspect[];
  /** False when its judge knew an older state of it, by which the strike did not count. */
  readonly demanded?: boolean;
  /** A result of it was recorded in the same write. */
  readonly recorded: boolean;
}

const countOf = (strikes: Strikes | undefined, revision: number) =>
  strikes === undefined || strikes.revision < revision ? 0 : strikes.count;

function checkThing(world: World, thing: Thing): undefined {
  const { name, revision, before, after, recorded } = thing;
  const was = countOf(before, revision);
  const is = countOf(after, revision);
  const wrong = (how: string) => world.violate('STRIKES', `${name}: ${how}`);
  if (before === after || after === undefined || after.revision < revision) {
    mustCount(world, thing, false);
    if (is < was && !recorded) wrong(`${was} strikes vanished`);
    return;
  }
  mustCount(world, thing, is > was || recorded);
  const known = before !== undefined && before.revision >= revision ? before.strikers : [];
  const strikers = after.strikers.filter(({ by, at }) => !known.some((one) => one.by === by && one.at === at));
  if (strikers.length === 0 && is === 0 && was > 0 && !recorded) return wrong(`${was} strikes vanished`);
  if (recorded ? is > was + strikers.length : is !== was + strikers.length) {
    return wrong(`${was} strikes became ${is} by ${strikers.length} more`);
  }
  if (recorded && known.length + strikers.length > after.strikers.length && after.strikers.length < 8) {
    return wrong('who struck it was forgotten');
  }
  let restUntil = recorded ? 0 : (before?.restUntil ?? 0);
  for (const [index, { by, at }] of strikers.entries()) {
    if (!accountedFor(world, thing, by, at))
      return wrong(`a strike by ${by || 'somebody unnamed'} that nothing accounts for`);
    if (!recorded && was + index > 0 && at < restUntil) return wrong('struck while it rests');
    const { rest1, rest2, rest3 } = world.plan.settings;
    restUntil = at + ([rest1, rest2, rest3][was + index] ?? 0) * 1000;
  }
  if (strikers.length > 0 && !recorded && after.restUntil < restUntil) wrong(`rests too short after strike ${is}`);
  if (strikers.length > 0)
    world.tell('archive', `${name} has strike ${is}, by ${strikers.at(-1)?.by || 'somebody unnamed'}`);
}

/** What a single suspect did counts, unless the thing rests or is parked, or the suspect struck it lately. */
function mustCount(world: World, thing: Thing, counted: boolean): undefined {
  const { name, revision, medium = 0, before, suspects, recorded } = thing;
  const [suspect] = suspects;
  if (counted || recorded || suspect === undefined || suspects.length > 1 || thing.demanded === false) return;
  if (world.truth.counted.has(`${name} ${suspect.key}`)) return;
  const valid = before !== undefined && before.revision >= revision ? before : undefined;
  if ((valid?.count ?? 0) >= 4 || (valid?.restUntil ?? 0) > suspect.from) return;
  const known = world.truth.strikes.get(`${name}/${revision}/${medium}`) ?? [];
  const memoryMs = world.plan.settings.strikeMemory * 1000;
  if (known.some(({ by, at }) => by === suspect.by && at > suspect.from - memoryMs)) return;
  world.violate('STRIKES', `${name}: what ${suspect.by || 'somebody unnamed'} did counted for nothing`);
}

/** Whether somebody did what is a strike, for which no strike was counted yet, and who did not strike lately. */
function accountedFor(world: World, { name, revision, medium = 0, suspects }: Thing, by: string, at: number): boolean {
  const suspect = suspects.find(
    (one) => one.by === by && at >= one.from && at <= one.to && !world.truth.counted.has(`${name} ${one.key}`),
  );
  if (suspect === undefined) return false;
  world.truth.counted.add(`${name} ${suspect.key}`);
  const id = `${name}/${revision}/${medium}`;
  const known = world.truth.strikes.get(id) ?? [];
  const memoryMs = world.plan.settings.strikeMemory * 1000;
  if (known.some((one) => one.by === by && Math.abs(at - one.at) < memoryMs)) {
    world.violate('STRIKES', `${name}: ${by || 'somebody unnamed'} struck twice within the memory of strikes`);
  }
  world.truth.strikes.set(id, [...known, { by, at }]);
  return true;
}

/**
 * Which of its pairs a lapsed lease fell silent at: of who reports each clip the first without a report; of who reports
 * several together the one that it says it is at while it still ticks, and else nobody knows.
 */
function fellSilentAt(world: World, { lease, said }: Ended, ledger: Ledger, horizon: number): number | undefined {
  const failed = new Set(said.filter(fails).map(({ clip }) => clip));
  const reportsEach = lease.careful === true || lease.struck === true || lease.untried !== undefined;
  if (lease.at !== undefined && !reportsEach) {
    const lastSign = Math.max(...said.map(({ sentAt }) => sentAt));
    const ticks = lastSign + world.plan.settings.silenceLimit * 1000 > horizon;
    return ticks && lease.left.includes(lease.at) ? lease.at : undefined;
  }
  // A result of what was gone meanwhile is a report too, although it is not recorded.
  const turnedAway = new Set(said.flatMap((one) => (isTurnedAway(world, one) ? [one.clip] : [])));
  return lease.clips.find(
    (clip) =>
      !isRecordedNow(world, ledger, clip) &&
      !failed.has(clip) &&
      !turnedAway.has(clip) &&
      // Somebody else's result took it out, before its recording was replaced.
      !(wasReplaced(world, ledger.episode, clip) && !lease.left.includes(clip)) &&
      world.archive.state.clip.has(clip),
  );
}

export function checkStrikes(
  world: World,
  process: Process,
  before: Ledger,
  after: Ledger,
  change: LedgerChange,
  clipsBefore: readonly (ClipEntry | undefined)[],
  ended: readonly Ended[],
  failed: readonly (readonly [Lease, number])[],
): undefined {
  const { state } = world.archive;
  const { retryRest } = world.plan.settings;
  const fresh = new Set(freshIn(before, after));
  const lapses = ended.filter(({ how }) => how === 'lapsed');
  const span = { from: process.started + process.skewMs, to: process.clock() };
  const lapsedAt = new Map<number, Ended>();
  for (const lapse of lapses) {
    const first = fellSilentAt(world, lapse, before, process.horizon ?? 0);
    // An item may be delivered twice: what its second researcher died at later is another story.
    const later = lapse.said.length < (world.truth.ofLease.get(lapse.lease.id) ?? []).length;
    const fell = later ? undefined : world.truth.fellAt.get(lapse.lease.id);
    if (first !== undefined) lapsedAt.set(first, lapse);
    else if (after.careful !== true && !after.leases.some(({ careful }) => careful === true)) {
      world.violate(
        'BLAME',
        `nobody knows what ${shortLease(lapse.lease.id)} fell silent at, and nobody is to find out`,
      );
    }
    const isOut = fell !== undefined && wasReplaced(world, after.episode, fell) && !lapse.lease.left.includes(fell);
    if (first !== undefined && fell !== undefined && fell !== first && !isOut && !before.researched.has(fell)) {
      world.violate(
        'BLAME',
        `${shortLease(lapse.lease.id)} fell silent at clip ${fell}, and ${first} is struck for it`,
      );
    }
  }
  for (const { lease } of ended.filter(isHandedBack)) {
    for (const clip of lease.left) {
      const entry = state.clip.get(clip);
      rest(world, `${after.episode}/${after.revision}/${clip}/${entry?.revision}`, span.from + retryRest * 1000);
    }
  }
  const failures = failed.map(([lease, clip]) => {
    const all = (world.truth.ofLease.get(lease.id) ?? []).filter((one) => one.clip === clip);
    const said = all.filter(fails);
    // Only the first of what is said of a clip takes it out of its lease.
    const isTurned = all.some((one) => isTurnedAway(world, one));
    return { lease, clip, said, isTurned, isMixed: isTurned || new Set(said.map(({ kind }) => kind)).size > 1 };
  });
  for (const { clip, said, isTurned } of failures) {
    if (isTurned) continue;
    // A medium that came since the run read the clips need not rest for what was said of the one before.
    const known = process.catalogue?.byOrdinal.get(clip) ?? state.clip.get(clip);
    const revision = known?.revision ?? 0;
    const until = Math.min(...said.map(({ sentAt }) => sentAt)) + retryRest * 1000;
    rest(world, `${after.episode}/${after.revision}/${clip}/${revision}`, until);
  }

  const pairs = new Set([...before.pairStrikes.keys(), ...after.pairStrikes.keys(), ...after.parked.keys()]);
  for (const clip of pairs) {
    const entry = state.clip.get(clip);
    if (entry === undefined || fresh.has(clip)) continue;
    const { revision } = entry;
    const lapse = lapsedAt.get(clip);
    const suspects: Suspect[] =
      lapse !== undefined && isOfFile(world, lapse.lease, entry)
        ? [{ by: lapse.lease.researcher, ...span, key: lapse.lease.id }]
        : [];
    for (const { clip: other, said, lease } of failures) {
      if (other !== clip || !isOfFile(world, lease, entry)) continue;
      for (const one of said.filter(({ kind }) => kind === 'refused')) {
        suspects.push({ by: one.researcher, from: one.sentAt, to: one.sentAt, key: lease.id });
      }
    }
    const name = `pair ${after.episode}×${clip}`;
    const newlyParked = after.parked.has(clip) && before.parked.get(clip) !== after.parked.get(clip);
    if (newlyParked) {
      const was = countOf(before.pairStrikes.get(clip), revision);
      if (was !== 3 || suspects.length === 0) world.violate('STRIKES', `${name} is parked after ${was} strikes`);
      if (!change.parkedReasons?.some((parked) => parked.clip === clip && parked.reason !== '')) {
        world.violate('STRIKES', `${name} is parked without a reason`);
      }
      continue;
    }
    const [was, is] = [before.pairStrikes.get(clip), after.pairStrikes.get(clip)];
    if (was === is) continue;
    // A rest that is over, and that nobody is remembered for, may be forgotten.
    if (is === undefined && was?.count === 0 && was.strikers.length === 0 && was.restUntil <= process.clock()) continue;
    const medium = after.revision;
    const demanded = !failures.some((failure) => failure.clip === clip && failure.isMixed);
    checkThing(world, { name, revision, medium, before: was, after: is, suspects, recorded: false, demanded });
    const touched = lapse !== undefined || failures.some((failure) => failure.clip === clip);
    if (!touched) world.violate('STRIKES', `${name}: its rest or strikes changed for no reason`);
  }
  for (const [clip, lapse] of lapsedAt) {
    const entry = state.clip.get(clip);
    if (entry === undefined || after.parked.has(clip)) continue;
    const until = span.from + retryRest * 1000;
    if ((after.pairStrikes.get(clip)?.restUntil ?? 0) < until) {
      world.violate(
        'STRIKES',
        `pair ${after.episode}×${clip} does not rest after ${shortLease(lapse.lease.id)} lapsed at it`,
      );
    }
    rest(world, `${after.episode}/${after.revision}/${clip}/${entry.revision}`, until);
  }

  const written = (change.clips ?? []).map(({ ordinal }) => ordinal);
  for (const ordinal of new Set([...written, ...lapsedAt.keys(), ...failures.map(({ clip }) => clip), ...fresh])) {
    const now = state.clip.get(ordinal);
    const was = clipsBefore.find((clip) => clip?.ordinal === ordinal) ?? now;
    if (now === undefined || was === undefined) continue;
    const lapse = lapsedAt.get(ordinal);
    const suspects =
      lapse !== undefined && isOfFile(world, lapse.lease, now)
        ? [{ by: lapse.lease.researcher, ...span, key: lapse.lease.id }]
        : [];
    for (const { clip, said, lease } of failures) {
      if (clip !== ordinal || !isOfFile(world, lease, now)) continue;
      for (const one of said.filter(({ kind }) => kind === 'clipFailure')) {
        suspects.push({ by: one.researcher, from: one.sentAt, to: one.sentAt, key: lease.id });
      }
    }
    const recorded = fresh.has(ordinal);
    const name = `clip ${ordinal}`;
    const known = process.catalogue?.byOrdinal.get(ordinal)?.strikes;
    const mixed = failures.some((failure) => failure.clip === ordinal && failure.isMixed);
    const demanded = (process.role === 'assign' || known === was.strikes) && !mixed;
    const strikes = { before: was.strikes, after: now.strikes };
    const isCleared = countOf(was.strikes, now.revision) > countOf(now.strikes, now.revision);
    if (isCleared && recorded && !saysOfItsFile(world, after.episode, now))
      world.violate('STRIKES', `a result of the file of before cleared what ${name} has struck since`);
    checkThing(world, { name, revision: now.revision, ...strikes, suspects, recorded, demanded });
  }

  const suspects = lapses
    .filter(({ lease }) => isOfMedium(world, lease, after))
    .filter(({ lease, said }) => !said.some(tells) && (lease.at ?? 0) === 0)
    .map(({ lease }) => ({ by: lease.researcher, ...span, key: lease.id }));
  for (const lease of before.leases) {
    if (lease.lastWord !== undefined || process.role !== 'record' || !isOfMedium(world, lease, after)) continue;
    for (const one of world.truth.ofLease.get(lease.id) ?? []) {
      const applied = (after.leases.find(({ id }) => id === lease.id)?.lastWord ?? 0) >= one.sentAt;
      if (one.kind !== 'episodeFailure' || !applied) continue;
      suspects.push({ by: one.researcher, from: one.sentAt, to: one.sentAt, key: lease.id });
    }
  }
  checkCleared(world, process, after.episode, fresh);
  const name = `episode ${after.episode}`;
  const episodes = { before: before.episodeStrikes, after: after.episodeStrikes, recorded: fresh.size > 0 };
  checkThing(world, { name, revision: after.revision, suspects, ...episodes });
  const was = countOf(before.episodeStrikes, after.revision);
  const same = before.episodeStrikes?.strikers.at(-1)?.at === after.episodeStrikes?.strikers.at(-1)?.at;
  if (fresh.size > 0 && same && was > 0 && was < 4 && countOf(after.episodeStrikes, after.revision) > 0) {
    world.violate('STRIKES', `${name} has a result and keeps its strikes`);
  }
}

/** A result clears what its researcher could know of: strikes of its clip and of its episode, unless they parked it. */
function checkCleared(world: World, process: Process, episode: number, fresh: ReadonlySet<number>): undefined {
  const stays = (strikes: Strikes | undefined, revision: number, known: Strikes | undefined) => {
    const count = countOf(strikes, revision);
    return (
      count > 0 && count < 4 && known?.strikers.at(-1)?.at === strikes?.strikers.at(-1)?.at && known?.count === count
    );
  };
  for (const clip of fresh) {
    const entry = world.archive.state.clip.get(clip);
    const known = process.catalogue?.byOrdinal.get(clip)?.strikes;
    if (
      entry !== undefined &&
      stays(entry.strikes, entry.revision, known) &&
      hadItsFile(world, process, episode, entry)
    ) {
      world.violate('STRIKES', `clip ${clip} has a result and keeps its strikes`);
    }
  }
}

/** Whether a lease is for the clip's present file, whenever that came: its run may have known the clips as they were. */
const isOfFile = ({ truth }: World, { id }: Lease, { ordinal, revision }: ClipEntry): boolean =>
  (truth.leases.get(id)?.clipRevisions?.get(ordinal) ?? 1) >= revision;

/** Whether a lease is for the episode's present file. */
const isOfMedium = ({ truth }: World, { id }: Lease, { revision }: Ledger): boolean =>
  (truth.leases.get(id)?.revision ?? 1) >= revision;

/**
 * Whether one of the results of the pair that the run has received is of the clip's present file for sure, and was in the write
 * for sure: where the run met a trouble, one that came with others may have been left behind.
 */
function hadItsFile({ truth }: World, process: Process, episode: number, clip: ClipEntry): boolean {
  const { ordinal, revision, info } = clip;
  if (revision === 1) return true;
  const said = [...process.received].flatMap((id) => truth.said.get(id) ?? []);
  const results = said
    .flatMap((one) => [one, ...(one.parts ?? [])])
    .filter((one) => one.kind === 'result' && one.episode === episode && one.clip === ordinal);
  const isOfIt = ({ of, byName, leaseId }: Said) =>
    of?.mediaUri === info.mediaUri && byName === undefined && !truth.ended.has(leaseId);
  return results.some(isOfIt) && (!process.disturbed || results.every(isOfIt));
}

/** Whether somebody reported the pair of the clip's present file, or there was no other. */
const saysOfItsFile = ({ truth }: World, episode: number, { ordinal, revision, info }: ClipEntry): boolean =>
  revision === 1 ||
  truth.results.get(`${episode}/${ordinal}`)?.some(({ of }) => of?.mediaUri === info.mediaUri) === true;

function rest(world: World, pair: string, until: number): undefined {
  world.truth.rests.set(pair, Math.max(world.truth.rests.get(pair) ?? 0, until));
}
