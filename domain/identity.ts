import { createHash } from 'node:crypto';
import type { Kind } from './collection.ts';
import type { ClipInfo, EpisodeInfo } from './messages.ts';

/** A name of an entry, keyed by its SHA-256 (URIs and titles are longer than keys may be); base64url. */
export type Name = string;

/** Who a name leads to. Of an address that a source gives to one entry after the other: to the latest. */
export interface Claim {
  readonly ordinal: number;
  /** Of an address that its owner has left: when it was said to be there last (a canonical timestamp), and by which id. */
  readonly at?: string | undefined;
  readonly by?: Name | undefined;
}

/** What a message calls its entry. Two of them at most are kept of an entry: its address, and its id or else its title. */
export interface Names {
  readonly uri: Name;
  /** What its source calls it; where there is one, the title is no name. */
  readonly id?: Name;
  /** A clip's title, or an episode's date aired and title, within its source. An empty title is no name. */
  readonly title?: Name | undefined;
  /** The same within the nameless source, for entries that came before anybody named theirs; never kept of this one. */
  readonly before?: Name;
}

function named(...parts: string[]): Name {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

type Titled = Pick<EpisodeInfo, 'title' | 'dateAired'>;
type OfSource = Pick<ClipInfo, 'source' | 'sourceId'>;

/** What the title alone makes of an entry's name, whatever its source. @returns undefined for an empty title */
export function titleName(kind: Kind, { title, dateAired = '' }: Titled, source = ''): Name | undefined {
  if (title === '') return undefined;
  const parts = kind === 'clip' ? [title] : [dateAired, title];
  // As they were before there were sources: their names are stored.
  return source === '' ? named(kind, 'title', ...parts) : named(kind, 'title of', source, ...parts);
}

/** What an entry is called in its source. */
export const idName = (kind: Kind, source: string, sourceId: string): Name => named(kind, 'id', source, sourceId);

/** The name that an address is. */
export const uriName = (kind: Kind, mediaUri: string): Name => named(kind, 'uri', mediaUri);

export function clipNames(info: Pick<ClipInfo, 'mediaUri' | 'title'> & OfSource): Names {
  return namesOf('clip', info);
}

export function episodeNames(info: Pick<EpisodeInfo, 'mediaUri' | 'title' | 'dateAired'> & OfSource): Names {
  return namesOf('episode', info);
}

export function namesOf(kind: Kind, info: Pick<EpisodeInfo, 'mediaUri'> & Titled & OfSource): Names {
  const { mediaUri, source = '', sourceId } = info;
  const uri = uriName(kind, mediaUri);
  const before = source === '' ? undefined : titleName(kind, info);
  const late = before === undefined ? {} : { before };
  if (sourceId !== undefined) return { uri, id: idName(kind, source, sourceId), ...late };
  return { uri, title: titleName(kind, info, source), ...late };
}

/** The names under which the entry is to be found again. */
export function keptNames({ uri, id, title }: Names): Name[] {
  const second = id ?? title;
  return second === undefined ? [uri] : [uri, second];
}

/** Those, and the one that leads to an entry from before there were sources. */
export function lookedUpNames(names: Names): Name[] {
  return names.before === undefined ? keptNames(names) : [...keptNames(names), names.before];
}
