import { Bitset } from '../domain/bitset.ts';
import { type ClipEntry, type EpisodeEntry, isOut } from '../domain/collection.ts';
import { isParked } from '../domain/strikes.ts';
import { epochMs } from '../domain/timestamp.ts';
import { nameOrAddress } from '../web/shown-address.ts';
import type { ArchiveClient } from './archive-client.ts';
import { CountsByClip, countPairs, episodeProgress, foundNow, givenUpClips } from './count-pairs.ts';
import { type AiredSpan, folded, isAiredIn, isOfShow, showOf } from './entry-filters.ts';
import { ledgerPages } from './reading/all-ledgers.ts';
import { foundIn } from './reading/findings.ts';
import { lightCatalogue, lightEntryPages } from './reading/light-entries.ts';
import { notHeard, whyNotJudged } from './unknown-words.ts';

/** A clip or an episode as `list` shows it. */
export interface Listed {
  readonly id: number;
  readonly title: string;
  readonly show: string;
  /** RFC 3339; of an episode that says so. */
  readonly aired?: string;
  /** Seconds; 0 as long as nobody has heard it. */
  readonly seconds: number;
  readonly priority: number;
  readonly state: string;
  /** Episodes in which a clip was found; clips found in an episode. */
  readonly found: number;
  /** Pairs that have a result, and that there are. */
  readonly researched: number;
  readonly of: number;
  readonly mediaUri: string;
  /**
   * That it is gone from its address, or another entry stands for it; that a clip cannot be judged and why, or how much of an
   * episode was not heard; '' when all is known.
   */
  readonly unknown: string;
}

export interface ListFilter extends AiredSpan {
  /** A part of the title. */
  readonly title?: string | undefined;
  readonly show?: string | undefined;
  readonly state?: string | undefined;
  readonly found?: boolean | undefined;
}

export const SORTED_BY = ['id', 'title', 'aired', 'found', 'researched', 'length', 'priority'] as const;
export type SortedBy = (typeof SORTED_BY)[number];

/** States in which a clip or an episode can be. */
export const LISTED_STATES = ['complete', 'in progress', 'not begun', 'given up', 'paused', 'retired'] as const;

/** Everything of a kind that the filter lets through, sorted. */
export async function listing(
  client: ArchiveClient,
  kind: 'clips' | 'episodes',
  filter: ListFilter,
  { sort = 'id', descending = false }: { readonly sort?: SortedBy; readonly descending?: boolean },
): Promise<Listed[]> {
  const chosen: Listed[] = [];
  for await (const { entry, row } of kind === 'clips' ? clips(client) : episodes(client)) {
    if (fits(entry, row, filter)) chosen.push(row);
  }
  const compare = COMPARED[sort];
  return chosen.sort((a, b) => (descending ? -1 : 1) * compare(a, b) || a.id - b.id);
}

interface Row {
  readonly entry: ClipEntry | EpisodeEntry;
  readonly row: Listed;
}

const COMPARED: Readonly<Record<SortedBy, (a: Listed, b: Listed) => number>> = {
  id: (a, b) => a.id - b.id,
  title: (a, b) => a.title.localeCompare(b.title, 'en', { numeric: true }),
  aired: (a, b) => (a.aired === undefined ? 0 : epochMs(a.aired)) - (b.aired === undefined ? 0 : epochMs(b.aired)),
  found: (a, b) => a.found - b.found,
  researched: (a, b) => a.researched / (a.of || 1) - b.researched / (b.of || 1),
  length: (a, b) => a.seconds - b.seconds,
  priority: (a, b) => a.priority - b.priority,
};

function fits(entry: Row['entry'], row: Listed, filter: ListFilter): boolean {
  const { title, show, state, found } = filter;
  return (
    (title === undefined || folded(row.title).includes(folded(title))) &&
    (show === undefined || isOfShow(entry, show)) &&
    (state === undefined || row.state === state) &&
    (found === undefined || row.found > 0 === found) &&
    isAiredIn(filter, row.aired)
  );
}

const common = (entry: Row['entry']) => ({
  id: entry.ordinal,
  title: nameOrAddress(entry.info),
  show: showOf(entry),
  seconds: Math.round((entry.facts?.durationNs ?? 0) / 1e6) / 1000,
  priority: entry.prioritised ?? entry.info.priority,
  mediaUri: entry.info.mediaUri,
  unknown: whatIsUnknown(entry),
});

function whatIsUnknown(entry: Row['entry']): string {
  if (entry.sameAs !== undefined) return `it is the same as ${entry.sameAs}, which stands for both`;
  if (entry.gone === true) return 'gone from its address, where another entry is now';
  const why = whyNotJudged(entry);
  const lost = notHeard(entry);
  return why !== undefined ? `cannot be judged: ${why}` : lost !== undefined ? `not heard: ${lost}` : '';
}

async function* clips(client: ArchiveClient): AsyncGenerator<Row> {
  const catalogue = await lightCatalogue(client);
  const [researched, found] = [new CountsByClip(catalogue), new CountsByClip(catalogue)];
  let all = 0;
  for await (const ledgers of ledgerPages(client)) {
    all += ledgers.length;
    researched.add(
      ledgers,
      ledgers.map((ledger) => ledger.researched),
    );
    const sets: Bitset[] = [];
    for (const ledger of ledgers) sets.push(ledger.found ?? Bitset.of(await foundIn(client, ledger, catalogue)));
    found.add(ledgers, sets);
  }
  for (const entry of catalogue.clips) {
    const done = researched.of(entry.ordinal);
    const row: Listed = {
      ...common(entry),
      state: stateOfClip(entry, done, all),
      found: found.of(entry.ordinal),
      researched: done,
      of: all,
    };
    yield { entry, row };
  }
}

function stateOfClip(clip: ClipEntry, researched: number, episodes: number): Listed['state'] {
  if (clip.retired === true) return 'retired';
  if (isOut(clip) || isParked(clip.strikes, clip.revision)) return 'given up';
  if (researched === 0) return 'not begun';
  return researched >= episodes ? 'complete' : 'in progress';
}

async function* episodes(client: ArchiveClient): AsyncGenerator<Row> {
  const catalogue = await lightCatalogue(client);
  const hopeless = givenUpClips(catalogue);
  const told = new Map<number, Pick<Listed, 'state' | 'found' | 'researched'>>();
  for await (const ledgers of ledgerPages(client)) {
    for (const ledger of ledgers) {
      const counts = countPairs(ledger, catalogue, hopeless);
      told.set(ledger.episode, {
        state: episodeProgress(ledger, counts),
        found: foundNow(ledger, catalogue) ?? (await foundIn(client, ledger, catalogue)).length,
        researched: counts.researched,
      });
    }
  }
  for await (const entries of lightEntryPages(client, 'episode', [...told.keys()])) {
    for (const entry of entries) {
      const counts = told.get(entry.ordinal);
      if (counts === undefined) continue;
      const { dateAired } = entry.info;
      const aired = dateAired !== undefined && { aired: dateAired };
      yield { entry, row: { ...common(entry), ...aired, ...counts, of: catalogue.clips.length } };
    }
  }
}
