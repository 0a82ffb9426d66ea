import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import type { ArchiveClient } from './archive-client.ts';
import { BadUsage } from './failure.ts';
import { lightCatalogue, lightEpisodes, type Shown } from './reading/light-entries.ts';
import { selected } from './select.ts';

/** What a command is about, as options name it. */
export interface Filter {
  readonly episode?: readonly string[];
  readonly clip?: readonly string[];
  readonly all?: boolean;
}

/** Without their descriptions: what is changed is read again, whole. */
export const chosenEpisodes = async (
  client: ArchiveClient,
  selectors: readonly string[],
  shown: Shown = {},
): Promise<EpisodeEntry[]> => selected('episode', (await lightEpisodes(client, shown)).values(), selectors);

/** Without their descriptions. */
export const chosenClips = async (
  client: ArchiveClient,
  selectors: readonly string[],
  shown: Shown = {},
): Promise<ClipEntry[]> => selected('clip', (await lightCatalogue(client, shown)).clips, selectors);

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
