import { copyOf, samePlays } from '../../domain/copies.ts';
import type { StoredFinding } from '../tables/dynamo-operations.ts';

type OfPair = Omit<StoredFinding, 'researchDate'>;

/** Where another finding of a pair has the same play. */
export interface OtherPlace {
  readonly variant: number;
  readonly offsetNs: number;
  /** Names the copy of the episode. */
  readonly copy: string;
  readonly isOtherCopy: boolean;
}

/** What the findings of one pair say of each other's plays. */
export interface OfOnePair {
  /** Of a finding that stands, by index of its play. */
  readonly alsoAt?: ReadonlyMap<number, readonly OtherPlace[]> | undefined;
  /** Of a variant, by index of its place: where the finding that stands has the play; undefined where it has none. */
  readonly playNs?: readonly (number | undefined)[] | undefined;
  /** Of a variant: it is of another copy than the finding that stands. */
  readonly isOtherCopy?: boolean | undefined;
}

/**
 * Findings with what the others of their pair say of the same plays: the same play is one, at whichever time a copy of the
 * episode has it.
 * @param findings of whole pairs, in any order; it is kept
 */
export function withCopies<F extends OfPair>(findings: readonly F[]): (F & OfOnePair)[] {
  const variants = Map.groupBy(
    findings.filter(({ variant }) => variant > 0),
    pairOf,
  );
  if (variants.size === 0) return [...findings];
  const standing = new Map(findings.filter(({ variant }) => variant === 0).map((one) => [pairOf(one), one]));
  return findings.map((finding) => {
    const pair = pairOf(finding);
    const first = standing.get(pair);
    if (finding.variant === 0) return { ...finding, alsoAt: alsoAt(finding, variants.get(pair) ?? []) };
    if (first === undefined) return finding;
    const playNs = samePlays(first, finding).map((index) => (index === undefined ? undefined : first.offsetsNs[index]));
    return { ...finding, playNs, isOtherCopy: copyOf(first) !== copyOf(finding) };
  });
}

const pairOf = ({ episode, clip }: OfPair): string => `${episode} ${clip}`;

function alsoAt(standing: OfPair, variants: readonly OfPair[]): OfOnePair['alsoAt'] {
  if (variants.length === 0) return undefined;
  const places = new Map<number, OtherPlace[]>();
  for (const variant of variants) {
    const copy = copyOf(variant);
    for (const [place, index] of samePlays(standing, variant).entries()) {
      if (index === undefined) continue;
      const { variant: number, offsetsNs } = variant;
      const one = { variant: number, offsetNs: offsetsNs[place]!, copy, isOtherCopy: copy !== copyOf(standing) };
      places.set(index, [...(places.get(index) ?? []), one]);
    }
  }
  return places.size === 0 ? undefined : places;
}
