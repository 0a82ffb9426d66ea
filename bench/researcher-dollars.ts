import { MOST_CLIPS } from '../domain/messages.ts';
import { PRICES } from './prices.ts';
import type { ResearchResult } from './suites/research.ts';

/** What researching an hour of audio takes of a processor, measured. */
export interface HourMeasured {
  /** Clips of a work item: each item opens the episode once. */
  readonly clipsAnItem: number;
  /** Processor seconds to decode an hour and to make its features. */
  readonly openingSeconds: number;
  /** Processor seconds to look for one clip in it, the clip's features kept. */
  readonly secondsAClip: number;
  readonly peakMegabytes: number;
}

/** An hour of MP3 at 128 kbit/s is 58 MB; Lambda fetches some 40 MB a second, and is paid while it waits. */
export const FETCH_SECONDS_AN_HOUR = 1.5;

/** Commit d6c11df, before items of 5,000 clips: an item of 100 clips on an hour took 13.7 s, 9 of them to open it. */
export const BEFORE: HourMeasured = { clipsAnItem: 100, openingSeconds: 9, secondsAClip: 0.047, peakMegabytes: 400 };

/** As the researcher is now: of the largest archive of hours that was measured, clips kept from the episodes before. */
export function hourMeasured({ sizes }: Pick<ResearchResult, 'sizes'>): HourMeasured {
  const hours = sizes.filter(({ minutes }) => minutes === 60).sort((a, b) => b.clips - a.clips);
  const run = hours[0]?.runs.find(({ caches }) => caches === 'next episode');
  if (run === undefined) throw new Error('The suite research was not kept with an hour of audio');
  return {
    clipsAnItem: MOST_CLIPS,
    openingSeconds: run.stages.opening / run.items,
    secondsAClip: run.stages.searching / run.pairs,
    peakMegabytes: run.peakMegabytes,
  };
}

export interface ResearcherDollars {
  readonly fetches: number;
  readonly seconds: number;
  readonly gigabytes: number;
  readonly dollars: number;
}

/**
 * US dollars of researchers on Lambda for so many hours of audio, one episode an hour, and clips. Memory that is paid is
 * what the function has, or a fifth more than the peak where that is larger.
 */
export function researcherDollars(
  hours: number,
  clips: number,
  { clipsAnItem, openingSeconds, secondsAClip, peakMegabytes }: HourMeasured,
  memoryMb: number,
): ResearcherDollars {
  const fetches = hours * Math.ceil(clips / clipsAnItem);
  const seconds = fetches * (FETCH_SECONDS_AN_HOUR + openingSeconds) + hours * clips * secondsAClip;
  const gigabytes = Math.max(memoryMb, 1.2 * peakMegabytes) / 1024;
  return { fetches, seconds, gigabytes, dollars: seconds * gigabytes * PRICES.gigabyteSecond };
}

/** The table of docs/costs.md. */
export function researcherTable(research: Pick<ResearchResult, 'sizes' | 'analyzer'>, memoryMb: number): string {
  const row = (name: string, measured: HourMeasured) => {
    const { fetches, seconds, gigabytes, dollars } = researcherDollars(4_000, 10_000, measured, memoryMb);
    const { openingSeconds, secondsAClip } = measured;
    const count = (value: number) => Math.round(value).toLocaleString('en-US');
    return `| ${name} | ${count(fetches)} | ${openingSeconds.toFixed(1)} s | ${(1000 * secondsAClip).toFixed(1)} ms | ${count(seconds / 3600)} h | ${gigabytes.toFixed(2)} GB | $${dollars.toFixed(2)} |`;
  };
  return [
    '| 4,000 hours × 10,000 clips | fetches | to open an hour | a clip | in all | memory | US dollars |',
    '|---|--:|--:|--:|--:|--:|--:|',
    row('items of 100 clips, clip by clip', BEFORE),
    row(`now, ${research.analyzer}`, hourMeasured(research)),
  ].join('\n');
}
