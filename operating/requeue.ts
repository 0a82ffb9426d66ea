import type { ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { requeued } from '../domain/operating.ts';
import { saysUnknown } from '../domain/unknowns.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, eachEpisode, persistently } from './change.ts';
import { chosenClips, chosenEpisodes, type Filter } from './chosen.ts';
import { readAllLedgers } from './reading/all-ledgers.ts';
import { type FoundPair, readFoundPairs } from './reading/found-pairs.ts';
import { lightCatalogue, lightEpisodes } from './reading/light-entries.ts';
import { FINDINGS_A_REQUEUE, type StoredFinding } from './tables/dynamo-operations.ts';
import { counted } from './terminal.ts';

export interface RequeueFilter extends Filter {
  /**
   * Only pairs with a finding or a variant by this analyzer, of clips that it cannot judge, or of episodes that it did not
   * hear in full. Of all others nobody knows who found nothing.
   */
  readonly analyzer?: string;
}

/** Pairs to be researched again; what was found in them so far becomes history. */
export async function requeueing(client: ArchiveClient, filter: RequeueFilter): Promise<Change> {
  const { analyzer } = filter;
  const [all, found, unknown, clips, episodes] = await Promise.all([
    readAllLedgers(client),
    readFoundPairs(client),
    analyzer === undefined ? undefined : unknownBy(client, analyzer),
    filter.clip === undefined ? undefined : chosenClips(client, filter.clip),
    filter.episode === undefined ? undefined : chosenEpisodes(client, filter.episode),
  ]);
  const wanted = wantedPairs({
    clips: clips && new Set(clips.map(({ ordinal }) => ordinal)),
    episodes: episodes && new Set(episodes.map(({ ordinal }) => ordinal)),
    byAnalyzer: analyzer === undefined ? undefined : pairsBy(analyzer, found),
    unknown,
  });
  const pairs = new Map<number, number[]>();
  for (const { episode, researched } of all.ledgers) {
    const again = [...researched].filter((clip) => wanted(episode, clip));
    if (again.length > 0) pairs.set(episode, again);
  }
  const count = [...pairs.values()].reduce((sum, { length }) => sum + length, 0);
  const withFindings = found.filter(
    ({ episode, clip, variant }) => variant === 0 && pairs.has(episode) && wanted(episode, clip),
  ).length;
  return {
    what: `research ${counted(count, 'pair')} of ${counted(pairs.size, 'episode')} again`,
    count,
    details: [
      `  ${counted(withFindings, 'pair')} of them with findings, which become history, and ${counted(count - withFindings, 'pair')} without.`,
    ],
    hints: ['Results that are still on their way count as the new ones.'],
    apply: () =>
      eachEpisode(pairs.keys(), (episode) => requeueEpisode(client, episode, new Set(pairs.get(episode))), 4),
  };
}

function pairsBy(analyzer: string, found: readonly FoundPair[]): ReadonlySet<string> {
  return new Set(found.filter((one) => one.analyzer === analyzer).map(({ episode, clip }) => `${episode}/${clip}`));
}

/** What an analyzer could not know: of which clips, and of which episodes. */
interface UnknownBy {
  readonly clips: ReadonlySet<number>;
  readonly episodes: ReadonlySet<number>;
}

async function unknownBy(client: ArchiveClient, analyzer: string): Promise<UnknownBy> {
  const [{ clips }, episodes] = await Promise.all([lightCatalogue(client), lightEpisodes(client)]);
  const its = (entries: Iterable<ClipEntry | EpisodeEntry>): Set<number> =>
    new Set(
      [...entries]
        .filter(({ unknowns }) => unknowns !== undefined && unknowns.analyzer === analyzer && saysUnknown(unknowns))
        .map(({ ordinal }) => ordinal),
    );
  return { clips: its(clips), episodes: its(episodes.values()) };
}

interface Wanted {
  readonly clips: ReadonlySet<number> | undefined;
  readonly episodes: ReadonlySet<number> | undefined;
  readonly byAnalyzer: ReadonlySet<string> | undefined;
  readonly unknown: UnknownBy | undefined;
}

function wantedPairs({ clips, episodes, byAnalyzer, unknown }: Wanted) {
  const isBy = (episode: number, clip: number): boolean =>
    byAnalyzer?.has(`${episode}/${clip}`) !== false ||
    unknown?.clips.has(clip) === true ||
    unknown?.episodes.has(episode) === true;
  return (episode: number, clip: number): boolean =>
    clips?.has(clip) !== false && episodes?.has(episode) !== false && isBy(episode, clip);
}

/** Researched pairs of an episode again. @returns how many */
export async function requeueEpisode(
  client: ArchiveClient,
  episode: number,
  clips: ReadonlySet<number>,
): Promise<number> {
  const { ledgers, operations } = client;
  const left = new Set(clips);
  let changed = 0;
  while (left.size > 0) {
    const done = await persistently(async () => {
      const ledger = await ledgers.read(episode);
      if (ledger === undefined) return [...left];
      // What is no longer researched has been requeued by somebody else, or never was.
      const researched = [...left].filter((clip) => ledger.researched.has(clip));
      if (researched.length === 0) return [...left];
      const findings = await operations.findings(episode);
      const step = oneStep(researched, findings);
      await operations.requeue(requeued(ledger, step.clips), step.findings, Date.now());
      changed += step.clips.length;
      return step.clips;
    });
    for (const clip of done) left.delete(clip);
  }
  return changed;
}

/** A transaction takes 4 MB in all, and a finding has up to 10,000 offsets. */
const OFFSETS_A_STEP = 30_000;

/** As many of the clips as one transaction can take with all of their findings; at least one. */
export function oneStep(
  clips: readonly number[],
  findings: readonly StoredFinding[],
): { readonly clips: number[]; readonly findings: StoredFinding[] } {
  const byClip = Map.groupBy(findings, ({ clip }) => clip);
  const chosen: number[] = [];
  const moved: StoredFinding[] = [];
  let offsets = 0;
  for (const clip of clips) {
    const own = byClip.get(clip) ?? [];
    const more = own.reduce((sum, { offsetsNs }) => sum + offsetsNs.length, 0);
    const full =
      moved.length + own.length > FINDINGS_A_REQUEUE || (offsets + more > OFFSETS_A_STEP && moved.length > 0);
    if (own.length > 0 && full) continue;
    chosen.push(clip);
    moved.push(...own);
    offsets += more;
  }
  return { clips: chosen, findings: moved };
}
