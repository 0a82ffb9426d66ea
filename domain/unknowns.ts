import type { UnheardStretch } from './messages.ts';

/**
 * What an analyzer could not know of a medium: of a clip why nothing can be said of it in any episode, of an episode
 * which stretches were not heard. Without either it takes back what another analyzer said.
 */
export interface Unknowns {
  /** Who says so: name@version. */
  readonly analyzer: string;
  /** Of a clip. */
  readonly notJudged?: string | undefined;
  /** Of an episode, in order; no more than messages take. */
  readonly unheard?: readonly UnheardStretch[] | undefined;
}

/** Whether something is not known. */
export const saysUnknown = ({ notJudged, unheard = [] }: Unknowns): boolean =>
  notJudged !== undefined || unheard.length > 0;

/**
 * What is to be kept now that an analyzer spoke of the same medium. The first word of an analyzer stays; another one
 * replaces it or takes it back, unless it is an older version of the same analyzer.
 * @returns undefined where what is kept stays as it is
 */
export function laterWord(kept: Unknowns | undefined, said: Unknowns): Unknowns | undefined {
  const { analyzer, notJudged, unheard = [] } = said;
  const word: Unknowns = {
    analyzer,
    ...(notJudged !== undefined && { notJudged }),
    ...(unheard.length > 0 && { unheard }),
  };
  if (kept === undefined) return saysUnknown(word) ? word : undefined;
  if (isOlderVersion(analyzer, kept.analyzer)) return undefined;
  if (!saysUnknown(kept)) return saysUnknown(word) ? word : undefined;
  return analyzer === kept.analyzer ? undefined : word;
}

/** Whether the first is a lower version of the same analyzer than the second. */
export function isOlderVersion(analyzer: string, than: string): boolean {
  const [name, version] = parts(analyzer);
  const [otherName, other] = parts(than);
  return name === otherName && version.localeCompare(other, 'en', { numeric: true }) < 0;
}

function parts(analyzer: string): readonly [name: string, version: string] {
  const at = analyzer.lastIndexOf('@');
  return at < 0 ? [analyzer, ''] : [analyzer.slice(0, at), analyzer.slice(at + 1)];
}

/**
 * How much of a medium was not heard, and why.
 * @param durationNs of the medium; 0 where it is not known
 * @returns undefined where all was heard
 */
export function unheardOf(unknowns: Unknowns | undefined, durationNs: number) {
  const { unheard = [] } = unknowns ?? {};
  if (unheard.length === 0) return undefined;
  const lostNs = unheard.reduce((sum, { from, to }) => sum + (to - from), 0);
  // What is missing behind the end belongs to the length that the file should have.
  const wholeNs = durationNs === 0 ? 0 : unheard.reduce((end, { to }) => Math.max(end, to), durationNs);
  return { lostNs, wholeNs, why: [...new Set(unheard.map(({ why }) => why).filter((why) => why !== ''))] };
}
