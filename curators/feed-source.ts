import { setImmediate } from 'node:timers/promises';
import { withoutCredentials } from '../web/credentials.ts';
import { isWeb } from '../web/redirect.ts';
import { shownAddress } from '../web/shown-address.ts';
import { type CuratedKind, type Draft, type Problem, type ReadSource, reasonOf, SourceUnusable } from './curated.ts';
import type { CurationLimits } from './curation-limits.ts';
import { feedDraft } from './feed-draft.ts';
import { type FeedEntry, feedEntries, feedFrame } from './feed-entry.ts';
import { type FeedMarkup, feedMarkup } from './feed-markup.ts';
import type { LoadPage, Page } from './feed-page.ts';
import { cutTo, titleFrom } from './plain-text.ts';

export interface FeedOptions {
  readonly kind: CuratedKind;
  readonly now: Date;
  readonly limits: CurationLimits;
  readonly load: LoadPage;
  /** What relative addresses refer to, where it is not the feed itself. */
  readonly baseUri?: string;
}

/** Entries parsed before others get their turn on this thread. */
const AT_ONCE = 200;

const LONGEST_CURATOR = 250;

/**
 * A feed with all its pages. A page that cannot be read, a limit, or links that lead in a circle end the paging with
 * a problem; what was read before counts, but the next run then reads everything again.
 */
export function feedSource(address: URL, options: FeedOptions): ReadSource {
  return async function* ({ validators }) {
    const { limits, load, now } = options;
    const deadline = AbortSignal.timeout(limits.totalTimeMs);
    const reader: Reader = { options, count: 0, broken: 0, seen: new Set(), deadline, cutShort: '' };
    const first = await load(address, { validators, signal: deadline, maxBytes: limits.maxDocumentBytes });
    if (first.unchanged) return { unchanged: true, validators };

    const visited = new Set([withoutCredentials(address).href, first.url.href]);
    let [page, markup, bytes] = [first, markupOf(first, reader), first.size];
    for (let pages = 1; ; pages += 1) {
      const next = yield* entriesOf(page, markup, reader, now.getTime());
      const stop = reader.cutShort || (next && stopReason(next, { visited, pages, bytes, reader, from: page.url }));
      if (next === undefined || stop) {
        if (reader.count === 0) throw new SourceUnusable(`${shownAddress(address.href)} is a feed without any entry`);
        if (stop) yield { ok: false, what: 'the rest of the feed', reason: stop };
        return stop ? { unchanged: false } : { unchanged: false, validators: first.validators };
      }
      visited.add(next.href);
      const loaded = yield* nextPage(next, pages + 1, reader, bytes);
      if (!loaded) return { unchanged: false };
      visited.add(loaded.page.url.href);
      [page, markup, bytes] = [loaded.page, loaded.markup, bytes + loaded.page.size];
    }
  };
}

interface Reader {
  readonly options: FeedOptions;
  readonly deadline: AbortSignal;
  /** Entries so far, over all pages. */
  count: number;
  /** Of these, those that were not well-formed. */
  broken: number;
  /** What entries are known by: a page without a new one ends the paging. */
  readonly seen: Set<string>;
  /** Why a page was not read to its end; empty as long as all were. */
  cutShort: string;
}

function markupOf(page: Page, { options, count }: Reader): FeedMarkup {
  try {
    return feedMarkup(page.text, options.limits.maxEntries - count + 1);
  } catch (error) {
    throw new SourceUnusable(`${shownAddress(page.url.href)} is no feed: ${reasonOf(error)}`);
  }
}

async function* nextPage(
  url: URL,
  number: number,
  reader: Reader,
  bytes: number,
): AsyncGenerator<Problem, { page: Page; markup: FeedMarkup } | undefined> {
  const { options, deadline } = reader;
  const { maxDocumentBytes, maxTotalBytes } = options.limits;
  try {
    const maxBytes = Math.min(maxDocumentBytes, maxTotalBytes - bytes);
    const page = await options.load(url, { validators: {}, signal: deadline, maxBytes });
    if (!page.unchanged) return { page, markup: markupOf(page, reader) };
    throw new SourceUnusable(`${shownAddress(url.href)} answered "not modified" although nothing was asked`);
  } catch (error) {
    yield { ok: false, what: `page ${number} of the feed`, reason: `${reasonOf(error)}; older entries are missing` };
    return undefined;
  }
}

/** @returns the address of the next page; of a page without any new entry none. */
async function* entriesOf(
  page: Page,
  markup: FeedMarkup,
  reader: Reader,
  nowMs: number,
): AsyncGenerator<Draft | Problem, URL | undefined> {
  const { kind, baseUri } = reader.options;
  const frame = feedFrame(markup);
  const document = baseUri === undefined ? page.url : new URL(baseUri);
  const place = {
    kind,
    base: (frame.base && URL.parse(frame.base, document.href)) || document,
    local: !isWeb(document),
    documentMs: latest(frame.updatedMs, page.modifiedMs),
    nowMs,
    curatorInformation: curatorInformation(titleFrom(frame.title), page.url),
  };
  const known = reader.seen.size;
  for (const entry of feedEntries(markup)) {
    if (reader.count % AT_ONCE === 0) await setImmediate();
    reader.cutShort = overLimit(reader);
    if (reader.cutShort) return undefined;
    reader.count += 1;
    if (!entry) reader.broken += 1;
    reader.seen.add(entry ? identityOf(entry) : `broken ${reader.count}`);
    yield entry ? feedDraft(entry, { ...place, number: reader.count }) : broken(reader.count);
  }
  const isNew = reader.seen.size > known || known === 0;
  const next = frame.next !== undefined && isNew ? URL.parse(frame.next, page.url.href) : null;
  return next ? withoutCredentials(next) : undefined;
}

/** @returns why no further entry is read; empty as long as one may be. */
function overLimit({ options, deadline, count, broken }: Reader): string {
  const { totalTimeMs, maxEntries, maxBroken } = options.limits;
  if (deadline.aborted) return `it took more than ${totalTimeMs / 1_000} s, the most that it may`;
  if (count >= maxEntries) return `more than ${maxEntries} entries, the most that are read`;
  return broken >= maxBroken ? `more than ${maxBroken} broken entries, the most that are looked at` : '';
}

function identityOf({ guid, title, enclosures }: FeedEntry): string {
  return JSON.stringify([guid, guid ? '' : title, guid ? '' : enclosures[0]?.[0]?.uri]);
}

function broken(number: number): Problem {
  return { ok: false, what: `entry ${number}`, reason: 'it is empty, not closed, or not well-formed XML' };
}

interface Paging {
  readonly visited: ReadonlySet<string>;
  readonly pages: number;
  readonly bytes: number;
  readonly reader: Reader;
  readonly from: URL;
}

/** @returns why the next page is not read; the empty text when it is. */
function stopReason(next: URL, { visited, pages, bytes, reader, from }: Paging): string {
  const { maxPages, maxTotalBytes } = reader.options.limits;
  const over = overLimit(reader);
  if (over) return over;
  if (visited.has(next.href))
    return `its address ${shownAddress(next.href)} was read before: the pages lead in a circle`;
  if (pages >= maxPages) return `more than ${maxPages} pages, the most that are read`;
  if (bytes >= maxTotalBytes) return `the pages have more than ${maxTotalBytes} bytes, the most that are read`;
  const folder = new URL('.', from).href;
  const allowed = isWeb(from) ? isWeb(next) : next.href.startsWith(folder);
  return allowed ? '' : `its address ${shownAddress(next.href)} is not where a page of this feed may be`;
}

function latest(...dates: readonly (number | undefined)[]): number | undefined {
  const known = dates.filter((date) => date !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

/** Without the address itself: those of private feeds are secrets. */
function curatorInformation(title: string, url: URL): string {
  const where = isWeb(url) ? ` at ${url.host}` : '';
  return cutTo(`feed${title ? ` “${title}”` : ''}${where}`, LONGEST_CURATOR);
}
