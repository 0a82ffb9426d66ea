import { type Consumed, total } from './metering.ts';

/** What one operation cost: deterministic, so that two runs of one version give the same. Bytes vary by a digit or two. */
export interface Cost {
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Write units of ledgers, with their indexes; of the yardstick: all. */
  readonly ledgerWriteUnits: number;
  readonly dynamoDbRequests: number;
  readonly sqsRequests: number;
  /** Of request and response bodies. */
  readonly bytes: number;
}

/** One operation of both designs side by side. */
export interface Operation {
  readonly name: string;
  /** What the numbers are for: a clip, a pair, a minute … */
  readonly per: string;
  readonly archivist: Cost;
  readonly yardstick: Cost;
  /** Units (5 × write + read, as they are priced) of the yardstick by those of the archivist; null where the latter has none. */
  readonly ratio: number | null;
}

/** One promise of the design, or a target: what may be at most, or is to be at least, and what is. */
export interface Figure {
  readonly name: string;
  readonly bound: 'at most' | 'at least';
  readonly limit: number;
  readonly measured: number;
  readonly holds: boolean;
}

export const atMost = (name: string, limit: number, measured: number): Figure => ({
  name,
  bound: 'at most',
  limit,
  measured: rounded(measured),
  holds: measured <= limit,
});

export const atLeast = (name: string, limit: number, measured: number): Figure => ({
  name,
  bound: 'at least',
  limit,
  measured: rounded(measured),
  holds: measured >= limit,
});

const SQS_CALLS = /Message|Queue/;

/** @param count how many clips, pairs, episodes … the consumption was for */
export function costOf({ read, write, requests, bytes }: Consumed, count = 1): Cost {
  const calls = (wanted: boolean) =>
    total(Object.fromEntries(Object.entries(requests).filter(([name]) => SQS_CALLS.test(name) === wanted)));
  const ofLedgers = Object.fromEntries(Object.entries(write).filter(([table]) => /^(Leases($|\/)|Pairs)/.test(table)));
  const each = (units: number) => rounded(units / count);
  return {
    writeUnits: each(total(write)),
    readUnits: each(total(read)),
    ledgerWriteUnits: each(total(ofLedgers)),
    dynamoDbRequests: each(calls(false)),
    sqsRequests: each(calls(true)),
    bytes: Math.round(bytes / count),
  };
}

export function operation(name: string, per: string, archivist: Cost, yardstick: Cost): Operation {
  const units = ({ writeUnits, readUnits }: Cost) => 5 * writeUnits + readUnits;
  const own = units(archivist);
  return { name, per, archivist, yardstick, ratio: own === 0 ? null : rounded(units(yardstick) / own) };
}

/** Three digits behind the point for small numbers, none for large ones. */
export const rounded = (value: number): number => (value >= 100 ? Math.round(value) : Math.round(value * 1000) / 1000);

/** The exponent b of y ≈ a · x^b, by least squares of the logarithms. */
export function exponent(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (of: 0 | 1) => logs.reduce((sum, point) => sum + point[of], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const products = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const squares = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return rounded(products / squares);
}
