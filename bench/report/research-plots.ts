import { type Caches, PEAK_MEGABYTES, type ResearchResult } from '../suites/research.ts';
import { ARCHIVIST, drawn, FURTHER, LIMIT, type Plot, short, YARDSTICK } from './plots.ts';

const KINDS: readonly (readonly [Caches, string])[] = [
  ['first', YARDSTICK],
  ['next episode', ARCHIVIST],
  ['next item', FURTHER],
];
const HOUR = 60;

/** How an hour's cost, and the memory for it, grow with the clips. */
export function researchPlots({ sizes }: ResearchResult): Plot[] {
  const hours = sizes.filter(({ minutes }) => minutes === HOUR);
  const line = (caches: Caches, value: (run: (typeof sizes)[number]['runs'][number]) => number) =>
    hours.flatMap(({ clips, runs }) =>
      runs.filter((run) => run.caches === caches).map((run) => [clips, value(run)] as const),
    );
  const clips = { type: 'log', name: 'clips', nameLocation: 'middle', nameGap: 28, axisLabel: { formatter: short } };
  const series = (value: (run: (typeof sizes)[number]['runs'][number]) => number) =>
    KINDS.map(([caches, color]) => ({
      ...{ type: 'line', name: caches, color, symbolSize: 8, data: line(caches, value) },
    }));
  return [
    drawn('research', 'Processor time for an hour, by decoding it alone', {
      xAxis: clips,
      yAxis: { type: 'log', min: 1, axisLabel: { formatter: short } },
      series: series(({ ratio }) => ratio),
    }),
    drawn('research-memory', 'Peak memory for an hour, MB', {
      xAxis: clips,
      yAxis: { type: 'value', min: 0 },
      series: [
        ...series(({ peakMegabytes }) => peakMegabytes),
        {
          ...{ type: 'line', name: 'limit', color: LIMIT, lineStyle: { type: 'dashed' }, showSymbol: false },
          data: hours.map((size) => [size.clips, PEAK_MEGABYTES]),
        },
      ],
    }),
  ];
}
