import type { Dispatcher } from 'undici';
import { privateRange, type RefusedRange } from '../web/address-ranges.ts';
import type { Resolve } from '../web/guarded-connect.ts';
import { WebClient } from '../web/web-client.ts';
import type { ReadSource } from './curated.ts';
import { pageLoader } from './feed-page.ts';
import { type FeedOptions, feedSource } from './feed-source.ts';
import type { SaidOfPace } from './pace.ts';

/** How the web is asked, where not as always. */
export interface FeedWeb {
  /** Which addresses are refused to a feed that leads there; by default all that are not public. */
  readonly refusedRange?: RefusedRange;
  readonly resolve?: Resolve;
  /** What is asked instead of the web, in tests: nothing guards it. */
  readonly dispatcher?: Dispatcher;
  /** Hears what came of each page, and how long it is worth not asking again. */
  readonly onPage?: (said: SaidOfPace) => void;
  /** Ends the reading, whatever it waits for. */
  readonly signal?: AbortSignal;
}

/**
 * A feed at an address that the user named: an http, https or file URL. His host needs no check, since he may well have
 * a feed at home; wherever the feed leads is a stranger's wish.
 */
export function readFeed(url: URL, options: Omit<FeedOptions, 'load'>, web: FeedWeb = {}): ReadSource {
  const { onPage, signal, ...how } = web;
  return async function* (remembered) {
    const client = new WebClient({
      refusedRange: privateRange,
      ...how,
      namedHost: url.host,
      remedy: 'a feed may not lead there',
      userAgent: 'archivist-curator',
      maximumRedirects: options.limits.maxRedirects,
    });
    try {
      const load = pageLoader({ client, limits: options.limits, userAddress: url, onPage });
      return yield* feedSource(url, { ...options, load, ...(signal && { signal }) })(remembered);
    } finally {
      client.close();
    }
  };
}
