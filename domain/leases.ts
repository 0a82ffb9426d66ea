import { Bitset } from './bitset.ts';
import type { ClipEntry } from './collection.ts';
import { type Lease, type LeaseSummary, type Ledger, opened, reportsEach } from './ledger.ts';
import { isLeasedFile } from './recording.ts';
import type { ResearchSettings } from './research-settings.ts';
import { PARKED_AT, restedUntilForgotten, type Strikes, struck } from './strikes.ts';

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
  // It is over, and only waits for what was sent before its last word. That may be an operator's, who has the later word.
  if (lease.lastWord !== undefined) return undefined;
  const silentSince = lease.lastSign ?? lease.signed;
  if (silentSince + settings.silenceLimit * 1000 <= horizon) return 'lapsed';
  if ((lease.lastResult ?? lease.signed) + duration <= horizon) return 'lapsed';
  return undefined;
}

export function summaryOf({
  clips,
  left,
  untried,
  clipRecordings: _,
  clipRevisions: __,
  ...lease
}: Lease): LeaseSummary {
  const first = untried === undefined ? undefined : new Set(clips.slice(0, untried));
  const isOut = first !== undefined && left.some((clip) => first.has(clip));
  return { ...lease, clipsLeft: left.length, ...(isOut && { untried }) };
}

/** The pair after a failure or a strike of its own: not leased again for a while, counted or not. */
export function rested(strikes: Strikes | undefined, revision: number, until: number): Strikes {
  const before = strikes !== undefined && strikes.revision >= revision ? strikes : undefined;
  const nothing = { count: 0, reason: '', strikers: [], revision };
  return { ...nothing, ...before, restUntil: Math.max(before?.restUntil ?? 0, until) };
}

/**
 * The clip that a lapsed lease fell silent at. Who reports each clip as it is done fell silent at the first one without
 * a result. Of who reports several together nobody knows how far it was; only where it still ticks it says so itself.
 * @returns undefined where that is in doubt
 */
export function suspectOf(lease: Lease, horizon: number, settings: ResearchSettings): number | undefined {
  if (lease.at === undefined || reportsEach(lease)) return lease.left[0];
  const silent = (lease.lastSign ?? 0) + settings.silenceLimit * 1000 <= horizon;
  return !silent && lease.left.includes(lease.at) ? lease.at : undefined;
}

/** The ledger after a strike for the pair: at the fourth it is given up, else it rests for `retryRest` at least. */
export function pairStruck(
  ledger: Ledger,
  clip: ClipEntry,
  strike: Parameters<typeof struck>[1],
  /** What was leased before the current media came was another file. */
  ofThisMedia: boolean,
  settings: ResearchSettings,
): Pick<LedgerStep, 'ledger' | 'parkedReasons'> & { readonly counted: boolean } {
  const pairStrikes = new Map(ledger.pairStrikes);
  const before = pairStrikes.get(clip.ordinal);
  const after = ofThisMedia ? struck(before, strike, settings) : before;
  const counted = after !== before;
  if (after === undefined || after.count < PARKED_AT) {
    pairStrikes.set(clip.ordinal, rested(after, clip.revision, strike.at + settings.retryRest * 1000));
    return { ledger: { ...ledger, pairStrikes }, parkedReasons: [], counted };
  }
  pairStrikes.delete(clip.ordinal);
  const parked = new Map(ledger.parked).set(clip.ordinal, clip.revision);
  return {
    ledger: { ...ledger, pairStrikes, parked },
    parkedReasons: [{ clip: clip.ordinal, reason: strike.reason }],
    counted,
  };
}

/**
 * What a lapsed lease costs: a strike for the pair it fell silent at and for that pair's clip; without any result one
 * for the episode too. Where it is in doubt at which, nobody is struck, and the next lease is a careful one.
 */
function charged(
  step: LedgerStep,
  lease: Lease,
  suspect: number | undefined,
  clips: Clips,
  now: number,
  settings: ResearchSettings,
): LedgerStep {
  let { ledger } = step;
  const changed = [...step.clips];
  const reasons = [...step.parkedReasons];
  const who = lease.researcher === '' ? 'an unnamed researcher' : lease.researcher;
  const clip = suspect === undefined ? undefined : clips(suspect);
  if (suspect === undefined) ledger = { ...ledger, careful: true };
  if (clip !== undefined) {
    const strike = { by: lease.researcher, at: now, reason: `${who} fell silent at it`, revision: clip.revision };
    const ofThisMedia = isLeasedFile(lease, clip);
    const next = pairStruck(ledger, clip, strike, ofThisMedia, settings);
    ledger = next.ledger;
    reasons.push(...next.parkedReasons);
    // Who ended at it twice may be to blame itself: it must not go on and on.
    const counted = ofThisMedia ? struck(clip.strikes, strike, settings) : clip.strikes;
    const clipStrikes =
      ofThisMedia && counted === clip.strikes ? restedUntilForgotten(counted, strike, settings) : counted;
    if (clipStrikes !== clip.strikes) changed.push({ ...clip, strikes: clipStrikes });
  }

  // Who said at which clip it works had opened the episode.
  const atEpisode = (lease.at ?? 0) === 0 && lease.lastResult === undefined;
  if (atEpisode && lease.created >= ledger.revisedAt) {
    const reason = `${who} fell silent without any result`;
    const ofEpisode = { by: lease.researcher, at: now, reason, revision: ledger.revision };
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
 * The ledger after a lease that was handed back: whatever a researcher gives back without a report rests, since a pair that
 * can never be reported would be leased again every minute. What an operator revoked is free at once: a last word that no
 * researcher said is later than every sign.
 */
function handedBack(ledger: Ledger, lease: Lease, now: number, settings: ResearchSettings): Ledger {
  if ((lease.lastSign ?? 0) < (lease.lastWord ?? 0)) return ledger;
  const before = ledger.handedBack !== undefined && ledger.handedBack.until > now ? ledger.handedBack : undefined;
  const clips = (before?.clips ?? Bitset.empty).with(lease.left);
  return { ...ledger, handedBack: { until: now + settings.retryRest * 1000, clips } };
}

/**
 * The ledger without the leases that end at the horizon: finished, revoked, unclaimed (nobody is charged) or lapsed.
 * `clips` gives the current entries, read strongly. Without any ending the ledger is returned as it is.
 * @param fits whether what a step does besides fits into one write; what does not ends with the next one (`more`)
 */
export function ended(
  ledger: Ledger,
  clips: Clips,
  horizon: number,
  now: number,
  settings: ResearchSettings,
  fits: (step: Pick<LedgerStep, 'clips' | 'parkedReasons'>) => boolean = () => true,
): LedgerStep & { readonly endings: readonly Ending[]; readonly more: boolean } {
  const endings: Ending[] = [];
  let step: LedgerStep = { ledger, clips: [], parkedReasons: [] };
  const current: Clips = (ordinal) => step.clips.findLast((clip) => clip.ordinal === ordinal) ?? clips(ordinal);
  for (const lease of ledger.leases) {
    const ending = endingOf(summaryOf(lease), horizon, settings);
    if (ending === undefined) continue;
    const remaining = step.ledger.leases.filter((other) => other !== lease);
    let next: LedgerStep = { ...step, ledger: opened({ ...step.ledger, leases: remaining }) };
    if (ending === 'lapsed') {
      next = charged(next, lease, suspectOf(lease, horizon, settings), current, now, settings);
    } else if (lease.careful === true && ending !== 'finished') {
      // What it was to find out is not known yet.
      next = { ...next, ledger: { ...next.ledger, careful: true } };
    }
    if (ending === 'revoked') next = { ...next, ledger: handedBack(next.ledger, lease, now, settings) };
    if (endings.length > 0 && !fits({ ...next, clips: lastOfEach(next.clips) })) {
      return { ...step, clips: lastOfEach(step.clips), endings, more: true };
    }
    endings.push(ending);
    step = next;
  }
  return { ...step, clips: lastOfEach(step.clips), endings, more: false };
}

/** One entry a clip, the latest. */
export function lastOfEach(clips: readonly ClipEntry[]): ClipEntry[] {
  return [...new Map(clips.map((clip) => [clip.ordinal, clip])).values()];
}

/** The ledger with new leases of these clips, in the order of their work items. */
export function leased(
  ledger: Ledger,
  items: readonly Pick<Lease, 'id' | 'clips' | 'untried' | 'struck' | 'clipRecordings' | 'clipRevisions'>[],
  now: number,
): Ledger {
  // Whoever said when the medium or the recording came may have another clock: these leases are for what is there.
  const created = Math.max(now, ledger.revisedAt, ledger.recording?.at ?? 0);
  // The first of them finds out what is in doubt.
  const added = items.map((item, index): Lease => {
    const careful = index === 0 && ledger.careful === true ? { careful: true } : {};
    return { ...item, left: item.clips, created, researcher: '', ...careful };
  });
  const { careful: _given, handedBack: resting, ...rest } = ledger;
  const known = items.length === 0 ? ledger : rest;
  const over = resting === undefined || resting.until <= now;
  return {
    ...known,
    ...(!over && { handedBack: resting }),
    leases: [...ledger.leases, ...added],
    pairStrikes: withoutOver(ledger.pairStrikes, now),
  };
}

/** Rests that are over and that nobody is remembered for need not be kept: the item would grow without end. */
function withoutOver(pairStrikes: Ledger['pairStrikes'], now: number): Ledger['pairStrikes'] {
  const kept = [...pairStrikes].filter(
    ([, strikes]) => strikes.count > 0 || strikes.restUntil > now || strikes.strikers.length > 0,
  );
  return kept.length === pairStrikes.size ? pairStrikes : new Map(kept);
}
