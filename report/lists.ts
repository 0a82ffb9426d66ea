import { milliseconds } from '../operating/terminal.ts';
import type { CollectedArchive, CollectedClip, CollectedEpisode } from './collected.ts';
import { daysOf } from './shared/format.ts';
import { type ClipsData, type EpisodesData, type FindingsData, STATES } from './shared/report-data.ts';
import { ranks } from './shared/rows.ts';

export interface Lists {
  readonly episodes: EpisodesData;
  readonly clips: ClipsData;
  readonly findings: FindingsData;
  /** Of those, what was found since the time that was asked for. */
  readonly fresh: FindingsData;
}

/** The columns of the three tables. */
export function listsOf(archive: CollectedArchive, since = Number.POSITIVE_INFINITY): Lists {
  const airedOf = ({ aired }: CollectedEpisode) => aired ?? Number.NEGATIVE_INFINITY;
  const episodes = [...archive.episodes.values()].sort(
    (a, b) => airedOf(a) - airedOf(b) || a.entry.ordinal - b.entry.ordinal,
  );
  const clips = byName([...archive.clips.values()]);
  return {
    episodes: {
      ids: episodes.map(({ entry }) => entry.ordinal),
      names: episodes.map(({ name }) => name),
      aired: episodes.map(({ aired }) => aired),
      seconds: episodes.map(({ seconds }) => Math.round(seconds)),
      clips: episodes.map(({ found }) => found),
      plays: episodes.map(({ plays }) => plays),
      done: episodes.map(({ researched, givenUp }) => researched + givenUp),
      states: episodes.map(({ state }) => STATES.indexOf(state)),
      clipsInAll: clips.length,
    },
    clips: {
      ids: clips.map(({ entry }) => entry.ordinal),
      names: clips.map(({ name }) => name),
      seconds: clips.map(({ seconds }) => Math.round(seconds * 10) / 10),
      episodes: clips.map(({ found }) => found),
      plays: clips.map(({ plays }) => plays),
      ...airedRange(archive, clips),
      researched: clips.map(({ researched }) => researched),
      states: clips.map(({ state }) => STATES.indexOf(state)),
      episodesInAll: episodes.length,
    },
    findings: findingsOf(episodes, clips, () => true),
    fresh: findingsOf(episodes, clips, ({ researchDate }) => Date.parse(researchDate) >= since),
  };
}

function byName(clips: CollectedClip[]): CollectedClip[] {
  const rank = ranks(clips.map(({ name }) => name));
  const sorted = new Array<CollectedClip>(clips.length);
  for (const [index, clip] of clips.entries()) sorted[rank[index]!] = clip;
  return sorted;
}

/** When the first and the last episode with each clip were aired. */
function airedRange({ episodes }: CollectedArchive, clips: readonly CollectedClip[]) {
  const first: (number | null)[] = [];
  const last: (number | null)[] = [];
  for (const { findings } of clips) {
    let earliest: number | null = null;
    let latest: number | null = null;
    for (const { episode, variant } of findings) {
      const aired = episodes.get(episode)?.aired ?? null;
      if (variant > 0 || aired === null) continue;
      if (earliest === null || aired < earliest) earliest = aired;
      if (latest === null || aired > latest) latest = aired;
    }
    first.push(earliest);
    last.push(latest);
  }
  return { first, last };
}

function findingsOf(
  episodes: readonly CollectedEpisode[],
  clips: readonly CollectedClip[],
  wanted: (finding: CollectedEpisode['findings'][number]) => boolean,
): FindingsData {
  const clipIndex = new Map(clips.map(({ entry }, index) => [entry.ordinal, index]));
  const rows = episodes
    .flatMap(({ findings }, index) =>
      findings.filter((one) => one.variant === 0 && wanted(one)).map((finding) => ({ finding, index })),
    )
    .sort((a, b) => b.index - a.index || (a.finding.offsetsNs[0] ?? 0) - (b.finding.offsetsNs[0] ?? 0));
  return {
    episodes: rows.map(({ index }) => index),
    clips: rows.map(({ finding }) => clipIndex.get(finding.clip) ?? 0),
    plays: rows.map(({ finding }) => finding.offsetsNs.length),
    first: rows.map(({ finding }) => tenths(finding.offsetsNs[0] ?? 0)),
    scores: rows.map(({ finding }) => bestScore(finding.scores)),
    found: rows.map(({ finding }) => daysOf(finding.researchDate)),
  };
}

/** The tenth of a second that has begun. */
const tenths = (offsetNs: number): number => Math.floor(milliseconds(offsetNs) / 100);

/** In percent; -1 of none. */
const bestScore = (scores: readonly number[]): number =>
  scores.length === 0 ? -1 : Math.round(100 * scores.reduce((best, score) => Math.max(best, score), 0));
