import { isWeb } from '../web/redirect.ts';
import { shownAddress } from '../web/shown-address.ts';
import { type CuratedKind, type Problem, reasonOf } from './curated.ts';
import { curationOf } from './curation.ts';
import { type CurationLimits, DEFAULT_LIMITS } from './curation-limits.ts';
import type { CurationStore } from './curation-store.ts';
import type { PriorityRule } from './priority-rules.ts';
import { type FeedWeb, readFeed } from './read-feed.ts';
import { type CuratedQueue, type SendOptions, sendCurated } from './send-curated.ts';

export interface CurateFeedsOptions {
  readonly kind: CuratedKind;
  readonly now: Date;
  readonly queue: CuratedQueue;
  readonly store: CurationStore;
  readonly priorityRules?: readonly PriorityRule[];
  readonly web?: FeedWeb;
  readonly limits?: Partial<CurationLimits>;
  readonly pause?: SendOptions['pause'];
  /** Whether there is time for another feed; those left out come first when the caller turns the list. */
  readonly timeLeft?: () => boolean;
}

/** What became of one feed. */
export interface FeedOutcome {
  /** Without credentials: fit for a log. */
  readonly feed: string;
  readonly sent: number;
  readonly problems: readonly Problem[];
  /** What its keeper should know. */
  readonly notices?: readonly string[];
  /** Why nothing, or not everything, could be curated. */
  readonly failure?: string;
}

/**
 * Curates feeds from the web, one after the other, and sends what is new: the work of a scheduled curator, without
 * any folder. A feed that fails does not stop the others.
 *
 * @param feeds http or https addresses.
 * @returns one outcome a feed, in their order. @throws never for a feed: the caller decides what a failure is.
 */
export async function curateFeeds(feeds: readonly string[], options: CurateFeedsOptions): Promise<FeedOutcome[]> {
  const { timeLeft = () => true } = options;
  const outcomes: FeedOutcome[] = [];
  for (const feed of feeds) {
    const nothing = { feed: shownAddress(feed), sent: 0, problems: [] };
    outcomes.push(timeLeft() ? await curateFeed(feed, options) : { ...nothing, failure: 'no time was left for it' });
  }
  return outcomes;
}

async function curateFeed(feed: string, options: CurateFeedsOptions): Promise<FeedOutcome> {
  const { kind, now, queue, web, pause } = options;
  const problems: Problem[] = [];
  let sent = 0;
  let notices: readonly string[] = [];
  const outcome = () => ({ feed: shownAddress(feed), sent, problems, ...(notices.length > 0 && { notices }) });
  try {
    const url = URL.parse(feed);
    if (!url || !isWeb(url)) throw new Error('an http or https address was expected');
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const curation = curationOf(url.href, readFeed(url, { kind, now, limits }, web), options);
    notices = curation.notices;
    await sendCurated(queue, curation, {
      onProblem: (problem) => problems.push(problem),
      onSent: (count) => {
        sent = count;
      },
      ...(pause && { pause }),
    });
    return outcome();
  } catch (error) {
    return { ...outcome(), failure: reasonOf(error) };
  }
}
