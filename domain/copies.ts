import type { Finding } from './collection.ts';

/*
 * A host may put other advertisements into an episode each time it is fetched: copies of it differ in what stands between
 * its parts. What is found in another copy lies at other times, by so much in each part, and is the same play all the same.
 */

type Found = Pick<Finding, 'offsetsNs' | 'heardFromNs' | 'heardToNs' | 'episodeFacts' | 'clipFacts'>;

/** Names the copy of the episode that a finding is of: by its hash, or else its length; '' where neither is known. */
export const copyOf = ({ episodeFacts: { hash, durationNs } }: Pick<Finding, 'episodeFacts'>): string =>
  hash !== '' ? hash : durationNs > 0 ? String(durationNs) : '';

/** More advertisements than that before a play, or fewer, are no copy of it. */
const LONGEST_SHIFT_NS = 15 * 60e9;
/** Between two advertisements everything lies later by the same, give or take what a place is exact to. */
const SAME_SHIFT_NS = 0.1e9;
/** Of the shorter one: what plays are to share of the clip, or of one copy. */
const SHARED = 0.5;
/** Another advertisement explains another shift; the fewer are needed, the better. Both ends together cost less than a play. */
const COST_OF_A_CHANGE = 0.4;
/** Pairs of plays that are compared; a clip that loops for hours is told apart by its order alone. */
const MOST_PAIRS = 250_000;

/**
 * Which plays of the finding that stands the places of a variant are. In one copy they are those that share most of their
 * time. Between copies the same part of the clip is heard, their order is kept, and of all ways to assign them the one
 * stands that has the most plays with the fewest changes of the shift.
 * @returns by place of the variant: the index of the play, undefined where the standing finding has none
 */
export function samePlays(standing: Found, variant: Found): (number | undefined)[] {
  const [own, other] = [placesOf(standing), placesOf(variant)];
  const inOneCopy = copyOf(standing) === copyOf(variant);
  if (own.length * other.length > MOST_PAIRS)
    return other.map((_, index) => (own.length === other.length ? index : undefined));
  const mayBeOne = inOneCopy ? shareTime : haveOnePart;
  const longer =
    inOneCopy || standing.episodeFacts.durationNs === 0 || variant.episodeFacts.durationNs === 0
      ? undefined
      : variant.episodeFacts.durationNs - standing.episodeFacts.durationNs;
  const same: (number | undefined)[] = other.map(() => undefined);
  for (let link = best(own, other, mayBeOne, longer); link; link = link.before) same[link.variant] = link.standing;
  return same;
}

/** One play: where the clip would begin, and the part of it that is heard. */
interface Place {
  readonly offsetNs: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** A way to assign plays up to these two. */
interface Link {
  readonly standing: number;
  readonly variant: number;
  readonly shift: number;
  readonly value: number;
  readonly before: Link | undefined;
}

function placesOf({ offsetsNs, heardFromNs, heardToNs, clipFacts }: Found): Place[] {
  return offsetsNs.map((offsetNs, index) => ({
    offsetNs,
    fromNs: heardFromNs?.[index] ?? 0,
    toNs: heardToNs?.[index] ?? clipFacts.durationNs,
  }));
}

/** Of a clip of unknown length nothing is known that would tell them apart. */
function haveOnePart(a: Place, b: Place): boolean {
  if (Math.abs(b.offsetNs - a.offsetNs) > LONGEST_SHIFT_NS) return false;
  const shorter = Math.min(a.toNs - a.fromNs, b.toNs - b.fromNs);
  return shorter <= 0 || Math.min(a.toNs, b.toNs) - Math.max(a.fromNs, b.fromNs) > SHARED * shorter;
}

function shareTime(a: Place, b: Place): boolean {
  const shift = b.offsetNs - a.offsetNs;
  const shorter = Math.min(a.toNs - a.fromNs, b.toNs - b.fromNs);
  if (shorter <= 0) return Math.abs(shift) <= SAME_SHIFT_NS;
  return Math.min(a.toNs, b.toNs + shift) - Math.max(a.fromNs, b.fromNs + shift) > SHARED * shorter;
}

/** @param longer by how much the whole variant is longer, if that is known: the shift behind the last play */
function best(
  own: readonly Place[],
  other: readonly Place[],
  mayBeOne: (a: Place, b: Place) => boolean,
  longer: number | undefined,
): Link | undefined {
  const cost = (from: number, to: number): number => (Math.abs(to - from) <= SAME_SHIFT_NS ? 0 : COST_OF_A_CHANGE);
  /** The best so far that ends at each place of the variant, and those with each shift. */
  const ending: (Link | undefined)[] = [];
  const byShift = new Map<number, Link>();
  const slot = (shift: number): number => Math.round(shift / SAME_SHIFT_NS);
  let [whole, most] = [undefined as Link | undefined, 0];
  for (const [standing, a] of own.entries()) {
    const found: Link[] = [];
    let earlier: Link | undefined;
    for (const [variant, b] of other.entries()) {
      if (mayBeOne(a, b)) {
        const shift = b.offsetNs - a.offsetNs;
        let before = earlier;
        let value = earlier ? earlier.value - COST_OF_A_CHANGE : -cost(0, shift);
        for (const near of [-1, 0, 1]) {
          const one = byShift.get(slot(shift) + near);
          if (one && one.variant < variant && one.value - cost(one.shift, shift) > value)
            [before, value] = [one, one.value - cost(one.shift, shift)];
        }
        const link = { standing, variant, shift, value: value + 1, before };
        found.push(link);
        const total = link.value - (longer === undefined ? 0 : cost(shift, longer));
        if (total > most) [whole, most] = [link, total];
      }
      const ended = ending[variant];
      if (ended && ended.value > (earlier?.value ?? 0)) earlier = ended;
    }
    for (const link of found) {
      if (link.value > (ending[link.variant]?.value ?? 0)) ending[link.variant] = link;
      if (link.value > (byShift.get(slot(link.shift))?.value ?? 0)) byShift.set(slot(link.shift), link);
    }
  }
  return whole;
}
