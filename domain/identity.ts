import { createHash } from 'node:crypto';
import type { Kind } from './collection.ts';
import type { ClipInfo, EpisodeInfo } from './messages.ts';

/** A name of an entry, keyed by its SHA-256 (URIs and titles are longer than keys may be); base64url. */
export type Name = string;

export interface Names {
  readonly uri: Name;
  /** A clip's title, or an episode's date aired and title. An empty title is no name. */
  readonly title?: Name | undefined;
}

function named(...parts: string[]): Name {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

export function clipNames(info: Pick<ClipInfo, 'mediaUri' | 'title'>): Names {
  return {
    uri: named('clip', 'uri', info.mediaUri),
    title: info.title === '' ? undefined : named('clip', 'title', info.title),
  };
}

export function episodeNames(info: Pick<EpisodeInfo, 'mediaUri' | 'title' | 'dateAired'>): Names {
  const { mediaUri, title, dateAired = '' } = info;
  return {
    uri: named('episode', 'uri', mediaUri),
    title: title === '' ? undefined : named('episode', 'title', dateAired, title),
  };
}

export function namesOf(kind: Kind, info: EpisodeInfo | ClipInfo): Names {
  return kind === 'clip' ? clipNames(info) : episodeNames(info);
}
