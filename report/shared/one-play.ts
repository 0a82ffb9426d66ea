import type { Plays } from './report-data.ts';

/** Plays of a finding, each once, whatever the time it has in other copies of the audio. */
export interface ToldPlays<P extends Plays> {
  readonly plays: P;
  readonly told: readonly {
    /** Its place in `plays`. */
    readonly index: number;
    readonly seconds: number;
    /** Seconds, in other copies. */
    readonly elsewhere: readonly number[];
  }[];
}

/** Findings with each play once: what of a variant is the same play is told with it, and only the rest is left of the variant. */
export function eachPlayOnce<P extends Plays>(findings: readonly P[]): ToldPlays<P>[] {
  const variants = Map.groupBy(
    findings.filter(({ variant, otherCopy }) => variant > 0 && otherCopy),
    ({ of }) => of,
  );
  return findings.map((plays) => {
    const { of, variant, at, same = {} } = plays;
    const told = at.flatMap((seconds, index) => {
      if (variant > 0) return same[index] === undefined ? [{ index, seconds, elsewhere: [] }] : [];
      const elsewhere = (variants.get(of) ?? []).flatMap((other) =>
        other.at.filter((_, place) => other.same?.[place] === seconds),
      );
      return [{ index, seconds, elsewhere: [...new Set(elsewhere)] }];
    });
    return { plays, told };
  });
}

/** What is said of a play that only a variant has; '' of one that stands. */
export const variantText = ({ variant, otherCopy }: Pick<Plays, 'variant' | 'otherCopy'>): string =>
  variant === 0 ? '' : otherCopy ? 'only in another copy of the audio' : 'only when it was heard again';
