import type { ResearchSettings } from './research-settings.ts';

/** A strike parks at the fourth. */
export const PARKED_AT = 4;
/** Who struck is remembered for so many; more would be noise, and the record must stay small. */
const STRIKERS_KEPT = 8;

/** What speaks against a pair, a clip or an episode. Times are in ms since the epoch. */
export interface Strikes {
  readonly count: number;
  readonly restUntil: number;
  /** Latest reason, for people. */
  readonly reason: string;
  /** Who struck when; the memory outlives the strikes themselves. */
  readonly strikers: readonly { readonly by: string; readonly at: number }[];
  /** The media revision that was struck; strikes of an older one are void. */
  readonly revision: number;
}

export interface Strike {
  /** Name of the researcher; unnamed ones ('') count as one. */
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  readonly revision: number;
}

/** Whether the strikes still concern the media as it is now. */
export function valid(strikes: Strikes | undefined, revision: number): strikes is Strikes {
  return strikes !== undefined && strikes.revision >= revision;
}

export function isParked(strikes: Strikes | undefined, revision: number): boolean {
  return valid(strikes, revision) && strikes.count >= PARKED_AT;
}

export function isResting(strikes: Strikes | undefined, revision: number, now: number): boolean {
  return valid(strikes, revision) && now < strikes.restUntil;
}

export function strikeCount(strikes: Strikes | undefined, revision: number): number {
  return valid(strikes, revision) ? strikes.count : 0;
}

/**
 * The strikes after one more. It counts once a researcher within `strikeMemory`, never while the thing rests, and
 * never on what is parked already; an outage that hits everybody therefore parks nothing.
 * @returns `strikes` itself, unchanged, when the strike does not count.
 */
export function struck(strikes: Strikes | undefined, strike: Strike, settings: ResearchSettings): Strikes | undefined {
  const before = valid(strikes, strike.revision) ? strikes : undefined;
  if (before !== undefined) {
    if (before.count >= PARKED_AT || strike.at < before.restUntil) return strikes;
    const since = strike.at - settings.strikeMemory * 1000;
    if (before.strikers.some((striker) => striker.by === strike.by && striker.at > since)) return strikes;
  }
  const count = (before?.count ?? 0) + 1;
  const rest = [settings.rest1, settings.rest2, settings.rest3][count - 1] ?? 0;
  return {
    count,
    restUntil: strike.at + rest * 1000,
    reason: strike.reason,
    strikers: [...(before?.strikers ?? []), { by: strike.by, at: strike.at }].slice(-STRIKERS_KEPT),
    revision: strike.revision,
  };
}

/**
 * The strikes after one that does not count because its striker is remembered: so that nobody ends at the same thing again
 * and again, it rests until all who struck it are forgotten.
 */
export function restedUntilForgotten(
  strikes: Strikes | undefined,
  { by, at, revision }: Strike,
  settings: ResearchSettings,
): Strikes | undefined {
  if (!valid(strikes, revision) || strikes.count === 0 || strikes.count >= PARKED_AT || at < strikes.restUntil)
    return strikes;
  const memory = settings.strikeMemory * 1000;
  if (!strikes.strikers.some((striker) => striker.by === by && striker.at > at - memory)) return strikes;
  const latest = strikes.strikers.reduce((time, striker) => Math.max(time, striker.at), 0);
  return { ...strikes, restUntil: latest + memory };
}

/** The strikes after a result: no count, no rest, but who struck is remembered. Parked stays parked: only a new media URI or an operator ends that. */
export function cleared(strikes: Strikes | undefined): Strikes | undefined {
  if (strikes === undefined || strikes.count >= PARKED_AT || (strikes.count === 0 && strikes.restUntil === 0))
    return strikes;
  return { ...strikes, count: 0, restUntil: 0, reason: '' };
}
