import {
  type Catalogue,
  type ClipEntry,
  type Counter,
  type FactsOfMedium,
  type Finding,
  isMeasured,
  isOneFinding,
  isSuperseded,
  type Kind,
  recordingOf,
  sameFinding,
  VARIANTS_KEPT,
} from '../../../domain/collection.ts';
import type { Claim, Name } from '../../../domain/identity.ts';
import { laterWord } from '../../../domain/unknowns.ts';
import { type Collection, type CollectionChange, type EntryOf, VersionConflict } from '../../../functions/ports.ts';
import { CachedCatalogue } from '../../../functions/stores/cached-catalogue.ts';
import { assertTransaction, entryBytes, ledgerBytes } from './limits.ts';
import type { MemoryLedgers } from './memory-ledgers.ts';
import { MemoryReads } from './memory-reads.ts';
import { type MemoryState, shortenLog } from './memory-state.ts';
import type { RememberingMap } from './remembering-map.ts';

const keyOf = ({ ordinal }: ClipEntry) => ordinal.toString().padStart(16, '0');

/** All clips, as a query of the base table gives them. */
export async function everyClip(state: MemoryState, reads: MemoryReads): Promise<ClipEntry[]> {
  const clips: ClipEntry[] = [];
  const pages = reads.query('read a page of clips', () => [...state.clip.values()], keyOf, entryBytes);
  for await (const clip of pages) clips.push(clip);
  return clips;
}

export const someClips = (state: MemoryState, reads: MemoryReads, ordinals: readonly number[]): Promise<ClipEntry[]> =>
  reads.getAll(
    `read clips ${ordinals.join(' ')}`,
    ordinals,
    (ordinal) => state.clip.get(ordinal),
    entryBytes,
    (ordinal) => state.clip.before(ordinal),
  );

/** The Collection table in memory. Transactions check everything before they change anything. */
export class MemoryCollection implements Collection {
  private readonly state: MemoryState;
  private readonly ledgers: MemoryLedgers;
  private readonly reads: MemoryReads;
  private readonly cache: CachedCatalogue;

  constructor(state: MemoryState, ledgers: MemoryLedgers, reads = new MemoryReads()) {
    this.reads = reads;
    this.state = state;
    this.ledgers = ledgers;
    this.cache = new CachedCatalogue({
      counter: async () => ({ ...state.counters.clip, log: state.log }),
      all: async () => ({ clips: await everyClip(state, reads), unreadable: [] }),
      some: async (ordinals) => ({ clips: await someClips(state, reads, ordinals), unreadable: [] }),
      shorten: async (log) => shortenLog(state, log),
    });
  }

  async owners(kind: Kind, names: readonly Name[]): Promise<ReadonlyMap<Name, number>> {
    return new Map([...(await this.claims(kind, names))].map(([name, { ordinal }]) => [name, ordinal]));
  }

  async claims(kind: Kind, names: readonly Name[]): Promise<ReadonlyMap<Name, Claim>> {
    const known = this.state.names[kind];
    const find = (name: Name) => {
      const claim = known.get(name);
      return claim && ([name, claim] as const);
    };
    const earlier = (name: Name) => {
      const claim = known.before(name);
      return claim && ([name, claim] as const);
    };
    return new Map(await this.reads.getAll(`look up names of ${kind}s`, names, find, () => 200, earlier));
  }

  async entries<K extends Kind>(kind: K, ordinals: readonly number[]): Promise<ReadonlyMap<number, EntryOf[K]>> {
    const table = this.table(kind);
    const find = (ordinal: number) => table.get(ordinal);
    const earlier = (ordinal: number) => table.before(ordinal);
    const found = await this.reads.getAll(`read ${kind}s ${ordinals.join(' ')}`, ordinals, find, entryBytes, earlier);
    return new Map(found.map((entry) => [entry.ordinal, entry]));
  }

  async counter(kind: Kind): Promise<Counter> {
    return this.state.counters[kind];
  }

  async change<K extends Kind>(change: CollectionChange<K>): Promise<void> {
    const { kind, entries, names, ordinals, ledgers } = change;
    const table = this.table(kind);
    assertTransaction([
      ...entries.map(entryBytes),
      ...names.map(() => 200),
      ...ledgers.map(ledgerBytes),
      ...(kind === 'clip' ? [100, 1_000] : [100]),
    ]);
    for (const { ordinal, version } of entries) {
      const stored = table.get(ordinal)?.version ?? 0;
      if (stored !== version) throw new VersionConflict(`${kind} ${ordinal} has version ${stored}, not ${version}`);
    }
    const isAsRead = (is: Claim | undefined, was: Claim | undefined) =>
      is?.ordinal === was?.ordinal && is?.at === was?.at;
    const taken = names.find(
      ({ name, from }) => from !== 'its own' && !isAsRead(this.state.names[kind].get(name), from),
    );
    if (taken !== undefined) throw new VersionConflict(`A name of ${kind} ${taken.ordinal} is taken`);
    const { lastOrdinal } = this.state.counters[kind];
    if (ordinals !== undefined && ordinals.before !== lastOrdinal) {
      throw new VersionConflict(`The last ${kind} is ${lastOrdinal}, not ${ordinals.before}`);
    }
    for (const ledger of ledgers) this.ledgers.assertCurrent(ledger);

    for (const entry of entries) {
      const { facts: _read, unknowns: _readToo, ...curated } = entry;
      const kept = change.newMedia?.has(entry.ordinal) === true ? undefined : table.get(entry.ordinal);
      const stored = {
        ...curated,
        ...(kept?.facts !== undefined && { facts: kept.facts }),
        ...(kept?.unknowns !== undefined && { unknowns: kept.unknowns }),
        version: entry.version + 1,
      };
      table.set(entry.ordinal, stored as EntryOf[K]);
    }
    for (const { name, from: _, ...claim } of names) this.state.names[kind].set(name, claim);
    for (const ledger of ledgers) this.ledgers.put(ledger);
    this.state.raise(
      kind,
      { assignableVersion: change.raisesAssignable, catalogueVersion: change.raisesCatalogue },
      ordinals?.after,
      entries.filter(({ version }) => version > 0).map(({ ordinal }) => ordinal),
    );
  }

  async touch<K extends Kind>(kind: K, entry: EntryOf[K]): Promise<void> {
    const table = this.table(kind);
    const stored = table.get(entry.ordinal);
    if (stored === undefined || stored.version !== entry.version) {
      throw new VersionConflict(`${kind} ${entry.ordinal} has version ${stored?.version ?? 0}, not ${entry.version}`);
    }
    const info = { ...stored.info, lastDateCurated: entry.info.lastDateCurated };
    table.set(entry.ordinal, { ...stored, version: stored.version + 1, info });
  }

  catalogue(): Promise<Catalogue> {
    return this.cache.read();
  }

  async recordFinding(finding: Finding): Promise<'recorded' | 'variant' | 'duplicate' | 'surplus'> {
    const key = `${finding.episode}/${finding.clip}`;
    const known = this.state.findings.get(key);
    if (known === undefined) {
      this.state.findings.set(key, [finding]);
      return 'recorded';
    }
    const old = known.findIndex((one) => isSuperseded(one, finding));
    if (old >= 0) {
      known[old] = finding;
      return old === 0 ? 'recorded' : 'variant';
    }
    if (known.some((one) => sameFinding(one, finding))) return 'duplicate';
    if (known.length > VARIANTS_KEPT) return 'surplus';
    known.push(finding);
    return 'variant';
  }

  async hasFinding(finding: Finding): Promise<boolean> {
    const known = this.state.findings.get(`${finding.episode}/${finding.clip}`) ?? [];
    return known.some((one) => isOneFinding(one, finding));
  }

  async describe(kind: Kind, ordinal: number, told: FactsOfMedium): Promise<void> {
    const { mediaUri, recording = 1, unknowns: said, ...facts } = told;
    const entry = this.table(kind).get(ordinal);
    if (entry === undefined || entry.info.mediaUri !== mediaUri || recordingOf(entry) !== recording) return;
    const word = said && laterWord(entry.unknowns, said);
    this.table(kind).set(ordinal, {
      ...entry,
      ...(entry.facts === undefined && isMeasured(facts) && { facts }),
      ...(word !== undefined && { unknowns: word }),
    });
    if (word !== undefined && kind === 'clip') {
      this.state.raise(kind, { assignableVersion: false, catalogueVersion: true }, undefined, [ordinal]);
    }
  }

  /** A handle of another process, with a cache of its own. */
  withOwnCache(): MemoryCollection {
    return new MemoryCollection(this.state, this.ledgers, this.reads);
  }

  private table<K extends Kind>(kind: K): RememberingMap<number, EntryOf[K]> {
    return this.state[kind] as RememberingMap<number, EntryOf[K]>;
  }
}
