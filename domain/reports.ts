import { Bitset } from './bitset.ts';
import type { ClipEntry } from './collection.ts';
import { type Clips, episodeStruck, type LedgerStep, lastOfEach, rested } from './leases.ts';
import { isResearched, type Lease, type Ledger, opened, withoutOutdated, withResult } from './ledger.ts';
import type { ResearchSettings } from './research-settings.ts';
import { cleared, PARKED_AT, type Strikes, struck } from './strikes.ts';

/** What one completed-research message says, with names resolved to ordinals. `sentAt` is the queue's time, ms. */
export interface Report {
  readonly kind: 'result' | 'clipFailure' | 'episodeFailure' | 'signOfLife';
  /** '' when the message names none. */
  readonly leaseId: string;
  /** Clip ordinal of a result or a clip failure. */
  readonly clip?: number | undefined;
  readonly sentAt: number;
  /** The researcher will report no more of this lease. */
  readonly lastWord: boolean;
  readonly researcher: string;
  /** Of a failure. */
  readonly reason: string;
  /** Whether a result has offsets; without any it is a negative. */
  readonly found?: boolean;
  /** The offsets were not known of the pair before. */
  readonly newFinding?: boolean;
}

/** What became of the reports of one ledger, for metrics and people. */
export interface ReportCounts {
  /** Pairs that were recorded now. */
  readonly researched: number;
  /** Those of them without offsets. */
  readonly negatives: number;
  /** Results of pairs that had one already and say nothing new. */
  readonly duplicates: number;
  /** Recorded results whose lease had ended, or that named none. */
  readonly late: number;
  /** Failures that counted while their lease held the clip or the episode. */
  readonly failuresCounted: number;
  readonly clipsStruck: number;
  readonly episodesStruck: number;
  readonly parked: number;
}

interface Draft {
  ledger: Ledger;
  readonly clips: ClipEntry[];
  readonly parkedReasons: { clip: number; reason: string }[];
  readonly counts: { -readonly [name in keyof ReportCounts]: number };
}

const maximum = (a: number | undefined, b: number): number => Math.max(a ?? b, b);

function withLease(ledger: Ledger, lease: Lease): Ledger {
  return { ...ledger, leases: ledger.leases.map((other) => (other.id === lease.id ? lease : other)) };
}

/**
 * Any message that names a live lease is a sign of life; one that names an ended lease changes none. A report is one
 * of work done even when somebody else's result made it a repetition: who works on is not hung.
 */
function signed(ledger: Ledger, lease: Lease, report: Report): Ledger {
  const works = report.kind !== 'signOfLife';
  return withLease(ledger, {
    ...lease,
    signed: Math.min(lease.signed ?? report.sentAt, report.sentAt),
    lastSign: maximum(lease.lastSign, report.sentAt),
    lastResult: works ? maximum(lease.lastResult, report.sentAt) : lease.lastResult,
    lastWord: report.lastWord ? maximum(lease.lastWord, report.sentAt) : lease.lastWord,
    researcher: report.researcher === '' ? lease.researcher : report.researcher,
  });
}

const liveLease = (ledger: Ledger, id: string): Lease | undefined =>
  id === '' ? undefined : ledger.leases.find((lease) => lease.id === id);

/** A result is recorded whether its lease lives or not. It clears the strikes of its clip and episode; a repetition changes nothing. */
function resulted(draft: Draft, report: Report, clip: ClipEntry, live: boolean): void {
  const ledger = withoutOutdated(draft.ledger, clip);
  const found = foundAfter(ledger, report, clip);
  if (isResearched(ledger, clip)) {
    if (found !== ledger.found) draft.ledger = { ...ledger, found };
    if (report.newFinding !== true) draft.counts.duplicates++;
    return;
  }
  const leases = ledger.leases.map((lease) => {
    if (!lease.left.includes(clip.ordinal)) return lease;
    return { ...lease, left: lease.left.filter((ordinal) => ordinal !== clip.ordinal) };
  });
  draft.counts.researched++;
  if (report.found !== true) draft.counts.negatives++;
  if (!live) draft.counts.late++;
  const pairStrikes = without(ledger.pairStrikes, clip.ordinal);
  const parked = without(ledger.parked, clip.ordinal);
  const episodeStrikes = cleared(ledger.episodeStrikes);
  draft.ledger = {
    ...withResult(ledger, clip),
    found,
    leases,
    pairStrikes,
    parked,
    episodeStrikes,
  };
  const strikes = cleared(clip.strikes);
  if (strikes !== clip.strikes) draft.clips.push({ ...clip, strikes });
}

/** Its finding is stored before its ledger: whoever does it again after a crash sets the same bit. */
function foundAfter(ledger: Ledger, report: Report, clip: ClipEntry): Ledger['found'] {
  const known = ledger.found ?? (ledger.researched.size === 0 ? Bitset.empty : undefined);
  if (report.found !== true || known === undefined || known.has(clip.ordinal)) return ledger.found;
  return known.with([clip.ordinal]);
}

/** A clip failure counts only while its lease holds the clip, and takes it out of the lease: so no message counts twice. */
function clipFailed(draft: Draft, report: Report, clip: ClipEntry, settings: ResearchSettings): void {
  const lease = liveLease(draft.ledger, report.leaseId);
  if (lease?.left.includes(clip.ordinal) !== true) return;
  draft.counts.failuresCounted++;
  const left = lease.left.filter((ordinal) => ordinal !== clip.ordinal);
  const ledger = withLease(draft.ledger, { ...lease, left });
  const pairStrikes = new Map<number, Strikes>(ledger.pairStrikes);
  const restUntil = report.sentAt + settings.retryRest * 1000;
  pairStrikes.set(clip.ordinal, rested(pairStrikes.get(clip.ordinal), clip.revision, restUntil));
  draft.ledger = opened({ ...ledger, pairStrikes });
  if (lease.created < clip.revisedAt) return;
  const strike = { by: report.researcher, at: report.sentAt, reason: report.reason, revision: clip.revision };
  const strikes = struck(clip.strikes, strike, settings);
  if (strikes === clip.strikes) return;
  draft.counts.clipsStruck++;
  if ((strikes?.count ?? 0) >= PARKED_AT) draft.counts.parked++;
  draft.clips.push({ ...clip, strikes });
}

/** An episode failure counts once a lease: it is the lease's last word too. */
function episodeFailed(draft: Draft, report: Report, lease: Lease | undefined, settings: ResearchSettings): void {
  if (lease === undefined || lease.lastWord !== undefined) return;
  draft.counts.failuresCounted++;
  const { ledger } = draft;
  if (lease.created < ledger.revisedAt) return;
  const strike = { by: report.researcher, at: report.sentAt, reason: report.reason, revision: ledger.revision };
  const step = episodeStruck(ledger, strike, settings);
  if (step.ledger.episodeStrikes === ledger.episodeStrikes) return;
  draft.counts.episodesStruck++;
  draft.counts.parked += step.parkedReasons.length;
  draft.ledger = step.ledger;
  draft.parkedReasons.push(...step.parkedReasons);
}

/**
 * The ledger after the reports of a batch, in the order in which they were sent. Results never depend on leases.
 * Applying the same reports again changes nothing but the count of duplicates.
 * @param clips current entries by ordinal; reports of clips that it does not know are ignored
 */
export function reported(
  ledger: Ledger,
  reports: readonly Report[],
  clips: Clips,
  settings: ResearchSettings,
): LedgerStep & { readonly counts: ReportCounts } {
  const counts = {
    researched: 0,
    negatives: 0,
    duplicates: 0,
    late: 0,
    failuresCounted: 0,
    clipsStruck: 0,
    episodesStruck: 0,
    parked: 0,
  };
  const draft: Draft = { ledger, clips: [], parkedReasons: [], counts };
  const current: Clips = (ordinal) => draft.clips.findLast((clip) => clip.ordinal === ordinal) ?? clips(ordinal);
  for (const report of [...reports].sort((a, b) => a.sentAt - b.sentAt)) {
    const lease = liveLease(draft.ledger, report.leaseId);
    const clip = report.clip === undefined ? undefined : current(report.clip);
    if (lease !== undefined) draft.ledger = signed(draft.ledger, lease, report);
    if (report.kind === 'result' && clip !== undefined) resulted(draft, report, clip, lease !== undefined);
    if (report.kind === 'clipFailure' && clip !== undefined) clipFailed(draft, report, clip, settings);
    if (report.kind === 'episodeFailure') episodeFailed(draft, report, lease, settings);
  }
  return { ledger: draft.ledger, clips: lastOfEach(draft.clips), parkedReasons: draft.parkedReasons, counts };
}

function without<Value>(map: ReadonlyMap<number, Value>, key: number): ReadonlyMap<number, Value> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
