import { betterThan } from '../domain/rivals.ts';
import { type OfOnePair, withCopies } from '../operating/reading/copies.ts';
import type { StoredFinding } from '../operating/tables/dynamo-operations.ts';
import { milliseconds } from '../operating/terminal.ts';
import type { CollectedArchive, CollectedClip, CollectedEpisode } from './collected.ts';
import { cleanDescription, cleanLine } from './shared/clean-text.ts';
import { daysOf } from './shared/format.ts';
import { type ClipChunk, chunkOf, type Details, type EpisodeChunk, type Plays } from './shared/report-data.ts';

/** The details of the episodes, fifty of them together. @yields the number of the chunk and its content */
export function* episodeChunks(archive: CollectedArchive): Generator<[number, EpisodeChunk]> {
  for (const [chunk, episodes] of grouped(archive.episodes)) {
    const words = new Words();
    const clips: Record<number, { name: string; seconds: number }> = {};
    const entries = episodes.map((episode) => {
      for (const { clip } of episode.findings) {
        const { name = '', seconds = 0 } = archive.clips.get(clip) ?? {};
        clips[clip] ??= { name, seconds: Math.round(seconds * 1000) / 1000 };
      }
      const better = betterThan(episode.findings.filter(({ variant }) => variant === 0));
      const plays = withCopies(episode.findings).map((finding) => ({
        ...playsOf(finding, finding.clip, words),
        ...rivalOf(finding, better, archive),
      }));
      const of = archive.clips.size;
      return [episode.entry.ordinal, { ...detailsOf(episode, plays, of, archive), aired: episode.aired }] as const;
    });
    yield [chunk, { entries: Object.fromEntries(entries), clips, words: words.list }];
  }
}

/** The details of the clips, fifty of them together. @yields the number of the chunk and its content */
export function* clipChunks(archive: CollectedArchive): Generator<[number, ClipChunk]> {
  for (const [chunk, clips] of grouped(archive.clips)) {
    const words = new Words();
    const episodes: Record<number, ClipChunk['episodes'][number]> = {};
    const entries = clips.map((clip) => {
      for (const { episode } of clip.findings) {
        const of = archive.episodes.get(episode);
        if (of === undefined || episodes[episode] !== undefined) continue;
        const { name, aired, seconds, entry } = of;
        episodes[episode] = {
          name,
          aired,
          seconds: Math.round(seconds * 1000) / 1000,
          mediaUri: archive.addressOf(entry.info.mediaUri),
        };
      }
      const plays = withCopies(clip.findings).map((finding) => playsOf(finding, finding.episode, words));
      return [clip.entry.ordinal, detailsOf(clip, plays, archive.episodes.size, archive)] as const;
    });
    yield [chunk, { entries: Object.fromEntries(entries), episodes, words: words.list }];
  }
}

/** The clips that fit its places better, by name. */
function rivalOf(
  { clip, variant, offsetsNs }: StoredFinding,
  better: ReturnType<typeof betterThan>,
  { clips }: CollectedArchive,
): Pick<Plays, 'rivalOf'> {
  const own = variant === 0 ? better.get(clip) : undefined;
  if (own === undefined) return {};
  const named = offsetsNs.flatMap((offset, index) => {
    const best = own.get(offset);
    return best === undefined ? [] : [[index, clips.get(best.clip)?.name ?? ''] as const];
  });
  return { rivalOf: Object.fromEntries(named) };
}

function grouped<E extends CollectedClip | CollectedEpisode>(entries: ReadonlyMap<number, E>): Map<number, E[]> {
  return Map.groupBy(entries.values(), ({ entry }) => chunkOf(entry.ordinal));
}

function detailsOf(
  { entry, name, seconds, state, reason, unknown, researched }: CollectedClip | CollectedEpisode,
  plays: readonly Plays[],
  of: number,
  { addressOf }: CollectedArchive,
): Details {
  const { description, curatorInformation, mediaUri, mediaType } = entry.info;
  return {
    name,
    description: cleanDescription(description),
    curator: cleanLine(curatorInformation),
    mediaUri: addressOf(mediaUri),
    mediaType: cleanLine(mediaType),
    seconds: Math.round(seconds * 1000) / 1000,
    state,
    reason,
    unknown,
    researched,
    of,
    plays,
  };
}

function playsOf(
  { variant, offsetsNs, scores, playNs, isOtherCopy, ...finding }: StoredFinding & OfOnePair,
  of: number,
  words: Words,
): Plays {
  const seconds = (offset: number): number => milliseconds(offset) / 1000;
  const same = playNs?.flatMap((play, index) => (play === undefined ? [] : [[index, seconds(play)] as const])) ?? [];
  return {
    of,
    variant,
    ...(isOtherCopy === true && { otherCopy: true }),
    ...(same.length > 0 && { same: Object.fromEntries(same) }),
    at: offsetsNs.map(seconds),
    scores: scores.map((score) => Math.round(score * 100) / 100),
    researcher: words.index(cleanLine(finding.researcher)),
    analyzer: words.index(cleanLine(finding.analyzer)),
    found: daysOf(finding.researchDate),
  };
}

/** Names that come again and again, each kept once. */
class Words {
  readonly list: string[] = [];
  private readonly indexes = new Map<string, number>();

  index(word: string): number {
    const known = this.indexes.get(word);
    if (known !== undefined) return known;
    this.indexes.set(word, this.list.length);
    return this.list.push(word) - 1;
  }
}
