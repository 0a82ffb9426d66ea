import { milliseconds } from '../operating/terminal.ts';
import type { CollectedArchive, CollectedClip, CollectedEpisode } from './collected.ts';
import { dayOfMs } from './shared/format.ts';
import { type ClipsData, type EpisodesData, type FindingsData, ROWS_A_FILE, STATES } from './shared/report-data.ts';
import { ranks } from './shared/rows.ts';

export interface Lists {
  readonly episodes: EpisodesData;
  readonly clips: ClipsData;
  /** A file at a time. */
  readonly findings: Iterable<FindingsData>;
  /** Of those, what was found since the time that was asked for. */
  readonly fresh: Iterable<FindingsData>;
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
    findings: findingsOf(archive, episodes, clips, () => true),
    fresh: findingsOf(archive, episodes, clips, (row) => archive.findings.foundAtOf(row) >= since),
  };
}

function byName(clips: CollectedClip[]): CollectedClip[] {
  const rank = ranks(clips.map(({ name }) => name));
  const sorted = new Array<CollectedClip>(clips.length);
  for (const [index, clip] of clips.entries()) sorted[rank[index]!] = clip;
  return sorted;
}

/** When the first and the last episode with each clip were aired. */
function airedRange({ episodes, findings }: CollectedArchive, clips: readonly CollectedClip[]) {
  const first: (number | null)[] = [];
  const last: (number | null)[] = [];
  for (const { entry } of clips) {
    let earliest: number | null = null;
    let latest: number | null = null;
    for (const row of findings.ofClip(entry.ordinal)) {
      const aired = episodes.get(findings.episodeOf(row))?.aired ?? null;
      if (!findings.stands(row) || aired === null) continue;
      if (earliest === null || aired < earliest) earliest = aired;
      if (latest === null || aired > latest) latest = aired;
    }
    first.push(earliest);
    last.push(latest);
  }
  return { first, last };
}

/** The newest episode first, and in it by where the clip is played first. */
function* findingsOf(
  { findings }: CollectedArchive,
  episodes: readonly CollectedEpisode[],
  clips: readonly CollectedClip[],
  wanted: (row: number) => boolean,
): Generator<FindingsData> {
  const clipIndex = new Map(clips.map(({ entry }, index) => [entry.ordinal, index]));
  const rows = new Uint32Array(findings.length);
  const indexes = new Uint32Array(findings.length);
  let count = 0;
  for (let index = episodes.length - 1; index >= 0; index--) {
    const own = findings
      .inEpisode(episodes[index]!.entry.ordinal)
      .filter((row) => findings.stands(row) && wanted(row))
      .sort((a, b) => findings.firstPlayOf(a) - findings.firstPlayOf(b));
    rows.set(own, count);
    indexes.fill(index, count, count + own.length);
    count += own.length;
  }
  for (let start = 0; start === 0 || start < count; start += ROWS_A_FILE) {
    const end = Math.min(count, start + ROWS_A_FILE);
    const some = rows.subarray(start, end);
    const column = <Value>(value: (row: number) => Value): Value[] => Array.from(some, value);
    yield {
      count,
      episodes: Array.from(indexes.subarray(start, end)),
      clips: column((row) => clipIndex.get(findings.clipOf(row)) ?? 0),
      plays: column((row) => findings.playsOf(row)),
      first: column((row) => tenths(findings.firstPlayOf(row))),
      scores: column((row) => percentOf(findings.bestScoreOf(row))),
      found: column((row) => dayOfMs(findings.foundAtOf(row))),
    };
  }
}

/** The tenth of a second that has begun. */
const tenths = (offsetNs: number): number => Math.floor(milliseconds(offsetNs) / 100);

/** -1 of none. */
const percentOf = (score: number): number => (score < 0 ? -1 : Math.round(100 * score));
