import { Bitset } from '../domain/bitset.ts';
import type { Catalogue, ClipEntry, EpisodeEntry } from '../domain/collection.ts';
import { requeued } from '../domain/operating.ts';
import type { ArchiveClient } from './archive-client.ts';
import { type Change, eachEpisode, persistently } from './change.ts';
import { chosenEpisodes, type Filter } from './chosen.ts';
import { outdatedIn } from './count-pairs.ts';
import { pairsOfAnalyzer } from './pairs-of-analyzer.ts';
import { ledgerPages } from './reading/all-ledgers.ts';
import { foundIn } from './reading/findings.ts';
import { lightCatalogue } from './reading/light-entries.ts';
import { selected } from './select.ts';
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
  // Of every episode no entry need be read.
  const named = filter.episode?.includes('*') ? undefined : filter.episode;
  const [catalogue, episodes] = await Promise.all([lightCatalogue(client), named && chosenEpisodes(client, named)]);
  const clips = filter.clip && Bitset.of(ordinalsOf(selected('clip', catalogue.clips, filter.clip)));
  // As sets of bits: of a whole archive there are hundreds of millions.
  const pairs = new Map<number, Bitset>();
  let count = 0;
  let withFindings = 0;
  for await (const [ledger, wanted] of asked(client, filter.analyzer, catalogue, { clips, episodes })) {
    const { episode, found } = ledger;
    // What was researched of an older recording is researched again anyway.
    const outdated = outdatedIn(ledger, ledger.researched, catalogue).map(({ ordinal }) => ordinal);
    const researched = outdated.length === 0 ? ledger.researched : ledger.researched.without(outdated);
    const again = wanted === undefined ? researched : researched.and(wanted);
    if (again.size === 0) continue;
    pairs.set(episode, again);
    count += again.size;
    withFindings += (found ?? Bitset.of(await foundIn(client, ledger, catalogue))).and(again).size;
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

const ordinalsOf = (entries: readonly (ClipEntry | EpisodeEntry)[]): number[] => entries.map(({ ordinal }) => ordinal);

/** Each ledger with the clips that are asked for; undefined is all. */
async function* asked(
  client: ArchiveClient,
  analyzer: string | undefined,
  catalogue: Catalogue,
  among: Parameters<typeof pairsOfAnalyzer>[3],
): ReturnType<typeof pairsOfAnalyzer> {
  if (analyzer !== undefined) yield* pairsOfAnalyzer(client, analyzer, catalogue, among);
  else {
    const episodes = among.episodes && new Set(ordinalsOf(among.episodes));
    for await (const ledgers of ledgerPages(client, episodes)) for (const one of ledgers) yield [one, among.clips];
  }
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
