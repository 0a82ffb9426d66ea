import { archived } from './archiving.ts';
import type { ClipEntry, Entry } from './collection.ts';
import type { Name, Names } from './identity.ts';
import { assertInsertable, type ClipInfo, type EpisodeInfo, InvalidMessage } from './messages.ts';

/** What a curated message does, once its batch is written. A refused one is hopeless. */
export type BatchOutcome =
  | { readonly kind: 'inserted' | 'updated' | 'touched' | 'unchanged'; readonly ordinal: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** What is known of the names of a batch: as read, and then as the batch itself changes it. */
export interface KnownEntries<I> {
  readonly owners: ReadonlyMap<Name, number>;
  readonly entries: ReadonlyMap<number, Entry<I>>;
  /** The last ordinal given. */
  readonly lastOrdinal: number;
}

/**
 * A batch of curated messages, decided one after the other as if each had been written before the next: so the same
 * entry twice in a batch is merged into one change.
 */
export class ArchiveBatch<I extends ClipInfo & Pick<EpisodeInfo, 'dateAired'>> {
  /** Entries to write, by ordinal; `version` 0 is an insertion. */
  readonly changed = new Map<number, Entry<I>>();
  readonly names: { readonly name: Name; readonly ordinal: number }[] = [];
  lastOrdinal: number;
  /** An entry is new, or its media is. */
  raisesAssignable = false;
  private readonly owners: Map<Name, number>;
  private readonly entries: Map<number, Entry<I>>;
  private readonly touchedOrdinals = new Set<number>();
  private readonly now: number;

  constructor(known: KnownEntries<I>, now: number) {
    this.owners = new Map(known.owners);
    this.entries = new Map(known.entries);
    this.lastOrdinal = known.lastOrdinal;
    this.now = now;
  }

  take(info: I, names: Names): BatchOutcome {
    const decision = archived(info, names, this.owners, (ordinal) => this.entries.get(ordinal), this.now);
    switch (decision.kind) {
      case 'conflict':
        return { kind: 'refused', reason: `Names in conflict: ${decision.reason}.` };
      case 'unchanged':
        return decision;
      case 'touched':
        this.entries.set(decision.entry.ordinal, decision.entry);
        if (this.changed.has(decision.entry.ordinal)) this.changed.set(decision.entry.ordinal, decision.entry);
        else this.touchedOrdinals.add(decision.entry.ordinal);
        return { kind: 'touched', ordinal: decision.entry.ordinal };
      case 'inserted': {
        const reason = refusalOf(info);
        if (reason !== undefined) return { kind: 'refused', reason };
        const ordinal = ++this.lastOrdinal;
        const entry = { ordinal, version: 0, info: decision.info, revision: 1, revisedAt: this.now };
        this.write(entry, decision.names, true);
        return { kind: 'inserted', ordinal };
      }
      case 'updated':
        this.write(decision.moved ? ofNewMedium(decision.entry) : decision.entry, decision.names, decision.moved);
        return { kind: 'updated', ordinal: decision.entry.ordinal };
    }
  }

  /** Entries of which only lastDateCurated is newer. */
  touched(): Entry<I>[] {
    return [...this.touchedOrdinals].flatMap((ordinal) => this.entries.get(ordinal) ?? []);
  }

  private write(entry: Entry<I>, names: readonly Name[], newMedium: boolean): void {
    this.entries.set(entry.ordinal, entry);
    this.touchedOrdinals.delete(entry.ordinal);
    for (const name of names) {
      this.owners.set(name, entry.ordinal);
      this.names.push({ name, ordinal: entry.ordinal });
    }
    this.changed.set(entry.ordinal, entry);
    this.raisesAssignable ||= newMedium;
  }
}

/** Strikes and facts are of the medium that was. */
function ofNewMedium<I>(entry: Entry<I>): Entry<I> {
  const { facts: _facts, strikes: _strikes, ...media } = entry as Entry<I> & Pick<ClipEntry, 'strikes'>;
  return media;
}

function refusalOf(info: ClipInfo): string | undefined {
  try {
    assertInsertable(info);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMessage) return error.message;
    throw error;
  }
}
