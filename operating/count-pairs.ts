import type { Bitset } from '../domain/bitset.ts';
import { type Catalogue, type ClipEntry, isOut, recordingOf } from '../domain/collection.ts';
import { isResearched, type Ledger } from '../domain/ledger.ts';
import { isGivenUp } from '../domain/selection.ts';
import { isParked } from '../domain/strikes.ts';

/** The pairs of one episode. `researched + givenUp + toDo` is the number of clips. */
export interface PairCounts {
  readonly researched: number;
  /** Parked by themselves, with their clip or with their episode, or retired with either. */
  readonly givenUp: number;
  /** Parked by themselves. */
  readonly parked: number;
  /** Leased or not. */
  readonly toDo: number;
}

/** Whether the whole episode is given up, whatever its clips. */
export const isOverWhole = (ledger: Ledger): boolean =>
  ledger.state === 'PARKED' ||
  (ledger.state === 'HELD' &&
    (ledger.held === 'retired' ||
      ledger.held === 'removed' ||
      ledger.gone === true ||
      isParked(ledger.episodeStrikes, ledger.revision)));

/**
 * Counts the pairs of an episode without looking at each, since there may be millions in all.
 * @param givenUpClips the clips of the catalogue that are retired or parked everywhere
 */
export function countPairs(ledger: Ledger, catalogue: Catalogue, givenUpClips: readonly number[]): PairCounts {
  const clips = catalogue.clips.length;
  const researched = thereNow(ledger, ledger.researched, catalogue);
  let parked = 0;
  const done = (ordinal: number) => isResearched(ledger, catalogue.byOrdinal.get(ordinal) ?? { ordinal });
  const givenUp = new Set(givenUpClips.filter((clip) => !done(clip)));
  for (const ordinal of ledger.parked.keys()) {
    const clip = catalogue.byOrdinal.get(ordinal);
    if (clip === undefined || done(ordinal) || !isGivenUp(ledger, clip)) continue;
    parked++;
    givenUp.add(ordinal);
  }
  const left = clips - researched;
  if (isOverWhole(ledger)) return { researched, givenUp: left, parked, toDo: 0 };
  return { researched, givenUp: givenUp.size, parked, toDo: left - givenUp.size };
}

/** How far an episode is, by what there is to do: what it was last judged to be may be out of date. */
export type EpisodeProgress = 'complete' | 'in progress' | 'not begun' | 'given up' | 'paused' | 'retired';

export function episodeProgress(ledger: Ledger, { researched, givenUp, toDo }: PairCounts): EpisodeProgress {
  if (ledger.state === 'HELD' && ledger.held === 'retired') return 'retired';
  if (isOverWhole(ledger)) return 'given up';
  if (ledger.state === 'HELD') return 'paused';
  // Without any clip there is nothing that could be complete.
  if (researched + givenUp === 0) return 'not begun';
  return toDo > 0 ? (researched > 0 ? 'in progress' : 'not begun') : 'complete';
}

/** Bits of clips that are damaged are not among the clips that there are; those of older recordings say nothing now. */
function thereNow(ledger: Ledger, clips: Bitset, catalogue: Catalogue): number {
  const { byOrdinal, unreadable = [] } = catalogue;
  const there = unreadable.length === 0 ? clips.size : [...clips].filter((clip) => byOrdinal.has(clip)).length;
  return there - outdatedIn(ledger, clips, catalogue).length;
}

/** The clips in a set of the ledger that are there of an older recording only. */
export const outdatedIn = (ledger: Ledger, clips: Bitset, catalogue: Catalogue): ClipEntry[] =>
  replacedClips(catalogue).filter((clip) => clips.has(clip.ordinal) && !isResearched(ledger, clip));

/** How many clips were found in the episode, in their recordings of now; undefined where its ledger does not know. */
export const foundNow = (ledger: Ledger, catalogue: Catalogue): number | undefined =>
  ledger.found && thereNow(ledger, ledger.found, catalogue);

/** In how many episodes each clip is in their set, in its recording of now, of ledgers that come some at a time. */
export class CountsByClip {
  private readonly catalogue: Catalogue;
  private counts = new Uint32Array(0);

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
  }

  /** @param sets of the ledgers, in their order */
  add(ledgers: readonly Ledger[], sets: readonly Bitset[]): void {
    const bytes = sets.reduce((most, set) => Math.max(most, set.bytes.length), 0);
    if (bytes * 8 > this.counts.length) {
      const wider = new Uint32Array(bytes * 8);
      wider.set(this.counts);
      this.counts = wider;
    }
    // Many have the same set: hundreds of millions of pairs need not be counted one by one.
    for (const [set, same] of Map.groupBy(sets, (one) => one)) countMembers(set, same.length, this.counts);
    for (const clip of replacedClips(this.catalogue)) {
      for (const [index, ledger] of ledgers.entries()) {
        if (sets[index]?.has(clip.ordinal) && !isResearched(ledger, clip)) this.counts[clip.ordinal]!--;
      }
    }
  }

  of(clip: number): number {
    return this.counts[clip] ?? 0;
  }
}

const replaced = new WeakMap<Catalogue, readonly ClipEntry[]>();

/** Clips whose recording is not the first: few, and looked for once a catalogue. */
function replacedClips(catalogue: Catalogue): readonly ClipEntry[] {
  const known = replaced.get(catalogue) ?? catalogue.clips.filter((clip) => recordingOf(clip) > 1);
  replaced.set(catalogue, known);
  return known;
}

/** The clips that are researched nowhere as things are. */
export const givenUpClips = ({ clips }: Catalogue): number[] =>
  clips.filter((clip) => isOut(clip) || isParked(clip.strikes, clip.revision)).map(({ ordinal }) => ordinal);

/** Adds so many to the count of each member. */
function countMembers({ bytes }: Bitset, times: number, counts: Uint32Array): void {
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    if (byte === 0) continue;
    for (let bit = 0; bit < 8; bit++) counts[index * 8 + bit]! += ((byte >>> bit) & 1) * times;
  }
}
