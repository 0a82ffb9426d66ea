import type { ClipEntry } from './collection.ts';
import { type Lease, type LeaseSummary, type Ledger, opened } from './ledger.ts';
import type { ResearchSettings } from './research-settings.ts';
import { PARKED_AT, type Strikes, struck } from './strikes.ts';

/** Why a lease ends. Only a lapse charges anybody. */
export type Ending = 'finished' | 'revoked' | 'unclaimed' | 'lapsed';

/** A ledger after a step, with what the step does outside of it: the same write carries all of it. */
export interface LedgerStep {
  readonly ledger: Ledger;
  /** Clips whose strikes changed; their `version` is the condition. */
  readonly clips: readonly ClipEntry[];
  /** Why pairs (clip ordinal) or the episode (0) were parked. */
  readonly parkedReasons: readonly { readonly clip: number; readonly reason: string }[];
}

export type Clips = (ordinal: number) => ClipEntry | undefined;

/**
 * How the lease ends when everything sent up to `horizon` is known, if it does. The horizon is the earlier of now and
 * drainedUntil: what researchers sent before that has been recorded, so silence up to then is silence.
 */
export function endingOf(lease: LeaseSummary, horizon: number, settings: ResearchSettings): Ending | undefined {
  if (lease.clipsLeft === 0) return 'finished';
  // Strictly: a result sent in the same instant as the last word may not have been read yet.
  if (lease.lastWord !== undefined && lease.lastWord < horizon) return 'revoked';
  const duration = settings.leaseDuration * 1000;
  if (lease.signed === undefined) return lease.created + duration <= horizon ? 'unclaimed' : undefined;
  const silentSince = lease.lastSign ?? lease.signed;
  if (silentSince + settings.silenceLimit * 1000 <= horizon) return 'lapsed';
  if ((lease.lastResult ?? lease.signed) + duration <= horizon) return 'lapsed';
  return undefined;
}

export const summaryOf = ({ clips: _, left, ...lease }: Lease): LeaseSummary => ({ ...lease, clipsLeft: left.length });

/** The pair after a failure or a strike of its own: not leased again for a while, counted or not. */
export function rested(strikes: Strikes | undefined, revision: number, until: number): Strikes {
  const before = strikes !== undefined && strikes.revision >= revision ? strikes : undefined;
  const nothing = { count: 0, reason: '', strikers: [], revision };
  return { ...nothing, ...before, restUntil: Math.max(before?.restUntil ?? 0, until) };
}

/** What a lapsed lease costs: a strike for the first pair it did not report and for that pair's clip; without any result one for the episode too. */
function charged(step: LedgerStep, lease: Lease, clips: Clips, now: number, settings: ResearchSettings): LedgerStep {
  const ordinal = lease.left[0];
  const clip = ordinal === undefined ? undefined : clips(ordinal);
  if (clip === undefined) return step;
  let { ledger } = step;
  const changed = [...step.clips];
  const reasons = [...step.parkedReasons];
  const who = lease.researcher === '' ? 'an unnamed researcher' : lease.researcher;
  const strike = { by: lease.researcher, at: now, reason: `${who} fell silent at it`, revision: clip.revision };

  const pairStrikes = new Map(ledger.pairStrikes);
  const parked = new Map(ledger.parked);
  const before = pairStrikes.get(clip.ordinal);
  // What was leased before the current media came fell silent at another file.
  const ofThisMedia = lease.created >= clip.revisedAt;
  const after = ofThisMedia ? struck(before, strike, settings) : before;
  if (after !== undefined && after.count >= PARKED_AT) {
    pairStrikes.delete(clip.ordinal);
    parked.set(clip.ordinal, clip.revision);
    reasons.push({ clip: clip.ordinal, reason: strike.reason });
  } else {
    pairStrikes.set(clip.ordinal, rested(after, clip.revision, now + settings.retryRest * 1000));
  }
  ledger = { ...ledger, pairStrikes, parked };

  const clipStrikes = ofThisMedia ? struck(clip.strikes, strike, settings) : clip.strikes;
  if (clipStrikes !== clip.strikes) changed.push({ ...clip, strikes: clipStrikes });

  if (lease.lastResult === undefined && lease.created >= ledger.revisedAt) {
    const ofEpisode = { ...strike, reason: `${who} fell silent without any result`, revision: ledger.revision };
    const next = episodeStruck(ledger, ofEpisode, settings);
    ledger = next.ledger;
    reasons.push(...next.parkedReasons);
  }
  return { ledger, clips: changed, parkedReasons: reasons };
}

/** The ledger after a strike for the episode; at the fourth it is PARKED. */
export function episodeStruck(
  ledger: Ledger,
  strike: Parameters<typeof struck>[1],
  settings: ResearchSettings,
): Pick<LedgerStep, 'ledger' | 'parkedReasons'> {
  const episodeStrikes = struck(ledger.episodeStrikes, strike, settings);
  if (episodeStrikes === ledger.episodeStrikes) return { ledger, parkedReasons: [] };
  const next = { ...ledger, episodeStrikes };
  if ((episodeStrikes?.count ?? 0) < PARKED_AT) return { ledger: next, parkedReasons: [] };
  const state = ledger.state === 'HELD' ? ledger.state : 'PARKED';
  return {
    ledger: { ...next, state, position: ledger.rank },
    parkedReasons: [{ clip: 0, reason: strike.reason }],
  };
}

/**
 * The ledger without the leases that end at the horizon: finished, revoked, unclaimed (nobody is charged) or lapsed.
 * `clips` gives the current entries, read strongly. Without any ending the ledger is returned as it is.
 */
export function ended(
  ledger: Ledger,
  clips: Clips,
  horizon: number,
  now: number,
  settings: ResearchSettings,
): LedgerStep & { readonly endings: readonly Ending[] } {
  const endings: Ending[] = [];
  let step: LedgerStep = { ledger, clips: [], parkedReasons: [] };
  const current: Clips = (ordinal) => step.clips.findLast((clip) => clip.ordinal === ordinal) ?? clips(ordinal);
  for (const lease of ledger.leases) {
    const ending = endingOf(summaryOf(lease), horizon, settings);
    if (ending === undefined) continue;
    endings.push(ending);
    const remaining = step.ledger.leases.filter((other) => other !== lease);
    step = { ...step, ledger: opened({ ...step.ledger, leases: remaining }) };
    if (ending === 'lapsed') step = charged(step, lease, current, now, settings);
  }
  return { ...step, clips: lastOfEach(step.clips), endings };
}

/** One entry a clip, the latest. */
export function lastOfEach(clips: readonly ClipEntry[]): ClipEntry[] {
  return [...new Map(clips.map((clip) => [clip.ordinal, clip])).values()];
}

/** The ledger with new leases of these clips, in the order of their work items. */
export function leased(
  ledger: Ledger,
  items: readonly { readonly id: string; readonly clips: readonly number[] }[],
  now: number,
): Ledger {
  const added = items.map(({ id, clips }): Lease => ({ id, clips, left: clips, created: now, researcher: '' }));
  return { ...ledger, leases: [...ledger.leases, ...added], pairStrikes: withoutOver(ledger.pairStrikes, now) };
}

/** Rests that are over and that nobody is remembered for need not be kept: the item would grow without end. */
function withoutOver(pairStrikes: Ledger['pairStrikes'], now: number): Ledger['pairStrikes'] {
  const kept = [...pairStrikes].filter(
    ([, strikes]) => strikes.count > 0 || strikes.restUntil > now || strikes.strikers.length > 0,
  );
  return kept.length === pairStrikes.size ? pairStrikes : new Map(kept);
}
