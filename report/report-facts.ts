import { type Catalogue, type EpisodeEntry, isOfRecordings, recordingOf } from '../domain/collection.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { ArchiveClient } from '../operating/archive-client.ts';
import { everyFinding } from '../operating/reading/findings.ts';
import { type Descriptions, descriptions, lightEpisodes } from '../operating/reading/light-entries.ts';
import { readStatusFacts } from '../operating/reading/status-facts.ts';
import { slowReading } from '../operating/slow-reading.ts';
import { type Status, statusOf } from '../operating/status.ts';
import type { StoredFinding } from '../operating/tables/dynamo-operations.ts';
import { FoundFindings } from './found-findings.ts';

/** Everything that a report is made of, as read at one time, but for descriptions, which are read as they are written. */
export interface ReportFacts {
  readonly status: Pick<
    Status,
    'at' | 'paused' | 'episodes' | 'pairs' | 'pairsAMinute' | 'estimatedEnd' | 'outlookSentence'
  >;
  readonly catalogue: Catalogue;
  readonly episodes: ReadonlyMap<number, EpisodeEntry>;
  readonly ledgers: readonly Ledger[];
  /** Episodes whose ledger is damaged. */
  readonly unreadable: readonly number[];
  /** With variants: those of clips and episodes that there are, of the recordings that are there now. */
  readonly findings: FoundFindings;
  readonly describe: Descriptions;
}

/** Reads the whole archive: on AWS about a read unit for every 4 KB of it. */
export async function readReportFacts(client: ArchiveClient): Promise<ReportFacts> {
  const [known, episodes] = await Promise.all([withoutFound(client), lightEpisodes(client)]);
  const { catalogue } = known;
  const findings = new FoundFindings();
  for await (const some of everyFinding(client, slowReading('thing'))) {
    for (const finding of some) if (isShown(finding, { catalogue, episodes })) findings.add(finding);
  }
  const describe: Descriptions = (kind, ordinals) => descriptions(client, kind, ordinals);
  return { ...known, episodes, findings, describe };
}

/** What ledgers keep of findings is told by the findings here: of 40,000 ledgers it is 50 MB. */
async function withoutFound(
  client: ArchiveClient,
): Promise<Pick<ReportFacts, 'status' | 'catalogue' | 'ledgers' | 'unreadable'>> {
  const facts = await readStatusFacts(client);
  const { catalogue, unreadable } = facts;
  const ledgers = facts.ledgers.map(({ found: _found, ...ledger }) => ledger);
  return { status: statusOf(facts), catalogue, ledgers, unreadable };
}

/** Those of recordings that were replaced since say nothing of what is there now. */
export function isShown(
  finding: StoredFinding,
  { catalogue, episodes }: Pick<ReportFacts, 'catalogue' | 'episodes'>,
): boolean {
  const [episode, clip] = [episodes.get(finding.episode), catalogue.byOrdinal.get(finding.clip)];
  return (
    episode !== undefined && clip !== undefined && isOfRecordings(finding, recordingOf(episode), recordingOf(clip))
  );
}
