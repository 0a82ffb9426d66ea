import { axisX, axisY, barY, dot, gridY, plot, rectX, ruleY, text } from '@observablehq/plot';
import { day, isoDay, position } from '../shared/format.ts';
import type { Timeline } from '../shared/report-data.ts';

const DAY_MS = 86_400_000;
/** Of the class is the style that the policy of the pages allows. */
const COMMON = { className: 'plot', style: { background: 'none', overflow: 'visible' } } as const;

const dateOf = (days: number): Date => new Date(days * DAY_MS);

type Bucket = Timeline['buckets'][number];

/** The year or month of a bucket: `2019`, `Mar 2019`. */
export const nameOfBucket = (unit: Timeline['unit'], { from }: Bucket): string =>
  unit === 'year' ? isoDay(from).slice(0, 4) : day(from).replace(/^\d+ /, '');

/** `10k`, as an axis has room for it. */
const short = (count: number): string => (count < 1000 ? String(count) : `${count / 1000}k`);

/** One of so many names has room on an axis; the first is always one that is shown. */
const everyName = (unit: Timeline['unit'], count: number, width: number): number =>
  Math.ceil((count * (unit === 'year' ? 46 : 70)) / width);

/** About four whole numbers up to the highest. */
function wholeTicks(highest: number): number[] {
  const rough = Math.max(1, highest / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  return Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step);
}

/** Columns are no wider: three of them need not fill a page. */
const COLUMN_AT_MOST = 56;

/** How high one part of each bucket is, stacked in the order given. */
export interface Series {
  readonly name: string;
  /** A class of the style sheet: `series-…`. */
  readonly key: string;
  readonly value: (bucket: Bucket) => number;
}

/** Columns over time. @returns undefined when there is nothing to draw */
export function columnsOverTime(
  { unit, buckets }: Pick<Timeline, 'unit' | 'buckets'>,
  series: readonly Series[],
  { label, noun }: { label: string; noun: string },
  width: number,
): SVGSVGElement | HTMLElement | undefined {
  const names = buckets.map((bucket) => nameOfBucket(unit, bucket));
  const bars = buckets.flatMap((bucket, index) => {
    let base = 0;
    return series.map(({ key, name, value }) => {
      const from = base;
      base += value(bucket);
      const title = `${names[index]}: ${value(bucket).toLocaleString('en-US')} ${name}`;
      return { x: names[index], y1: from, y2: base, key, title };
    });
  });
  const highest = bars.reduce((most, { y2 }) => Math.max(most, y2), 0);
  if (highest === 0) return undefined;
  const ticks = wholeTicks(highest);
  const padding = Math.max(0.15, 1 - (COLUMN_AT_MOST * names.length) / (width - 48));
  const every = everyName(unit, names.length, width);
  return plot({
    ...COMMON,
    width,
    height: width < 480 ? 180 : 220,
    marginLeft: 44,
    marginRight: 4,
    marginTop: 28,
    x: { type: 'band', domain: names, paddingInner: padding, paddingOuter: padding / 2 },
    y: { label: null, domain: [0, highest] },
    ariaLabel: label,
    marks: [
      gridY(ticks, { strokeOpacity: 1, className: 'grid' }),
      axisY(ticks, { tickSize: 0, label: null, tickFormat: short }),
      axisX({ ticks: names.filter((_, index) => index % every === 0), tickSize: 0, label: null }),
      text([`↑ ${noun}`], { frameAnchor: 'top-left', dx: -40, dy: -22, className: 'axis-label' }),
      ...series.map(({ key }) =>
        barY(
          bars.filter((bar) => bar.key === key && bar.y2 > bar.y1),
          { x: 'x', y1: 'y1', y2: 'y2', title: 'title', className: `series-${key}` },
        ),
      ),
      ruleY([0], { className: 'base' }),
    ],
  });
}

/** A play as a chart shows it. */
export interface Mark {
  /** Index of its lane. */
  readonly lane: number;
  readonly seconds: number;
  readonly length: number;
  readonly title: string;
}

export interface EpisodeChart {
  readonly element: SVGSVGElement | HTMLElement;
  /** Seconds at a point of the screen. */
  secondsAt(clientX: number): number;
  /** Shows where the player is. */
  moveTo(seconds: number): void;
}

const LANE_HEIGHT = 26;
/** On paper nothing is clicked, and all lanes are to be on one sheet. */
const LANE_HEIGHT_ON_PAPER = 14;
/** So many lanes leave room on the sheet for what stands above them. */
const HIGH_LANES_ON_PAPER = 20;

/** The plays of an episode on its timeline, a lane a clip. @param seconds how long the episode is */
export function episodeChart(
  marks: readonly Mark[],
  { lanes, seconds, label }: { lanes: readonly string[]; seconds: number; label: string },
  width: number,
  onPaper: boolean,
): EpisodeChart {
  const low = onPaper && lanes.length > HIGH_LANES_ON_PAPER;
  const indexes = lanes.map((_, index) => index);
  const names = width > 560 ? Math.min(240, 24 + 7 * Math.max(0, ...lanes.map((lane) => lane.length))) : 12;
  const above = width <= 560;
  const least = (seconds / Math.max(100, width - names)) * 3;
  const height = lanes.length * (low ? LANE_HEIGHT_ON_PAPER : above ? LANE_HEIGHT + 16 : LANE_HEIGHT) + 40;
  const chart = plot({
    ...COMMON,
    width,
    height,
    marginLeft: names,
    marginRight: 26,
    marginTop: 4,
    marginBottom: 34,
    x: { type: 'linear', domain: [0, Math.max(1, seconds)] },
    y: { type: 'band', domain: indexes, padding: 0, axis: null },
    ariaLabel: label,
    marks: [
      axisX({
        ticks: ticksOf(seconds, width - names),
        tickFormat: (tick: number) => position(tick),
        tickSize: 4,
        label: null,
      }),
      ruleY(indexes, { y: (lane: number) => lane, className: 'lane' }),
      text(indexes, {
        y: (lane: number) => lane,
        text: (lane: number) => shortened(lanes[lane] ?? '', above ? 40 : 34),
        frameAnchor: 'left',
        textAnchor: above ? 'start' : 'end',
        dx: above ? 0 : -12,
        dy: above ? -12 : 0,
        className: 'lane-name',
      }),
      rectX([...marks], {
        x1: 'seconds',
        x2: ({ seconds: from, length }: Mark) => from + Math.max(length, least),
        y: 'lane',
        title: 'title',
        className: 'play-mark',
        insetTop: above ? 20 : low ? 2 : 5,
        insetBottom: low ? 2 : 5,
        rx: 1.5,
      }),
    ],
  });
  const scale = chart.scale('x');
  const svg = chart instanceof SVGSVGElement ? chart : chart.querySelector('svg');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  line.setAttribute('class', 'playhead');
  line.setAttribute('y1', '0');
  line.setAttribute('y2', String(height - 34));
  line.setAttribute('visibility', 'hidden');
  svg?.append(line);
  return {
    element: chart,
    secondsAt: (clientX) => {
      const box = chart.getBoundingClientRect();
      const x = ((clientX - box.left) / box.width) * width;
      return Math.min(seconds, Math.max(0, Number(scale?.invert?.(x) ?? 0)));
    },
    moveTo: (at) => {
      const x = String(scale?.apply(Math.min(at, seconds)) ?? 0);
      line.setAttribute('x1', x);
      line.setAttribute('x2', x);
      line.setAttribute('visibility', 'visible');
    },
  };
}

/** Ticks at whole minutes and hours. */
function ticksOf(seconds: number, width: number): number[] {
  const most = Math.max(2, Math.floor(width / 80));
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 36_000, 86_400];
  const step = steps.find((candidate) => seconds / candidate <= most) ?? 604_800;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
}

const shortened = (name: string, most: number): string => {
  const characters = [...name];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : name;
};

/** Where in each episode a clip plays, over the same years or months as its columns. @param places none without a bucket */
export function placesOverTime(
  places: readonly { readonly aired: number; readonly seconds: number; readonly title: string }[],
  { unit, buckets }: Pick<Timeline, 'unit' | 'buckets'>,
  label: string,
  width: number,
): SVGSVGElement | HTMLElement {
  const every = everyName(unit, buckets.length, width - 64);
  const named = new Map(
    buckets.filter((_, index) => index % every === 0).map((bucket) => [bucket.from, nameOfBucket(unit, bucket)]),
  );
  const lastDay = places.reduce((last, { aired }) => Math.max(last, aired), buckets.at(-1)?.from ?? 0);
  const longest = places.reduce((most, { seconds }) => Math.max(most, seconds), 60);
  const ticks = ticksOf(longest, 480);
  return plot({
    ...COMMON,
    width,
    height: width < 480 ? 220 : 280,
    marginLeft: 52,
    marginRight: 12,
    marginTop: 28,
    x: { type: 'utc', domain: [dateOf(buckets[0]?.from ?? 0), dateOf(lastDay + 1)] },
    y: { domain: [longest * 1.03, 0] },
    ariaLabel: label,
    marks: [
      gridY(ticks, { className: 'grid', strokeOpacity: 1 }),
      axisY(ticks, { tickFormat: (tick: number) => position(tick), tickSize: 0, label: null }),
      axisX([...named.keys()].map(dateOf), {
        tickFormat: (date: Date) => named.get(date.getTime() / DAY_MS) ?? '',
        tickSize: 3,
        label: null,
      }),
      text(['Position in the episode'], { frameAnchor: 'top-left', dx: -48, dy: -22, className: 'axis-label' }),
      dot([...places], {
        x: ({ aired }: { aired: number }) => dateOf(aired),
        y: 'seconds',
        r: places.length > 2000 ? 1.5 : places.length > 500 ? 2 : 3.5,
        title: 'title',
        className: 'place-mark',
      }),
    ],
  });
}
