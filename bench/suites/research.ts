import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANALYZER } from '../../researcher/analyzer/version.ts';
import { atMost, type Figure, rounded } from '../figures.ts';
import type { Assignment, Measured } from '../research/measure.ts';
import { researchSet } from '../research/research-set.ts';

/** How a run finds the caches; each is a process of its own. */
export type Caches =
  /** Nothing is kept. */
  | 'first'
  /** Features of the clips are kept, those of the episode are not: the next episode. */
  | 'next episode'
  /** Both are: the next item of the episode, in another process. */
  | 'next item';

export interface ResearchRun extends Measured {
  readonly caches: Caches;
  /** Processor time by that of mpg123-decoder alone for the same episode. */
  readonly ratio: number;
}

export interface ResearchSizeResult {
  readonly minutes: number;
  readonly clips: number;
  /** Processor seconds of mpg123-decoder alone. */
  readonly decodeAlone: number;
  readonly runs: readonly ResearchRun[];
}

export interface ResearchResult {
  readonly suite: 'research';
  readonly analyzer: string;
  readonly sizes: readonly ResearchSizeResult[];
  readonly figures: readonly Figure[];
  readonly targets: readonly Figure[];
}

export interface ResearchSize {
  readonly minutes: number;
  readonly clips: number;
}

export const RESEARCH_SIZES: readonly ResearchSize[] = [
  { minutes: 60, clips: 100 },
  { minutes: 60, clips: 1_000 },
  { minutes: 60, clips: 10_000 },
  { minutes: 360, clips: 1_000 },
];

export const PEAK_MEGABYTES = 800;
/** By the number of clips, for an hour whose clips are kept. */
const MOST_RATIO: Readonly<Record<number, number>> = { 1000: 2.5, 10000: 8 };
/** Processor time is compared, and threads add nothing to it. */
const WORKERS = 1;

/** What a researcher takes for an episode with many clips, beside decoding it. */
export async function researchSuite(
  sizes: readonly ResearchSize[],
  told: (line: string) => void,
): Promise<ResearchResult> {
  const results: ResearchSizeResult[] = [];
  for (const size of sizes) results.push(await measuredSize(size, told));
  return { suite: 'research', analyzer: ANALYZER, sizes: results, figures: [], targets: results.flatMap(targetsOf) };
}

async function measuredSize(
  { minutes, clips }: ResearchSize,
  told: (line: string) => void,
): Promise<ResearchSizeResult> {
  const set = await researchSet(minutes, clips, told);
  const dataDir = mkdtempSync(join(tmpdir(), 'archivist-bench-research-'));
  try {
    const alone = await answerOf<number>('measure-decoding.ts', set.episode);
    told(`${nameOfSize({ minutes, clips })}: decoding alone ${alone} s`);
    const runs: ResearchRun[] = [];
    for (const caches of ['first', 'next episode', 'next item'] as const) {
      const measured = await answerOf<Measured>('measure.ts', {
        ...{ episode: set.episode, clips: set.clips, dataDir, workers: WORKERS },
        // What is not kept by the first run must be opened by the second.
        ...(caches === 'first' && { episodeCacheBytes: 0 }),
      });
      if (measured.failures > 0) throw new Error(`${measured.failures} of the ${caches} run failed`);
      const run = { caches, ratio: rounded(measured.cpuSeconds / alone), ...measured };
      told(
        `${nameOfSize({ minutes, clips })}, ${caches}: ${run.cpuSeconds} s, ${run.ratio} ×, ${run.peakMegabytes} MB, ${JSON.stringify(run.stages)}, ${run.plays} plays`,
      );
      runs.push(run);
    }
    return { minutes, clips, decodeAlone: alone, runs };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** What a script of ../research measures in a process of its own. */
function answerOf<Answer>(script: string, question: Assignment | string): Promise<Answer> {
  const child = fork(join(import.meta.dirname, '..', 'research', script));
  child.send(question);
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Answer));
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
  });
}

function targetsOf({ minutes, clips, runs }: ResearchSizeResult): Figure[] {
  const name = nameOfSize({ minutes, clips });
  const most = MOST_RATIO[clips];
  const next = runs.find(({ caches }) => caches === 'next episode');
  const peak = Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes));
  return [
    ...(most !== undefined && minutes === 60 && next
      ? [atMost(`${name}, clips kept: processor time by decoding alone`, most, next.ratio)]
      : []),
    ...(clips >= 1_000 ? [atMost(`${name}: peak memory, MB`, PEAK_MEGABYTES, peak)] : []),
  ];
}

export const nameOfSize = ({ minutes, clips }: ResearchSize): string =>
  `${minutes / 60} h × ${clips.toLocaleString('en-US')} clips`;
