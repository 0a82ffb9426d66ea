import { Bitset } from '../domain/bitset.ts';
import type { Catalogue, ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { requeued } from '../domain/operating.ts';
import { saysUnknown } from '../domain/unknowns.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, eachEpisode, persistently } from './change.ts';
import { chosenEpisodes, type Filter } from './chosen.ts';
import { outdatedIn } from './count-pairs.ts';
import { ledgerPages } from './reading/all-ledgers.ts';
import { findingsInEpisodes, findingsOfClip, foundIn } from './reading/findings.ts';
import { pairsFoundBy } from './reading/found-pairs.ts';
import { lightCatalogue, unheardBy } from './reading/light-entries.ts';
import { selected } from './select.ts';
import { slowReading } from './slow-reading.ts';
import { FINDINGS_A_REQUEUE, type StoredFinding } from './tables/dynamo-operations.ts';
import { counted, tell } from './terminal.ts';

export interface RequeueFilter extends Filter {
  /**
   * Only pairs with a finding or a variant by this analyzer, of clips that it cannot judge, or of episodes that it did not
   * hear in full. Of all others nobody knows who found nothing.
   */
  readonly analyzer?: string;
}

/** Pairs to be researched again; what was found in them so far becomes history. */
export async function requeueing(client: ArchiveClient, filter: RequeueFilter): Promise<Change> {
  const catalogue = await lightCatalogue(client);
  const clips = filter.clip && ordinalsOf(selected('clip', catalogue.clips, filter.clip));
  const episodes = filter.episode && ordinalsOf(await chosenEpisodes(client, filter.episode));
  const spoken =
    filter.analyzer === undefined ? undefined : await pairsOf(client, filter.analyzer, catalogue, { clips, episodes });
  // As sets of bits: of a whole archive there are hundreds of millions.
  const pairs = new Map<number, Bitset>();
  let count = 0;
  let withFindings = 0;
  for await (const ledgers of ledgerPages(client, episodes ?? spoken?.episodes)) {
    for (const ledger of ledgers) {
      const { episode, found } = ledger;
      const wanted = spoken === undefined ? clips : spoken.in(episode);
      // What was researched of an older recording is researched again anyway.
      const outdated = outdatedIn(ledger, ledger.researched, catalogue).map(({ ordinal }) => ordinal);
      const researched = outdated.length === 0 ? ledger.researched : ledger.researched.without(outdated);
      const again = wanted === undefined ? researched : Bitset.of([...wanted].filter((clip) => researched.has(clip)));
      if (again.size === 0) continue;
      pairs.set(episode, again);
      count += again.size;
      for (const clip of found ?? (await foundIn(client, ledger, catalogue))) if (again.has(clip)) withFindings++;
    }
  }
  const inOrder = [...pairs.keys()].sort((a, b) => a - b);
  return {
    what: `research ${counted(count, 'pair')} of ${counted(pairs.size, 'episode')} again`,
    count,
    details: [
      `  ${counted(withFindings, 'pair')} of them with findings, which become history, and ${counted(count - withFindings, 'pair')} without.`,
    ],
    hints: ['Results that are still on their way count as the new ones.'],
    apply: () => eachEpisode(inOrder, (episode) => requeueEpisode(client, episode, pairs.get(episode) ?? []), 4),
  };
}

type Ordinals = ReadonlySet<number>;

const ordinalsOf = (entries: readonly (ClipEntry | EpisodeEntry)[]): Ordinals =>
  new Set(entries.map(({ ordinal }) => ordinal));

interface Among {
  readonly clips: Ordinals | undefined;
  readonly episodes: Ordinals | undefined;
}

/** Of which pairs an analyzer is known to have spoken, of those that are asked for. */
interface Spoken {
  /** Undefined where it may be any. */
  readonly episodes: Ordinals | undefined;
  /** Clips of an episode; undefined is all. */
  in(episode: number): Ordinals | undefined;
}

async function pairsOf(client: ArchiveClient, analyzer: string, catalogue: Catalogue, among: Among): Promise<Spoken> {
  const { clips } = among;
  const [unheard, found] = await Promise.all([unheardBy(client, analyzer), foundBy(client, analyzer, among)]);
  const its = catalogue.clips.filter(({ unknowns }) => unknowns?.analyzer === analyzer && saysUnknown(unknowns));
  const notJudged = its.map(({ ordinal }) => ordinal).filter((clip) => clips?.has(clip) !== false);
  const foundOf = (episode: number) => [...(found.get(episode) ?? [])].filter((clip) => clips?.has(clip) !== false);
  return {
    // A clip that it cannot judge may have been researched in any.
    episodes: notJudged.length > 0 ? undefined : new Set([...unheard, ...found.keys()]),
    in: (episode) => (unheard.has(episode) ? clips : new Set([...notJudged, ...foundOf(episode)])),
  };
}

/** The clips with a finding or a variant by the analyzer, by episode. Only where neither is named all findings are read. */
async function foundBy(
  client: ArchiveClient,
  analyzer: string,
  { clips, episodes }: Among,
): Promise<Map<number, Set<number>>> {
  const found = new Map<number, Set<number>>();
  const take = ({ episode, clip }: Pick<StoredFinding, 'episode' | 'clip'>) => {
    found.set(episode, (found.get(episode) ?? new Set()).add(clip));
  };
  const takeIts = (one: StoredFinding) => {
    if (one.analyzer === analyzer) take(one);
  };
  if (episodes !== undefined) {
    for await (const some of findingsInEpisodes(client, [...episodes])) some.forEach(takeIts);
  } else if (clips !== undefined) {
    for (const clip of clips) for await (const one of findingsOfClip(client, clip)) takeIts(one);
  } else {
    tell(
      'Which analyzer made a finding stands in the finding alone: all are looked through, a million in about half a minute. With --clip or --episode only theirs are.',
    );
    for await (const some of pairsFoundBy(client, analyzer, slowReading('thing'))) some.forEach(take);
  }
  return found;
}

/** Researched pairs of an episode again. @returns how many */
export async function requeueEpisode(client: ArchiveClient, episode: number, clips: Iterable<number>): Promise<number> {
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
