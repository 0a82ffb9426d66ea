import { createHash } from 'node:crypto';
import { withoutTokens } from './address-tokens.ts';
import type { FeedFrame } from './feed-entry.ts';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * What a feed is, wherever it is: the guid that it gives itself (podcast:guid), else its address. Of that only the host
 * is readable: the rest may be somebody's secret, and identities are stored and shown.
 */
export function feedIdentity(frame: Pick<FeedFrame, 'guid'> | undefined, address: URL): string {
  const guid = frame?.guid?.trim().toLowerCase() ?? '';
  if (UUID.test(guid)) return `podcast:${guid}`;
  return `feed://${address.host}/${digestOf(withoutTokens(address))}`;
}

/** What a folder is: where it is. Only its name is readable. */
export const folderIdentity = (realPath: string, name: string): string =>
  `folder:${name.slice(0, 100)}/${digestOf(realPath)}`;

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);
