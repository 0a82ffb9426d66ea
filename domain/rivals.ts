import type { Finding } from './collection.ts';
import { copyOf } from './copies.ts';

/** One place where a clip is heard in an episode. */
export interface PlaceHeard {
  readonly clip: number;
  /** Where in the episode the clip begins. */
  readonly offsetNs: number;
  /** 0..1; 0 where nobody said. */
  readonly score: number;
  /** What of the episode it takes: the part that is heard, or all of the clip where nobody said which. */
  readonly fromNs: number;
  readonly toNs: number;
}

/** A place that several clips fit: clips may share audio, and the better one is what is played. */
export interface Contest {
  readonly best: PlaceHeard;
  /** The better ones first. */
  readonly rivals: readonly PlaceHeard[];
}

type Found = Pick<
  Finding,
  'clip' | 'offsetsNs' | 'scores' | 'heardFromNs' | 'heardToNs' | 'clipFacts' | 'episodeFacts'
>;

/** Two places are one where they share more than this of the shorter one. */
const SHARED = 0.5;

/**
 * The places of one episode that several clips fit, by time. Of equal scores the one that takes more stands, then the
 * clip that came first. Plays of one clip are never each other's rivals, nor are places in other copies of the episode.
 * @param findings of one episode, one a clip
 */
export function contestsOf(findings: readonly Found[]): Contest[] {
  const contests: Contest[] = [];
  for (const ofCopy of Map.groupBy(findings, copyOf).values()) {
    const places = ofCopy.flatMap(placesOf).sort((a, b) => a.fromNs - b.fromNs);
    for (const together of touching(places)) {
      if (together.length > 1) contests.push(...decided(together));
    }
  }
  return contests.sort((a, b) => a.best.fromNs - b.best.fromNs);
}

function placesOf({ clip, offsetsNs, scores, heardFromNs, heardToNs, clipFacts }: Found): PlaceHeard[] {
  return offsetsNs.map((offsetNs, index) => ({
    ...{ clip, offsetNs, score: scores[index] ?? 0 },
    fromNs: offsetNs + (heardFromNs?.[index] ?? 0),
    toNs: offsetNs + (heardToNs?.[index] ?? clipFacts.durationNs),
  }));
}

/**
 * What stands in the place of each play that is a rival of another one.
 * @returns by clip, then by where the clip begins
 */
export function betterThan(findings: readonly Found[]): ReadonlyMap<number, ReadonlyMap<number, PlaceHeard>> {
  const better = new Map<number, Map<number, PlaceHeard>>();
  for (const { best, rivals } of contestsOf(findings)) {
    for (const { clip, offsetNs } of rivals) {
      const own = better.get(clip) ?? new Map<number, PlaceHeard>();
      better.set(clip, own.set(offsetNs, best));
    }
  }
  return better;
}

/** @param places by where they begin. @yields those that touch one another, one by the next */
function* touching(places: readonly PlaceHeard[]): Generator<PlaceHeard[]> {
  let together: PlaceHeard[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    if (place.fromNs >= end && together.length > 0) {
      yield together;
      together = [];
    }
    together.push(place);
    end = Math.max(end, place.toNs);
  }
  if (together.length > 0) yield together;
}

function decided(places: readonly PlaceHeard[]): Contest[] {
  const length = ({ fromNs, toNs }: PlaceHeard): number => toNs - fromNs;
  const better = [...places].sort((a, b) => b.score - a.score || length(b) - length(a) || a.clip - b.clip);
  const contests: { readonly best: PlaceHeard; readonly rivals: PlaceHeard[] }[] = [];
  for (const place of better) {
    const lost = contests.find(({ best }) => best.clip !== place.clip && areOne(best, place));
    if (lost === undefined) contests.push({ best: place, rivals: [] });
    else lost.rivals.push(place);
  }
  return contests.filter(({ rivals }) => rivals.length > 0);
}

function areOne(a: PlaceHeard, b: PlaceHeard): boolean {
  const shared = Math.min(a.toNs, b.toNs) - Math.max(a.fromNs, b.fromNs);
  return shared > SHARED * Math.min(a.toNs - a.fromNs, b.toNs - b.fromNs);
}
