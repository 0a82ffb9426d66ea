import { day, isoDay, position } from '../../shared/format.ts';
import type { ClipsData, EpisodesData } from '../../shared/report-data.ts';
import { byNumber, containing, folded, ranks } from '../../shared/rows.ts';
import { type Findings, load, loadFindings, NEVER } from '../data.ts';
import { dataTable } from '../data-table.ts';
import { clipLink, episodeLink, h } from '../dom.ts';
import { scoreBar } from '../facts.ts';

/** Every pair with a finding. */
export async function findingsPage(): Promise<readonly HTMLElement[]> {
  const [findings, episodes, clips] = await Promise.all([loadFindings('findings'), load('episodes'), load('clips')]);
  return [h('h1', {}, 'Findings'), findingsTable(findings, episodes, clips)];
}

/** What was found since the time that the report was asked for. */
export async function newPage(): Promise<readonly HTMLElement[]> {
  const [findings, episodes, clips] = await Promise.all([loadFindings('new'), load('episodes'), load('clips')]);
  const heading = document.querySelector('nav [aria-current="page"]')?.textContent ?? 'New';
  return [h('h1', {}, heading), findingsTable(findings, episodes, clips)];
}

function findingsTable(
  { count, columns: findings, whole }: Findings,
  episodes: EpisodesData,
  clips: ClipsData,
): HTMLElement {
  const episode = (row: number) => findings.episodes[row] ?? 0;
  const clip = (row: number) => findings.clips[row] ?? 0;
  let episodeRanks: Uint32Array | undefined;
  const titleRank = (row: number) => {
    episodeRanks ??= ranks(episodes.names);
    return episodeRanks[episode(row)] ?? 0;
  };
  const airedOf = (row: number) => episodes.aired[episode(row)] ?? Number.NEGATIVE_INFINITY;
  return dataTable({
    caption: 'Findings: which clip plays in which episode, and where',
    noun: 'finding',
    count,
    whole,
    inAddress: true,
    sorting: { id: 'aired', descending: true },
    inOrder: true,
    search: { label: 'Search clips, episodes and dates', matcher: matcherOf(findings, episodes, clips) },
    columns: [
      {
        id: 'clip',
        header: 'Clip',
        kind: 'heading',
        compare: (a, b) => clip(a) - clip(b),
        cell: (row) => clipLink(clips.ids[clip(row)] ?? 0, clips.names[clip(row)] ?? ''),
      },
      {
        id: 'episode',
        header: 'Episode',
        compare: (a, b) => titleRank(a) - titleRank(b),
        cell: (row) => episodeLink(episodes.ids[episode(row)] ?? 0, episodes.names[episode(row)] ?? ''),
      },
      {
        id: 'aired',
        header: 'Aired',
        kind: 'date',
        descendingFirst: true,
        compare: (a, b) => airedOf(a) - airedOf(b) || 0,
        cell: (row) => day(episodes.aired[episode(row)] ?? null),
      },
      {
        id: 'first',
        header: 'First at',
        kind: 'number',
        compare: byNumber(findings.first),
        cell: (row) => {
          const seconds = (findings.first[row] ?? 0) / 10;
          const id = episodes.ids[episode(row)] ?? 0;
          return h('a', { href: `episode.html?id=${id}&t=${seconds}` }, position(seconds));
        },
      },
      {
        id: 'plays',
        header: 'Plays',
        kind: 'minor number',
        descendingFirst: true,
        compare: byNumber(findings.plays),
        cell: (row) => String(findings.plays[row] ?? 0),
      },
      {
        id: 'score',
        header: 'Score',
        kind: 'minor number',
        descendingFirst: true,
        compare: byNumber(findings.scores),
        cell: (row) => scoreBar((findings.scores[row] ?? -1) / 100),
      },
      {
        id: 'found',
        header: 'Found',
        kind: 'minor number',
        descendingFirst: true,
        compare: byNumber(findings.found),
        cell: (row) => day(dayOf(findings.found[row])),
      },
    ],
  });
}

const dayOf = (days = NEVER): number | null => (days === NEVER ? null : days);

/** Each word is looked up in the few thousand names, not in every row. */
function matcherOf(findings: Findings['columns'], episodes: EpisodesData, clips: ClipsData) {
  let texts: { readonly clips: readonly string[]; readonly episodes: readonly string[] } | undefined;
  return (words: string[]) => {
    texts ??= {
      clips: clips.names.map(folded),
      episodes: episodes.names.map((name, index) => {
        const aired = episodes.aired[index] ?? null;
        return folded(`${name} ${isoDay(aired)} ${day(aired)}`);
      }),
    };
    const inClips = containing(texts.clips, words);
    const inEpisodes = containing(texts.episodes, words);
    return (row: number) =>
      words.every((_, word) => {
        const clip = inClips[word]?.[findings.clips[row] ?? 0];
        return clip === 1 || inEpisodes[word]?.[findings.episodes[row] ?? 0] === 1;
      });
  };
}
