import { type OfOnePair, withCopies } from '../operating/reading/copies.ts';
import type { Descriptions } from '../operating/reading/light-entries.ts';
import { milliseconds } from '../operating/terminal.ts';
import { partHeard } from '../operating/unknown-words.ts';
import type { CollectedArchive, CollectedClip, CollectedEpisode } from './collected.ts';
import type { ShownFinding } from './found-findings.ts';
import { cleanDescription, cleanLine } from './shared/clean-text.ts';
import { dayOfMs } from './shared/format.ts';
import {
  ALONE_FROM,
  type ClipChunk,
  chunkOf,
  type Details,
  type EpisodeChunk,
  type Plays,
} from './shared/report-data.ts';
import { Words } from './words.ts';

/** Paths of data files, and what they hold. */
type Files<Chunk> = AsyncGenerator<readonly [path: string, content: Chunk]>;

/** The details of the episodes, fifty of them together, and each large one by itself. */
export function episodeChunks(archive: CollectedArchive, describe: Descriptions): Files<EpisodeChunk> {
  const rowsOf = (ordinal: number) => archive.findings.inEpisode(ordinal);
  return inFiles(archive.episodes, rowsOf, describe, 'episode', (episodes, alone, descriptions) => {
    const words = new Words();
    const clips: Record<number, EpisodeChunk['clips'][number]> = {};
    const entries = episodes.map((episode) => {
      const plays = shownOf(archive, rowsOf(episode.entry.ordinal)).map((finding) => {
        const { clip } = finding;
        const { name = '', seconds = 0 } = archive.clips.get(clip) ?? {};
        clips[clip] ??= { name, seconds: Math.round(seconds * 1000) / 1000 };
        return playsOf(archive, finding, clip, words);
      });
      const details = detailsOf(archive, episode, plays, archive.clips.size, descriptions);
      return [episode.entry.ordinal, { ...details, aired: episode.aired }] as const;
    });
    return { alone, entries: Object.fromEntries(entries), clips, words: words.list };
  });
}

/** The details of the clips, fifty of them together, and each large one by itself. */
export function clipChunks(archive: CollectedArchive, describe: Descriptions): Files<ClipChunk> {
  const rowsOf = (ordinal: number) => archive.findings.ofClip(ordinal);
  return inFiles(archive.clips, rowsOf, describe, 'clip', (clips, alone, descriptions) => {
    const words = new Words();
    const episodes: Record<number, ClipChunk['episodes'][number]> = {};
    const entries = clips.map((clip) => {
      const plays = shownOf(archive, rowsOf(clip.entry.ordinal)).map((finding) => {
        const { episode } = finding;
        const of = archive.episodes.get(episode);
        if (of !== undefined && episodes[episode] === undefined) {
          const { name, aired, seconds, entry } = of;
          const mediaUri = archive.addressOf(entry.info.mediaUri);
          episodes[episode] = { name, aired, seconds: Math.round(seconds * 1000) / 1000, mediaUri };
        }
        return playsOf(archive, finding, episode, words);
      });
      return [clip.entry.ordinal, detailsOf(archive, clip, plays, archive.episodes.size, descriptions)] as const;
    });
    return { alone, entries: Object.fromEntries(entries), episodes, words: words.list };
  });
}

async function* inFiles<E extends CollectedClip | CollectedEpisode, Chunk>(
  all: ReadonlyMap<number, E>,
  rowsOf: (ordinal: number) => Uint32Array,
  describe: Descriptions,
  kind: 'episode' | 'clip',
  chunkWith: (entries: readonly E[], alone: readonly number[], descriptions: ReadonlyMap<number, string>) => Chunk,
): Files<Chunk> {
  const isLarge = ({ entry }: E) => rowsOf(entry.ordinal).length > ALONE_FROM;
  for (const [chunk, entries] of Map.groupBy(all.values(), ({ entry }) => chunkOf(entry.ordinal))) {
    const ordinals = entries.map(({ entry }) => entry.ordinal);
    const descriptions = await describe(kind, ordinals);
    const large = entries.filter(isLarge);
    for (const entry of large) {
      yield [`${kind}s/alone/${entry.entry.ordinal}`, chunkWith([entry], [], descriptions)];
    }
    const together = entries.filter((entry) => !large.includes(entry));
    const alone = large.map(({ entry }) => entry.ordinal);
    yield [`${kind}s/${chunk}`, chunkWith(together, alone, descriptions)];
  }
}

const shownOf = ({ findings }: CollectedArchive, rows: Uint32Array): (ShownFinding & OfOnePair)[] =>
  withCopies(Array.from(rows, (row) => findings.shown(row)));

function detailsOf(
  { addressOf }: CollectedArchive,
  { entry, name, seconds, state, reason, unknown, researched }: CollectedClip | CollectedEpisode,
  plays: readonly Plays[],
  of: number,
  descriptions: ReadonlyMap<number, string>,
): Details {
  const { curatorInformation, mediaUri, mediaType } = entry.info;
  return {
    name,
    description: cleanDescription(descriptions.get(entry.ordinal) ?? ''),
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

function playsOf({ clips }: CollectedArchive, finding: ShownFinding & OfOnePair, of: number, words: Words): Plays {
  const { variant, offsetsNs, scores, clip, rivalOf, playNs, isOtherCopy } = finding;
  const seconds = (offset: number): number => milliseconds(offset) / 1000;
  const clipNs = (clips.get(clip)?.seconds ?? 0) * 1e9;
  const heard = byPlace(offsetsNs, (place) => partHeard(finding, place, clipNs));
  const better = byPlace(offsetsNs, (place) => {
    const rival = rivalOf[place] ?? 0;
    return rival === 0 ? undefined : (clips.get(rival)?.name ?? '');
  });
  const same = byPlace(offsetsNs, (place) => {
    const play = playNs?.[place];
    return play === undefined ? undefined : seconds(play);
  });
  return {
    of,
    variant,
    ...(isOtherCopy === true && { otherCopy: true }),
    ...(same !== undefined && { same }),
    at: offsetsNs.map(seconds),
    scores: scores.map((score) => Math.round(score * 100) / 100),
    ...(heard !== undefined && { heard }),
    ...(better !== undefined && { rivalOf: better }),
    researcher: words.index(cleanLine(finding.researcher)),
    analyzer: words.index(cleanLine(finding.analyzer)),
    found: dayOfMs(finding.foundAt),
  };
}

/** What is said of some of the places; undefined where nothing is. */
function byPlace<Value>(
  offsetsNs: readonly number[],
  said: (place: number) => Value | undefined,
): Readonly<Record<number, Value>> | undefined {
  const some = offsetsNs.flatMap((_, place) => {
    const value = said(place);
    return value === undefined ? [] : [[place, value] as const];
  });
  return some.length === 0 ? undefined : Object.fromEntries(some);
}
