import { type AtomFeed, parseAtomFeed, parseRdfFeed, parseRssFeed, type RssFeed } from 'feedsmith';
import { feedDateMs } from './feed-date.ts';
import type { FeedMarkup } from './feed-markup.ts';

/** One file that an entry offers. */
export interface Enclosure {
  readonly uri: string;
  readonly type: string | undefined;
}

/** What is taken from an entry of any feed format, as it stood there. */
export interface FeedEntry {
  readonly title: string;
  /** What it says to be; RSS says nothing. */
  readonly titleIs: 'text' | 'html' | 'unsure';
  readonly description: string;
  readonly guid: string | undefined;
  readonly publishedMs: number | undefined;
  readonly updatedMs: number | undefined;
  /** A date of publication that is there and not understood. */
  readonly unreadDate: string | undefined;
  /** Its publisher asks directories to leave it out (itunes:block). */
  readonly blocked: boolean;
  /** xml:base of the entry. */
  readonly base: string | undefined;
  /** Enclosures proper, then what Media RSS adds, then the podcast namespace's alternatives. */
  readonly enclosures: readonly (readonly Enclosure[])[];
}

/** What a feed says of itself. */
export interface FeedFrame {
  readonly title: string;
  readonly updatedMs: number | undefined;
  readonly base: string | undefined;
  /** The identity of the feed wherever it is (podcast:guid). */
  readonly guid: string | undefined;
  /** Where it will be from now on (itunes:new-feed-url). */
  readonly newAddress: string | undefined;
  /** Its publisher asks directories to leave it out (itunes:block). */
  readonly blocked: boolean;
  /** The next page, or (RFC 5005) the archive before this document. */
  readonly next: string | undefined;
}

/** Entries parsed together: one by one would cost ten times as much. */
const TOGETHER = 50;

/**
 * The entries of a feed in its order; `undefined` for one that is not closed or not well-formed. Nothing of a
 * document type is expanded: the parser knows only the entities of XML and HTML.
 */
export function* feedEntries(markup: FeedMarkup): Generator<FeedEntry | undefined> {
  for (let at = 0; at < markup.entries.length; at += TOGETHER) {
    yield* parsedEntries(markup, markup.entries.slice(at, at + TOGETHER));
  }
}

/** Where several together cannot be parsed, each half is tried, until the broken ones are alone. */
function parsedEntries(markup: FeedMarkup, texts: readonly (string | undefined)[]): (FeedEntry | undefined)[] {
  const [only] = texts;
  if (texts.length === 1 && only === undefined) return [undefined];
  const entries = texts.includes(undefined) ? undefined : parsed(markup, texts.join(''));
  if (entries?.length === texts.length) return entries;
  if (texts.length === 1) return [undefined];
  const half = texts.length >> 1;
  return [...parsedEntries(markup, texts.slice(0, half)), ...parsedEntries(markup, texts.slice(half))];
}

function parsed({ format, open, close }: FeedMarkup, entries: string): FeedEntry[] | undefined {
  const document = open + entries + close;
  try {
    return format === 'atom'
      ? parseAtomFeed(document).entries?.map(fromAtom)
      : parseRssFeed(document).items?.map(fromRss);
  } catch {
    return undefined;
  }
}

const NOTHING: FeedFrame = {
  title: '',
  updatedMs: undefined,
  base: undefined,
  guid: undefined,
  newAddress: undefined,
  blocked: false,
  next: undefined,
};

/** @returns what can be told; a frame that is not well-formed says nothing. */
export function feedFrame({ format, frame }: FeedMarkup): FeedFrame {
  try {
    if (format === 'atom') {
      const { title, updated, links, xml } = parseAtomFeed(frame);
      const updatedMs = feedDateMs(updated);
      return { ...NOTHING, title: title?.value ?? '', updatedMs, base: xml?.base, next: nextOf(links) };
    }
    if (format === 'rdf') {
      const { title, dc, xml } = parseRdfFeed(frame);
      return { ...NOTHING, title: title ?? '', updatedMs: feedDateMs(dc?.dates?.[0]), base: xml?.base };
    }
    const { title, lastBuildDate, atom, xml, itunes, podcast } = parseRssFeed(frame);
    return {
      title: title ?? '',
      updatedMs: feedDateMs(lastBuildDate),
      base: xml?.base,
      guid: podcast?.guid,
      newAddress: itunes?.newFeedUrl,
      blocked: itunes?.block === true,
      next: nextOf(atom?.links),
    };
  } catch {
    return NOTHING;
  }
}

type Link = { readonly href?: string; readonly rel?: string; readonly type?: string };

function nextOf(links: readonly Link[] | undefined): string | undefined {
  const withRel = (rel: string) => links?.find((link) => link.rel?.toLowerCase() === rel)?.href;
  return withRel('next') ?? withRel('prev-archive');
}

function enclosuresOf(links: readonly Link[] | undefined): Enclosure[] {
  return (links ?? [])
    .filter(({ rel }) => rel?.toLowerCase() === 'enclosure')
    .flatMap(({ href, type }) => (href ? [{ uri: href, type }] : []));
}

/** The first of these dates that is understood; if none is, the first that is there. */
function published(dates: readonly (string | undefined)[]): Pick<FeedEntry, 'publishedMs' | 'unreadDate'> {
  for (const date of dates) {
    const publishedMs = feedDateMs(date);
    if (publishedMs !== undefined) return { publishedMs, unreadDate: undefined };
  }
  return { publishedMs: undefined, unreadDate: dates.find((date) => date !== undefined && date.trim() !== '') };
}

function fromRss(item: RssFeed.Item<string>): FeedEntry {
  const { enclosures, media, podcast, atom, dc, dcterms, itunes } = item;
  const contents = [...(media?.contents ?? []), ...(media?.groups ?? []).flatMap((group) => group.contents ?? [])];
  const alternatives = (podcast?.alternateEnclosures ?? []).flatMap(({ type, sources }) =>
    (sources ?? []).flatMap(({ uri, contentType }) => (uri ? [{ uri, type: contentType ?? type }] : [])),
  );
  return {
    title: item.title ?? itunes?.title ?? '',
    titleIs: 'unsure',
    description: item.description ?? itunes?.summary ?? item.content?.encoded ?? itunes?.subtitle ?? '',
    guid: item.guid?.value,
    ...published([item.pubDate, dc?.dates?.[0], atom?.published]),
    updatedMs: feedDateMs(atom?.updated) ?? feedDateMs(dcterms?.modified?.[0]),
    blocked: itunes?.block === true,
    base: item.xml?.base,
    enclosures: [
      [
        ...(enclosures ?? []).flatMap(({ url, type }) => (url ? [{ uri: url, type }] : [])),
        ...enclosuresOf(atom?.links),
      ],
      contents.flatMap(({ url, type }) => (url ? [{ uri: url, type }] : [])),
      alternatives,
    ],
  };
}

function fromAtom(entry: AtomFeed.Entry<string>): FeedEntry {
  const contents = [
    ...(entry.media?.contents ?? []),
    ...(entry.media?.groups ?? []).flatMap((group) => group.contents ?? []),
  ];
  const type = entry.title?.type?.toLowerCase() ?? 'text';
  return {
    title: entry.title?.value ?? '',
    // RFC 4287, 3.1.1.1: text is text, whatever it looks like.
    titleIs: type === 'text' || type === 'text/plain' ? 'text' : 'html',
    description: entry.summary?.value ?? entry.content?.value ?? '',
    guid: entry.id,
    // An entry must say when it was updated, and need not when it was published.
    ...published([entry.published, entry.updated]),
    updatedMs: feedDateMs(entry.updated),
    blocked: false,
    base: entry.xml?.base,
    enclosures: [enclosuresOf(entry.links), contents.flatMap(({ url, type }) => (url ? [{ uri: url, type }] : []))],
  };
}
