import { day, duration, isoDay, number } from '../../shared/format.ts';
import { type EpisodesData, STATES } from '../../shared/report-data.ts';
import { byNumber, folded, ranks } from '../../shared/rows.ts';
import { load } from '../data.ts';
import { dataTable } from '../data-table.ts';
import { episodeLink, h } from '../dom.ts';
import { stateBadge } from '../facts.ts';

/** Every episode. */
export async function episodesPage(): Promise<readonly HTMLElement[]> {
  return [h('h1', {}, 'Episodes'), episodesTable(await load('episodes'))];
}

function episodesTable(episodes: EpisodesData): HTMLElement {
  let titleRanks: Uint32Array | undefined;
  const rank = (row: number) => {
    titleRanks ??= ranks(episodes.names);
    return titleRanks[row] ?? 0;
  };
  let texts: readonly string[] | undefined;
  const done = (row: number) => episodes.done[row] ?? 0;
  return dataTable({
    caption: 'Episodes, with what was found in them',
    noun: 'episode',
    count: episodes.ids.length,
    inAddress: true,
    sorting: { id: 'aired', descending: true },
    search: {
      label: 'Search titles and dates',
      matcher: (words) => {
        texts ??= episodes.names.map((name, row) => {
          const aired = episodes.aired[row] ?? null;
          return folded(`${name} ${isoDay(aired)} ${day(aired)}`);
        });
        const searched = texts;
        return (row) => words.every((word) => searched[row]?.includes(word));
      },
    },
    columns: [
      {
        id: 'episode',
        header: 'Episode',
        kind: 'heading',
        compare: (a, b) => rank(a) - rank(b),
        cell: (row) => episodeLink(episodes.ids[row] ?? 0, episodes.names[row] ?? ''),
      },
      {
        id: 'aired',
        header: 'Aired',
        kind: 'date',
        descendingFirst: true,
        compare: byNumber(episodes.aired),
        cell: (row) => day(episodes.aired[row] ?? null),
      },
      {
        id: 'length',
        header: 'Length',
        kind: 'minor number',
        descendingFirst: true,
        compare: byNumber(episodes.seconds),
        cell: (row) => duration(episodes.seconds[row] ?? 0),
      },
      {
        id: 'clips',
        header: 'Clips',
        kind: 'number',
        descendingFirst: true,
        compare: byNumber(episodes.clips),
        cell: (row) => number(episodes.clips[row] ?? 0),
      },
      {
        id: 'plays',
        header: 'Plays',
        kind: 'number',
        descendingFirst: true,
        compare: byNumber(episodes.plays),
        cell: (row) => number(episodes.plays[row] ?? 0),
      },
      {
        id: 'research',
        header: 'Research',
        kind: 'minor',
        descendingFirst: true,
        compare: (a, b) => done(a) - done(b) || (episodes.states[b] ?? 0) - (episodes.states[a] ?? 0),
        cell: (row) => stateBadge(STATES[episodes.states[row] ?? 0] ?? 'not begun', done(row), episodes.clipsInAll),
      },
    ],
  });
}
