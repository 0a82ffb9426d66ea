import type { NameChange } from '../domain/claims.ts';
import type {
  Catalogue,
  ClipEntry,
  Counter,
  EpisodeEntry,
  FactsOfMedium,
  Finding,
  Kind,
} from '../domain/collection.ts';
import type { Control } from '../domain/control.ts';
import type { Claim, Name } from '../domain/identity.ts';
import type { LeaseSummary, Ledger } from '../domain/ledger.ts';

/** ms since the epoch. The one source of time of a handler; what it calls gets the time as a value or this function. */
export type Clock = () => number;

/** A conditional write met a newer version: read again, decide again. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict';
}

/** A stored item that cannot be understood. */
export class UnreadableItem extends Error {
  override readonly name = 'UnreadableItem';
}

/** Entry types by kind. */
export interface EntryOf {
  clip: ClipEntry;
  episode: EpisodeEntry;
}

/** One transaction of the clips or the episodes archivist. */
export interface CollectionChange<K extends Kind> {
  readonly kind: K;
  /** `version` is the stored one; 0 for an insertion. */
  readonly entries: readonly EntryOf[K][];
  /** New names, none of which may exist, and addresses that others had (see `NameChange.from`). */
  readonly names: readonly NameChange[];
  /** Given when ordinals are taken: the last ordinal as read, and the one after the change. */
  readonly ordinals?: { readonly before: number; readonly after: number };
  /** Of those entries the ones whose file is another: its facts go. Those of all others stay as they are stored. */
  readonly newMedia?: ReadonlySet<number>;
  readonly raisesAssignable: boolean;
  readonly raisesCatalogue: boolean;
  /** Ledgers of the episodes; `version` is the stored one, 0 for a new ledger. */
  readonly ledgers: readonly Ledger[];
}

/** The clips and episodes and where the clips were found. All reads are strongly consistent unless said otherwise. */
export interface Collection {
  owners(kind: Kind, names: readonly Name[]): Promise<ReadonlyMap<Name, number>>;
  /** The same, with since when an address was whose. */
  claims(kind: Kind, names: readonly Name[]): Promise<ReadonlyMap<Name, Claim>>;
  entries<K extends Kind>(kind: K, ordinals: readonly number[]): Promise<ReadonlyMap<number, EntryOf[K]>>;
  counter(kind: Kind): Promise<Counter>;
  /** @throws VersionConflict when a version, a name or the counter is not as read; nothing is changed then. */
  change<K extends Kind>(change: CollectionChange<K>): Promise<void>;
  /** Sets lastDateCurated alone. @throws VersionConflict */
  touch<K extends Kind>(kind: K, entry: EntryOf[K]): Promise<void>;
  /** The clips, cached as long as their catalogue version stands. */
  catalogue(): Promise<Catalogue>;
  /** Records a finding, or a variant of one; the same again changes nothing. */
  recordFinding(finding: Finding): Promise<'recorded' | 'variant' | 'duplicate' | 'surplus'>;
  /** Whether this very finding is there: what it says, of which recordings, who said it and when. */
  hasFinding(finding: Finding): Promise<boolean>;
  /**
   * Keeps the first facts reported of the entry's current medium (its address and its recording), and the latest word on
   * what could not be known of it (see `laterWord`; that of a clip raises `catalogueVersion`). Facts of another medium
   * change nothing.
   */
  describe(kind: Kind, ordinal: number, facts: FactsOfMedium): Promise<void>;
}

/** An episode that the index of assignment nominates; only the strongly read ledger decides. */
export interface Nominee {
  readonly episode: number;
  readonly position: string;
}

/** A ledger and what changes with it in one transaction. */
export interface LedgerChange {
  /** `version` is the one read; it is stored as `version` + 1. */
  readonly ledger: Ledger;
  /** Clips with other strikes; `version` is the one read. They raise `catalogueVersion`. */
  readonly clips?: readonly ClipEntry[];
  readonly parkedReasons?: readonly { readonly clip: number; readonly reason: string }[];
}

/** The Leases table. */
export interface Ledgers {
  /** Strongly consistent. @throws UnreadableItem */
  read(episode: number): Promise<Ledger | undefined>;
  /** @returns the ledger as stored. @throws VersionConflict; nothing is changed then */
  write(change: LedgerChange): Promise<Ledger>;
  /** Every episode with leases, from an index that may be stale. */
  withLeases(): Promise<readonly { readonly episode: number; readonly leases: readonly LeaseSummary[] }[]>;
  /** Episodes of one state by ascending position, from an index that may be stale; `before` bounds the position. */
  nominees(
    state: 'OPEN' | 'STRUCK' | 'WAITING' | 'COMPLETE',
    options?: { readonly before?: string },
  ): AsyncIterable<Nominee>;
  /** Sets an episode WAITING without parsing its ledger, which could not be read. */
  setAside(episode: number, position: string): Promise<void>;
  control(): Promise<Control>;
  /** Applies a pure function to the control item, again after each conflict. @returns the control item as stored */
  changeControl(change: (control: Control) => Control): Promise<Control>;
}

export interface WorkItem {
  readonly leaseId: string;
  /** ASCII JSON. */
  readonly body: string;
}

/** The queue of work items for researchers. */
export interface PendingQueue {
  /** Sends in batches cut by count and bytes. @returns the items that the queue refused; @throws when a call's outcome is unknown */
  send(items: readonly WorkItem[]): Promise<readonly { readonly leaseId: string; readonly reason: string }[]>;
  /** Messages visible to researchers, as the queue counts them: up to a minute late. */
  visible(): Promise<number>;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  /** Of this receive; deletes the message. */
  readonly receipt: string;
  /** When the queue took it, ms since the epoch. */
  readonly sentAt: number;
}

/** The queue of results, as the drain sees it. */
export interface CompletedQueue {
  /** Up to 10 messages; an empty long poll gives none. */
  receive(): Promise<readonly ReceivedMessage[]>;
  /** @returns the receipts that could not be deleted */
  delete(receipts: readonly string[]): Promise<readonly string[]>;
}

/** Where hopeless messages go, with their reason. */
export interface DeadLetters {
  send(body: string, reason: string): Promise<void>;
}
