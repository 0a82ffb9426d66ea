import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { clipRetired, held } from '../domain/operating.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, changeClips, changeLedgers } from './change.ts';
import { ledgerPages } from './reading/all-ledgers.ts';
import { lightCatalogue, lightEpisodes } from './reading/light-entries.ts';
import { listed } from './select.ts';
import { counted } from './terminal.ts';

/** What a source has, as its curator found it: everything, or this would not be known. */
export interface PresentInSource {
  readonly source: string;
  readonly ids: ReadonlySet<string>;
}

/**
 * Retires the entries of a source that it does not have any more. They keep what was found; an operator restores them.
 * An entry that another source has, too, is none of this one's business.
 */
export async function pruning(
  client: ArchiveClient,
  kind: 'clips' | 'episodes',
  { source, ids }: PresentInSource,
): Promise<Change> {
  const isMissing = ({ info, also, retired, gone, sameAs }: ClipEntry | EpisodeEntry) =>
    info.source === source &&
    info.sourceId !== undefined &&
    !ids.has(info.sourceId) &&
    (also?.length ?? 0) === 0 &&
    !(retired || gone || sameAs !== undefined);
  const missing =
    kind === 'clips'
      ? (await lightCatalogue(client)).clips.filter(isMissing)
      : await notRetired(client, [...(await lightEpisodes(client)).values()].filter(isMissing));
  const ordinals = missing.map(({ ordinal }) => ordinal);
  return {
    what: `retire ${counted(missing.length, kind === 'clips' ? 'clip' : 'episode')} that the source does not have any more`,
    count: missing.length,
    details: [`  What the source has now was counted: ${ids.size}.`, ...listed(missing)],
    hints: ['They keep what was found in them, and `restore` ends it, should they come back.'],
    apply: () =>
      kind === 'clips'
        ? changeClips(client, ordinals, clipRetired, false)
        : changeLedgers(client, ordinals, (ledger) => held(ledger, 'retired')),
  };
}

/** Of episodes the ledger knows whether they are retired. */
async function notRetired(client: ArchiveClient, episodes: readonly EpisodeEntry[]): Promise<EpisodeEntry[]> {
  const kept = new Set<number>();
  const asked = new Set(episodes.map(({ ordinal }) => ordinal));
  for await (const ledgers of ledgerPages(client, asked, { withRemoved: true })) {
    for (const ledger of ledgers) if (held(ledger, 'retired') !== ledger) kept.add(ledger.episode);
  }
  return episodes.filter(({ ordinal }) => kept.has(ordinal));
}
