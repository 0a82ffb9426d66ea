import type { DocumentText } from './document-text.ts';
import { feedDateMs } from './feed-date.ts';
import { elementIn, type FeedElement } from './feed-elements.ts';
import { entryTexts, type FeedMarkup } from './feed-markup.ts';
import { FeedNames } from './feed-names.ts';

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

const NOTHING: FeedFrame = {
  title: '',
  updatedMs: undefined,
  base: undefined,
  guid: undefined,
  newAddress: undefined,
  blocked: false,
  next: undefined,
};

/** A feed, to be read entry by entry: none is held longer than it is looked at. */
export interface OpenedFeed {
  readonly frame: FeedFrame;
  /** In the order of the feed; `undefined` for one that is not closed or not well-formed. */
  entries(): Generator<FeedEntry | undefined>;
}

export function openedFeed(document: DocumentText, { format, frame, entries }: FeedMarkup): OpenedFeed {
  // What is torn still says what it says.
  const read = elementIn(frame, new FeedNames(format === 'atom' ? 'atom' : ''));
  const channel = read?.element.first('channel') ?? read?.element;
  const names = read?.names ?? new FeedNames(format === 'atom' ? 'atom' : '');
  const entryOf = format === 'atom' ? fromAtom : fromRss;
  return {
    frame: channel ? frameOf(channel, read?.element.attribute('xml:base')) : NOTHING,
    *entries() {
      for (const text of entryTexts(document, entries)) {
        const entry = text === undefined ? undefined : elementIn(text, names);
        yield entry?.whole === true && entry.element.children.length > 0 ? entryOf(entry.element) : undefined;
      }
    },
  };
}

/** @param base of the document. */
function frameOf(feed: FeedElement, base: string | undefined): FeedFrame {
  return {
    title: feed.textOf('title') ?? '',
    updatedMs: feedDateMs(feed.textOf('lastbuilddate') ?? feed.textOf('updated') ?? feed.textOf('dc:date')),
    base: feed.attribute('xml:base') ?? base,
    guid: feed.textOf('podcast:guid'),
    newAddress: feed.textOf('itunes:new-feed-url'),
    blocked: isYes(feed.textOf('itunes:block')),
    next: nextOf(linksOf(feed)),
  };
}

const isYes = (text: string | undefined): boolean => /^(?:yes|true)$/i.test(text ?? '');

/** Links of Atom, in its own feeds and in others. */
const linksOf = (element: FeedElement): FeedElement[] =>
  element.children.filter(({ name }) => name === 'atom:link' || name === 'link');

const withRel = (links: readonly FeedElement[], rel: string): FeedElement[] =>
  links.filter((link) => link.attribute('rel')?.toLowerCase() === rel);

function nextOf(links: readonly FeedElement[]): string | undefined {
  return ['next', 'prev-archive'].flatMap((rel) => withRel(links, rel).map((link) => link.attribute('href')))[0];
}

function enclosuresOf(element: FeedElement): Enclosure[] {
  return filesOf(withRel(linksOf(element), 'enclosure'), 'href');
}

/** @param address the attributes that say where the file is: the first that is there counts. */
function filesOf(elements: readonly FeedElement[], ...address: readonly string[]): Enclosure[] {
  return elements.flatMap((element) => {
    const uri = address.map((name) => element.attribute(name)).find((value) => value !== undefined);
    return uri === undefined ? [] : [{ uri, type: element.attribute('type') }];
  });
}

/** What Media RSS offers, alone and in groups. */
const mediaOf = (element: FeedElement): Enclosure[] =>
  [element, ...element.all('media:group')].flatMap((each) => filesOf(each.all('media:content'), 'url'));

/** The first of these dates that is understood; if none is, the first that is there. */
function published(dates: readonly (string | undefined)[]): Pick<FeedEntry, 'publishedMs' | 'unreadDate'> {
  for (const date of dates) {
    const publishedMs = feedDateMs(date);
    if (publishedMs !== undefined) return { publishedMs, unreadDate: undefined };
  }
  return { publishedMs: undefined, unreadDate: dates.find((date) => date !== undefined) };
}

/** Of RSS, and of RSS 1.0, where an item's id is what it is about and enclosures are a module's. */
function fromRss(item: FeedElement): FeedEntry {
  const alternatives = item.all('podcast:alternateenclosure').flatMap((alternative) =>
    alternative.all('podcast:source').flatMap((source) => {
      const uri = source.attribute('uri');
      return uri === undefined ? [] : [{ uri, type: source.attribute('contenttype') ?? alternative.attribute('type') }];
    }),
  );
  const about = item.attribute('rdf:about') ?? item.attribute('about');
  return {
    title: item.textOf('title') ?? item.textOf('itunes:title') ?? '',
    titleIs: 'unsure',
    description: firstText(item, 'description', 'itunes:summary', 'content:encoded', 'itunes:subtitle'),
    guid: about ?? item.textOf('guid'),
    ...published(['pubdate', 'dc:date', 'atom:published'].map((name) => item.textOf(name))),
    updatedMs: feedDateMs(item.textOf('atom:updated')) ?? feedDateMs(item.textOf('dcterms:modified')),
    blocked: isYes(item.textOf('itunes:block')),
    base: item.attribute('xml:base'),
    enclosures: [
      [
        ...filesOf(item.all('enc:enclosure'), 'rdf:resource', 'resource', 'rdf:url', 'enc:url', 'url'),
        ...filesOf(item.all('enclosure'), 'url'),
        ...enclosuresOf(item),
      ],
      mediaOf(item),
      alternatives,
    ],
  };
}

/** The first that is there and says something; the others are not even decoded. */
function firstText(element: FeedElement, ...names: readonly string[]): string {
  for (const name of names) {
    const text = element.textOf(name);
    if (text !== undefined) return text;
  }
  return '';
}

function fromAtom(entry: FeedElement): FeedEntry {
  const type = entry.first('title')?.attribute('type')?.toLowerCase() ?? 'text';
  return {
    title: entry.textOf('title') ?? '',
    // RFC 4287, 3.1.1.1: text is text, whatever it looks like.
    titleIs: type === 'text' || type === 'text/plain' ? 'text' : 'html',
    description: firstText(entry, 'summary', 'content'),
    guid: entry.textOf('id'),
    // An entry must say when it was updated, and need not when it was published. Atom 0.3 had other words for both.
    ...published(['published', 'issued', 'created', 'updated', 'modified'].map((name) => entry.textOf(name))),
    updatedMs: feedDateMs(entry.textOf('updated') ?? entry.textOf('modified')),
    blocked: false,
    base: entry.attribute('xml:base'),
    enclosures: [enclosuresOf(entry), mediaOf(entry)],
  };
}
