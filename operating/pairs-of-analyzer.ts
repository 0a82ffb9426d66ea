import { Bitset } from '../domain/bitset.ts';
import type { Catalogue, EpisodeEntry } from '../domain/collection.ts';
import { knownFoundBy } from '../domain/found-by.ts';
import type { Ledger } from '../domain/ledger.ts';
import { saysUnknown } from '../domain/unknowns.ts';
import type { ArchiveClient } from './archive-client.ts';
import { ledgerPages } from './reading/all-ledgers.ts';
import { FEW_CLIPS, findingsInEpisodes, findingsOfClip } from './reading/findings.ts';
import { pairsFoundBy } from './reading/found-pairs.ts';
import { unheardBy } from './reading/light-entries.ts';
import { allOf } from './reading/parts.ts';
import { slowReading } from './slow-reading.ts';
import type { StoredFinding } from './tables/dynamo-operations.ts';
import { counted, tell } from './terminal.ts';

interface Among {
  /** Undefined is all. */
  readonly clips: Bitset | undefined;
  readonly episodes: readonly EpisodeEntry[] | undefined;
}

type Tables = Pick<ArchiveClient, 'dynamodb' | 'location' | 'collection'>;

/** Findings of more episodes than that are found sooner by looking through all. */
const FEW_EPISODES = 2_000;

/**
 * The ledgers of episodes in which an analyzer may have spoken, each with the clips that it spoke of: it found them, cannot
 * judge them in any episode, or did not hear the episode in full (undefined: that is all clips that are asked for). Of what
 * it found ledgers tell; only of those that were written before they did, the findings are read.
 */
export async function* pairsOfAnalyzer(
  client: Tables,
  analyzer: string,
  catalogue: Catalogue,
  { clips, episodes }: Among,
): AsyncGenerator<readonly [Ledger, Bitset | undefined]> {
  const its = catalogue.clips.filter(({ unknowns }) => unknowns?.analyzer === analyzer && saysUnknown(unknowns));
  const asked = (some: Bitset) => (clips === undefined ? some : some.and(clips));
  const notJudged = asked(Bitset.of(its.map(({ ordinal }) => ordinal)));
  const spokenOf = (found: Bitset) => asked(found).with(notJudged);

  const few = clips !== undefined && clips.size <= FEW_CLIPS ? clips : undefined;
  // A clip that it cannot judge may have been researched in any.
  const mayBeFew = few !== undefined && episodes === undefined && notJudged.size === 0;
  const ofFew = mayBeFew ? await foundOfClips(client, few, analyzer, FEW_EPISODES) : undefined;
  const unheardOf = episodes === undefined ? unheardBy(client, analyzer) : unheardAmong(episodes, analyzer);
  const named = episodes && new Set(episodes.map(({ ordinal }) => ordinal));
  const among = named ?? (ofFew && new Set([...(await unheardOf), ...ofFew.episodes]));
  const [unheard, ledgers] = await Promise.all([unheardOf, allOf(ledgerPages(client, among))]);
  const unknown: Ledger[] = [];
  for (const ledger of ledgers.flat()) {
    const by = knownFoundBy(ledger);
    if (unheard.has(ledger.episode)) yield [ledger, clips];
    else if (by === undefined) unknown.push(ledger);
    else yield [ledger, spokenOf(by.get(analyzer) ?? Bitset.empty)];
  }
  if (unknown.length === 0) return;
  const ofClips = ofFew ?? (few && (await foundOfClips(client, few, analyzer)));
  const found = ofClips?.found ?? (await foundInEpisodes(client, unknown, analyzer));
  for (const ledger of unknown) {
    // Of findings in older recordings nothing is left to be researched again.
    const now = [...(found.get(ledger.episode) ?? [])].filter((clip) => ledger.found?.has(clip) !== false);
    yield [ledger, spokenOf(Bitset.of(now))];
  }
}

/** The clips that an analyzer found, by episode. */
class Found extends Map<number, Set<number>> {
  take({ episode, clip }: Pick<StoredFinding, 'episode' | 'clip'>): void {
    this.set(episode, (this.get(episode) ?? new Set()).add(clip));
  }
}

const unheardAmong = (episodes: readonly EpisodeEntry[], analyzer: string): ReadonlySet<number> =>
  new Set(
    episodes.flatMap(({ ordinal, unknowns }) =>
      unknowns?.analyzer === analyzer && saysUnknown(unknowns) ? [ordinal] : [],
    ),
  );

/**
 * @returns in which episodes they were found by any, and what was found by this analyzer; undefined where it is more than so
 *   many episodes
 */
async function foundOfClips(client: Tables, clips: Bitset, analyzer: string, atMost = Number.POSITIVE_INFINITY) {
  const found = new Found();
  const episodes = new Set<number>();
  for (const clip of clips) {
    for await (const one of findingsOfClip(client, clip)) {
      if (episodes.add(one.episode).size > atMost) return undefined;
      if (one.analyzer === analyzer) found.take(one);
    }
  }
  return { episodes, found };
}

async function foundInEpisodes(client: Tables, ledgers: readonly Ledger[], analyzer: string): Promise<Found> {
  const found = new Found();
  const episodes = ledgers.map(({ episode }) => episode);
  if (episodes.length <= FEW_EPISODES) {
    for await (const some of findingsInEpisodes(client, episodes)) {
      for (const one of some) if (one.analyzer === analyzer) found.take(one);
    }
    return found;
  }
  tell(
    `${counted(episodes.length, 'ledger')} were written before they told which analyzer found what: all findings are looked through, a million in about half a minute.`,
  );
  for await (const some of pairsFoundBy(client, analyzer, slowReading('thing')))
    for (const one of some) found.take(one);
  return found;
}
