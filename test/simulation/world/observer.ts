import type { Catalogue, ClipEntry, Finding, Kind } from '../../../domain/collection.ts';
import type { Control } from '../../../domain/control.ts';
import type { Ledger, LedgerState } from '../../../domain/ledger.ts';
import type { PendingResearchItem } from '../../../domain/messages.ts';
import type { RecordSummary } from '../../../functions/completed-research-archivist/drain.ts';
import type { AssignSummary } from '../../../functions/pending-research-archivist/assign-research.ts';
import type { CollectionChange, EntryOf, LedgerChange, WorkItem } from '../../../functions/ports.ts';
import type { Process } from './process.ts';

/** Who is told of everything that happens in a world, as it happens; the world knows nothing of the rules that it may be judged by. */
export interface Observer {
  /** When the index showed the ledger as it is now, at the latest. */
  shownSince(episode: number): number;
  /** Whether somebody else wrote the ledger since the index showed it to the run. */
  othersWrote(process: Process, episode: number): boolean;
  /** The best rank at which the index may have shown the episode to the run. */
  bestRank(process: Process, ledger: Ledger): string;
  runBegins(process: Process): void;
  ledgerWritten(
    process: Process,
    before: Ledger | undefined,
    after: Ledger,
    change: LedgerChange,
    clipsBefore: readonly (ClipEntry | undefined)[],
  ): void;
  /** An operator wrote the ledger. */
  operated(ledger: Ledger): void;
  setAside(process: Process, episode: number, before: LedgerState | undefined): void;
  collectionChanged<K extends Kind>(
    process: Process,
    change: CollectionChange<K>,
    before: readonly (EntryOf[K] | undefined)[],
    ledgersBefore: readonly (Ledger | undefined)[],
  ): void;
  catalogueRead(process: Process, catalogue: Catalogue, since: number): void;
  findingRecorded(process: Process, finding: Finding, outcome: string): void;
  /** Facts of an entry were told. */
  described(kind: Kind, ordinal: number): void;
  workItemSent(process: Process, item: WorkItem): void;
  taken(item: PendingResearchItem, who: string): void;
  counted(process: Process, visible: number): void;
  controlWritten(process: Process, before: Control, after: Control): void;
  acknowledged(process: Process, receipt: string): void;
  givenUp(process: Process, body: string, reason: string): void;
  /** A curated message was acknowledged. */
  archived(process: Process, kind: Kind, body: string): void;
  /** Nothing curated of the kind waits or is under way. */
  allArchived(kind: Kind): void;
  assignEnds(process: Process, summary: AssignSummary): void;
  recordEnds(process: Process, summary: RecordSummary): void;
}
