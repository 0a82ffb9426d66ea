import type { CollectedArchive, CollectedClip, CollectedEpisode } from './collected.ts';
import { timelineOf } from './episodes-over-time.ts';
import type { ReportFacts } from './report-facts.ts';
import { cleanLine } from './shared/clean-text.ts';
import type { ArchiveData, GivenUp, Ranked } from './shared/report-data.ts';

const RANKED_AT_MOST = 10;
const GIVEN_UP_AT_MOST = 50;

/** What the first page shows. @param title of the report */
export function overviewOf(title: string, facts: ReportFacts, archive: CollectedArchive): ArchiveData {
  const { at, paused, episodes: ofEpisodes, pairs, pairsAMinute, estimatedEnd, outlookSentence } = facts.status;
  const episodes = [...archive.episodes.values()];
  const clips = [...archive.clips.values()];
  const entries = [
    ...clips.flatMap((clip) => givenUp('clip', clip)),
    ...episodes.flatMap((one) => givenUp('episode', one)),
  ];
  return {
    title,
    madeAt: at,
    paused,
    counts: {
      episodes: episodes.length,
      clips: clips.length,
      findings: clips.reduce((sum, { found }) => sum + found, 0),
      plays: clips.reduce((sum, { plays }) => sum + plays, 0),
      clipsFound: clips.filter(({ found }) => found > 0).length,
      episodesWithFindings: episodes.filter(({ found }) => found > 0).length,
      episodesNotHeardInFull: ofEpisodes.notHeardInFull,
      episodesComplete: episodes.filter(({ state }) => state === 'complete').length,
    },
    pairs: {
      total: pairs.total,
      researched: pairs.researched,
      notJudged: pairs.notJudged,
      givenUp: pairs.givenUp,
      toDo: pairs.toDo,
    },
    pairsAMinute,
    estimatedEnd,
    outlook: cleanLine(outlookSentence),
    timeline: timelineOf(episodes),
    mostPlayed: ranked(clips),
    richest: ranked(episodes),
    givenUp: { entries: entries.slice(0, GIVEN_UP_AT_MOST), more: Math.max(0, entries.length - GIVEN_UP_AT_MOST) },
  };
}

function ranked(entries: readonly (CollectedClip | CollectedEpisode)[]): Ranked[] {
  return entries
    .filter(({ plays }) => plays > 0)
    .sort((a, b) => b.plays - a.plays || b.found - a.found || a.entry.ordinal - b.entry.ordinal)
    .slice(0, RANKED_AT_MOST)
    .map(({ entry, name, plays, found }) => ({ id: entry.ordinal, name, plays, others: found }));
}

function givenUp(kind: GivenUp['kind'], { entry, name, state, reason }: CollectedClip | CollectedEpisode): GivenUp[] {
  if (state !== 'given up' && state !== 'damaged') return [];
  const why = state === 'damaged' ? 'its ledger cannot be read' : reason;
  return [{ kind, id: entry.ordinal, name, state, reason: why }];
}
