import type { Bitset } from './bitset.ts';

/** What concerns the whole archive, one item in the Leases table. Times are in ms since the epoch. */
export interface Control {
  /** +1 at every write, the condition of every write; 0 before the first. */
  readonly version: number;
  /** Everything that was sent to the completed-research queue before this has been recorded. 0: never drained. */
  readonly drainedUntil: number;
  /** Drains that may hide messages: run id → when they can no longer. */
  readonly drains: Readonly<Record<string, number>>;
  /** Until when a drain received last while another was under way, if any did. */
  readonly besideUntil?: number;
  /** COMPLETE episodes judged before this assignable version re-open. */
  readonly reopening: { readonly assignableVersion: number; readonly at: number };
  /** Work items published while struck episodes waited, for their every fifth. */
  readonly workItems: number;
  /** Since when there has been assignable work without a pause; 0 when there is none. */
  readonly backlogSince: number;
  /** Set by an operator: nothing new is leased. */
  readonly paused?: boolean;
  /** Pairs researched of late, a few minutes together, oldest first: what people see as the rate. */
  readonly pace?: readonly Pace[];
  /** Clips that somebody has reported, whose files are those of `asOf` still (see trial.ts). */
  readonly tried?: { readonly clips: Bitset; readonly asOf: number } | undefined;
}

export interface Pace {
  /** When the first of its pairs were recorded. */
  readonly at: number;
  readonly pairs: number;
}

export const NO_CONTROL: Control = {
  version: 0,
  drainedUntil: 0,
  drains: {},
  reopening: { assignableVersion: 0, at: 0 },
  workItems: 0,
  backlogSince: 0,
};

/** Clocks of functions and of the queue differ by so much at most: what one says is taken that much more carefully. */
export const CLOCKS_DIFFER_MS = 5_000;

/**
 * A drain announces itself before its first receive.
 * @param mayHideUntil when messages it received can no longer be hidden even if it dies: its time limit + visibility
 */
export function drainBegun(control: Control, run: string, mayHideUntil: number, now: number): Control {
  // Another run that is under way may still have to know of one that is over for this run: so long a run lasts at most.
  const known = now - (mayHideUntil - now) - 2 * CLOCKS_DIFFER_MS;
  const others = Object.entries(control.drains).filter(([, until]) => until > known);
  return { ...control, drains: { ...Object.fromEntries(others), [run]: mayHideUntil } };
}

/** How a drain ended, as far as drainedUntil goes by it. */
export interface DrainOutcome {
  /** Everything sent before this has been received; undefined when the run cannot say. */
  readonly emptiedUntil: number | undefined;
  /** It says so because newer messages came, not because none did. */
  readonly byNewerOnes: boolean;
  readonly endedAt: number;
  /** Messages it received and did not delete, but for those kept because their clip or episode is unknown. */
  readonly undeleted: boolean;
  /** When such messages are visible again. */
  readonly hiddenUntil: number;
}

/**
 * A drain has ended. drainedUntil advances only if nothing sent before may still be hidden: by this run, which left
 * messages behind, or by another that was under way or dead when this one saw the queue empty.
 */
export function drainEnded(control: Control, run: string, outcome: DrainOutcome): Control {
  const { [run]: _own, ...others } = control.drains;
  const isBeside = Object.keys(others).length > 0;
  const besides = isBeside ? { ...control, besideUntil: Math.max(control.besideUntil ?? 0, outcome.endedAt) } : control;
  if (outcome.undeleted) return { ...besides, drains: { ...others, [run]: outcome.hiddenUntil } };
  const { emptiedUntil } = outcome;
  if (emptiedUntil === undefined) return { ...besides, drains: others };
  // What counts is whether it hid anything then, not whether it does now: it may be visible again only since.
  const hiding = Object.values(others).some((until) => until + 2 * CLOCKS_DIFFER_MS > emptiedUntil);
  // Five receives in succession of this run are not five of the queue where another took the older messages in between.
  const took = outcome.byNewerOnes && (control.besideUntil ?? 0) + 2 * CLOCKS_DIFFER_MS > emptiedUntil;
  if (hiding || took) return { ...besides, drains: others };
  // Messages are dated by the queue's clock, this by the function's.
  const drainedUntil = Math.max(control.drainedUntil, emptiedUntil - CLOCKS_DIFFER_MS);
  return { ...besides, drains: others, drainedUntil };
}

/** Every fifth work item goes to a struck episode, as long as there are others beside. */
export const STRUCK_EVERY = 5;

/** COMPLETE episodes may re-open for new clips at most once an interval: one new clip means fetching every episode again. */
export function reopened(control: Control, assignableVersion: number, now: number, reopenIntervalMs: number): Control {
  if (assignableVersion <= control.reopening.assignableVersion || now < control.reopening.at + reopenIntervalMs)
    return control;
  return { ...control, reopening: { assignableVersion, at: now } };
}

/** Pairs are counted together for so long, and remembered for so long: 13 small entries at most. */
export const PACE_TOGETHER_MS = 5 * 60_000;
export const PACE_REMEMBERED_MS = 60 * 60_000;

/** The control item after a drain recorded so many pairs. */
export function paced(control: Control, pairs: number, now: number): Control {
  if (pairs === 0) return control;
  const recent = (control.pace ?? []).filter(({ at }) => at > now - PACE_REMEMBERED_MS);
  const last = recent.at(-1);
  if (last === undefined || now - last.at >= PACE_TOGETHER_MS) {
    return { ...control, pace: [...recent, { at: now, pairs }] };
  }
  return { ...control, pace: [...recent.slice(0, -1), { at: last.at, pairs: last.pairs + pairs }] };
}

/** A shorter time says too little: one drain in it may hold the work of an hour. */
const PACE_OVER_AT_LEAST_MS = 60_000;

/** Pairs a minute over the last hour, or since the first pairs in it were recorded; 0 when none were. */
export function pairsAMinute(control: Control, now: number): number {
  const recent = (control.pace ?? []).filter(({ at }) => at > now - PACE_REMEMBERED_MS);
  const first = recent[0];
  if (first === undefined) return 0;
  const pairs = recent.reduce((sum, one) => sum + one.pairs, 0);
  return pairs / (Math.max(now - first.at, PACE_OVER_AT_LEAST_MS) / 60_000);
}
