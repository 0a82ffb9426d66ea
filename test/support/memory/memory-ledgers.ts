import type { Control } from '../../../domain/control.ts';
import type { LeaseSummary, Ledger } from '../../../domain/ledger.ts';
import {
  type LedgerChange,
  type Ledgers,
  type Nominee,
  UnreadableItem,
  VersionConflict,
} from '../../../functions/ports.ts';
import type { Indexed, IndexView } from './index-view.ts';
import { assertTransaction, entryBytes, ledgerBytes } from './limits.ts';
import { MemoryReads } from './memory-reads.ts';
import type { MemoryState } from './memory-state.ts';

const ordinalKey = ({ episode }: Indexed) => episode.toString().padStart(16, '0');

type Nominating = Parameters<Ledgers['nominees']>[0];
const NOMINATING: readonly string[] = ['OPEN', 'STRUCK', 'WAITING', 'COMPLETE'] satisfies Nominating[];

/** The Leases table in memory. */
export class MemoryLedgers implements Ledgers {
  private readonly state: MemoryState;
  private readonly index: IndexView;
  private readonly reads: MemoryReads;

  constructor(state: MemoryState, index: IndexView, reads = new MemoryReads()) {
    this.reads = reads;
    this.state = state;
    this.index = index;
  }

  async read(episode: number): Promise<Ledger | undefined> {
    if (this.state.unreadable.has(episode)) throw new UnreadableItem(`The ledger of episode ${episode} is damaged`);
    return this.state.ledgers.get(episode);
  }

  async write({ ledger, clips = [], parkedReasons = [] }: LedgerChange): Promise<Ledger> {
    // Its counter and the log of the catalogue change with clips.
    const others = [...parkedReasons.map(() => 600), ...(clips.length > 0 ? [100, 1_000] : [])];
    assertTransaction([ledgerBytes(ledger), ...clips.map(entryBytes), ...others]);
    this.assertCurrent(ledger);
    for (const clip of clips) {
      const stored = this.state.clip.get(clip.ordinal)?.version ?? 0;
      if (stored !== clip.version)
        throw new VersionConflict(`Clip ${clip.ordinal} has version ${stored}, not ${clip.version}`);
    }
    for (const { ordinal, strikes } of clips) {
      const stored = this.state.clip.get(ordinal);
      if (stored !== undefined) this.state.clip.set(ordinal, { ...stored, strikes, version: stored.version + 1 });
    }
    if (clips.length > 0) {
      const changed = clips.map(({ ordinal }) => ordinal);
      this.state.raise('clip', { assignableVersion: false, catalogueVersion: true }, undefined, changed);
    }
    for (const { clip, reason } of parkedReasons) {
      const reasons = this.state.parkedReasons.get(ledger.episode) ?? new Map<number, string>();
      this.state.parkedReasons.set(ledger.episode, reasons.set(clip, reason));
    }
    return this.put(ledger);
  }

  async withLeases(): Promise<{ readonly episode: number; readonly leases: readonly LeaseSummary[] }[]> {
    const leased = () => this.index.items().filter(({ leases }) => leases.length > 0);
    const found: { episode: number; leases: readonly LeaseSummary[] }[] = [];
    const bytes = ({ leases }: Indexed) => 100 + 100 * leases.length;
    for await (const { episode, leases } of this.reads.query('list the leases', leased, ordinalKey, bytes))
      found.push({ episode, leases });
    return found;
  }

  async *nominees(state: Nominating, { before }: { readonly before?: string } = {}): AsyncGenerator<Nominee> {
    const bounded = () =>
      this.index.items().filter((item) => item.state === state && (before === undefined || item.position < before));
    const byPosition = (item: Indexed) => `${item.position} ${ordinalKey(item)}`;
    for await (const { episode, position } of this.reads.query(
      `list ${state} episodes`,
      bounded,
      byPosition,
      () => 100,
    ))
      yield { episode, position };
  }

  async setAside(episode: number, position: string): Promise<void> {
    const stored = this.state.ledgers.get(episode);
    if (stored === undefined || !NOMINATING.includes(stored.state)) return;
    this.put({ ...stored, state: 'WAITING', position });
  }

  async control(): Promise<Control> {
    return this.state.control;
  }

  async changeControl(change: (control: Control) => Control): Promise<Control> {
    const { control } = this.state;
    const next = change(control);
    if (next !== control) this.state.control = { ...next, version: control.version + 1 };
    return this.state.control;
  }

  /** @throws VersionConflict when the ledger is not as it was read (version 0: when there is one) */
  assertCurrent({ episode, version }: Ledger): void {
    const stored = this.state.ledgers.get(episode)?.version ?? 0;
    if (stored !== version) throw new VersionConflict(`Ledger ${episode} has version ${stored}, not ${version}`);
  }

  /** Stores the ledger as the next version. */
  put(ledger: Ledger): Ledger {
    const stored = { ...ledger, version: ledger.version + 1 };
    this.state.ledgers.set(ledger.episode, stored);
    this.index.put(stored);
    return stored;
  }
}
