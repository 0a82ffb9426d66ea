import { type Catalogue, type EpisodeEntry, isOfRecordings, recordingOf } from '../domain/collection.ts';
import type { Ledger } from '../domain/ledger.ts';
import { UnreadableItem } from '../functions/ports.ts';
import type { ArchiveClient } from '../operating/archive-client.ts';
import { everyFinding } from '../operating/reading/findings.ts';
import { readStatusFacts } from '../operating/reading/status-facts.ts';
import { type Status, statusOf } from '../operating/status.ts';
import type { StoredFinding } from '../operating/tables/dynamo-operations.ts';

/** Everything that a report is made of, as read at one time. */
export interface ReportFacts {
  readonly status: Pick<Status, 'at' | 'paused' | 'pairs' | 'pairsAMinute' | 'estimatedEnd' | 'outlookSentence'>;
  readonly catalogue: Catalogue;
  readonly episodes: ReadonlyMap<number, EpisodeEntry>;
  readonly ledgers: readonly Ledger[];
  /** Episodes whose ledger is damaged. */
  readonly unreadable: readonly number[];
  /** With variants. */
  readonly findings: readonly StoredFinding[];
}

/** Reads the whole archive: on AWS about a read unit for every 4 KB of it. */
export async function readReportFacts(client: ArchiveClient): Promise<ReportFacts> {
  const findings: StoredFinding[] = [];
  for await (const finding of everyFinding(client)) {
    findings.push(finding);
  }
  const [facts, counter] = await Promise.all([readStatusFacts(client), client.collection.counter('episode')]);
  const episodes = await readableEpisodes(client, counter.lastOrdinal);
  const { catalogue, ledgers, unreadable } = facts;
  // Those of recordings that were replaced since say nothing of what is there now.
  const current = findings.filter((finding) => {
    const [episode, clip] = [episodes.get(finding.episode), catalogue.byOrdinal.get(finding.clip)];
    return !episode || !clip || isOfRecordings(finding, recordingOf(episode), recordingOf(clip));
  });
  return { status: statusOf(facts), catalogue, episodes, ledgers, unreadable, findings: current };
}

const AT_A_TIME = 100;

/** Every episode there is; one that cannot be read hides no other. */
async function readableEpisodes(
  { collection }: ArchiveClient,
  lastOrdinal: number,
): Promise<ReadonlyMap<number, EpisodeEntry>> {
  const episodes = new Map<number, EpisodeEntry>();
  const read = async (ordinals: readonly number[]) => {
    for (const [ordinal, entry] of await collection.entries('episode', ordinals)) episodes.set(ordinal, entry);
  };
  for (let start = 1; start <= lastOrdinal; start += AT_A_TIME) {
    const ordinals = Array.from({ length: Math.min(AT_A_TIME, lastOrdinal - start + 1) }, (_, index) => start + index);
    try {
      await read(ordinals);
    } catch (error) {
      if (!(error instanceof UnreadableItem)) throw error;
      for (const ordinal of ordinals) await read([ordinal]).catch(unlessUnreadable);
    }
  }
  return episodes;
}

function unlessUnreadable(error: unknown): void {
  if (!(error instanceof UnreadableItem)) throw error;
}
