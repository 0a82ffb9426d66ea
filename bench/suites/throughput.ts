import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordSummary } from '../../functions/completed-research-archivist/drain.ts';
import { atLeast, type Figure, rounded } from '../figures.ts';
import { syntheticClip, syntheticEpisode, upTo } from '../synthetic.ts';
import { LocalArchive } from '../throughput/local-archive.ts';
import { type ProcessorTime, since } from '../throughput/processor-time.ts';
import { curate, TRIED_MS, work } from '../throughput/stub.ts';
import { median } from './start.ts';

/** Rates are a second, medians of the runs; they depend on the machine and on what else runs on it. */
export interface ThroughputResult {
  readonly suite: 'throughput';
  readonly processors: number;
  readonly curated: { readonly clips: number; readonly episodes: number };
  readonly workItems: Rate;
  readonly results: { readonly oneWorker: Rate; readonly twoWorkers: Rate };
  readonly figures: readonly Figure[];
  readonly targets: readonly Figure[];
}

interface Rate {
  readonly aSecond: number;
  readonly runs: readonly number[];
  readonly count: number;
  readonly memoryMb: number;
  /** Processor time of one, µs, by what used it. */
  readonly processorUs?: ProcessorTime;
}

/** As many as a work item has at most. */
const CLIPS = 5_000;
const EPISODES = 100;
/** Each of them is one work item of all clips. */
const ITEMS = 12;
const ROUNDS = 3;
const TARGET = 30_000;

/** End to end: real bundles in processes of their own, real messages through the emulators. */
export async function throughputSuite(
  root: string,
  processors: number,
  told: (line: string) => void,
): Promise<ThroughputResult> {
  const archive = await LocalArchive.start(root, [`minimumWaiting=${ITEMS}`, 'batchingWindow=0']);
  try {
    const curated = {
      clips: await curate(archive, 'CuratedClips', upTo(CLIPS).map(syntheticClip)),
      episodes: await curate(archive, 'CuratedEpisodes', upTo(EPISODES).map(syntheticEpisode)),
    };
    told(`curated a second: ${curated.clips} clips, ${curated.episodes} episodes`);
    // What nobody has reported yet is in few work items at a time.
    await work(archive);
    await draining(archive, 1);
    await sleep(TRIED_MS);
    const items: Run[] = [];
    const one: Run[] = [];
    const two: Run[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [workers, runs] of [
        [1, one],
        [2, two],
      ] as const) {
        const { published, ms, memoryMb, results: sent } = await work(archive);
        items.push({ count: published, ms, memoryMb });
        const run = await draining(archive, workers);
        if (run.count !== sent) throw new Error(`${run.count} of ${sent} results were recorded`);
        told(
          `${workers} of drain: ${rateOf([run]).aSecond} results a second; ${rateOf([items.at(-1) as Run]).aSecond} work items`,
        );
        runs.push(run);
      }
    }
    const results = { oneWorker: rateOf(one), twoWorkers: rateOf(two) };
    return {
      suite: 'throughput',
      processors,
      curated,
      workItems: rateOf(items),
      results,
      figures: [],
      targets: [
        atLeast('results recorded a second by two workers', TARGET, results.twoWorkers.aSecond),
        atLeast(
          'the same, by the processor time that one result takes',
          TARGET,
          possible(results.twoWorkers, processors),
        ),
      ],
    };
  } finally {
    await archive.stop();
  }
}

interface Run {
  readonly count: number;
  readonly ms: number;
  readonly memoryMb: number;
  readonly processorTime?: ProcessorTime;
}

function rateOf(runs: readonly Run[]): Rate {
  const count = runs.reduce((sum, run) => sum + run.count, 0);
  const used = (name: keyof ProcessorTime) =>
    rounded((1000 * runs.reduce((sum, run) => sum + (run.processorTime?.[name] ?? 0), 0)) / count);
  return {
    aSecond: rounded(median(runs.map((run) => (run.count / run.ms) * 1000))),
    runs: runs.map((run) => rounded((run.count / run.ms) * 1000)),
    count,
    memoryMb: Math.max(...runs.map(({ memoryMb }) => memoryMb)),
    ...(runs.every(({ processorTime }) => processorTime === undefined)
      ? {}
      : {
          processorUs: {
            functions: used('functions'),
            sqsEmulator: used('sqsEmulator'),
            dynamoDbEmulator: used('dynamoDbEmulator'),
            runner: used('runner'),
          },
        }),
  };
}

/** How many a second the processors could do if nothing else ran on them; 0 where processor time is not known. */
function possible({ processorUs }: Rate, processors: number): number {
  const each = Object.values(processorUs ?? {}).reduce((sum, us) => sum + us, 0);
  return each === 0 ? 0 : (processors * 1_000_000) / each;
}

/** From the first message to the empty queue; the second of long poll by which a run sees that it is empty is idle. */
async function draining(archive: LocalArchive, workers: number): Promise<Run> {
  const before = archive.processes();
  const start = performance.now();
  const invoked = upTo(workers).map(() => archive.invoke<RecordSummary>('CompletedResearchArchivist'));
  await Promise.race([archive.emptied('CompletedResearch'), Promise.all(invoked)]);
  const ms = performance.now() - start;
  const runs = await Promise.all(invoked);
  return {
    count: runs.reduce((sum, { summary }) => sum + summary.researched, 0),
    ms,
    memoryMb: Math.max(...runs.map(({ memoryMb }) => memoryMb)),
    processorTime: since(before, archive.processes()),
  };
}
