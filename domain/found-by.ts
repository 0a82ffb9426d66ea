import { Bitset } from './bitset.ts';

/**
 * The clips that each analyzer reported as found in an episode, in the recordings of now: together they are `found` of its
 * ledger. So who asks for the findings of one version of an analyzer need not look through those of all.
 */
export type FoundBy = ReadonlyMap<string, Bitset>;

interface Found {
  readonly found?: Bitset | undefined;
  readonly foundBy?: FoundBy | undefined;
}

const NOBODY: FoundBy = new Map();

/** By whom an episode's findings are; undefined where that is not known of one of them. */
export const knownFoundBy = ({ found, foundBy }: Found): FoundBy | undefined =>
  found === undefined ? undefined : found.size === 0 ? NOBODY : foundBy;

/** Without these clips, and without analyzers of whom nothing is left. */
export function foundByWithout(foundBy: FoundBy, clips: readonly number[]): FoundBy {
  const left = new Map<string, Bitset>();
  for (const [analyzer, its] of foundBy) {
    const kept = clips.some((clip) => its.has(clip)) ? its.without(clips) : its;
    if (kept.size > 0) left.set(analyzer, kept);
  }
  return left;
}

/** With what was reported; itself where that was known. @param gone clips whose older recording was found */
export function foundByWith(
  foundBy: FoundBy,
  more: ReadonlyMap<string, Set<number>>,
  gone: readonly number[],
): FoundBy {
  const before = gone.length === 0 ? foundBy : foundByWithout(foundBy, gone);
  const after = new Map(before);
  let isSame = before === foundBy;
  for (const [analyzer, clips] of more) {
    const its = before.get(analyzer) ?? Bitset.empty;
    const added = [...clips].filter((clip) => !its.has(clip));
    if (added.length === 0) continue;
    after.set(analyzer, its.with(added));
    isSame = false;
  }
  return isSame ? foundBy : after;
}
