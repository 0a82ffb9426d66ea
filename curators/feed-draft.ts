import { createHash } from 'node:crypto';
import { SOURCE_LIMITS } from '../domain/messages.ts';
import { timestampOf } from '../domain/timestamp.ts';
import { isWeb } from '../web/redirect.ts';
import { shownAddress } from '../web/shown-address.ts';
import { audioTypeOf } from './audio-types.ts';
import type { CuratedKind, Draft, Problem } from './curated.ts';
import type { Enclosure, FeedEntry } from './feed-entry.ts';
import { byItself, cutTo, descriptionFrom, LONGEST_TITLE, textTitle, titleFrom, unsureTitle } from './plain-text.ts';

/** Where an entry stands. */
export interface EntryPlace {
  readonly kind: CuratedKind;
  /** From 1, over all pages. */
  readonly number: number;
  /** What relative addresses refer to. */
  readonly base: URL;
  /** May name files of this machine: only a feed that is one itself. */
  readonly local: boolean;
  /** When the feed as a whole was last changed, as far as it says so. */
  readonly documentMs: number | undefined;
  readonly nowMs: number;
  readonly curatorInformation: string;
  /** The title of the feed. */
  readonly show: string;
}

/** Researchers decode these most surely: among several enclosures they come first. */
const PREFERRED = ['audio/mpeg', 'audio/wav'];

/**
 * The message that an entry becomes. It was first curated when it was published and last curated when it or its feed
 * was last changed, never later than now: the same feed read twice gives the same message.
 */
export function feedDraft(entry: FeedEntry, place: EntryPlace): Draft | Problem {
  const { kind, number, base, nowMs, documentMs, curatorInformation, show } = place;
  const given = byItself(cutTo(titleOf(entry), LONGEST_TITLE));
  const guid = entry.guid && byItself(entry.guid);
  const what = `entry ${number}${given ? ` “${given}”` : ''}`;
  const media = mediaOf(entry, entry.base ? (URL.parse(entry.base, base.href) ?? base) : base, place.local);
  if ('reason' in media) return { ok: false, what, reason: media.reason };

  const { url, type } = media;
  const fileName = fileNameOf(url);
  const firstMs = Math.min(entry.publishedMs ?? entry.updatedMs ?? documentMs ?? nowMs, nowMs);
  const lastMs = Math.min(Math.max(firstMs, entry.updatedMs ?? firstMs, documentMs ?? firstMs), nowMs);
  return {
    ok: true,
    key: guid || byItself(url.href),
    what,
    ...(guid && { sourceId: shortenedId(guid) }),
    info: {
      initialDateCurated: timestampOf(firstMs),
      lastDateCurated: timestampOf(lastMs),
      curatorInformation,
      // An episode may lack a title, a clip may not.
      title: given || (kind === 'clips' ? cutTo(titleFrom(fileName), LONGEST_TITLE) || 'untitled' : ''),
      description: descriptionFrom(entry.description),
      // Of an address that is as it was written that is the same text.
      mediaUri: byItself(url.href),
      mediaType: type,
      priority: 0,
      ...(show && { show }),
      ...(entry.publishedMs !== undefined && { dateAired: timestampOf(entry.publishedMs) }),
    },
    distinctions: [titleFrom(fileName)].filter((text) => text !== ''),
  };
}

function titleOf({ title, titleIs }: FeedEntry): string {
  if (titleIs === 'text') return textTitle(title);
  return titleIs === 'html' ? titleFrom(title) : unsureTitle(title);
}

/** An id that is longer than messages take is its digest. */
export function shortenedId(guid: string): string {
  if ([...guid].length <= SOURCE_LIMITS.sourceId) return byItself(guid.toWellFormed());
  return `sha256:${createHash('sha256').update(guid).digest('base64url')}`;
}

interface Media {
  readonly url: URL;
  readonly type: string;
}

function mediaOf({ enclosures }: FeedEntry, base: URL, local: boolean): Media | { reason: string } {
  const reasons: string[] = [];
  for (const group of enclosures) {
    const usable = group.flatMap((enclosure) => {
      const media = audioOf(enclosure, base, local);
      if (typeof media !== 'string') return [media];
      reasons.push(media);
      return [];
    });
    const best = usable.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
    if (best) return best;
  }
  if (reasons.length === 0) return { reason: 'it has no enclosure, so there is nothing to listen to' };
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more that cannot be used)` : '';
  return { reason: `${reasons[0]}${more}` };
}

function rankOf({ type }: Media): number {
  const rank = PREFERRED.indexOf(type);
  return rank < 0 ? PREFERRED.length : rank;
}

/** @returns the reason where it cannot be used. */
function audioOf({ uri, type }: Enclosure, base: URL, local: boolean): Media | string {
  const url = URL.parse(uri.trim(), base.href);
  if (!url) return `its enclosure ${shownAddress(uri)} is no address`;
  if (!isWeb(url) && !(local && url.protocol === 'file:')) {
    const allowed = local ? 'http, https or file' : 'http or https';
    return `its enclosure ${shownAddress(uri)} has the scheme ${url.protocol} but ${allowed} was expected`;
  }
  const audioType = audioTypeOf(type, url.pathname);
  if (audioType === undefined)
    return `its enclosure is ${type ? `"${type.slice(0, 60)}"` : 'of no known type'}, not audio: ${shownAddress(url.href)}`;
  return { url, type: audioType };
}

function fileNameOf(url: URL): string {
  const name = url.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
