import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import type { ArchiveClient } from './archive-client.ts';
import { BadUsage } from './failure.ts';
import { allEpisodes } from './reading/progress.ts';
import { selected } from './select.ts';

/** What a command is about, as options name it. */
export interface Filter {
  readonly episode?: readonly string[];
  readonly clip?: readonly string[];
  readonly all?: boolean;
}

interface Choosing {
  /** Also what was removed: to have it back, or to end a removal that was broken off. */
  readonly withRemoved?: boolean;
}

export async function chosenEpisodes(
  client: ArchiveClient,
  selectors: readonly string[],
  { withRemoved = false }: Choosing = {},
): Promise<EpisodeEntry[]> {
  const all = [...(await allEpisodes(client.collection)).values()];
  return selected('episode', withRemoved ? all : all.filter(isThere), selectors);
}

export async function chosenClips(
  client: ArchiveClient,
  selectors: readonly string[],
  { withRemoved = false }: Choosing = {},
): Promise<ClipEntry[]> {
  const { clips } = await client.collection.catalogue();
  return selected('clip', withRemoved ? clips : clips.filter(isThere), selectors);
}

const isThere = ({ removed }: ClipEntry | EpisodeEntry): boolean => removed !== true;

/** @throws BadUsage unless exactly one of these ways of choosing is given */
export function onlyOne(ways: Readonly<Record<string, unknown>>): void {
  const given = Object.entries(ways).filter(([, value]) => value !== undefined && value !== false);
  if (given.length === 1) return;
  const names = Object.keys(ways).join(', ');
  throw new BadUsage(
    given.length === 0
      ? `Say what it is about: one of ${names}.`
      : `${given.map(([name]) => name).join(' and ')} do not go together: give one of ${names}.`,
  );
}
