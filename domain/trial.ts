import { Bitset } from './bitset.ts';
import { WAITING_FOR_MS } from './capacity.ts';
import { type Catalogue, type ClipEntry, recordingOf } from './collection.ts';
import type { Control } from './control.ts';
import type { LeaseSummary } from './ledger.ts';
import { strikeCount } from './strikes.ts';

/**
 * A clip that ends whoever works on it is known by its first lapse, a quarter of an hour after the first death; until then
 * every work item that holds it may cost one more. So of what nobody has reported yet few work items are out at a time:
 * enough that one researcher that is gone keeps no clip from being tried.
 */
export const UNTRIED_AT_MOST = 3;
/** What struck before, or is in doubt, is tried by one researcher at a time. */
export const SUSPECTS_AT_MOST = 1;

/** What may be leased of clips that nobody has reported yet (untried), and of those that are suspected. */
export interface Trial {
  readonly isUntried: (clip: ClipEntry) => boolean;
  /** So many work items more may hold untried clips. */
  readonly untriedRoom: number;
  readonly suspectsRoom: number;
}

/** Everything may be leased. */
export const NO_TRIAL: Trial = { isUntried: () => false, untriedRoom: Infinity, suspectsRoom: Infinity };

/** When the clip's present file came. */
const changedAt = ({ revisedAt, recording }: ClipEntry): number => Math.max(revisedAt, recording?.at ?? 0);

/** Whether nobody has reported the clip's present file yet, found or not. Who measured it could open it. */
export function isUntried({ tried }: Control, clip: ClipEntry): boolean {
  if (clip.facts !== undefined) return false;
  return tried?.clips.has(clip.ordinal) !== true || changedAt(clip) > tried.asOf;
}

/**
 * What one run may lease, by the leases that live. Of what nobody has signed for five minutes, only so many count as may
 * still wait in the queue: the others were taken by somebody who works at nothing.
 *
 * @param visible messages in the queue of work, as it counts them
 */
export function trialOf(control: Control, leases: readonly LeaseSummary[], now: number, visible: number): Trial {
  const isLate = ({ signed, created }: LeaseSummary) => signed === undefined && now - created >= WAITING_FOR_MS;
  const waiting = leases
    .filter(isLate)
    .sort((a, b) => b.created - a.created)
    .slice(0, visible);
  const held = [...leases.filter((lease) => !isLate(lease)), ...waiting].filter(({ clipsLeft }) => clipsLeft > 0);
  const untried = held.filter((lease) => lease.untried !== undefined).length;
  const suspects = held.filter(({ careful, struck }) => careful === true || struck === true).length;
  return {
    isUntried: (clip) => isUntried(control, clip),
    untriedRoom: UNTRIED_AT_MOST - untried,
    suspectsRoom: SUSPECTS_AT_MOST - suspects,
  };
}

/** The same after one more lease. */
export function trialAfter(trial: Trial, lease: { untried?: number | undefined; suspected: boolean }): Trial {
  return {
    ...trial,
    untriedRoom: trial.untriedRoom - (lease.untried === undefined ? 0 : 1),
    suspectsRoom: trial.suspectsRoom - (lease.suspected ? 1 : 0),
  };
}

/** The clip has strikes of its own, and nobody has reported it since: a result clears them. */
export const isSuspected = (clip: ClipEntry): boolean => strikeCount(clip.strikes, clip.revision) > 0;

/**
 * The control item after somebody reported clips.
 *
 * @param reported as they were known when that was read: one that has another file in the catalogue by now was not reported so
 */
export function triedNow(
  control: Control,
  reported: Iterable<ClipEntry>,
  { clips, byOrdinal, unreadable = [] }: Pick<Catalogue, 'clips' | 'byOrdinal' | 'unreadable'>,
): Control {
  const { tried } = control;
  const latest = clips.reduce((known, clip) => Math.max(known, changedAt(clip)), 0);
  // Another run has noted what it knows of later files: what this one was told may be of those that they replaced. A damaged
  // clip may be the latest one, too.
  if (tried !== undefined && latest < tried.asOf && unreadable.length === 0) return control;
  const added = [...reported].flatMap((known) => {
    const clip = byOrdinal.get(known.ordinal);
    const isSame = clip?.revision === known.revision && recordingOf(clip) === recordingOf(known);
    return isSame && isUntried(control, clip) ? [clip.ordinal] : [];
  });
  if (added.length === 0) return control;
  const replaced = clips.filter((clip) => tried !== undefined && changedAt(clip) > tried.asOf);
  const kept = (tried?.clips ?? Bitset.empty).without(replaced.map(({ ordinal }) => ordinal));
  return { ...control, tried: { clips: kept.with(added), asOf: Math.max(latest, tried?.asOf ?? 0) } };
}
