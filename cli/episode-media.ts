import { join } from 'node:path';
import type { ArchiveClient } from '../operating/archive-client.ts';
import { ownFolder } from '../operating/archive-location.ts';
import { Failure } from '../operating/failure.ts';
import { findingsOf } from '../operating/findings-of.ts';
import { type MarkedEpisode, markedEpisodes } from '../operating/handover/marks.ts';
import { allOf } from '../operating/reading/parts.ts';
import { tell } from '../operating/terminal.ts';
import { type FetchedMedia, MediaFetcher } from '../web/fetch-media.ts';

export interface PlacesOptions {
  readonly episode?: string | undefined;
  readonly allowPrivate?: boolean;
  readonly limit?: number;
}

/** So many places without --limit. */
export const PLACES = 20;

/** The found places of a clip, by episode. @throws Failure when there is none, saying why */
export async function placesOf(
  client: ArchiveClient,
  clip: string,
  { episode, limit = PLACES }: PlacesOptions,
): Promise<readonly MarkedEpisode[]> {
  const { findings, whyNone } = await findingsOf(client, { clip, episode });
  const episodes = markedEpisodes((await allOf(findings)).flat());
  const all = episodes.reduce((sum, { marks }) => sum + marks.length, 0);
  if (all === 0) throw new Failure(await whyNone());
  let left = limit;
  const some = episodes.flatMap((one) => {
    const marks = one.marks.slice(0, Math.max(0, left));
    left -= one.marks.length;
    return marks.length === 0 ? [] : [{ ...one, marks }];
  });
  if (all > limit) tell(`The first ${limit} of ${all} places; --limit takes more.`);
  return some;
}

/** Media of episodes as files: fetched as researchers do, under the same guard, into the same cache. */
export async function withMedium<Result>(
  client: ArchiveClient,
  { mediaUri, title }: MarkedEpisode,
  { allowPrivate = false }: PlacesOptions,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const { dataDir } = client.location;
  const folder = dataDir === undefined ? ownFolder(client.location) : join(dataDir, 'researcher');
  const fetcher = new MediaFetcher({
    cacheDir: join(folder, 'media'),
    allowFiles: dataDir !== undefined,
    allowPrivateAddresses: allowPrivate,
  });
  let medium: FetchedMedia;
  try {
    medium = await fetcher.fetch(mediaUri);
  } catch (error) {
    throw new Failure(`${title}: ${(error as Error).message}.`);
  }
  try {
    return await use(medium.path);
  } finally {
    await medium.release();
  }
}
