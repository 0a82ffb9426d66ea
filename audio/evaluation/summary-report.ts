import type { Chance } from './chance.ts';
import { isPromised } from './range.ts';
import type { Counted, Hearing, Reliability, Summary } from './summary.ts';

/** The summary in tables of Markdown, for people and for pages. */
export function summaryReport(hearing: Hearing): string {
  const parts = (['recorded', 'synthetic'] as const).flatMap((kind) => {
    const summary = hearing[kind];
    return summary
      ? [`## ${kind}`, totalsTable([[kind, summary]]), classTable(summary), reliabilityTable(summary.reliability)]
      : [];
  });
  const chance = hearing.recorded?.chance ?? [];
  return `${[...parts, ...(chance.length > 0 ? [chanceTable(chance)] : [])].join('\n\n')}\n`;
}

/** A row for each kind of sound. */
export function totalsTable(kinds: readonly (readonly [string, Summary])[]): string {
  return table(
    [
      'sound',
      'sets',
      'promised',
      'all',
      'false',
      'same sound',
      'precision',
      'coverage true',
      'clip-hours of foreign clips',
      'false there',
    ],
    kinds.map(([kind, { sets, promised, all, falseAlarms, sameSound, precision, coverage, foreign }]) => [
      ...[kind, String(sets), share(promised), share(all), String(falseAlarms), String(sameSound)],
      ...[precision.toFixed(4), `${coverage.true} of ${coverage.told}`],
      ...[String(foreign.clipHours), String(foreign.falseAlarms)],
    ]),
  );
}

/** What was found of each class; hard ones apart. */
export function classTable({ byClass }: Summary): string {
  const rows = (promised: boolean) =>
    Object.entries(byClass)
      .filter(([name]) => isPromised(name) === promised)
      .map(([name, counted]) => [promised ? name : `${name} (hard)`, share(counted)]);
  return table(['play', 'found'], [...rows(true), ...rows(false)]);
}

export function reliabilityTable(reliability: readonly Reliability[]): string {
  return table(
    ['score', 'places', 'mean score', 'right'],
    reliability.map(({ from, to, listed, right, score }) => [
      ...[`${from}–${to}`, String(listed), score.toFixed(3), (right / listed).toFixed(3)],
    ]),
  );
}

export function chanceTable(chance: readonly Chance[]): string {
  return table(
    ['distinctiveness', 'clips', 'clip-hours', 'places listed', 'greatest likeness', 'at other speeds'],
    chance.map(({ from, to, clips, clipHours, places, highest, highestAltered }) => [
      ...[to === undefined ? `from ${from}` : `${from}–${to}`, String(clips), clipHours.toFixed(0), String(places)],
      ...[highest, highestAltered].map((likeness) => (likeness === 0 ? 'below 0.28' : likeness.toFixed(2))),
    ]),
  );
}

const share = ({ hits, plays }: Counted): string =>
  plays === 0 ? '–' : `${hits} of ${plays} (${((100 * hits) / plays).toFixed(1)} %)`;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
