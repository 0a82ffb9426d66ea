import { join } from 'node:path';
import type { ArchiveClient } from '../operating/archive-client.ts';
import { ownFolder } from '../operating/archive-location.ts';
import { Failure } from '../operating/failure.ts';
import { findingsOf } from '../operating/findings-of.ts';
import { type MarkedEpisode, marksOfEach } from '../operating/handover/marks.ts';
import { tell } from '../operating/terminal.ts';
import { fileHash } from '../researcher/media/file-pieces.ts';
import { type FetchedMedia, MediaFetcher } from '../web/fetch-media.ts';

export interface PlacesOptions {
  readonly episode?: string | undefined;
  readonly allowPrivate?: boolean;
  readonly limit?: number;
}

/** So many places without --limit. */
export const PLACES = 20;

/**
 * The found places of a clip, by episode; of so many clips that it goes episode by episode, no more is read than is taken.
 * @throws Failure when there is none, saying why
 */
export async function placesOf(
  client: ArchiveClient,
  clip: string,
  { episode, limit = PLACES }: PlacesOptions,
): Promise<readonly MarkedEpisode[]> {
  const found = await findingsOf(client, { clip, episode });
  const some: MarkedEpisode[] = [];
  let all = 0;
  for await (const one of marksOfEach(found)) {
    const left = Math.max(0, limit - all);
    all += one.marks.length;
    const marks = one.marks.slice(0, left);
    const copies = new Map(
      [...(one.copies ?? [])].map(([copy, of]) => [copy, { ...of, marks: of.marks.slice(0, left) }] as const),
    );
    if (marks.length > 0) some.push({ ...one, marks, copies });
    if (all > limit && found.grouped === 'by episode') break;
  }
  if (all === 0) throw new Failure(await found.whyNone());
  const of = found.grouped === 'by episode' ? '' : ` of ${all}`;
  if (all > limit) tell(`The first ${limit}${of} places; --limit takes more.`);
  return some;
}

/**
 * Media of episodes as files: fetched as researchers do, under the same guard, into the same cache. The marks are those of
 * the copy that was fetched, where it was heard; a copy that nobody heard is told of.
 */
export async function withMedium<Result>(
  client: ArchiveClient,
  episode: MarkedEpisode,
  { allowPrivate = false }: PlacesOptions,
  use: (path: string, episode: MarkedEpisode) => Promise<Result>,
): Promise<Result> {
  const { mediaUri, title } = episode;
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
    return await use(medium.path, await inItsCopy(episode, medium.path));
  } finally {
    await medium.release();
  }
}

/** A hash, as results have it; who sends none tells no copies apart. */
const HASH = /^[0-9a-f]{64}$/;

async function inItsCopy(episode: MarkedEpisode, path: string): Promise<MarkedEpisode> {
  const copies = episode.copies ?? new Map();
  if (![...copies.keys()].some((copy) => HASH.test(copy))) return episode;
  const heard = copies.get(await fileHash(path));
  if (heard !== undefined) return { ...episode, ...heard };
  tell(
    `${episode.title}: this file is another copy than the one that was researched. With other advertisements in it, places are shifted.`,
  );
  return episode;
}
