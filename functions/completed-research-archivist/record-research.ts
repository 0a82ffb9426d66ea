import type { Catalogue, ClipEntry, Finding } from '../../domain/collection.ts';
import { drainBegun, drainEnded, paced } from '../../domain/control.ts';
import type { Ledger } from '../../domain/ledger.ts';
import {
  type CompletedResearchItem,
  InvalidMessage,
  meaningOf,
  parseCompletedResearchItem,
} from '../../domain/messages.ts';
import { type Report, type ReportCounts, reported } from '../../domain/reports.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import {
  type Clock,
  type Collection,
  type CompletedQueue,
  type DeadLetters,
  type Ledgers,
  type ReceivedMessage,
  UnreadableItem,
  VersionConflict,
} from '../ports.ts';
import { toTheEnd } from '../runtime/ended-early.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import { type Batch, Freshness, receiveBatch } from './receive-batch.ts';
import { type Resolver, resolver } from './resolve.ts';

export interface RecordDependencies {
  readonly collection: Pick<Collection, 'owners' | 'entries' | 'catalogue' | 'recordFinding' | 'describe'>;
  readonly ledgers: Pick<Ledgers, 'read' | 'write' | 'changeControl'>;
  readonly completedQueue: CompletedQueue;
  readonly deadLetters: DeadLetters;
  readonly settings: ResearchSettings;
  readonly clock: Clock;
  /** ms until the run must have ended. */
  readonly timeLeft: () => number;
  /** Unique among runs. */
  readonly runId: string;
  /** How long a received message stays hidden, ms. */
  readonly visibilityMs: number;
  /** Receives under way at a time. */
  readonly receivers?: number;
}

export type RecordEnd = 'queue empty' | 'time nearly up' | 'failed';

/** What a run did, for whoever invoked it, its log line and its metrics. */
export interface RecordSummary extends Record<keyof ReportCounts, number> {
  end: RecordEnd;
  received: number;
  /** Pairs with a finding, or a variant of one, that was not known before. */
  findings: number;
  /** Messages that only said that a lease is alive or over. */
  signsOfLife: number;
  /** Kept for a while, since their clip or episode may still be on its way. */
  kept: number;
  deadLettered: number;
  /** Left to be received again after a failure. */
  undeleted: number;
  drainedUntil: string | null;
  readonly failures: string[];
}

/** The last batch begins with at least so much time left; a batch must be recorded within it. */
const TIME_RESERVE_MS = 12_000;
/** Each receive of ten takes SQS some 15 ms: eight at a time keep a processor busy with what they bring. */
const RECEIVERS = 8;
const EPISODES_AT_A_TIME = 8;
const FINDINGS_AT_A_TIME = 8;
const WRITE_ATTEMPTS = 10;
/** A transaction takes 100 items: ledger, counter, and these, with room for reasons. */
const CLIPS_A_WRITE = 80;

/**
 * One run of the completed-research archivist: drains the queue, records results, renews leases, notes last words and
 * failures, and moves drainedUntil on. It never ends a lease.
 *
 * What fails for one message or episode is noted in `failures` and concerns no other; the caller must not swallow it.
 * @throws EndedEarly with the summary so far, when what the whole run needs fails
 */
export async function recordResearch(dependencies: RecordDependencies): Promise<RecordSummary> {
  const drain = new Drain(dependencies);
  return toTheEnd(drain.summary, () => drain.run());
}

/** A message that is understood: what it reports, and what it carries for the collection. */
interface Understood {
  readonly message: ReceivedMessage;
  readonly item: CompletedResearchItem;
  readonly episode: number;
  readonly report: Report;
  /** Its clip is unknown yet: only its sign of life counts, and it stays in the queue. */
  readonly keep: boolean;
}

class Drain {
  private readonly use: RecordDependencies;
  readonly summary: RecordSummary = {
    end: 'queue empty',
    received: 0,
    researched: 0,
    findings: 0,
    negatives: 0,
    duplicates: 0,
    late: 0,
    signsOfLife: 0,
    clipsStruck: 0,
    episodesStruck: 0,
    parked: 0,
    failuresCounted: 0,
    kept: 0,
    deadLettered: 0,
    undeleted: 0,
    drainedUntil: null,
    failures: [],
  };

  constructor(dependencies: RecordDependencies) {
    this.use = dependencies;
  }

  async run(): Promise<RecordSummary> {
    const { ledgers, clock, runId, timeLeft, visibilityMs } = this.use;
    const { summary } = this;
    const runStart = clock();
    const mayHideUntil = runStart + timeLeft() + visibilityMs;
    await ledgers.changeControl((control) => drainBegun(control, runId, mayHideUntil, clock()));

    const freshness = new Freshness(runStart);
    const hasTime = () => timeLeft() > TIME_RESERVE_MS;
    let batch: Batch;
    do {
      batch = await receiveBatch(this.use.completedQueue, this.use.receivers ?? RECEIVERS, freshness, clock, hasTime);
      summary.received += batch.messages.length;
      summary.failures.push(...batch.failures);
      if (batch.messages.length > 0) await this.record(batch.messages);
    } while (batch.emptyAt === undefined && batch.failures.length === 0 && hasTime());

    if (batch.failures.length > 0) summary.end = 'failed';
    else if (batch.emptyAt === undefined) summary.end = 'time nearly up';
    // A receive that failed may have hidden messages nobody has seen.
    const outcome = {
      emptiedUntil: batch.emptyAt ?? freshness.caughtUpTo,
      undeleted: summary.undeleted > 0 || batch.failures.length > 0,
      hiddenUntil: clock() + visibilityMs,
    };
    const control = await ledgers.changeControl((latest) =>
      paced(drainEnded(latest, runId, outcome), summary.researched, clock()),
    );
    summary.drainedUntil = control.drainedUntil === 0 ? null : timestampOf(control.drainedUntil);
    return summary;
  }

  private async record(messages: readonly ReceivedMessage[]): Promise<void> {
    const { collection, ledgers } = this.use;
    let catalogue: Catalogue;
    try {
      catalogue = await collection.catalogue();
    } catch (error) {
      this.failed(messages, `Reading the clips failed: ${String(error)}`);
      return;
    }
    const ledgersRead = new Map<number, Ledger>();
    const resolve = resolver(collection, ledgers, catalogue, ledgersRead);
    const groups = new Map<number, Understood[]>();
    await inParallel(messages, EPISODES_AT_A_TIME, async (message) => {
      try {
        const understood = await this.understand(message, resolve);
        if (understood === undefined) return;
        const group = groups.get(understood.episode);
        if (group === undefined) groups.set(understood.episode, [understood]);
        else group.push(understood);
      } catch (error) {
        await this.notRecorded([message], `Message ${message.id}`, error);
      }
    });
    await inParallel(groups, EPISODES_AT_A_TIME, async ([episode, group]) => {
      try {
        await this.recordEpisode(episode, group, catalogue, ledgersRead.get(episode));
      } catch (error) {
        const messagesLeft = group.filter(({ keep }) => !keep).map(({ message }) => message);
        await this.notRecorded(messagesLeft, `Episode ${episode}`, error);
      }
    });
  }

  /** @returns undefined when the message went to the dead letters, or is kept for its unknown episode */
  private async understand(message: ReceivedMessage, resolve: Resolver): Promise<Understood | undefined> {
    let item: CompletedResearchItem;
    try {
      item = parseCompletedResearchItem(message.body);
    } catch (error) {
      if (!(error instanceof InvalidMessage)) throw error;
      await this.deadLetter(message, error.message);
      return undefined;
    }
    const meaning = meaningOf(item);
    const episode = await resolve.episode(item.episodeInfo);
    const clipInfo = 'clip' in meaning ? meaning.clip : undefined;
    const clip = clipInfo === undefined ? undefined : await resolve.clip(clipInfo);
    const found = meaning.kind === 'result' && meaning.found;
    const base = {
      leaseId: item.leaseId,
      sentAt: message.sentAt,
      lastWord: meaning.lastWord,
      researcher: item.researcher,
      reason: 'reason' in meaning ? meaning.reason : '',
    };
    const unknown =
      episode === undefined ? 'episode' : clipInfo !== undefined && clip === undefined ? 'clip' : undefined;
    if (unknown !== undefined) {
      if (this.use.clock() - message.sentAt >= this.use.settings.unknownRetry * 1000) {
        await this.deadLetter(message, unknownReason(unknown, unknown === 'clip' ? clipInfo : item.episodeInfo));
        return undefined;
      }
      this.summary.kept++;
      if (episode === undefined) return undefined;
      return { message, item, episode, report: { ...base, kind: 'signOfLife' }, keep: true };
    }
    if (episode === undefined) return undefined;
    return { message, item, episode, report: { ...base, kind: meaning.kind, clip, found }, keep: false };
  }

  /** Findings first, then the ledger, then facts, then the messages go: at each step a crash only means doing it again. */
  private async recordEpisode(
    episode: number,
    group: readonly Understood[],
    catalogue: Catalogue,
    ledgerRead: Ledger | undefined,
  ): Promise<void> {
    const { recorded, reports } = await this.recordFindings(episode, group);
    for (const chunk of chunks(reports, CLIPS_A_WRITE, catalogue)) {
      const counts = await this.writeLedger(episode, chunk, catalogue, ledgerRead);
      // Only the first write may use the ledger as it was read while resolving.
      ledgerRead = undefined;
      for (const [name, count] of Object.entries(counts) as [keyof ReportCounts, number][]) this.summary[name] += count;
    }
    await this.describe(episode, recorded);
    await this.deleteAll(recorded.filter(({ keep }) => !keep).map(({ message }) => message));
    for (const { report, keep } of recorded) if (report.kind === 'signOfLife' && !keep) this.summary.signsOfLife++;
  }

  /** A finding that cannot be stored leaves its own message behind, and no other. */
  private async recordFindings(
    episode: number,
    group: readonly Understood[],
  ): Promise<{ readonly recorded: Understood[]; readonly reports: Report[] }> {
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
          const outcome = await this.use.collection.recordFinding(findingOf(episode, clip, result));
          if (outcome === 'recorded' || outcome === 'variant') fresh.add(result);
        } catch (error) {
          failed.add(result);
          this.failed([result.message], `Finding of clip ${clip} in episode ${episode}: ${String(error)}`);
        }
      }
    });
    this.summary.findings += fresh.size;
    const recorded = inOrder.filter((understood) => !failed.has(understood));
    return { recorded, reports: recorded.map((one) => ({ ...one.report, newFinding: fresh.has(one) })) };
  }

  private async writeLedger(
    episode: number,
    reports: readonly Report[],
    catalogue: Catalogue,
    ledgerRead: Ledger | undefined,
  ): Promise<ReportCounts> {
    const { ledgers, collection, settings } = this.use;
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

  private async describe(episode: number, group: readonly Understood[]): Promise<void> {
    const { collection } = this.use;
    for (const { item, report } of group) {
      if (report.kind !== 'result') continue;
      const { episodeInfo, clipInfo } = item;
      const ofEpisode = { hash: item.episodeHash, durationNs: item.episodeDuration, mediaUri: episodeInfo.mediaUri };
      if (ofEpisode.hash !== '' || ofEpisode.durationNs > 0) await collection.describe('episode', episode, ofEpisode);
      if (report.clip === undefined || clipInfo === undefined) continue;
      const ofClip = { hash: item.clipHash, durationNs: item.clipDuration, mediaUri: clipInfo.mediaUri };
      if (ofClip.hash !== '' || ofClip.durationNs > 0) {
        await collection.describe('clip', report.clip, ofClip);
      }
    }
  }

  private async deadLetter(message: ReceivedMessage, reason: string): Promise<void> {
    await this.use.deadLetters.send(message.body, reason);
    this.summary.deadLettered++;
    await this.deleteAll([message]);
  }

  private async deleteAll(messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const failed = await this.use.completedQueue.delete(messages.map(({ receipt }) => receipt));
    if (failed.length === 0) return;
    this.summary.undeleted += failed.length;
    this.summary.failures.push(`${failed.length} recorded messages could not be deleted; they will come again`);
  }

  /**
   * Results of an episode whose ledger is damaged are hopeless until somebody mends it: among the dead letters they
   * wait for that, and hold up neither drainedUntil nor anybody else. Everything else may succeed the next time.
   */
  private async notRecorded(messages: readonly ReceivedMessage[], what: string, error: unknown): Promise<void> {
    if (!(error instanceof UnreadableItem)) {
      this.failed(messages, `${what}: ${String(error)}`);
      return;
    }
    this.summary.failures.push(`${what}: ${error.message}`);
    for (const message of messages) {
      try {
        await this.deadLetter(message, `${error.message}. Redrive this once it is mended.`);
      } catch (second) {
        this.failed([message], `${what}: ${String(second)}`);
      }
    }
  }

  private failed(messages: readonly ReceivedMessage[], reason: string): void {
    this.summary.undeleted += messages.length;
    this.summary.failures.push(reason);
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

function unknownReason(kind: 'clip' | 'episode', info: { title: string; mediaUri: string } | undefined): string {
  const name = `title ${JSON.stringify(info?.title.slice(0, 100))}, mediaUri ${JSON.stringify(info?.mediaUri.slice(0, 200))}`;
  return `Unknown ${kind}: the collection has none with ${name}, or with the id that came.`;
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
