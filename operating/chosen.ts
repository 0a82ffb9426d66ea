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

export async function chosenEpisodes(client: ArchiveClient, selectors: readonly string[]): Promise<EpisodeEntry[]> {
  return selected('episode', (await allEpisodes(client.collection)).values(), selectors);
}

export async function chosenClips(client: ArchiveClient, selectors: readonly string[]): Promise<ClipEntry[]> {
  return selected('clip', (await client.collection.catalogue()).clips, selectors);
}

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
