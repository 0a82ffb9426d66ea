import {
  type ClipEntry,
  type Counter,
  type EpisodeEntry,
  type Finding,
  type Kind,
  NO_COUNTER,
} from '../../../domain/collection.ts';
import { type Control, NO_CONTROL } from '../../../domain/control.ts';
import type { Claim, Name } from '../../../domain/identity.ts';
import type { Ledger } from '../../../domain/ledger.ts';
import { type CatalogueLog, LOG_LENGTH, notedIn } from '../../../functions/stores/catalogue-log.ts';
import { RememberingMap } from './remembering-map.ts';

/** What both tables hold, so that one transaction can span them. Entries and ledgers are immutable values. */
export class MemoryState {
  readonly clip = new RememberingMap<number, ClipEntry>();
  readonly episode = new RememberingMap<number, EpisodeEntry>();
  readonly names = { clip: new RememberingMap<Name, Claim>(), episode: new RememberingMap<Name, Claim>() };
  readonly counters: Record<Kind, Counter> = { clip: NO_COUNTER, episode: NO_COUNTER };
  readonly ledgers = new Map<number, Ledger>();
  /** Why pairs were parked: episode → clip (0: the episode itself) → reason. */
  readonly parkedReasons = new Map<number, Map<number, string>>();
  /** `episode/clip` → the first finding and its variants. */
  readonly findings = new Map<string, Finding[]>();
  /** Episodes whose stored ledger cannot be understood. */
  readonly unreadable = new Set<number>();
  control: Control = NO_CONTROL;
  /** Of the catalogue, as the counter of clips carries it. */
  log: CatalogueLog | undefined;

  /** What a listing of a kind's entries in the base table gives. */
  raise(
    kind: Kind,
    raises: { readonly assignableVersion: boolean; readonly catalogueVersion: boolean },
    lastOrdinal?: number,
    changed: readonly number[] = [],
  ): void {
    if (kind === 'clip' && raises.catalogueVersion) this.log = notedIn(this.log, changed);
    const counter = this.counters[kind];
    this.counters[kind] = {
      lastOrdinal: lastOrdinal ?? counter.lastOrdinal,
      assignableVersion: counter.assignableVersion + Number(raises.assignableVersion),
      catalogueVersion: counter.catalogueVersion + Number(raises.catalogueVersion),
    };
  }
}

/** As the table does it: only while nothing was noted since. */
export function shortenLog(state: MemoryState, { changes, recent }: CatalogueLog): void {
  if (state.log?.changes === changes) state.log = { ...state.log, recent: recent.slice(-LOG_LENGTH / 2) };
}
