import { type CurateFeedsOptions, curateFeeds } from '../../curators/curate-feeds.ts';
import type { CuratedKind } from '../../curators/curated.ts';
import type { CurationStore } from '../../curators/curation-store.ts';
import type { CuratedQueue } from '../../curators/send-curated.ts';
import type { Feed } from './feeds.ts';

export interface CurateAllFeedsDependencies extends Pick<CurateFeedsOptions, 'web' | 'pause'> {
  readonly queues: Readonly<Record<CuratedKind, CuratedQueue>>;
  readonly store: CurationStore;
  /** ms since the epoch. */
  readonly clock: () => number;
  /** ms until the run must have ended. */
  readonly timeLeft: () => number;
  /** An entry that could not be curated; the others are. */
  readonly onProblem: (feed: string, what: string, reason: string) => void;
  /** What the keeper of a feed should know. */
  readonly onNotice?: (feed: string, notice: string) => void;
}

/** What a run did, for whoever invoked it and its log line. */
export interface CurateSummary {
  end: 'all feeds curated' | 'time nearly up';
  /** Feeds that were read, or found unchanged. */
  feeds: number;
  sent: number;
  problems: number;
  /** Feeds that there was no time for; they come first in a later run. */
  left: number;
  readonly failures: string[];
}

/** What a feed needs at least, and what sending and remembering its entries takes at its end. */
const LEAST_MS = 30_000;
const RESERVE_MS = 15_000;
const LONGEST_MS = 600_000;
const HOUR_MS = 3_600_000;

/**
 * Curates all feeds, one after the other, each run beginning with another one: so one that takes all the time keeps
 * no other from being curated for long. A feed that fails is noted in `failures` and stops no other.
 */
export async function curateAllFeeds(
  feeds: readonly Feed[],
  { queues, store, clock, timeLeft, onProblem, onNotice, ...rest }: CurateAllFeedsDependencies,
): Promise<CurateSummary> {
  const summary: CurateSummary = { end: 'all feeds curated', feeds: 0, sent: 0, problems: 0, left: 0, failures: [] };
  const first = feeds.length === 0 ? 0 : Math.floor(clock() / HOUR_MS) % feeds.length;
  const names = namesOf(feeds);
  for (const [index, one] of [...feeds.slice(first), ...feeds.slice(0, first)].entries()) {
    const { kind, url } = one;
    const left = timeLeft();
    if (left < LEAST_MS + RESERVE_MS) {
      summary.end = 'time nearly up';
      summary.left = feeds.length - index;
      break;
    }
    const totalTimeMs = Math.min(LONGEST_MS, left - RESERVE_MS);
    const options = { kind, now: new Date(clock()), queue: queues[kind], store, limits: { totalTimeMs }, ...rest };
    for (const { feed, sent, problems, notices = [], failure } of await curateFeeds([url], options)) {
      summary.sent += sent;
      summary.problems += problems.length;
      const name = `${names.get(one)}, ${feed}`;
      for (const { what, reason } of problems) onProblem(name, what, reason);
      for (const notice of notices) onNotice?.(name, notice);
      if (failure === undefined) summary.feeds++;
      else summary.failures.push(`${name}: ${failure}`);
    }
  }
  return summary;
}

/** Many feeds are at one host, and their addresses are secrets: what tells them apart is their place in the settings. */
function namesOf(feeds: readonly Feed[]): ReadonlyMap<Feed, string> {
  const counts = { episodes: 0, clips: 0 };
  return new Map(feeds.map((feed) => [feed, `feed ${++counts[feed.kind]} of ${feed.kind}`]));
}
