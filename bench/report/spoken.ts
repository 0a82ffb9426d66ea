import type { Figure, Operation } from '../figures.ts';

export interface SuiteResult {
  readonly suite: string;
  /** Promises of the design: a broken one fails the run. */
  readonly figures: readonly Figure[];
  /** What is aimed at where the machine has a say. */
  readonly targets?: readonly Figure[];
  readonly operations?: readonly Operation[];
}

export const spoken = ({ name, bound, limit, measured }: Figure): string =>
  `${name}: ${measured}, to be ${bound} ${limit}`;

/** A result for people, one line a fact. */
export function linesOf({ operations = [], figures, targets = [] }: SuiteResult): string[] {
  const units = ({ writeUnits, readUnits }: Operation['archivist']) => `${writeUnits} write, ${readUnits} read`;
  return [
    ...operations.map(
      ({ name, per, archivist, yardstick }) =>
        `${name}, units a ${per}: ${units(archivist)} (one item a pair: ${units(yardstick)})`,
    ),
    ...[...figures, ...targets].map((figure) => `${figure.holds ? 'holds ' : 'BROKEN'} ${spoken(figure)}`),
  ];
}
