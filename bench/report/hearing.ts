import type { Hearing, Reliability } from '../../audio/evaluation/summary.ts';
import { chanceTable, reliabilityTable, totalsTable } from '../../audio/evaluation/summary-report.ts';
import { ARCHIVIST, drawn, LIMIT, type Plot } from './plots.ts';

/** Classes of fewer places say nothing by themselves. */
const LEAST_PLACES = 5;

/** What is right of places that have a score: on the diagonal scores are what they say. */
export function hearingPlot(reliability: readonly Reliability[]): Plot {
  const points = reliability.filter(({ listed }) => listed >= LEAST_PLACES);
  const least =
    Math.floor(10 * Math.min(0.9, ...points.flatMap(({ score, right, listed }) => [score, right / listed]))) / 10;
  const axis = { type: 'value', min: least, max: 1 };
  return drawn('hearing', 'Of places of a score, the share that is right', {
    xAxis: { ...axis, name: 'score', nameLocation: 'middle', nameGap: 28 },
    yAxis: axis,
    series: [
      {
        ...{ type: 'line', name: 'recorded sound', color: ARCHIVIST, symbolSize: 9 },
        data: points.map(({ score, right, listed }) => [score, right / listed]),
      },
      {
        ...{ type: 'line', name: 'as they say', color: LIMIT, lineStyle: { type: 'dashed' }, showSymbol: false },
        data: [
          [least, least],
          [1, 1],
        ],
      },
    ],
  });
}

/** The section of the page. @param plot as an image of Markdown */
export function hearingSection(hearing: Required<Hearing>, plot: string): string {
  return `## How well it hears

Recorded sound of sets that nobody looked at while the method was made, and of others that were; and sets of the
generator (seeds from 101 on). [researcher.md](researcher.md) says what is in them. A play counts as found within 50 ms. ${hearing.recorded.analyzer}.

${totalsTable(hearing)}

Where another clip that plays there has the same audio, a place is *the same sound*, and neither found nor false.

${plot}

${reliabilityTable(hearing.recorded.reliability)}

What chance reaches with clips of other shows, in ${hearing.recorded.foreign.clipHours} clip-hours of recorded sound (${hearing.recorded.foreign.falseAlarms} false alarms):

${chanceTable(hearing.recorded.chance)}`;
}
