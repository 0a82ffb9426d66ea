import type { Chance } from './chance.ts';
import { isPromised } from './range.ts';
import type { Counted, Hearing, Reliability } from './summary.ts';

const NAMES: Readonly<Record<keyof Hearing, string>> = {
  recorded: 'recorded',
  read: 'recorded, read before',
  synthetic: 'synthetic',
};

/** The summary in tables of Markdown, for people and for pages. */
export function summaryReport(hearing: Hearing): string {
  const chance = hearing.recorded?.chance ?? [];
  const scores = (hearing.recorded ?? hearing.synthetic)?.reliability ?? [];
  const tables = [totalsTable(hearing), classTable(hearing), reliabilityTable(scores)];
  return `${[...tables, ...(chance.length > 0 ? [chanceTable(chance)] : [])].join('\n\n')}\n`;
}

const kindsOf = (hearing: Hearing) =>
  (Object.keys(NAMES) as (keyof Hearing)[]).flatMap((kind) => {
    const summary = hearing[kind];
    return summary ? [[NAMES[kind], summary] as const] : [];
  });

/** A row for each kind of sound. */
export function totalsTable(hearing: Hearing): string {
  return table(
    ['sound', 'sets', 'promised', 'all', 'false', 'same sound', 'precision', 'coverage true', 'ms: median, p95'],
    kindsOf(hearing).map(([kind, { sets, promised, all, falseAlarms, sameSound, precision, coverage, offsets }]) => [
      ...[kind, String(sets), share(promised), share(all), String(falseAlarms), String(sameSound)],
      ...[precision.toFixed(4), `${coverage.true} of ${coverage.told}`],
      `${offsets.medianMs.toFixed(3)}, ${offsets.p95Ms.toFixed(2)}`,
    ]),
  );
}

/** What was found of each class of recorded sound; hard ones after the others. */
export function classTable(hearing: Hearing): string {
  const kinds = kindsOf(hearing).filter(([kind]) => kind !== NAMES.synthetic);
  const names = [...new Set(kinds.flatMap(([, { byClass }]) => Object.keys(byClass)))].sort();
  const rows = (promised: boolean) =>
    names
      .filter((name) => isPromised(name) === promised)
      .map((name) => [
        promised ? name : `${name} (hard)`,
        ...kinds.map(([, { byClass }]) => share(byClass[name] ?? { plays: 0, hits: 0 })),
      ]);
  return table(['play', ...kinds.map(([kind]) => kind)], [...rows(true), ...rows(false)]);
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
