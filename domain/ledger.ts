import { Bitset } from './bitset.ts';
import { type ClipEntry, type Recording, recordingOf } from './collection.ts';
import type { FoundBy } from './found-by.ts';
import { packedOrdinals } from './packed-ordinals.ts';
import { isParked, type Strikes } from './strikes.ts';

/** So many leases of one episode live at a time at most: it bounds the item. */
export const LEASES_AT_MOST = 64;

/** The right of one work item to its pairs, until a deadline. Times are in ms since the epoch. */
export interface Lease {
  readonly id: string;
  /** Clip ordinals in the order of the work item. */
  readonly clips: readonly number[];
  /** Those of `clips` that are neither reported nor failed, in the same order. */
  readonly left: readonly number[];
  readonly created: number;
  /** First sign of life. */
  readonly signed?: number | undefined;
  readonly lastSign?: number | undefined;
  readonly lastResult?: number | undefined;
  /** When its researcher said that it will report no more. */
  readonly lastWord?: number | undefined;
  readonly researcher: string;
  /**
   * The clip that its researcher said last that it works on, 0: the episode, or one that it did not name. Only who
   * reports several clips together says so: then the first one without a result need not be the one it fell silent at.
   */
  readonly at?: number | undefined;
  /** Its researcher was asked to report each clip as it is done: then the first one without a result is the one. */
  readonly careful?: boolean | undefined;
  /** Among its first so many clips are some that nobody had reported yet; absent where there are none. */
  readonly untried?: number | undefined;
  /** Its clips have struck before. */
  readonly struck?: boolean | undefined;
  /** By clip ordinal: the recording that its work item names, where it is not the first. */
  readonly clipRecordings?: ReadonlyMap<number, number> | undefined;
  /** The same of media revisions: which file its work item names. */
  readonly clipRevisions?: ReadonlyMap<number, number> | undefined;
}

/** Whether its researcher was asked to report each clip by itself: then it fell silent at the first without a report. */
export const reportsEach = ({ careful, untried, struck }: Pick<Lease, 'careful' | 'untried' | 'struck'>): boolean =>
  careful === true || struck === true || untried !== undefined;

/** What the index of episodes with leases shows of a lease. `untried` is absent when all of those are reported. */
export type LeaseSummary = Omit<Lease, 'clips' | 'left' | 'clipRecordings' | 'clipRevisions'> & {
  readonly clipsLeft: number;
};

/**
 * OPEN: pairs without strikes may be assignable. STRUCK: only struck pairs are left, or the episode has strikes.
 * WAITING: nothing assignable now. COMPLETE: all researched or parked. PARKED: the episode was given up.
 * HELD: an operator paused or retired it, or it is gone from its address.
 */
export type LedgerState = 'OPEN' | 'STRUCK' | 'WAITING' | 'COMPLETE' | 'PARKED' | 'HELD';

/** What is known of one episode's pairs. Changed only by the pure functions of this folder. */
export interface Ledger {
  /** Ordinal of the episode. */
  readonly episode: number;
  /** +1 at every write, the condition of every write; 0 before the first. */
  readonly version: number;
  readonly state: LedgerState;
  /** What the index of assignment sorts by within the state. */
  readonly position: string;
  readonly rank: string;
  /** Clip ordinals whose pair has a result. */
  readonly researched: Bitset;
  /**
   * Those of them with a finding, so that findings need not be counted; undefined of a ledger that had results before
   * this was kept.
   */
  readonly found?: Bitset | undefined;
  /**
   * When the last finding was sent, by the queue's clock; no finding of the episode is later. Undefined as long as none
   * came since this was kept.
   */
  readonly foundAt?: number | undefined;
  /** By whom those of `found` were found; absent where nothing is, and where it is not known (see `knownFoundBy`). */
  readonly foundBy?: FoundBy | undefined;
  /** In the order of creation. */
  readonly leases: readonly Lease[];
  /** By clip ordinal. */
  readonly pairStrikes: ReadonlyMap<number, Strikes>;
  readonly episodeStrikes?: Strikes | undefined;
  /** Pairs given up: clip ordinal → the clip's media revision then. */
  readonly parked: ReadonlyMap<number, number>;
  /** Media revision of the episode, and when it came. */
  readonly revision: number;
  readonly revisedAt: number;
  /** Pairs that were handed back without a report: not leased again until then. */
  readonly handedBack?: HandedBack | undefined;
  /** Somebody fell silent here, and nobody knows at which clip: the next lease is a careful one. */
  readonly careful?: boolean | undefined;
  /** Of a HELD ledger: which of the two an operator did. */
  readonly held?: Hold | undefined;
  /** Of a HELD ledger: nothing leads to the episode's recording any more, whatever operators do. */
  readonly gone?: boolean | undefined;
  /** Which recording of the episode this is about; absent of the first. `revision`: what its curator calls it. */
  readonly recording?: (Recording & { readonly revision: string }) | undefined;
  /** By clip ordinal: the recording of the clip that `researched` is about, where it is not the first. */
  readonly clipRecordings?: ReadonlyMap<number, number> | undefined;
}

export interface HandedBack {
  readonly until: number;
  readonly clips: Bitset;
}

/** Paused: for a while. Retired: for good, until it is restored; its pairs count as given up. */
export type Hold = 'paused' | 'retired' | 'removed';

/** The ledger of an episode at its insertion. */
export function newLedger(episode: number, rank: string, now: number): Ledger {
  return {
    episode,
    version: 0,
    state: 'OPEN',
    position: rank,
    rank,
    researched: Bitset.empty,
    found: Bitset.empty,
    leases: [],
    pairStrikes: new Map(),
    parked: new Map(),
    revision: 1,
    revisedAt: now,
  };
}

/** Whether the pair has a result that is of the clip's current recording. */
export function isResearched(ledger: Ledger, clip: Pick<ClipEntry, 'ordinal' | 'recording'>): boolean {
  if (!ledger.researched.has(clip.ordinal)) return false;
  const needed = recordingOf(clip);
  return needed === 1 || (ledger.clipRecordings?.get(clip.ordinal) ?? 1) >= needed;
}

/**
 * So many bytes of work items one ledger has at most: an item of DynamoDB takes 400 KB, and what else is in it
 * (bitsets of 300,000 clips, the state of 64 leases, strikes) half of that at worst.
 */
const WORK_BYTES_AT_MOST = 200 * 1024;

/** Whether one more lease fits into the ledger. */
export function hasRoom(ledger: Pick<Ledger, 'leases'>): boolean {
  if (ledger.leases.length >= LEASES_AT_MOST) return false;
  const clips = ledger.leases.reduce((sum, lease) => sum + lease.clips.length, 0);
  // An ordinal is 3 bytes at most where there are fewer than a million: mostly this is all there is to know.
  if (3 * clips < WORK_BYTES_AT_MOST) return true;
  return ledger.leases.reduce((sum, lease) => sum + packedOrdinals(lease.clips).length, 0) < WORK_BYTES_AT_MOST;
}

/** OPEN again, as whoever frees a pair or ends a lease leaves it; what was given up or held stays so. */
export function opened(ledger: Ledger): Ledger {
  if (ledger.state === 'PARKED' || ledger.state === 'HELD') return ledger;
  return { ...ledger, state: 'OPEN', position: ledger.rank };
}

/** Sort key of WAITING: by the time to look again (ms), then rank. */
export const waitingPosition = (lookAgainAt: number, rank: string): string =>
  `${Math.ceil(lookAgainAt).toString().padStart(15, '0')}#${rank}`;

/** Sort key of COMPLETE: by the assignable version it was judged at, then rank. */
export const completePosition = (assignableVersion: number, rank: string): string =>
  `${assignableVersion.toString().padStart(15, '0')}#${rank}`;

/** The time or version that a position of WAITING or COMPLETE begins with. */
export const positionNumber = (position: string): number => Number(position.split('#')[0]);

/** With another rank, whatever the state. */
export function reranked(ledger: Ledger, rank: string): Ledger {
  if (rank === ledger.rank) return ledger;
  const sortedByRank = ledger.state !== 'WAITING' && ledger.state !== 'COMPLETE';
  const position = sortedByRank ? rank : `${ledger.position.split('#', 1)[0]}#${rank}`;
  return { ...ledger, rank, position };
}

/** When something new came: whoever made the ledger's leases may have another clock, and none of them is for the new. */
const afterLeases = ({ leases }: Ledger, now: number): number =>
  leases.reduce((latest, { created }) => Math.max(latest, created + 1), now);

/** With a new media URI of the episode: strikes and parking are void, so its pairs may be assignable again; what is researched stays. */
export function revised(ledger: Ledger, revision: number, now: number): Ledger {
  const { episodeStrikes: _void, handedBack: _free, careful: _over, ...kept } = ledger;
  const clean = { ...kept, revision, revisedAt: afterLeases(ledger, now), pairStrikes: new Map(), parked: new Map() };
  return clean.state === 'HELD' ? clean : { ...clean, state: 'OPEN', position: clean.rank };
}

/** With another recording of the episode: what was researched was the old one, and all of it is to be done again. */
export function reRecorded(ledger: Ledger, recording: NonNullable<Ledger['recording']>): Ledger {
  const { clipRecordings: _old, foundBy: _found, ...kept } = ledger;
  const at = afterLeases(ledger, recording.at);
  return opened({ ...kept, recording: { ...recording, at }, researched: Bitset.empty, found: Bitset.empty });
}

/** Nothing leads to the episode's recording any more: no new leases; what is known of it stays. */
export function goneFrom(ledger: Ledger): Ledger {
  return ledger.gone === true ? ledger : { ...ledger, gone: true, state: 'HELD', position: ledger.rank };
}

/** Something leads to it again. What an operator holds stays held. */
export function cameBack(ledger: Ledger): Ledger {
  if (ledger.gone !== true) return ledger;
  const { gone: _over, ...rest } = ledger;
  if (rest.held !== undefined) return rest;
  const state = isParked(rest.episodeStrikes, rest.revision) ? 'PARKED' : 'OPEN';
  return { ...rest, state, position: rest.rank };
}
