import type { Catalogue, ClipEntry } from '../../domain/collection.ts';
import { drainBegun, drainEnded, paced } from '../../domain/control.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { timestampOf } from '../../domain/timestamp.ts';
import { triedNow } from '../../domain/trial.ts';
import {
  type Clock,
  type Collection,
  type CompletedQueue,
  type DeadLetters,
  type Ledgers,
  type ReceivedMessage,
  UnreadableItem,
} from '../ports.ts';
import { toTheEnd } from '../runtime/ended-early.ts';
import { inParallel } from '../runtime/in-parallel.ts';
import { type Batch, Freshness, receiveBatch } from './receive-batch.ts';
import { type Recorded, recordEpisode } from './record-episode.ts';
import { resolver } from './resolve.ts';
import { type Settled, Settlement } from './settle.ts';
import type { Understood, understand } from './understand.ts';

export interface RecordDependencies {
  readonly collection: Pick<
    Collection,
    'owners' | 'entries' | 'catalogue' | 'recordFinding' | 'hasFinding' | 'describe'
  >;
  readonly ledgers: Pick<Ledgers, 'read' | 'write' | 'changeControl'>;
  readonly completedQueue: CompletedQueue;
  readonly deadLetters: DeadLetters;
  /** What reads messages: not asked for while the queue is empty. */
  readonly understanding: () => Promise<{ readonly understand: typeof understand }>;
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
export interface RecordSummary extends Recorded, Settled {
  end: RecordEnd;
  received: number;
  /** Kept for a while, since their clip or episode may still be on its way. */
  kept: number;
  drainedUntil: string | null;
}

/** The last batch begins with at least so much time left; a batch must be recorded within it. */
const TIME_RESERVE_MS = 12_000;
/** Each receive of ten takes SQS some 15 ms: eight at a time keep a processor busy with what they bring. */
const RECEIVERS = 8;
const EPISODES_AT_A_TIME = 8;

/**
 * One run of the completed-research archivist: drains the queue, records results, renews leases, notes last words and
 * failures, and moves drainedUntil on. It never ends a lease.
 *
 * What fails for one message or episode is noted in `failures` and concerns no other; the caller must not swallow it.
 * @throws EndedEarly with the summary so far, when what the whole run needs fails
 */
export async function recordResearch(dependencies: RecordDependencies): Promise<RecordSummary> {
  const summary: RecordSummary = {
    end: 'queue empty',
    received: 0,
    researched: 0,
    findings: 0,
    negatives: 0,
    duplicates: 0,
    outdated: 0,
    late: 0,
    signsOfLife: 0,
    pairsStruck: 0,
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
  return toTheEnd(summary, () => drain(dependencies, summary));
}

async function drain(dependencies: RecordDependencies, summary: RecordSummary): Promise<RecordSummary> {
  const { ledgers, completedQueue, clock, runId, timeLeft, visibilityMs, receivers = RECEIVERS } = dependencies;
  const settlement = new Settlement(completedQueue, dependencies.deadLetters, summary);
  const runStart = clock();
  const mayHideUntil = runStart + timeLeft() + visibilityMs;
  await ledgers.changeControl((control) => drainBegun(control, runId, mayHideUntil, clock()));

  const freshness = new Freshness(runStart);
  const hasTime = () => timeLeft() > TIME_RESERVE_MS;
  const tried = new Map<number, ClipEntry>();
  let catalogue: Catalogue | undefined;
  let batch: Batch;
  do {
    batch = await receiveBatch(completedQueue, receivers, freshness, clock, hasTime);
    summary.received += batch.messages.length;
    summary.failures.push(...batch.failures);
    if (batch.messages.length > 0)
      catalogue = (await recordBatch(batch.messages, dependencies, settlement, tried, summary)) ?? catalogue;
  } while (batch.emptyAt === undefined && batch.failures.length === 0 && hasTime());

  if (batch.failures.length > 0) summary.end = 'failed';
  else if (batch.emptyAt === undefined) summary.end = 'time nearly up';
  // A receive that failed may have hidden messages nobody has seen.
  const outcome = {
    emptiedUntil: batch.emptyAt ?? freshness.caughtUpTo,
    byNewerOnes: batch.emptyAt === undefined,
    endedAt: clock(),
    undeleted: summary.undeleted > 0 || batch.failures.length > 0,
    hiddenUntil: clock() + visibilityMs,
  };
  const known = catalogue;
  const control = await ledgers.changeControl((latest) => {
    const ended = paced(drainEnded(latest, runId, outcome), summary.researched, clock());
    return known === undefined ? ended : triedNow(ended, tried.values(), known);
  });
  summary.drainedUntil = control.drainedUntil === 0 ? null : timestampOf(control.drainedUntil);
  return summary;
}

/** @returns the clips as they were read, if they could be */
async function recordBatch(
  messages: readonly ReceivedMessage[],
  dependencies: Pick<RecordDependencies, 'collection' | 'ledgers' | 'settings' | 'clock' | 'understanding'>,
  settlement: Settlement,
  tried: Map<number, ClipEntry>,
  summary: RecordSummary,
): Promise<Catalogue | undefined> {
  const { collection, ledgers, settings, clock } = dependencies;
  let catalogue: Catalogue;
  try {
    catalogue = await collection.catalogue();
  } catch (error) {
    settlement.leave(messages, `Reading the clips failed: ${String(error)}`);
    return undefined;
  }
  const ledgersRead = new Map<number, Ledger>();
  const resolve = resolver(collection, ledgers, catalogue, ledgersRead);
  const { understand } = await dependencies.understanding();
  const understood = (message: ReceivedMessage) => understand(message, resolve, clock, settings);
  const groups = await byEpisode(messages, understood, settlement, summary);
  const ports = { collection, ledgers, settings, settlement, tried };
  await inParallel(groups, EPISODES_AT_A_TIME, async ([episode, group]) => {
    try {
      await recordEpisode(episode, group, catalogue, ledgersRead.get(episode), ports, summary);
    } catch (error) {
      // What is kept for its clip's sake has said of its lease, too, what is not recorded: it holds up drainedUntil, but is not hopeless.
      const isDamaged = error instanceof UnreadableItem;
      const messagesLeft = group.filter(({ fate }) => !isDamaged || fate !== 'keep').map(({ message }) => message);
      await settlement.notRecorded(messagesLeft, `Episode ${episode}`, error);
    }
  });
  return catalogue;
}

/** What is understood, by episode; everything else is settled. */
async function byEpisode(
  messages: readonly ReceivedMessage[],
  understood: (message: ReceivedMessage) => ReturnType<typeof understand>,
  settlement: Settlement,
  summary: Pick<RecordSummary, 'kept'>,
): Promise<ReadonlyMap<number, Understood[]>> {
  const groups = new Map<number, Understood[]>();
  await inParallel(messages, EPISODES_AT_A_TIME, async (message) => {
    try {
      const understanding = await understood(message);
      if (understanding.kind === 'refused') return await settlement.refuse(message, understanding.reason);
      if (understanding.kind === 'unknown' || understanding.fate === 'keep') summary.kept++;
      if (understanding.kind === 'unknown') return;
      const group = groups.get(understanding.episode);
      if (group === undefined) groups.set(understanding.episode, [understanding]);
      else group.push(understanding);
    } catch (error) {
      await settlement.notRecorded([message], `Message ${message.id}`, error);
    }
  });
  return groups;
}
