import * as charts from 'echarts';
import type { Operation } from '../figures.ts';
import type { CostResult } from '../suites/cost.ts';
import { PAIRS, type ScaleResult } from '../suites/scale.ts';

/*
 * The plots of docs/performance.md as SVG texts. Colours are those of Okabe and Ito, which people who see fewer colours
 * can tell apart; the ground is white, since pages are read in dark themes too.
 */

export const ARCHIVIST = '#0072b2';
export const YARDSTICK = '#d55e00';
export const LIMIT = '#777777';
/** For what has more kinds than two. */
export const FURTHER = '#009e73';
const SIZE = { width: 680, height: 320 };
const NAMES = { archivist: 'Archivist', yardstick: 'one item a pair' };

export interface Plot {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

export function plotsOf(cost: CostResult, scale: ScaleResult): Plot[] {
  const clip = (of: Operation) => Number(/alone, (\d+) episodes/.exec(of.name)?.[1] ?? 0);
  const clips = cost.operations.filter(({ name }) => name.startsWith('clip alone'));
  const pair = ['researched pair, 1,000 at once', 'researched pair, over ten minutes', 'finding', 'sign of life'];
  const pairs = pair.flatMap((name) => cost.operations.find((one) => one.name === name) ?? []);
  const complete = scale.sizes.filter(({ waiting }) => waiting === undefined);
  return [
    lines('adding-a-clip', 'Write units to add one clip', 'episodes that are there', [
      ['archivist', clips.map((one) => [Math.max(1, clip(one)), one.archivist.writeUnits])],
      ['yardstick', clips.map((one) => [Math.max(1, clip(one)), one.yardstick.writeUnits])],
    ]),
    bars(
      'a-pair',
      'Write units, all told, of what happens to a pair',
      pairs.map(({ name }) => name),
      [
        ['archivist', pairs.map(({ archivist }) => archivist.writeUnits)],
        ['yardstick', pairs.map(({ yardstick }) => yardstick.writeUnits)],
      ],
    ),
    lines('choosing', 'Read units to choose and lease one work item, all else complete', 'pairs', [
      ['archivist', complete.map(({ pairs: count, choosing }) => [count, choosing.readUnits])],
      ['limit', complete.map(({ pairs: count }) => [count, 20])],
    ]),
    bars(
      'stored',
      'Stored bytes of 40 million researched pairs',
      [...scale.stored.map(({ pattern }) => pattern), NAMES.yardstick],
      [
        ['archivist', scale.stored.map(({ bytes, researched }) => Math.round((bytes / researched) * PAIRS))],
        ['yardstick', [...scale.stored.map(() => null), scale.storedByYardstick]],
      ],
    ),
  ];
}

type Name = keyof typeof NAMES | 'limit';

function lines(file: string, title: string, x: string, series: [Name, (readonly number[])[]][]): Plot {
  return drawn(file, title, {
    xAxis: { type: 'log', name: x, nameLocation: 'middle', nameGap: 28, axisLabel: { formatter: short } },
    yAxis: { type: 'log', min: 1, axisLabel: { formatter: short } },
    series: series.map(([name, data]) => ({ type: 'line', symbolSize: 8, data: data as number[][], ...styled(name) })),
  });
}

function bars(file: string, title: string, names: readonly string[], series: [Name, (number | null)[]][]): Plot {
  const smallest = Math.min(...series.flatMap(([, data]) => data.filter((value) => value !== null)));
  // Bars of a logarithmic axis would begin at 1.
  const least = 10 ** Math.floor(Math.log10(smallest));
  return drawn(file, title, {
    grid: { left: 270, right: 70, top: 60, bottom: 30 },
    xAxis: { type: 'log', min: least, startValue: least, axisLabel: { formatter: short } },
    yAxis: { type: 'category', inverse: true, data: [...names], axisLabel: { width: 250, overflow: 'break' } },
    series: series.map(([name, data]) => ({
      type: 'bar',
      data,
      label: {
        show: true,
        position: 'right',
        textBorderWidth: 0,
        formatter: ({ value }: { value: unknown }) => short(Number(value)),
      },
      ...styled(name),
    })),
  });
}

const styled = (name: Name) => {
  const color = { archivist: ARCHIVIST, yardstick: YARDSTICK, limit: LIMIT }[name];
  const dashes = name === 'limit' ? { lineStyle: { type: 'dashed' as const }, showSymbol: false } : {};
  return { name: name === 'limit' ? 'limit' : NAMES[name], color, ...dashes };
};

export function drawn(file: string, title: string, option: object): Plot {
  const chart = charts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
    legend: { top: 28 },
    grid: { left: 70, right: 40, top: 60, bottom: 50 },
    ...option,
  });
  // The emulated text widths and ids are the same in every process but for a counter of charts.
  const svg = chart
    .renderToSVGString()
    .replace(/zr\d+-/g, 'zr-')
    .replace('>', ` role="img" aria-label="${title}">\n<title>${title}</title>`)
    // Grounds that are not seen; simple viewers paint them black.
    .replace(/<path [^>]*fill-opacity="0"[^>]*><\/path>\n?/g, '');
  chart.dispose();
  return { file: `${file}.svg`, title, svg: `${svg}\n` };
}

export function short(value: number): string {
  const steps = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const;
  const [size, letter] = steps.find(([least]) => value >= least) ?? [1, ''];
  return `${Number((value / size).toPrecision(3))}${letter}`;
}
