import { setImmediate } from 'node:timers/promises';
import { SOURCE_LIMITS } from '../domain/messages.ts';
import { withoutCredentials } from '../web/credentials.ts';
import { isWeb } from '../web/redirect.ts';
import { shownAddress } from '../web/shown-address.ts';
import {
  type CuratedKind,
  type Draft,
  type Problem,
  type Reading,
  type ReadSource,
  type Remembered,
  reasonOf,
  SourceUnusable,
} from './curated.ts';
import type { CurationLimits } from './curation-limits.ts';
import { feedDraft, shortenedId } from './feed-draft.ts';
import { type FeedEntry, type FeedFrame, openedFeed } from './feed-entry.ts';
import { type FeedMarkup, feedMarkup } from './feed-markup.ts';
import type { LoadPage, Page } from './feed-page.ts';
import { cutTo, titleFrom } from './plain-text.ts';
import { feedIdentity } from './source-identity.ts';

export interface FeedOptions {
  readonly kind: CuratedKind;
  readonly now: Date;
  readonly limits: CurationLimits;
  readonly load: LoadPage;
  /** What relative addresses refer to, where it is not the feed itself. */
  readonly baseUri?: string;
  /** Whether entries that ask directories to leave them out (itunes:block) are left out. */
  readonly respectBlock?: boolean;
  /** Ends the reading, whatever it waits for. */
  readonly signal?: AbortSignal;
}

/** Entries parsed before others get their turn on this thread. */
const AT_ONCE = 200;

const LONGEST_CURATOR = 250;

/**
 * A feed with all its pages. A page that cannot be read, a limit, or links that lead in a circle end the paging with
 * a problem; what was read before counts, but the next run then reads everything again.
 */
export function feedSource(address: URL, options: FeedOptions): ReadSource {
  return async function* ({ validators, movedTo }) {
    const { limits, now, signal } = options;
    const timeout = AbortSignal.timeout(limits.totalTimeMs);
    const deadline = signal ? AbortSignal.any([signal, timeout]) : timeout;
    const reader: Reader = {
      options,
      deadline,
      count: 0,
      broken: 0,
      seen: new Set(),
      cutShort: '',
      ids: new Set(),
      ...NO_REMARKS,
    };
    const first = await firstPage(address, { validators, movedTo }, reader);
    if (first.unchanged) return { unchanged: true, validators, movedTo, notices: movedNotices(address, movedTo) };

    const visited = new Set([withoutCredentials(address).href, first.url.href]);
    let [page, markup, bytes] = [first, markupOf(first, reader), first.document.size];
    for (let pages = 1; ; pages += 1) {
      const next = yield* entriesOf(page, markup, reader, now.getTime());
      const stop = reader.cutShort || (next && stopReason(next, { visited, pages, bytes, reader, from: page.url }));
      if (next === undefined || stop) {
        if (reader.count === 0) throw new SourceUnusable(`${shownAddress(address.href)} is a feed without any entry`);
        if (stop) yield { ok: false, what: 'the rest of the feed', reason: stop };
        const found = foundOut(address, first, reader);
        if (stop) return { unchanged: false, ...found };
        return { unchanged: false, validators: first.validators, ...found, ids: reader.ids };
      }
      visited.add(next.href);
      const loaded = yield* nextPage(next, pages + 1, reader, bytes);
      if (!loaded) return { unchanged: false, ...foundOut(address, first, reader) };
      visited.add(loaded.page.url.href);
      [page, markup, bytes] = [loaded.page, loaded.markup, bytes + loaded.page.document.size];
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
  /** What the first page says of the feed. */
  frame: FeedFrame | undefined;
  /** Entries with a date that is not understood, and the first of them. */
  undated: number;
  firstUndated: string;
  /** What the feed calls its entries, usable or not. */
  readonly ids: Set<string>;
  /** Entries that were left out as they ask for it. */
  blocked: number;
  /** The address that the feed was found under, if it is not the one that was given. */
  movedTo: string | undefined;
}

const NO_REMARKS = { frame: undefined, undated: 0, firstUndated: '', blocked: 0, movedTo: undefined };

/** Where the feed said it had moved to is looked at first; if nothing is to be had there, where it was. */
async function firstPage(
  address: URL,
  { validators, movedTo }: Pick<Remembered, 'validators' | 'movedTo'>,
  reader: Reader,
): Promise<Awaited<ReturnType<LoadPage>>> {
  const { load, limits } = reader.options;
  const request = { signal: reader.deadline, maxBytes: limits.maxDocumentBytes };
  const moved = movedTo === undefined ? null : URL.parse(movedTo);
  if (moved && isWeb(moved)) {
    try {
      const page = await load(moved, { ...request, validators });
      if (!page.unchanged) markupOf(page, reader);
      reader.movedTo = moved.href;
      return page;
    } catch {
      // It may have been a mistake of the feed, or be one of the new place: the old one tells.
    }
  }
  // What the new place said of its document says nothing of that of the old one.
  return load(address, { ...request, validators: moved ? {} : validators });
}

/** What there is to remember of the feed as a whole, and to tell its keeper. */
function foundOut(address: URL, first: Page, reader: Reader): Pick<Reading, 'identity' | 'movedTo' | 'notices'> {
  const { frame, undated, firstUndated, blocked } = reader;
  const said = frame?.newAddress === undefined ? null : URL.parse(frame.newAddress.trim(), first.url.href);
  const next = said && isWeb(said) ? said : first.movedTo;
  const here = new Set([withoutCredentials(address).href, reader.movedTo]);
  const movedTo = next && !here.has(next.href) ? next.href : reader.movedTo;
  const notices = [
    ...movedNotices(address, movedTo),
    ...(undated === 0
      ? []
      : [
          `${undated} of its entries have a date that is not understood, and count as undated; the first: ${firstUndated}`,
        ]),
    ...(blocked === 0
      ? []
      : [`${blocked} of its entries ask to be left out of directories (itunes:block), and are left out`]),
  ];
  return { identity: feedIdentity(frame, address), movedTo, notices };
}

function movedNotices(address: URL, movedTo: string | undefined): string[] {
  if (movedTo === undefined) return [];
  return [
    `it says that it has moved from ${shownAddress(address.href)} to ${shownAddress(movedTo)}, and is looked for there from now on: curate the address that it names instead`,
  ];
}

function markupOf(page: Page, { options, count }: Reader): FeedMarkup {
  try {
    return feedMarkup(page.document, options.limits.maxEntries - count + 1);
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
  const { frame, entries } = openedFeed(page.document, markup);
  const document = baseUri === undefined ? page.url : new URL(baseUri);
  const place = {
    kind,
    base: (frame.base && URL.parse(frame.base, document.href)) || document,
    local: !isWeb(document),
    documentMs: latest(frame.updatedMs, page.modifiedMs),
    nowMs,
    curatorInformation: curatorInformation(titleFrom(frame.title), page.url),
    show: cutTo(titleFrom(frame.title), SOURCE_LIMITS.show),
  };
  reader.frame ??= frame;
  const respects = reader.options.respectBlock === true;
  if (respects && frame.blocked) {
    throw new SourceUnusable(`${shownAddress(page.url.href)} asks to be left out of directories (itunes:block)`);
  }
  const known = reader.seen.size;
  for (const entry of entries()) {
    if (reader.count % AT_ONCE === 0) await setImmediate();
    reader.cutShort = overLimit(reader);
    if (reader.cutShort) return undefined;
    reader.count += 1;
    if (!entry) reader.broken += 1;
    reader.seen.add(entry ? identityOf(entry) : `broken ${reader.count}`);
    if (entry?.guid) reader.ids.add(shortenedId(entry.guid));
    if (respects && entry?.blocked) {
      reader.blocked += 1;
      continue;
    }
    const draft = entry ? feedDraft(entry, { ...place, number: reader.count }) : broken(reader.count);
    if (draft.ok && entry?.unreadDate !== undefined) {
      reader.undated += 1;
      reader.firstUndated ||= `${draft.what}, “${titleFrom(entry.unreadDate).slice(0, 80)}”`;
    }
    yield draft;
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
