import { bodyOf, completedItem, parsePendingResearchItem, rangesOf } from '../../domain/messages.ts';
import type { RecordSummary } from '../../functions/completed-research-archivist/drain.ts';
import type { AssignSummary } from '../../functions/pending-research-archivist/assign-research.ts';
import { atLeast, type Figure, rounded } from '../figures.ts';
import { syntheticClip, syntheticEpisode, upTo } from '../synthetic.ts';
import { LocalArchive } from '../throughput/local-archive.ts';
import { type ProcessorTime, since } from '../throughput/processor-time.ts';
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

const CLIPS = 1_000;
const EPISODES = 200;
/** Each of them is one work item of all clips. */
const ITEMS = 30;
const ROUNDS = 3;
/** As many results a message as researchers send together. */
const TOGETHER = 100;
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
      clips: await curating(archive, 'CuratedClips', upTo(CLIPS).map(syntheticClip)),
      episodes: await curating(archive, 'CuratedEpisodes', upTo(EPISODES).map(syntheticEpisode)),
    };
    told(`curated a second: ${curated.clips} clips, ${curated.episodes} episodes`);
    const items: Run[] = [];
    const one: Run[] = [];
    const two: Run[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [workers, runs] of [
        [1, one],
        [2, two],
      ] as const) {
        const { summary, ms, memoryMb } = await archive.invoke<AssignSummary>('PendingResearchArchivist');
        items.push({ count: summary.published, ms, memoryMb });
        const bodies = (await archive.take('PendingResearch')).flatMap(resultsOf);
        await archive.send('CompletedResearch', bodies);
        const run = await draining(archive, workers);
        const sent = bodies.length * TOGETHER;
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

async function curating(archive: LocalArchive, queue: string, infos: readonly object[]): Promise<number> {
  const bodies = infos.map((info) => JSON.stringify(info));
  const start = performance.now();
  await archive.send(queue, bodies);
  await archive.emptied(queue);
  return rounded((infos.length / (performance.now() - start)) * 1000);
}

function resultsOf(body: string): string[] {
  const { leaseId, episode, clips } = parsePendingResearchItem(body);
  const said = { leaseId, researcher: 'bench', analyzer: 'bench@1' };
  const ids = clips.map(({ id }) => Number(id));
  return Array.from({ length: Math.floor(ids.length / TOGETHER) }, (_, index) => {
    const together = ids.slice(index * TOGETHER, (index + 1) * TOGETHER);
    return bodyOf(
      completedItem(episode, { ...said, notFound: rangesOf(together), workingOn: String(together.at(-1)) }),
    );
  });
}

/** The second of empty long poll at the end of a run belongs to it. */
async function draining(archive: LocalArchive, workers: number): Promise<Run> {
  const before = archive.processorTime();
  const start = performance.now();
  const runs = await Promise.all(upTo(workers).map(() => archive.invoke<RecordSummary>('CompletedResearchArchivist')));
  return {
    count: runs.reduce((sum, { summary }) => sum + summary.researched, 0),
    ms: performance.now() - start,
    memoryMb: Math.max(...runs.map(({ memoryMb }) => memoryMb)),
    processorTime: since(before, archive.processorTime()),
  };
}
