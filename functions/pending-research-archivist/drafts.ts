import type { Catalogue } from '../../domain/collection.ts';
import { type Ending, ended, endingOf, type LedgerStep, summaryOf, suspectOf } from '../../domain/leases.ts';
import type { Ledger, LedgerState } from '../../domain/ledger.ts';
import type { ResearchSettings } from '../../domain/research-settings.ts';
import { judged } from '../../domain/selection.ts';
import { isParked } from '../../domain/strikes.ts';
import type { Trial } from '../../domain/trial.ts';
import { type Clock, type Collection, type LedgerChange, type Ledgers, VersionConflict } from '../ports.ts';
import { WriteRoom } from '../stores/write-room.ts';

export interface Draft extends LedgerStep {
  readonly stored: Ledger;
  /** Endings that the next write of the draft brings about. */
  readonly endings: readonly Ending[];
  /** Leases end that do not fit into one write with these. */
  readonly more: boolean;
}

/** A write meets another writer at most so often before its episode is left to the next run. */
const WRITE_ATTEMPTS = 8;

/**
 * The ledgers that one run has read strongly, with the leases that end at the run's horizon taken out. Writing is put
 * off where it can be: an episode whose finished leases end is mostly the one that gets the next lease, in one write.
 */
export class Drafts {
  readonly endings: Record<Ending, number> = { finished: 0, revoked: 0, unclaimed: 0, lapsed: 0 };
  readonly consequences = { struck: 0, parked: 0 };
  private readonly drafts = new Map<number, Draft>();
  private readonly skipped = new Set<number>();
  private readonly ledgers: Pick<Ledgers, 'read' | 'write'>;
  private readonly collection: Pick<Collection, 'entries'>;
  private readonly horizon: number;
  private readonly clock: Clock;
  private readonly settings: ResearchSettings;

  constructor(
    ledgers: Pick<Ledgers, 'read' | 'write'>,
    collection: Pick<Collection, 'entries'>,
    horizon: number,
    clock: Clock,
    settings: ResearchSettings,
  ) {
    this.ledgers = ledgers;
    this.collection = collection;
    this.horizon = horizon;
    this.clock = clock;
    this.settings = settings;
  }

  has(episode: number): boolean {
    return this.drafts.has(episode) || this.skipped.has(episode);
  }

  /** An episode that failed: this run leaves it alone. */
  skip(episode: number): void {
    this.drafts.delete(episode);
    this.skipped.add(episode);
  }

  /** Drafts in one state, by position. */
  inState(state: LedgerState): Ledger[] {
    const ledgers = [...this.drafts.values()].map((draft) => draft.ledger).filter((ledger) => ledger.state === state);
    return ledgers.sort((a, b) => (a.position < b.position ? -1 : 1));
  }

  /** @returns undefined when the episode has no ledger */
  async get(episode: number): Promise<Draft | undefined> {
    return this.drafts.get(episode) ?? this.read(episode);
  }

  private async read(episode: number): Promise<Draft | undefined> {
    const stored = await this.ledgers.read(episode);
    if (stored === undefined) return undefined;
    const lapsing = stored.leases.filter(
      (lease) => endingOf(summaryOf(lease), this.horizon, this.settings) === 'lapsed',
    );
    const suspects = [...new Set(lapsing.flatMap((lease) => suspectOf(lease, this.horizon, this.settings) ?? []))];
    const clips = suspects.length === 0 ? new Map() : await this.collection.entries('clip', suspects);
    const step = ended(
      stored,
      (ordinal) => clips.get(ordinal),
      this.horizon,
      this.clock(),
      this.settings,
      fitsIntoOneWrite,
    );
    const draft: Draft = { stored, ...step };
    this.drafts.set(episode, draft);
    return draft;
  }

  /**
   * Writes what `decide` makes of the draft; reads again and decides again after each conflict.
   * @returns the ledger as stored, or undefined when `decide` gives undefined or there was nothing to write
   * @throws VersionConflict when others write all the time
   */
  async write(episode: number, decide: (draft: Draft) => Ledger | undefined): Promise<Ledger | undefined> {
    for (let attempt = 1; ; attempt++) {
      const draft = await this.get(episode);
      const next = draft === undefined ? undefined : decide(draft);
      if (draft === undefined || next === undefined) return undefined;
      if (next === draft.stored) return next;
      const change: LedgerChange = { ledger: next, clips: draft.clips, parkedReasons: draft.parkedReasons };
      try {
        const stored = await this.ledgers.write(change);
        for (const ending of draft.endings) this.endings[ending]++;
        const parkedClips = draft.clips.filter((clip) => isParked(clip.strikes, clip.revision)).length;
        this.consequences.struck += draft.clips.length;
        this.consequences.parked += draft.parkedReasons.length + parkedClips;
        this.drafts.set(episode, { stored, ledger: stored, clips: [], parkedReasons: [], endings: [], more: false });
        return stored;
      } catch (error) {
        this.drafts.delete(episode);
        if (!(error instanceof VersionConflict) || attempt === WRITE_ATTEMPTS) throw error;
      }
    }
  }

  /** Forgets the draft of an episode, so that it is read again. */
  forget(episode: number): void {
    this.drafts.delete(episode);
  }

  /** Episodes whose draft says something that is not stored yet. */
  unwritten(): number[] {
    const differing = [...this.drafts.values()].filter((draft) => draft.ledger !== draft.stored);
    return differing.map((draft) => draft.stored.episode);
  }

  /** Writes a draft as it is, judged by the catalogue if that is at hand. */
  async flush(episode: number, catalogue: Catalogue | undefined, trial: Trial): Promise<void> {
    await this.write(episode, ({ ledger }) =>
      catalogue === undefined ? ledger : judged(ledger, catalogue, this.clock(), this.settings, trial),
    );
  }
}

function fitsIntoOneWrite({ clips }: Pick<LedgerStep, 'clips'>): boolean {
  const room = new WriteRoom();
  return clips.every((clip) => room.take(clip));
}
