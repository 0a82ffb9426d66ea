import type { ClipEntry, EpisodeEntry } from './collection.ts';
import type { Control } from './control.ts';
import { foundByWithout } from './found-by.ts';
import { type Hold, type Ledger, opened } from './ledger.ts';
import { isParked } from './strikes.ts';

/*
 * What operators do, as pure functions. Each returns its argument itself when there is nothing to change, so that who
 * calls can count what would change before anything does.
 */

/** What an operator said last about an episode stands, unless it is less than what was said before. */
const STRENGTH: Readonly<Record<Hold, number>> = { paused: 1, retired: 2, removed: 3 };

/** The episode gets no new leases. Those that live go on; what they report is recorded, unless the episode is removed. */
export function held(ledger: Ledger, hold: Hold): Ledger {
  const before = ledger.state === 'HELD' ? ledger.held : undefined;
  if (before !== undefined && STRENGTH[before] >= STRENGTH[hold]) return ledger;
  return { ...ledger, state: 'HELD', held: hold, position: ledger.rank };
}

/** Ends a hold of this kind: given up if its strikes say so, else open, and judged by the next run. */
export function released(ledger: Ledger, hold: Hold): Ledger {
  const by = ledger.held ?? (ledger.gone === true ? undefined : 'paused');
  if (ledger.state !== 'HELD' || by !== hold) return ledger;
  const { held: _over, ...rest } = ledger;
  // No operator brings back what nothing leads to.
  if (rest.gone === true) return rest;
  const state = isParked(ledger.episodeStrikes, ledger.revision) ? 'PARKED' : 'OPEN';
  return { ...rest, state, position: ledger.rank };
}

/** Pairs of these clips that have a result are to be researched again; leases stay as they are. */
export function requeued(ledger: Ledger, clips: Iterable<number>): Ledger {
  const again = [...clips].filter((clip) => ledger.researched.has(clip));
  if (again.length === 0) return ledger;
  const { foundBy, ...rest } = ledger;
  const found = ledger.found?.without(again);
  const by = foundBy && foundByWithout(foundBy, again);
  return opened({ ...rest, researched: ledger.researched.without(again), found, ...(by?.size && { foundBy: by }) });
}

/** Parking, strikes and rests of the pairs that `concerns` names are void, and so is who struck them. */
export function pairsUnparked(ledger: Ledger, concerns: (clip: number) => boolean): Ledger {
  const kept = <Value>(map: ReadonlyMap<number, Value>) => new Map([...map].filter(([clip]) => !concerns(clip)));
  const pairStrikes = kept(ledger.pairStrikes);
  const parked = kept(ledger.parked);
  const resting = ledger.handedBack?.clips;
  const freed = [...(resting ?? [])].filter(concerns);
  const same = pairStrikes.size === ledger.pairStrikes.size && parked.size === ledger.parked.size;
  if (same && freed.length === 0) return ledger;
  const handedBack = ledger.handedBack && { ...ledger.handedBack, clips: ledger.handedBack.clips.without(freed) };
  return opened({ ...ledger, pairStrikes, parked, ...(handedBack && { handedBack }) });
}

/** Parking, strikes and rest of the episode itself are void. */
export function episodeUnparked(ledger: Ledger): Ledger {
  if (ledger.episodeStrikes === undefined && ledger.state !== 'PARKED') return ledger;
  const { episodeStrikes: _void, ...clean } = ledger;
  if (clean.state === 'HELD') return clean;
  return { ...clean, state: 'OPEN', position: clean.rank };
}

/** The lease gets its last word now: it ends, and nobody is charged, as soon as everything sent before is recorded. */
export function leaseRevoked(ledger: Ledger, id: string, now: number): Ledger {
  const concerned = ledger.leases.some((lease) => lease.id === id && lease.lastWord === undefined);
  if (!concerned) return ledger;
  const leases = ledger.leases.map((lease) => (lease.id === id ? { ...lease, lastWord: now } : lease));
  return { ...ledger, leases };
}

/** The clip is researched in no episode until it is restored; what is known of it stays. */
export const clipRetired = (clip: ClipEntry): ClipEntry => (clip.retired === true ? clip : { ...clip, retired: true });

/** The entry is in no list, no count and no research until it is restored. */
export const entryRemoved = <E extends ClipEntry | EpisodeEntry>(entry: E): E =>
  entry.removed === true ? entry : { ...entry, removed: true };

export const clipRestored = (clip: ClipEntry): ClipEntry =>
  clip.retired === true || clip.removed === true ? { ...clip, retired: undefined, removed: undefined } : clip;

/** Parking, strikes and rest of the clip are void, and so is who struck it. */
export const clipUnparked = (clip: ClipEntry): ClipEntry =>
  clip.strikes === undefined ? clip : { ...clip, strikes: undefined };

/** With an operator's priority, or with the curated one again. */
export function prioritised<E extends ClipEntry | EpisodeEntry>(entry: E, priority: number | undefined): E {
  return entry.prioritised === priority ? entry : { ...entry, prioritised: priority };
}

/** Nothing new is leased in the whole archive. */
export const archivePaused = (control: Control): Control =>
  control.paused === true ? control : { ...control, paused: true };

export function archiveResumed(control: Control): Control {
  if (control.paused !== true) return control;
  const { paused: _over, ...rest } = control;
  return rest;
}

/** Episodes that were complete are looked at again by the next runs, without waiting for the interval: somebody asked for it. */
export function reopenedAtOnce(control: Control, assignableVersion: number, now: number): Control {
  return assignableVersion <= control.reopening.assignableVersion
    ? control
    : { ...control, reopening: { assignableVersion, at: now } };
}
