import type { ResearchSettings } from '../../../domain/research-settings.ts';
import { Random } from './random.ts';

/** What researchers do; see researchers.ts. */
export const RESEARCHER_KINDS = [
  'healthy',
  'slow',
  'dies after some clips',
  'dies on receipt',
  'hangs but ticks',
  'fails everything',
  'never signs',
  'reports late',
  'reports twice',
  'reports garbage',
] as const;
export type ResearcherKind = (typeof RESEARCHER_KINDS)[number];

/** Chances of one port call, 0..1. */
export interface FaultRates {
  readonly crashBefore: number;
  readonly crashAfter: number;
  /** The call was carried out, and the caller sees an error. */
  readonly unknownOutcome: number;
  readonly throttled: number;
  /** A conditional write is refused, as transactions in conflict are. */
  readonly conflict: number;
  /** A conditional write was carried out, repeated by the SDK, and refused then. */
  readonly doneButConflict: number;
  /** Part of a batch is carried out. */
  readonly partial: number;
  /** The call takes seconds. */
  readonly slow: number;
}

export const NO_FAULTS: FaultRates = {
  crashBefore: 0,
  crashAfter: 0,
  unknownOutcome: 0,
  throttled: 0,
  conflict: 0,
  doneButConflict: 0,
  partial: 0,
  slow: 0,
};

/** A call takes up to `paceMs` from then to then, and so many messages wait at the least. */
export interface CrowdPlan {
  readonly from: number;
  readonly to: number;
  readonly paceMs: number;
  readonly waiting: number;
}

/** Everything that a seed decides beforehand. Durations in ms but for `settings`. */
export interface Plan {
  readonly seed: number;
  readonly settings: ResearchSettings;
  readonly timeoutMs: number;
  readonly drainVisibilityMs: number;
  readonly pendingRetentionMs: number;
  readonly faults: FaultRates;
  readonly indexDelayMs: number;
  readonly countDelayMs: number;
  readonly overlap: number;
  readonly skewMs: Readonly<Record<'assign' | 'record' | 'clips' | 'episodes', number>>;
  readonly researcherSkewMs: number;
  readonly drainOutage: { readonly from: number; readonly to: number } | undefined;
  /** While more comes to the queue of results than a run can take. */
  readonly crowd: CrowdPlan | undefined;
  /** What one answer of a query holds at most. */
  readonly pageBytes: number;
  /** Chances that a queue delivers twice, and that a receive does not take the oldest. */
  readonly duplicated: number;
  readonly reordered: number;
  readonly episodes: number;
  readonly clips: number;
  readonly dead: number;
  readonly killers: number;
  readonly curations: number;
  readonly operations: number;
  /** How often a source replaces a recording of its; in most seeds never. */
  readonly recordings: number;
  readonly researchers: readonly ResearcherKind[];
  /** What most seeds have in common, and one of a profile has not; see profiles.ts. */
  readonly habits: SeedHabits;
  /** Troubles end after so long; then everything must come to its end by `patienceMs`. */
  readonly troubleMs: number;
  readonly patienceMs: number;
}

/** How often what is rare in most seeds happens in one. Durations in ms. */
export interface SeedHabits {
  /** How often the scheduled functions run. */
  readonly everyMs: number;
  /** What a call takes at most, when nothing is slow. */
  readonly callMs: number;
  /** Researchers come within so long, and who found no work asks again within so long. */
  readonly comesWithinMs: number;
  readonly asksWithinMs: number;
  /** How often some file moves, beside all else that curators change. */
  readonly moves: number;
  /** So many addresses do the entries of a show take from each other, there and back; 0: they have their own. */
  readonly addresses: number;
  /** Chance that a source names what curators find. */
  readonly sourced: number;
  /** Chance that a change of what a source names is told by somebody who names no source. */
  readonly hearsay: number;
  /** So many titles does a show have for its entries. */
  readonly titles: number;
  /** Chance that a result tells its clip and episode by names, and that its title is another clip's. */
  readonly nameless: number;
  readonly mistitled: number;
  /** Chance that a result comes again, late, under no lease and by names alone. */
  readonly byName: number;
  /** Chance, at each clip, that somebody stops the researcher. */
  readonly stopped: number;
  /** Chance that an operator revokes a silent lease whenever he looks. */
  readonly impatience: number;
}

export const USUAL_HABITS: SeedHabits = {
  everyMs: 60_000,
  callMs: 40,
  comesWithinMs: 10 * 60_000,
  asksWithinMs: 40_000,
  moves: 0,
  addresses: 0,
  sourced: 0.5,
  hearsay: 0,
  titles: 2,
  nameless: 0.1,
  mistitled: 0,
  byName: 0,
  stopped: 0.03,
  impatience: 0,
};

/** The settings of production, every duration divided; the silence limit stays above what a drain every minute needs. */
export function settingsDivided(by: number, clipsPerItem: number): ResearchSettings {
  const seconds = (value: number, least = 0) => Math.max(least, Math.round(value / by));
  const silenceLimit = seconds(900, 60);
  return {
    leaseDuration: seconds(7200, 300),
    silenceLimit,
    heartbeat: Math.floor(silenceLimit / 3),
    rest1: seconds(900),
    rest2: seconds(7200),
    rest3: seconds(86_400),
    retryRest: seconds(900),
    strikeMemory: seconds(86_400),
    unknownRetry: seconds(300, 60),
    reopenInterval: seconds(3600),
    minimumWaiting: 1,
    clipsPerItem,
  };
}

const MINUTE = 60_000;

/** Drawn by itself, so that it shifts nothing else. */
function recordingsOf(seed: number): number {
  const random = new Random(seed * 31 + 5);
  return random.chance(0.3) ? random.int(1, 20) : 0;
}

/** A seed of no profile. */
export function usualPlanOf(seed: number): Plan {
  const random = new Random(seed);
  const production = random.chance(0.06);
  const divisor = production ? 1 : random.of([12, 16, 24]);
  const settings = settingsDivided(divisor, random.of([2, 3, 4, 6]));
  const rate = (most: number) => (random.chance(0.45) ? 0 : random.next() * most);
  const faults: FaultRates = {
    crashBefore: rate(0.008),
    crashAfter: rate(0.008),
    unknownOutcome: rate(0.012),
    throttled: rate(0.02),
    conflict: rate(0.05),
    doneButConflict: rate(0.02),
    partial: rate(0.1),
    slow: rate(0.01),
  };
  const skew = () => (random.chance(0.5) ? 0 : random.int(-5_000, 5_000));
  const troubleMs = (production ? 5 : random.int(1, 3)) * 60 * MINUTE;
  const outageFrom = random.int(5, 60) * MINUTE;
  const kinds = Array.from({ length: random.int(2, 6) }, () => random.of(RESEARCHER_KINDS));
  // Some archives live in a storm: most of what may fail for an episode does.
  const stormy = random.chance(0.1);
  const plan: Omit<Plan, 'crowd' | 'pageBytes'> = {
    seed,
    settings,
    timeoutMs: 50_000,
    drainVisibilityMs: 60_000,
    pendingRetentionMs: Math.max(60, settings.leaseDuration - 240) * 1000,
    faults: stormy ? { ...faults, throttled: 0.06 } : random.chance(0.12) ? NO_FAULTS : faults,
    indexDelayMs: random.chance(0.5) ? 0 : random.int(100, 4_000),
    countDelayMs: random.chance(0.3) ? 0 : random.int(1_000, 60_000),
    overlap: rate(0.2),
    skewMs: { assign: skew(), record: skew(), clips: skew(), episodes: skew() },
    researcherSkewMs: random.of([0, 0, 2_000, 3 * 60_000]),
    drainOutage: random.chance(0.2) ? { from: outageFrom, to: outageFrom + 40 * MINUTE } : undefined,
    duplicated: rate(0.05),
    reordered: rate(0.8),
    episodes: random.int(1, 5),
    clips: random.int(1, 7),
    dead: random.of([0, 0, 0.1, 0.25]),
    killers: random.of([0, 0, 0.08, 0.15]),
    curations: random.int(0, 14),
    // In a storm operators hold what fails, above all.
    recordings: recordingsOf(seed),
    operations: random.chance(0.4) || stormy ? random.int(stormy ? 6 : 1, 8) : 0,
    researchers: random.chance(0.15) ? ['healthy'] : kinds,
    habits: USUAL_HABITS,
    troubleMs,
    patienceMs: troubleMs + (12 * 86_400_000) / divisor,
  };
  const crowdFrom = random.int(5, 40) * MINUTE;
  const paceMs = random.of([900, 3_000, 8_000]);
  const crowd = random.chance(0.1)
    ? { from: crowdFrom, to: crowdFrom + random.int(3, 12) * MINUTE, paceMs, waiting: 12 }
    : undefined;
  // Most tables in memory would be one page of 1 MB.
  return { ...plan, crowd, pageBytes: random.of([500, 1_500, 1_048_576]) };
}
