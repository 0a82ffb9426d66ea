import { Bitset } from './bitset.ts';
import { type ClipEntry, recordingOf } from './collection.ts';
import { foundByWith, knownFoundBy } from './found-by.ts';
import { type Clips, episodeStruck, type LedgerStep, pairStruck, rested } from './leases.ts';
import { isResearched, type Lease, type Ledger, opened } from './ledger.ts';
import { isLeasedFile, isOutdated, leasedRecording } from './recording.ts';
import { NOTHING, type ReportCounts } from './report-counts.ts';
import type { ResearchSettings } from './research-settings.ts';
import { cleared, PARKED_AT, type Strikes, struck } from './strikes.ts';

/**
 * What a completed-research message says of one pair, or of its lease, with names resolved to ordinals. A message of
 * many pairs is as many reports. `sentAt` is the queue's time, ms.
 */
export interface Report {
  /** `refused`: the archive does not take what was said of the pair. */
  readonly kind: 'result' | 'clipFailure' | 'refused' | 'episodeFailure' | 'signOfLife';
  /** '' when the message names none. */
  readonly leaseId: string;
  /** Clip ordinal of a result, of a clip failure or of what was refused. */
  readonly clip?: number | undefined;
  readonly sentAt: number;
  /** The researcher will report no more of this lease. */
  readonly lastWord: boolean;
  readonly researcher: string;
  /** What found or did not find it; '' when the message does not say. */
  readonly analyzer?: string;
  /** Of a failure or a refusal. */
  readonly reason: string;
  /** Whether a result has offsets; without any it is a negative. */
  readonly found?: boolean;
  /** The offsets were not known of the pair before. */
  readonly newFinding?: boolean;
  /** Its offsets are not kept, for it was of what is not there when they would have been: it counts as that, whatever is there now. */
  readonly turnedAway?: boolean;
  /** The clip that the researcher works on, 0: the episode, or it reports several together without saying. */
  readonly workingOn?: number | undefined;
  /** Where the clip's file was, if a result says so. */
  readonly clipUri?: string | undefined;
  /** Which recordings it is of, as the work item told and the researcher sent back. */
  readonly revisions?: { readonly episode?: string | undefined; readonly clip?: string | undefined };
}

interface Draft {
  /** But for what the sets below take out of it or add to it: thousands of results are one change. */
  ledger: Ledger;
  /** Recorded now: clip ordinal → which recording of the clip. */
  readonly recorded: Map<number, number>;
  /** With a finding now, by analyzer; undefined where the ledger does not know its earlier ones. */
  readonly foundBy: Map<string, Set<number>> | undefined;
  foundAt: number | undefined;
  /** What is left of each lease. */
  readonly left: ReadonlyMap<string, Set<number>>;
  readonly clips: Map<number, ClipEntry>;
  /** Recorded now by results that say nothing of the file that is there. */
  readonly ofOtherFiles: Set<number>;
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
  const saysWhere = report.workingOn !== undefined && report.sentAt >= (lease.lastSign ?? 0);
  return withLease(ledger, {
    ...lease,
    signed: Math.min(lease.signed ?? report.sentAt, report.sentAt),
    lastSign: maximum(lease.lastSign, report.sentAt),
    lastResult: works ? maximum(lease.lastResult, report.sentAt) : lease.lastResult,
    lastWord: report.lastWord ? maximum(lease.lastWord, report.sentAt) : lease.lastWord,
    researcher: report.researcher === '' ? lease.researcher : report.researcher,
    ...(saysWhere && { at: report.workingOn }),
  });
}

const liveLease = (ledger: Ledger, id: string): Lease | undefined =>
  id === '' ? undefined : ledger.leases.find((lease) => lease.id === id);

/** Leases lie in the ledger that tells the episode's recording: what was made before it is of an older one. */
const leasedEpisode = ({ created }: Lease, { recording }: Ledger): number =>
  recording === undefined || created < recording.at ? 1 : recording.number;

/**
 * Whether what is reported is of a recording that is not there any more: the episode's or the clip's was replaced, or
 * nothing leads to it. No result of it may count as one of what is there now.
 */
export function isOfOldRecording(
  report: Pick<Report, 'leaseId' | 'revisions'>,
  ledger: Ledger,
  clip: ClipEntry | undefined,
): boolean {
  const lease = liveLease(ledger, report.leaseId);
  const { revisions } = report;
  if (ledger.gone === true || ledger.held === 'removed') return true;
  if (isOutdated(revisions?.episode, ledger.recording, lease && leasedEpisode(lease, ledger))) return true;
  if (clip === undefined) return false;
  const recording = clip.recording && { ...clip.recording, revision: clip.info.revision ?? '' };
  const isThere = clip.gone !== true && clip.removed !== true && clip.sameAs === undefined;
  return !isThere || isOutdated(revisions?.clip, recording, lease && leasedRecording(lease, clip.ordinal));
}

/**
 * Whether a result is of the file that is at the clip's address now: it names that address, or its work item named
 * that file. Of a lease that has ended nobody knows which it did.
 */
export function isOfPresentFile(
  { leaseId, clipUri }: Pick<Report, 'leaseId' | 'clipUri'>,
  ledger: Ledger,
  clip: ClipEntry,
): boolean {
  if (clip.revision === 1 || clipUri === clip.info.mediaUri) return true;
  const lease = liveLease(ledger, leaseId);
  return lease !== undefined && isLeasedFile(lease, clip);
}

/** The pair is free again, for what is there now; unless another lease has it by now, whose researcher works on. */
function outdated(draft: Draft, { leaseId }: Report, clip: ClipEntry): void {
  draft.counts.outdated++;
  if (draft.left.get(leaseId)?.delete(clip.ordinal) === true) draft.ledger = opened(draft.ledger);
}

/** A result is recorded whether its lease lives or not. It clears the strikes of its clip and episode; a repetition changes nothing. */
function resulted(draft: Draft, report: Report, clip: ClipEntry, live: boolean): void {
  const { ledger } = draft;
  // Its finding is stored before its ledger: whoever does it again after a crash sets the same bit. Who knows the clip as
  // it was has stored that of an older recording: the bit is of the newest one that was recorded.
  const isNewest = recordingOf(clip) >= (ledger.clipRecordings?.get(clip.ordinal) ?? 1);
  const { analyzer = '' } = report;
  if (report.found === true && isNewest)
    draft.foundBy?.set(analyzer, (draft.foundBy.get(analyzer) ?? new Set()).add(clip.ordinal));
  const isNews = report.newFinding === true || ledger.found?.has(clip.ordinal) !== true;
  if (report.found === true && isNews) draft.foundAt = maximum(draft.foundAt, report.sentAt);
  if (draft.recorded.has(clip.ordinal) || isResearched(ledger, clip)) {
    if (report.newFinding !== true) draft.counts.duplicates++;
    if (draft.ofOtherFiles.has(clip.ordinal)) clearedBy(draft, report, clip);
    return;
  }
  // Who knows the clip as it was ends no work on the recording that came since.
  for (const lease of ledger.leases) {
    const isOfIt = lease.id === report.leaseId || leasedRecording(lease, clip.ordinal) <= recordingOf(clip);
    if (isOfIt) draft.left.get(lease.id)?.delete(clip.ordinal);
  }
  draft.recorded.set(clip.ordinal, recordingOf(clip));
  draft.counts.researched++;
  if (report.found !== true) draft.counts.negatives++;
  if (!live) draft.counts.late++;
  const pairStrikes = without(ledger.pairStrikes, clip.ordinal);
  const parked = without(ledger.parked, clip.ordinal);
  const episodeStrikes = cleared(ledger.episodeStrikes);
  const same =
    pairStrikes === ledger.pairStrikes && parked === ledger.parked && episodeStrikes === ledger.episodeStrikes;
  if (!same) draft.ledger = { ...ledger, pairStrikes, parked, episodeStrikes };
  clearedBy(draft, report, clip);
}

/** A late result of the file of before says nothing for the one that struck; what comes with it may. */
function clearedBy(draft: Draft, report: Report, clip: ClipEntry): void {
  if (!isOfPresentFile(report, draft.ledger, clip)) {
    draft.ofOtherFiles.add(clip.ordinal);
    return;
  }
  draft.ofOtherFiles.delete(clip.ordinal);
  const strikes = cleared(clip.strikes);
  if (strikes !== clip.strikes) draft.clips.set(clip.ordinal, { ...clip, strikes });
}

/** A failure or refusal counts only while its lease holds the clip, and takes it out of the lease: so no message counts twice. */
function takenOut(draft: Draft, lease: Lease | undefined, clip: ClipEntry): lease is Lease {
  const left = lease === undefined ? undefined : draft.left.get(lease.id);
  if (left?.delete(clip.ordinal) !== true) return false;
  draft.counts.failuresCounted++;
  return true;
}

function clipFailed(draft: Draft, report: Report, clip: ClipEntry, settings: ResearchSettings): void {
  const lease = liveLease(draft.ledger, report.leaseId);
  if (!takenOut(draft, lease, clip)) return;
  const pairStrikes = new Map<number, Strikes>(draft.ledger.pairStrikes);
  const restUntil = report.sentAt + settings.retryRest * 1000;
  pairStrikes.set(clip.ordinal, rested(pairStrikes.get(clip.ordinal), clip.revision, restUntil));
  draft.ledger = opened({ ...draft.ledger, pairStrikes });
  if (!isLeasedFile(lease, clip)) return;
  const strike = { by: report.researcher, at: report.sentAt, reason: report.reason, revision: clip.revision };
  const strikes = struck(clip.strikes, strike, settings);
  if (strikes === clip.strikes) return;
  draft.counts.clipsStruck++;
  if ((strikes?.count ?? 0) >= PARKED_AT) draft.counts.parked++;
  draft.clips.set(clip.ordinal, { ...clip, strikes });
}

/** What the archive cannot take speaks against that pair alone: neither clip nor episode need have anything to do with it. */
function refused(draft: Draft, report: Report, clip: ClipEntry, settings: ResearchSettings): void {
  const lease = liveLease(draft.ledger, report.leaseId);
  if (!takenOut(draft, lease, clip)) return;
  const strike = { by: report.researcher, at: report.sentAt, reason: report.reason, revision: clip.revision };
  const step = pairStruck(draft.ledger, clip, strike, isLeasedFile(lease, clip), settings);
  draft.ledger = opened(step.ledger);
  draft.parkedReasons.push(...step.parkedReasons);
  draft.counts.parked += step.parkedReasons.length;
  if (step.counted) draft.counts.pairsStruck++;
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
  const counts = { ...NOTHING };
  const knowsFindings = ledger.found !== undefined || ledger.researched.size === 0;
  const draft: Draft = {
    ledger,
    recorded: new Map(),
    foundBy: knowsFindings ? new Map() : undefined,
    foundAt: ledger.foundAt,
    left: new Map(ledger.leases.map((lease) => [lease.id, new Set(lease.left)])),
    clips: new Map(),
    ofOtherFiles: new Set(),
    parkedReasons: [],
    counts,
  };
  for (const report of [...reports].sort((a, b) => a.sentAt - b.sentAt)) {
    const lease = liveLease(draft.ledger, report.leaseId);
    const clip = report.clip === undefined ? undefined : (draft.clips.get(report.clip) ?? clips(report.clip));
    if (lease !== undefined) draft.ledger = signed(draft.ledger, lease, report);
    const old = report.turnedAway === true || isOfOldRecording(report, draft.ledger, clip);
    if (report.kind === 'result' && clip !== undefined && old) outdated(draft, report, clip);
    else if (report.kind === 'result' && clip !== undefined) resulted(draft, report, clip, lease !== undefined);
    if (report.kind === 'clipFailure' && clip !== undefined) clipFailed(draft, report, clip, settings);
    if (report.kind === 'refused' && clip !== undefined) refused(draft, report, clip, settings);
    if (report.kind === 'episodeFailure') episodeFailed(draft, report, lease, settings);
  }
  return { ledger: settled(draft), clips: [...draft.clips.values()], parkedReasons: draft.parkedReasons, counts };
}

/** The ledger of the draft with what its sets say; itself where they say nothing. */
function settled({ ledger, recorded, foundBy, foundAt, left }: Draft): Ledger {
  const taken = ledger.leases.some(({ id, left: before }) => left.get(id)?.size !== before.length);
  // What an older recording of the clip gave is gone.
  const outdated = [...recorded.keys()].filter((clip) => ledger.researched.has(clip));
  const known = ledger.found ?? Bitset.empty;
  const found = new Set([...(foundBy?.values() ?? [])].flatMap((clips) => [...clips]));
  const newlyFound = [...found].filter((clip) => !known.has(clip));
  const by = foundBy && knownFoundBy({ found: known, foundBy: ledger.foundBy });
  const byAfter = by && foundByWith(by, foundBy, outdated);
  const isNews = newlyFound.length > 0 || byAfter !== by || foundAt !== ledger.foundAt;
  if (!taken && recorded.size === 0 && !isNews) return ledger;
  const laterOnes = [...recorded].filter(([, recording]) => recording > 1);
  const stale = outdated.filter((clip) => known.has(clip) && !found.has(clip));
  const foundAfter = stale.length === 0 && newlyFound.length === 0 ? known : known.without(stale).with(newlyFound);
  return {
    ...ledger,
    researched: ledger.researched.with(recorded.keys()),
    ...(foundAfter !== known && { found: foundAfter }),
    ...(byAfter !== by && { foundBy: byAfter?.size ? byAfter : undefined }),
    ...(foundAt !== ledger.foundAt && { foundAt }),
    ...(laterOnes.length > 0 && { clipRecordings: new Map([...(ledger.clipRecordings ?? []), ...laterOnes]) }),
    leases: ledger.leases.map((lease) => {
      const remaining = left.get(lease.id);
      if (remaining === undefined || remaining.size === lease.left.length) return lease;
      return { ...lease, left: lease.left.filter((clip) => remaining.has(clip)) };
    }),
  };
}

function without<Value>(map: ReadonlyMap<number, Value>, key: number): ReadonlyMap<number, Value> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
