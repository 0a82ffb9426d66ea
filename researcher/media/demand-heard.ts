import { MediaError } from './media-error.ts';
import type { Unheard, WhyUnheard } from './unheard.ts';

/** Where less than half of a file is heard, "not played" would be a guess. */
const MOST_UNHEARD_SHARE = 0.5;

const WORDS: Readonly<Record<WhyUnheard, string>> = {
  damaged: 'is damaged',
  missing: 'is missing',
  unknown: 'is of a kind that no decoder here knows',
};

/** Throws MediaError, with the longest stretch and its reason, where too little was heard for any answer. */
export function demandHeard({ unheard, unheardShare }: Unheard): void {
  if (unheardShare <= MOST_UNHEARD_SHARE) return;
  const [longest] = unheard.toSorted((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs));
  const where = longest
    ? `: ${clock(longest.fromNs)}–${clock(longest.toNs)} ${WORDS[longest.why]}`
    : ', in many short pieces';
  throw new MediaError(
    `only ${Math.floor((1 - unheardShare) * 100)} % of it can be heard (at least ${MOST_UNHEARD_SHARE * 100} % are needed)${where}`,
  );
}

/** 0:00:00 */
function clock(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
