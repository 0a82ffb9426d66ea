import { type Catalogue, type ClipEntry, isOut } from './collection.ts';
import { completePosition, hasRoom, isResearched, type Ledger, positionNumber, waitingPosition } from './ledger.ts';
import type { ResearchSettings } from './research-settings.ts';
import { isParked, isResting, strikeCount } from './strikes.ts';
import { isSuspected, NO_TRIAL, type Trial } from './trial.ts';

/** Strikes of a pair as they count for order: its own and its clip's. */
function strikesOf(ledger: Ledger, clip: ClipEntry): number {
  const ofPair = strikeCount(ledger.pairStrikes.get(clip.ordinal), clip.revision);
  return ofPair + strikeCount(clip.strikes, clip.revision);
}

/** Whether the pair is given up for the clip's current media: by itself, with its clip, or because the clip is out. */
export function isGivenUp(ledger: Ledger, clip: ClipEntry): boolean {
  const parkedRevision = ledger.parked.get(clip.ordinal);
  return (
    isOut(clip) ||
    isParked(clip.strikes, clip.revision) ||
    (parkedRevision !== undefined && parkedRevision >= clip.revision)
  );
}

/** When an unresearched pair that is not given up may be leased: a time in the past means now. */
function restOf(ledger: Ledger, clip: ClipEntry): number {
  const pair = ledger.pairStrikes.get(clip.ordinal);
  const pairRest = isResting(pair, clip.revision, 0) ? (pair?.restUntil ?? 0) : 0;
  const clipRest = isResting(clip.strikes, clip.revision, 0) ? (clip.strikes?.restUntil ?? 0) : 0;
  const handedBack = ledger.handedBack?.clips.has(clip.ordinal) === true ? ledger.handedBack.until : 0;
  return Math.max(pairRest, clipRest, handedBack);
}

/**
 * The clips of the episode that may be leased at `now`, in the order of work: suspected ones last, strikes (of the clip
 * and the pair) ascending, then priority and initial curation date descending, then the ordinal.
 */
export function assignable(ledger: Ledger, catalogue: Catalogue, now: number, trial: Trial = NO_TRIAL): ClipEntry[] {
  return offered(ledger, catalogue, now, trial).clips;
}

/** What may be leased, and whether anything might be but that others try it, or the like, at the moment. */
function offered(
  ledger: Ledger,
  catalogue: Catalogue,
  now: number,
  trial: Trial,
): { readonly clips: ClipEntry[]; readonly withheld: boolean } {
  const nothing = { clips: [], withheld: false };
  if (ledger.state === 'PARKED' || ledger.state === 'HELD') return nothing;
  if (isResting(ledger.episodeStrikes, ledger.revision, now)) return nothing;
  const leased = new Set(ledger.leases.flatMap((lease) => lease.left));
  const bare = ledger.pairStrikes.size === 0 && (ledger.handedBack?.until ?? 0) <= now;
  const groups: Record<'clean' | 'struck' | 'suspected', ClipEntry[]> = { clean: [], struck: [], suspected: [] };
  let withheld = false;
  for (const clip of catalogue.clips) {
    if (isResearched(ledger, clip) || leased.has(clip.ordinal) || isGivenUp(ledger, clip)) continue;
    if (!(bare && clip.strikes === undefined) && restOf(ledger, clip) > now) continue;
    const suspected = isSuspected(clip);
    const room = suspected ? trial.suspectsRoom : trial.untriedRoom;
    if (room <= 0 && (suspected || trial.isUntried(clip))) withheld = true;
    else groups[suspected ? 'suspected' : strikesOf(ledger, clip) === 0 ? 'clean' : 'struck'].push(clip);
  }
  // The catalogue is in order and the sort is stable, so only the strikes remain to be compared.
  const byStrikes = (a: ClipEntry, b: ClipEntry) => strikesOf(ledger, a) - strikesOf(ledger, b);
  const clips = [...groups.clean, ...groups.struck.sort(byStrikes), ...groups.suspected.sort(byStrikes)];
  // What is in doubt is found out by one at a time.
  if (ledger.careful === true && trial.suspectsRoom <= 0) return { clips: [], withheld: clips.length > 0 || withheld };
  return { clips, withheld };
}

/** Whether every pair of the catalogue is researched or given up. An empty catalogue has nothing to judge by. */
export function isDone(ledger: Ledger, catalogue: Catalogue): boolean {
  return (
    catalogue.clips.length > 0 && catalogue.clips.every((clip) => isResearched(ledger, clip) || isGivenUp(ledger, clip))
  );
}

/** The earliest time at which a rest ends that keeps a pair from being leased, if any does. */
function nextRestEnd(ledger: Ledger, catalogue: Catalogue, now: number): number {
  let earliest = Number.POSITIVE_INFINITY;
  if (isResting(ledger.episodeStrikes, ledger.revision, now)) {
    earliest = ledger.episodeStrikes?.restUntil ?? earliest;
  }
  for (const clip of catalogue.clips) {
    if (isResearched(ledger, clip) || isGivenUp(ledger, clip)) continue;
    const rest = restOf(ledger, clip);
    if (rest > now && rest < earliest) earliest = rest;
  }
  return earliest;
}

/** What others try at the moment is looked at again in the next run, which may have the first results. */
const WITHHELD_LOOK_MS = 5_000;

/** WAITING looks again at the latest after so long, or after the re-opening interval if that is longer: clips may have come meanwhile. */
const LOOK_AGAIN_AT_LEAST_EVERY_MS = 60_000;

/**
 * The ledger in the state that it deserves at `now`, judged by the catalogue; itself when that is the state it has.
 * Parked and held ones stay; without any clip there is nothing to judge and it stays OPEN.
 */
export function judged(
  ledger: Ledger,
  catalogue: Catalogue,
  now: number,
  settings: ResearchSettings,
  trial: Trial = NO_TRIAL,
): Ledger {
  const { state, position } = judgement(ledger, catalogue, now, settings, trial);
  return state === ledger.state && position === ledger.position ? ledger : { ...ledger, state, position };
}

function judgement(
  ledger: Ledger,
  catalogue: Catalogue,
  now: number,
  settings: ResearchSettings,
  trial: Trial,
): Pick<Ledger, 'state' | 'position'> {
  const { rank } = ledger;
  if (ledger.state === 'PARKED' || ledger.state === 'HELD') return ledger;
  if (isParked(ledger.episodeStrikes, ledger.revision)) return { state: 'PARKED', position: rank };
  if (catalogue.clips.length === 0) return { state: 'OPEN', position: rank };
  if (isDone(ledger, catalogue))
    return { state: 'COMPLETE', position: completePosition(catalogue.assignableVersion, rank) };
  const { clips, withheld } = hasRoom(ledger) ? offered(ledger, catalogue, now, trial) : { clips: [], withheld: false };
  const first = clips[0];
  if (first === undefined) {
    const longest = Math.max(settings.reopenInterval * 1000, LOOK_AGAIN_AT_LEAST_EVERY_MS);
    const cap = now + (withheld ? WITHHELD_LOOK_MS : longest);
    const lookAgainAt = Math.min(nextRestEnd(ledger, catalogue, now), cap);
    const waitsUntil = ledger.state === 'WAITING' ? positionNumber(ledger.position) : 0;
    // An earlier look than needed is fine as it stands; rewriting it would cost more than the look.
    if (now < waitsUntil && waitsUntil <= lookAgainAt) return ledger;
    return { state: 'WAITING', position: waitingPosition(lookAgainAt, rank) };
  }
  const onlyStruck = strikeCount(ledger.episodeStrikes, ledger.revision) > 0 || strikesOf(ledger, first) > 0;
  return { state: onlyStruck ? 'STRUCK' : 'OPEN', position: rank };
}
