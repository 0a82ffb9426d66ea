import { day, duration, number } from '../../shared/format.ts';
import { type ClipsData, STATES } from '../../shared/report-data.ts';
import { byNumber, folded } from '../../shared/rows.ts';
import { load } from '../data.ts';
import { dataTable } from '../data-table.ts';
import { clipLink, h } from '../dom.ts';
import { stateBadge } from '../facts.ts';

/** Every clip. */
export async function clipsPage(): Promise<readonly HTMLElement[]> {
  return [h('h1', {}, 'Clips'), clipsTable(await load('clips'))];
}

function clipsTable(clips: ClipsData): HTMLElement {
  let texts: readonly string[] | undefined;
  const done = (row: number) => clips.researched[row] ?? 0;
  return dataTable({
    caption: 'Clips, with where they were found',
    noun: 'clip',
    count: clips.ids.length,
    inAddress: true,
    sorting: { id: 'plays', descending: true },
    search: {
      label: 'Search titles',
      matcher: (words) => {
        texts ??= clips.names.map(folded);
        const searched = texts;
        return (row) => words.every((word) => searched[row]?.includes(word));
      },
    },
    columns: [
      {
        id: 'clip',
        header: 'Clip',
        kind: 'heading',
        compare: (a, b) => a - b,
        cell: (row) => clipLink(clips.ids[row] ?? 0, clips.names[row] ?? ''),
      },
      {
        id: 'plays',
        header: 'Plays',
        kind: 'number',
        descendingFirst: true,
        compare: byNumber(clips.plays),
        cell: (row) => number(clips.plays[row] ?? 0),
      },
      {
        id: 'episodes',
        header: 'Episodes',
        kind: 'number',
        descendingFirst: true,
        compare: byNumber(clips.episodes),
        cell: (row) => number(clips.episodes[row] ?? 0),
      },
      {
        id: 'first',
        header: 'First aired',
        kind: 'minor number',
        compare: byNumber(clips.first),
        cell: (row) => day(clips.first[row] ?? null),
      },
      {
        id: 'last',
        header: 'Last aired',
        kind: 'number',
        descendingFirst: true,
        compare: byNumber(clips.last),
        cell: (row) => day(clips.last[row] ?? null),
      },
      {
        id: 'length',
        header: 'Length',
        kind: 'minor number',
        descendingFirst: true,
        compare: byNumber(clips.seconds),
        cell: (row) => duration(clips.seconds[row] ?? 0),
      },
      {
        id: 'research',
        header: 'Research',
        kind: 'minor',
        descendingFirst: true,
        compare: (a, b) => done(a) - done(b) || (clips.states[b] ?? 0) - (clips.states[a] ?? 0),
        cell: (row) => stateBadge(STATES[clips.states[row] ?? 0] ?? 'not begun', done(row), clips.episodesInAll),
      },
    ],
  });
}
