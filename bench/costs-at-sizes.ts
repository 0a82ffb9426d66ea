import type { Cost } from './figures.ts';
import { dollarsAMillionPairs, dollarsIdleMonth, type FixedParts, PRICES } from './prices.ts';

/** An archive, and what comes to it in a month. */
export interface Size {
  readonly name: string;
  readonly episodes: number;
  readonly clips: number;
  readonly findings: number;
  readonly episodesAMonth: number;
  readonly clipsAMonth: number;
}

export const SIZES: readonly Size[] = [
  { name: 'one show', episodes: 200, clips: 300, findings: 1_000, episodesAMonth: 4, clipsAMonth: 10 },
  { name: 'a network', episodes: 1_000, clips: 2_000, findings: 20_000, episodesAMonth: 20, clipsAMonth: 50 },
  { name: 'the design', episodes: 4_000, clips: 10_000, findings: 100_000, episodesAMonth: 60, clipsAMonth: 200 },
];

/** What the bench measured, by the names of its operations; and what the stack has that costs by the month. */
export interface Measured {
  readonly operations: readonly { readonly name: string; readonly archivist: Cost }[];
  readonly fixed: FixedParts;
}

/** Bytes with names, indexes and DynamoDB's own hundred an item; of a pair at worst. */
export const STORED = { entry: 2_500, finding: 2_000, pair: 0.35 } as const;
/** A curated message is sent, received and deleted. */
const REQUESTS_A_MESSAGE = 3;

/** US dollars: once to fill the archive and research everything, and each month after that. */
export interface SizeCosts {
  /** Results of an item drained in one go, and trickling in over ten minutes: researchers are between these. */
  readonly once: readonly [atOnce: number, trickling: number];
  readonly idle: number;
  readonly month: readonly [atOnce: number, trickling: number];
}

export function costsAt(size: Size, { operations, fixed }: Measured): SizeCosts {
  const of = (name: string): Cost => {
    const found = operations.find((one) => one.name === name);
    if (found === undefined) throw new Error(`The bench has no operation ${name}`);
    return found.archivist;
  };
  const units = ({ writeUnits, readUnits }: Cost) =>
    (writeUnits * PRICES.millionWriteUnits + readUnits * PRICES.millionReadUnits) / 1e6;
  const message = (REQUESTS_A_MESSAGE * PRICES.millionStandardRequests) / 1e6;
  const clip = units(of('clip in a batch of ten, 4000 episodes')) + message;
  const episode = units(of('episode alone, 10000 clips')) + message;
  const finding = units(of('finding'));
  const pair = (name: string) => dollarsAMillionPairs(of(name)).total! / 1e6;
  // One pair of an episode that re-opens for it: its own work item, with its first sign and last word.
  const reopened =
    units(of('re-opening for one clip')) +
    (3 * PRICES.millionFifoRequests + 3 * REQUESTS_A_MESSAGE * PRICES.millionStandardRequests) / 1e6;

  const { episodes, clips, findings, episodesAMonth, clipsAMonth } = size;
  const stored = (episodes + clips) * STORED.entry + findings * STORED.finding + episodes * clips * STORED.pair;
  const idle = dollarsIdleMonth(of('idle minute'), stored, fixed).total!;
  const grown = episodesAMonth * episode + clipsAMonth * (clip + episodes * reopened);
  const both = (cost: (pair: number) => number) =>
    [cost(pair('researched pair, 1,000 at once')), cost(pair('researched pair, over ten minutes'))] as const;
  return {
    once: both((one) => clips * clip + episodes * episode + episodes * clips * one + findings * finding),
    idle,
    month: both((one) => idle + grown + episodesAMonth * clips * one),
  };
}

/** An hour of one researcher on Lambda. */
export const researcherHour = (memoryMb: number): number => (memoryMb / 1024) * 3600 * PRICES.gigabyteSecond;

/** The table of docs/costs.md. */
export function costsTable(measured: Measured): string {
  const dollars = (amount: number) => `$${amount.toFixed(amount < 20 ? 2 : 0)}`;
  const range = ([low, high]: readonly [number, number]) =>
    dollars(low) === dollars(high) ? dollars(low) : `${dollars(low)} to ${dollars(high)}`;
  const n = (value: number) => value.toLocaleString('en-US');
  const rows = SIZES.map((size) => {
    const { once, idle, month } = costsAt(size, measured);
    const pairs = n(size.episodes * size.clips);
    const growth = `${n(size.episodesAMonth)} episodes, ${n(size.clipsAMonth)} clips`;
    return `| ${size.name} | ${n(size.episodes)} × ${n(size.clips)} = ${pairs} | ${n(size.findings)} | ${range(once)} | ${growth} | ${dollars(idle)} | ${range(month)} |`;
  });
  return [
    '| | episodes × clips = pairs | findings | once, everything | new in a month | a month of nothing | a month with those |',
    '|---|--:|--:|--:|---|--:|--:|',
    ...rows,
  ].join('\n');
}
