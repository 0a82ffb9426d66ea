import { archived } from './archiving.ts';
import { archivedById } from './archiving-by-id.ts';
import { type Info, type Known, type NameChange, standing } from './claims.ts';
import type { ClipEntry, Entry, Kind } from './collection.ts';
import { type Claim, lookedUpNames, type Name, type Names } from './identity.ts';
import { assertInsertable } from './messages/insertable.ts';
import { InvalidMessage } from './messages/invalid-message.ts';
import { madeOne } from './redescribing.ts';

/** What a curated message does, once its batch is written. A refused one is hopeless. */
export type BatchOutcome =
  | { readonly kind: 'inserted' | 'updated' | 'touched' | 'unchanged'; readonly ordinal: number }
  | { readonly kind: 'refused'; readonly reason: string };

/** What is known of the names of a batch: as read, and then as the batch itself changes it. */
export interface KnownEntries<I> {
  readonly kind: Kind;
  readonly claims: ReadonlyMap<Name, Claim>;
  /** Those that claims lead to, and those that stand for them. */
  readonly entries: ReadonlyMap<number, Entry<I>>;
  /** The last ordinal given. */
  readonly lastOrdinal: number;
}

/**
 * A batch of curated messages, decided one after the other as if each had been written before the next: so the same
 * entry twice in a batch is merged into one change.
 */
export class ArchiveBatch<I extends Info> {
  /** Entries to write, by ordinal; `version` 0 is an insertion. */
  readonly changed = new Map<number, Entry<I>>();
  lastOrdinal: number;
  /** An entry is new, or its media is. */
  raisesAssignable = false;
  /** Entries whose file is another one than before. */
  readonly newMedia = new Set<number>();
  private readonly kind: Kind;
  private readonly claims: Map<Name, Claim>;
  private readonly entries: Map<number, Entry<I>>;
  private readonly nameChanges = new Map<Name, NameChange>();
  private readonly touchedOrdinals = new Set<number>();
  private readonly now: number;

  constructor(known: KnownEntries<I>, now: number) {
    this.kind = known.kind;
    this.claims = new Map(known.claims);
    this.entries = new Map(known.entries);
    this.lastOrdinal = known.lastOrdinal;
    this.now = now;
  }

  /** One change a name, as the whole batch makes it. */
  get names(): NameChange[] {
    return [...this.nameChanges.values()];
  }

  take(info: I, names: Names): BatchOutcome {
    return names.id === undefined ? this.takeByNames(info, names) : this.takeById(info, { ...names, id: names.id });
  }

  private get known(): Known<I> {
    return { kind: this.kind, claims: this.claims, entryOf: (ordinal) => this.entries.get(ordinal) };
  }

  private takeByNames(info: I, names: Names): BatchOutcome {
    const owners = new Map<Name, number>();
    for (const name of lookedUpNames(names)) {
      const claim = this.claims.get(name);
      // A claim that leads nowhere is told by the rule.
      if (claim !== undefined)
        owners.set(name, this.entries.has(claim.ordinal) ? this.ordinalOf(claim) : claim.ordinal);
    }
    const decision = archived(info, names, owners, (ordinal) => this.entries.get(ordinal), this.now);
    switch (decision.kind) {
      case 'conflict':
        return { kind: 'refused', reason: `Names in conflict: ${decision.reason}.` };
      case 'unchanged':
        return decision;
      case 'touched':
        return this.touch(decision.entry);
      case 'joined': {
        const { entry, others, newMedium } = madeOne(decision.named, decision.other, this.now);
        return this.update(entry, others, newMedium);
      }
      case 'inserted':
        return this.insert(decision, (ordinal) => decision.names.map((name) => ({ name, ordinal })));
      case 'updated': {
        const { ordinal } = decision.entry;
        this.rename(decision.names.map((name) => ({ name, ordinal })));
        return this.update(decision.entry, [], decision.moved);
      }
    }
  }

  private takeById(info: I, names: Names & { readonly id: Name }): BatchOutcome {
    const decision = archivedById(info, names, this.known, this.now);
    switch (decision.kind) {
      case 'unchanged':
        return decision;
      case 'touched':
        return this.touch(decision.entry);
      case 'inserted': {
        const outcome = this.insert(decision.entry, decision.names);
        if (outcome.kind === 'inserted') for (const other of decision.others) this.write(other, false);
        return outcome;
      }
      case 'updated': {
        const { entry, others, newMedium } = decision;
        this.rename(decision.names);
        return this.update(entry, others, newMedium);
      }
    }
  }

  private update(entry: Entry<I>, others: readonly Entry<I>[], newMedium: boolean): BatchOutcome {
    for (const other of others) this.write(other, false);
    this.write(newMedium ? ofNewMedium(entry) : entry, newMedium);
    return { kind: 'updated', ordinal: entry.ordinal };
  }

  private ordinalOf(claim: Claim): number {
    return standing(this.known, claim)?.ordinal ?? claim.ordinal;
  }

  private insert(
    { info, gone }: Pick<Entry<I>, 'info' | 'gone'>,
    names: (ordinal: number) => readonly NameChange[],
  ): BatchOutcome {
    const reason = refusalOf(info);
    if (reason !== undefined) return { kind: 'refused', reason };
    const ordinal = ++this.lastOrdinal;
    const out = gone === true ? { gone } : {};
    this.rename(names(ordinal));
    this.write({ ordinal, version: 0, info, revision: 1, revisedAt: this.now, ...out }, true);
    return { kind: 'inserted', ordinal };
  }

  private touch(entry: Entry<I>): BatchOutcome {
    const { ordinal } = entry;
    this.entries.set(ordinal, entry);
    if (this.changed.has(ordinal)) this.changed.set(ordinal, entry);
    else this.touchedOrdinals.add(ordinal);
    return { kind: 'touched', ordinal };
  }

  /** Entries of which only lastDateCurated is newer. */
  touched(): Entry<I>[] {
    return [...this.touchedOrdinals].flatMap((ordinal) => this.entries.get(ordinal) ?? []);
  }

  private rename(changes: readonly NameChange[]): void {
    for (const change of changes) {
      const { name, from: _, ...claim } = change;
      this.claims.set(name, claim);
      const before = this.nameChanges.get(name);
      // What the store must have there is what it had before the batch.
      const { from: _now, ...bare } = change;
      const from = before === undefined ? change.from : before.from;
      this.nameChanges.set(name, from === undefined ? bare : { ...bare, from });
    }
  }

  private write(entry: Entry<I>, newMedium: boolean): void {
    this.entries.set(entry.ordinal, entry);
    this.touchedOrdinals.delete(entry.ordinal);
    this.changed.set(entry.ordinal, entry);
    this.raisesAssignable ||= newMedium;
    if (newMedium) this.newMedia.add(entry.ordinal);
  }
}

/** Strikes, facts and what could not be known are of the medium that was. */
function ofNewMedium<I>(entry: Entry<I>): Entry<I> {
  const {
    facts: _facts,
    unknowns: _unknowns,
    strikes: _strikes,
    ...media
  } = entry as Entry<I> & Pick<ClipEntry, 'strikes'>;
  return media;
}

function refusalOf(info: Info): string | undefined {
  try {
    assertInsertable(info);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMessage) return error.message;
    throw error;
  }
}
