import type { Catalogue, ClipEntry, Finding } from '../../domain/collection.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { type Report, type ReportCounts, reported } from '../../domain/reports.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import { type Collection, type Ledgers, VersionConflict } from '../ports.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import type { Settlement } from './settle.ts';
import type { Understood } from './understand.ts';

export interface RecordEpisodePorts {
  readonly collection: Pick<Collection, 'entries' | 'recordFinding' | 'describe'>;
  readonly ledgers: Pick<Ledgers, 'read' | 'write'>;
  readonly settings: ResearchSettings;
  readonly settlement: Settlement;
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
/** A transaction takes 100 items: ledger, counter, and these, with room for reasons. */
const CLIPS_A_WRITE = 80;

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
  const { recorded, reports, findings } = await recordFindings(episode, group, ports);
  recordedSoFar.findings += findings;
  let known = ledgerRead;
  for (const chunk of chunks(reports, CLIPS_A_WRITE, catalogue)) {
    const counts = await writeLedger(episode, chunk, catalogue, known, ports);
    // Only the first write may use the ledger as it was read while resolving.
    known = undefined;
    for (const [name, count] of Object.entries(counts) as [keyof ReportCounts, number][]) recordedSoFar[name] += count;
  }
  await describe(episode, recorded, ports.collection);
  await ports.settlement.acknowledge(recorded.filter(({ keep }) => !keep).map(({ message }) => message));
  for (const { report, keep } of recorded) if (report.kind === 'signOfLife' && !keep) recordedSoFar.signsOfLife++;
}

/** A finding that cannot be stored leaves its own message behind, and no other. */
async function recordFindings(
  episode: number,
  group: readonly Understood[],
  { collection, settlement }: Pick<RecordEpisodePorts, 'collection' | 'settlement'>,
): Promise<{ readonly recorded: Understood[]; readonly reports: Report[]; readonly findings: number }> {
  const inOrder = [...group].sort((a, b) => a.report.sentAt - b.report.sentAt);
  const byClip = new Map<number, Understood[]>();
  const fresh = new Set<Understood>();
  const failed = new Set<Understood>();
  for (const understood of inOrder) {
    const { clip, found } = understood.report;
    if (found !== true || clip === undefined) continue;
    byClip.set(clip, [...(byClip.get(clip) ?? []), understood]);
  }
  await inParallel(byClip, FINDINGS_AT_A_TIME, async ([clip, results]) => {
    for (const result of results) {
      try {
        const outcome = await collection.recordFinding(findingOf(episode, clip, result));
        if (outcome === 'recorded' || outcome === 'variant') fresh.add(result);
      } catch (error) {
        failed.add(result);
        settlement.leave([result.message], `Finding of clip ${clip} in episode ${episode}: ${String(error)}`);
      }
    }
  });
  const recorded = inOrder.filter((understood) => !failed.has(understood));
  const reports = recorded.map((one) => ({ ...one.report, newFinding: fresh.has(one) }));
  return { recorded, reports, findings: fresh.size };
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

async function describe(
  episode: number,
  group: readonly Understood[],
  collection: Pick<Collection, 'describe'>,
): Promise<void> {
  for (const { item, report } of group) {
    if (report.kind !== 'result') continue;
    const { episodeInfo, clipInfo } = item;
    const ofEpisode = { hash: item.episodeHash, durationNs: item.episodeDuration, mediaUri: episodeInfo.mediaUri };
    if (ofEpisode.hash !== '' || ofEpisode.durationNs > 0) await collection.describe('episode', episode, ofEpisode);
    if (report.clip === undefined || clipInfo?.mediaUri === undefined) continue;
    const ofClip = { hash: item.clipHash, durationNs: item.clipDuration, mediaUri: clipInfo.mediaUri };
    if (ofClip.hash !== '' || ofClip.durationNs > 0) {
      await collection.describe('clip', report.clip, ofClip);
    }
  }
}

function findingOf(episode: number, clip: number, { item, message }: Understood): Finding {
  return {
    episode,
    clip,
    offsetsNs: item.clipOffsets,
    scores: item.clipScores,
    episodeFacts: { hash: item.episodeHash, durationNs: item.episodeDuration },
    clipFacts: { hash: item.clipHash, durationNs: item.clipDuration },
    researcher: item.researcher,
    analyzer: item.analyzer,
    researchDate: item.researchDate ?? timestampOf(message.sentAt),
  };
}

/** Cuts reports so that each cut changes the strikes of at most `most` clips; their order stays. */
function* chunks(reports: readonly Report[], most: number, catalogue: Catalogue): Generator<Report[]> {
  let chunk: Report[] = [];
  const striking = new Set<number>();
  for (const report of reports) {
    const strikes = report.kind === 'clipFailure' || catalogue.byOrdinal.get(report.clip ?? 0)?.strikes !== undefined;
    if (report.clip !== undefined && strikes) striking.add(report.clip);
    if (striking.size > most) {
      yield chunk;
      chunk = [];
      striking.clear();
    }
    chunk.push(report);
  }
  if (chunk.length > 0) yield chunk;
}
