import { type Catalogue, type ClipEntry, type Finding, isMeasured } from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { ReportCounts } from '../../domain/report-counts.ts';
import { isOfOldRecording, isOfPresentFile, type Report, reported } from '../../domain/reports.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import { type Collection, type Ledgers, VersionConflict } from '../ports.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import { WriteRoom } from '../stores/write-room.ts';
import type { Settlement } from './settle.ts';
import type { PairReport, Understood } from './understand.ts';

export interface RecordEpisodePorts {
  readonly collection: Pick<Collection, 'entries' | 'recordFinding' | 'hasFinding' | 'describe'>;
  readonly ledgers: Pick<Ledgers, 'read' | 'write'>;
  readonly settings: ResearchSettings;
  readonly settlement: Settlement;
  /** Clips that somebody reported, found or not, as they were known then; added to. */
  readonly tried: Map<number, ClipEntry>;
}

/** What recording did, added up over a run. */
export interface Recorded extends Record<keyof ReportCounts, number> {
  /** Pairs with a finding, or a variant of one, that was not known before. */
  findings: number;
  /** Messages that only said that a lease is alive or over. */
  signsOfLife: number;
}

const FINDINGS_AT_A_TIME = 8;
const WRITE_ATTEMPTS = 10;

/**
 * Records what a batch says of one episode, and acknowledges it. Findings first, then the ledger, then facts, then the
 * messages go: at each step a crash only means doing it again.
 * @param ledgerRead the ledger, if it was read strongly in this batch
 */
export async function recordEpisode(
  episode: number,
  group: readonly Understood[],
  catalogue: Catalogue,
  ledgerRead: Ledger | undefined,
  ports: RecordEpisodePorts,
  recordedSoFar: Recorded,
): Promise<void> {
  const known = ledgerRead ?? (await ports.ledgers.read(episode));
  if (known === undefined) throw new Error(`Episode ${episode} has no ledger`);
  const { recorded, reports, findings } = await recordFindings(known, group, catalogue, ports);
  recordedSoFar.findings += findings;
  let unwritten: Ledger | undefined = known;
  for (const chunk of chunks(reports, catalogue)) {
    const counts = await writeLedger(episode, chunk, catalogue, unwritten, ports);
    // Only the first write may use the ledger as it was read before.
    unwritten = undefined;
    for (const [name, count] of Object.entries(counts) as [keyof ReportCounts, number][]) recordedSoFar[name] += count;
  }
  for (const report of reports) {
    const clip = catalogue.byOrdinal.get(report.clip ?? 0);
    if (report.kind !== 'result' || clip === undefined || isOld(report, known, catalogue)) continue;
    if (isOfPresentFile(report, known, clip)) ports.tried.set(clip.ordinal, clip);
  }
  await describe(known, recorded, catalogue, ports.collection);
  await settle(recorded, ports.settlement);
  for (const { reports: said, fate } of recorded) {
    if (said.every(({ report }) => report.kind === 'signOfLife') && fate === 'acknowledge') recordedSoFar.signsOfLife++;
  }
}

/** What is recorded goes; what can never be understood in full goes to the dead letters. */
async function settle(recorded: readonly Understood[], settlement: Settlement): Promise<void> {
  await settlement.acknowledge(recorded.filter(({ fate }) => fate === 'acknowledge').map(({ message }) => message));
  for (const { message, fate } of recorded) {
    if (typeof fate === 'object') await settlement.refuse(message, fate.refuse);
  }
}

interface Told {
  readonly of: Understood;
  readonly said: PairReport;
  /** Its report as one of the present recordings, where it is taken for one of older ones that it does not name. */
  readonly present: Report | undefined;
}

/**
 * A finding that cannot be stored leaves its own message behind, and no other. One that is stored already tells which
 * recordings its report is of: the run may have ended before the ledger was written, and the lease, which told it, since.
 */
async function recordFindings(
  ledger: Ledger,
  group: readonly Understood[],
  catalogue: Catalogue,
  { collection, settlement }: Pick<RecordEpisodePorts, 'collection' | 'settlement'>,
): Promise<{ readonly recorded: Understood[]; readonly reports: Report[]; readonly findings: number }> {
  const inOrder = [...group].sort((a, b) => a.message.sentAt - b.message.sentAt);
  const byClip = new Map<number, Told[]>();
  const fresh = new Set<PairReport>();
  const known = new Map<PairReport, PairReport>();
  const turnedAway = new Set<PairReport>();
  const failed = new Set<Understood>();
  for (const of of inOrder) {
    for (const said of of.reports) {
      const { report } = said;
      const { clip, found } = report;
      if (found !== true || clip === undefined) continue;
      const present = isOld(report, ledger, catalogue) ? ofPresent(report, ledger, catalogue) : undefined;
      if (present !== undefined) turnedAway.add(said);
      if (present !== undefined && isOld(present, ledger, catalogue)) continue;
      const before = byClip.get(clip);
      if (before === undefined) byClip.set(clip, [{ of, said, present }]);
      else before.push({ of, said, present });
    }
  }
  await inParallel(byClip, FINDINGS_AT_A_TIME, async ([clip, results]) => {
    for (const { of, said, present } of results) {
      try {
        const finding = findingOf(ledger, catalogue.byOrdinal.get(clip), of, said);
        if (present !== undefined) {
          const isKnown = await collection.hasFinding(finding);
          if (isKnown) known.set(said, { ...said, report: present });
          continue;
        }
        const outcome = await collection.recordFinding(finding);
        if (outcome === 'recorded' || outcome === 'variant') fresh.add(said);
      } catch (error) {
        const reason = `Finding of clip ${clip} in episode ${ledger.episode}: ${String(error)}`;
        settlement.leave(failed.has(of) ? [] : [of.message], reason);
        failed.add(of);
      }
    }
  });
  const recorded = inOrder.filter((understood) => !failed.has(understood));
  const withKnown = (one: Understood) => ({ ...one, reports: one.reports.map((said) => known.get(said) ?? said) });
  const told = known.size === 0 ? recorded : recorded.map(withKnown);
  const reports = told.flatMap((one) =>
    one.reports.map((said) =>
      said.report.found === true
        ? { ...said.report, newFinding: fresh.has(said), ...(turnedAway.has(said) && { turnedAway: true }) }
        : said.report,
    ),
  );
  return { recorded: told, reports, findings: fresh.size };
}

async function writeLedger(
  episode: number,
  reports: readonly Report[],
  catalogue: Catalogue,
  ledgerRead: Ledger | undefined,
  { ledgers, collection, settings }: Pick<RecordEpisodePorts, 'ledgers' | 'collection' | 'settings'>,
): Promise<ReportCounts> {
  const cached = (ordinal: number) => catalogue.byOrdinal.get(ordinal);
  let current: ReadonlyMap<number, ClipEntry> = new Map();
  const missing = reports.flatMap(({ clip }) => (clip !== undefined && cached(clip) === undefined ? [clip] : []));
  if (missing.length > 0) current = await collection.entries('clip', [...new Set(missing)]);
  for (let attempt = 1; ; attempt++) {
    const ledger = (attempt === 1 ? ledgerRead : undefined) ?? (await ledgers.read(episode));
    if (ledger === undefined) throw new Error(`Episode ${episode} has no ledger`);
    let step = reported(ledger, reports, (ordinal) => current.get(ordinal) ?? cached(ordinal), settings);
    const strikes = step.clips.map((clip) => clip.ordinal);
    if (strikes.length > 0) {
      // Strikes change under the clip's version, and the cache may be behind: decide by the entries as they are now.
      const fresh = await collection.entries('clip', [...new Set([...strikes, ...current.keys()])]);
      current = fresh;
      step = reported(ledger, reports, (ordinal) => fresh.get(ordinal) ?? cached(ordinal), settings);
    }
    if (step.ledger === ledger && step.clips.length === 0) return step.counts;
    try {
      await ledgers.write(step);
      return step.counts;
    } catch (error) {
      if (!(error instanceof VersionConflict) || attempt === WRITE_ATTEMPTS) throw error;
    }
  }
}

/**
 * Length and hash of a file and what could not be known of it, for the address that they are of and the recording that
 * their result was taken for: one that came since is not measured by them. A result that names its clip by nothing but
 * its id is of the file that the work item gave: of the present one, unless that came after the result was sent.
 */
async function describe(
  ledger: Ledger,
  group: readonly Understood[],
  catalogue: Catalogue,
  collection: Pick<Collection, 'describe'>,
): Promise<void> {
  for (const { item, reports } of group) {
    const current = reports.filter(({ report }) => report.kind === 'result' && !isOld(report, ledger, catalogue));
    if (current.length === 0) continue;
    const { episodeInfo, episodeHash, episodeDuration, analyzer, unheard } = item;
    const ofEpisode = {
      ...{ hash: episodeHash, durationNs: episodeDuration },
      ...{ mediaUri: episodeInfo.mediaUri, recording: ledger.recording?.number },
      unknowns: { analyzer, unheard },
    };
    if (isMeasured(ofEpisode) || unheard.length > 0) await collection.describe('episode', ledger.episode, ofEpisode);
    for (const { report, result } of current) {
      if (report.clip === undefined || result === undefined) continue;
      const entry = catalogue.byOrdinal.get(report.clip);
      const { clipInfo, clipHash, clipDuration, notJudged } = result;
      const isKnown = entry !== undefined && clipInfo.id !== undefined && isOfPresentFile(report, ledger, entry);
      const mediaUri = clipInfo.mediaUri ?? (isKnown ? entry.info.mediaUri : undefined);
      if (mediaUri === undefined) continue;
      const ofClip = {
        ...{ hash: clipHash, durationNs: clipDuration },
        ...{ mediaUri, recording: entry?.recording?.number },
        unknowns: { analyzer, notJudged },
      };
      const isJudgedNow = notJudged !== undefined || entry?.unknowns?.notJudged !== undefined;
      if (isMeasured(ofClip) || isJudgedNow) await collection.describe('clip', report.clip, ofClip);
    }
  }
}

/** Clips that came since the catalogue was read have one recording only. */
const isOld = (report: Report, ledger: Ledger, { byOrdinal }: Catalogue): boolean =>
  isOfOldRecording(report, ledger, byOrdinal.get(report.clip ?? 0));

/** The report as one of the present recordings, as far as it does not say of which it is. */
function ofPresent(report: Report, { recording }: Ledger, { byOrdinal }: Catalogue): Report {
  const { revisions, clip } = report;
  const ofClip = revisions?.clip ?? byOrdinal.get(clip ?? 0)?.info.revision ?? '';
  return { ...report, revisions: { episode: revisions?.episode ?? recording?.revision, clip: ofClip } };
}

function findingOf(
  ledger: Ledger,
  entry: ClipEntry | undefined,
  { item, message }: Understood,
  { report, result }: PairReport,
): Finding {
  const [ofEpisode, ofClip] = [ledger.recording?.number, entry?.recording?.number];
  return {
    episode: ledger.episode,
    clip: report.clip ?? 0,
    ...(ofEpisode !== undefined && { episodeRecording: ofEpisode }),
    ...(ofClip !== undefined && { clipRecording: ofClip }),
    offsetsNs: result?.clipOffsets ?? [],
    scores: result?.clipScores ?? [],
    ...(result !== undefined && result.clipHeardFrom.length > 0 && { heardFromNs: result.clipHeardFrom }),
    ...(result !== undefined && result.clipHeardTo.length > 0 && { heardToNs: result.clipHeardTo }),
    episodeFacts: { hash: item.episodeHash, durationNs: item.episodeDuration },
    clipFacts: { hash: result?.clipHash ?? '', durationNs: result?.clipDuration ?? 0 },
    researcher: item.researcher,
    analyzer: item.analyzer,
    researchDate: item.researchDate ?? timestampOf(message.sentAt),
  };
}

/** Cuts reports so that each cut may change the strikes of no more clips than fit into one write; their order stays. */
function* chunks(reports: readonly Report[], catalogue: Catalogue): Generator<Report[]> {
  let chunk: Report[] = [];
  let room = new WriteRoom();
  const striking = new Set<number>();
  for (const report of reports) {
    const clip = catalogue.byOrdinal.get(report.clip ?? 0);
    const strikes = report.kind === 'clipFailure' || report.kind === 'refused' || clip?.strikes !== undefined;
    if (report.clip !== undefined && strikes && !striking.has(report.clip)) {
      if (!room.take(clip)) {
        yield chunk;
        chunk = [];
        striking.clear();
        room = new WriteRoom();
        room.take(clip);
      }
      striking.add(report.clip);
    }
    chunk.push(report);
  }
  if (chunk.length > 0) yield chunk;
}
