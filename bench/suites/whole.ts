import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordSummary } from '../../functions/completed-research-archivist/drain.ts';
import { atMost, type Figure, rounded } from '../figures.ts';
import { syntheticClip, syntheticEpisode, upTo } from '../synthetic.ts';
import { LocalArchive } from '../throughput/local-archive.ts';
import type { ProcessorTime } from '../throughput/processor-time.ts';
import { curate, TRIED_MS, work } from '../throughput/stub.ts';

/** A whole archive researched by a stub, from the first message to the last pair, on this machine. */
export interface WholeResult {
  readonly suite: 'whole';
  readonly episodes: number;
  readonly clips: number;
  readonly pairs: number;
  readonly curating: { readonly seconds: number };
  readonly researching: { readonly seconds: number; readonly pairsASecond: number };
  /** MB of all processes of a kind, about every tenth of the pairs. */
  readonly memory: readonly ({ readonly pairs: number } & ProcessorTime)[];
  readonly figures: readonly Figure[];
  readonly targets: readonly Figure[];
}

/** So many work items wait at a time: a drain has two hundred thousand results then. */
const ITEMS = 40;
const PAIRS = 40_000_000;
const MINUTES = 60;
/** What processes of a kind may hold more in the last three tenths than in the second to fourth, when caches are full. */
const GROWTH = 1.1;

export async function wholeSuite(
  root: string,
  { episodes, clips }: { readonly episodes: number; readonly clips: number },
  told: (line: string) => void,
): Promise<WholeResult> {
  const archive = await LocalArchive.start(root, [`minimumWaiting=${ITEMS}`, 'batchingWindow=0']);
  try {
    const pairs = episodes * clips;
    const begun = performance.now();
    await curate(archive, 'CuratedClips', upTo(clips).map(syntheticClip));
    await curate(archive, 'CuratedEpisodes', upTo(episodes).map(syntheticEpisode));
    const start = performance.now();
    const curating = { seconds: rounded((start - begun) / 1000) };
    told(`curated in ${curating.seconds} s`);
    const memory: WholeResult['memory'][number][] = [];
    let researched = 0;
    while (researched < pairs) {
      const { published } = await work(archive);
      const { summary } = await archive.invoke<RecordSummary>('CompletedResearchArchivist');
      researched += summary.researched;
      if (published === 0) await sleep(TRIED_MS);
      if (researched >= ((memory.length + 1) * pairs) / 10) {
        memory.push({ pairs: researched, ...memoryOf(archive) });
        told(
          `${researched} pairs in ${rounded((performance.now() - start) / 1000)} s, MB ${JSON.stringify(memory.at(-1))}`,
        );
      }
    }
    const seconds = (performance.now() - start) / 1000;
    const pairsASecond = pairs / seconds;
    return {
      suite: 'whole',
      episodes,
      clips,
      pairs,
      curating,
      researching: { seconds: rounded(seconds), pairsASecond: rounded(pairsASecond) },
      memory,
      figures: [],
      targets: targetsOf(pairsASecond, memory),
    };
  } finally {
    await archive.stop();
  }
}

function targetsOf(pairsASecond: number, memory: WholeResult['memory']): Figure[] {
  const growth = (kind: keyof ProcessorTime) => {
    const of = (tenths: WholeResult['memory']) =>
      tenths.reduce((sum, tenth) => sum + tenth[kind], 0) / Math.max(1, tenths.length);
    return of(memory.slice(-3)) / Math.max(1, of(memory.slice(1, 4)));
  };
  return [
    atMost('minutes for 4,000 × 10,000 at this rate', MINUTES, PAIRS / pairsASecond / 60),
    atMost(
      'memory of the functions in the last three tenths by that in the second to fourth',
      GROWTH,
      growth('functions'),
    ),
    atMost('memory of the runner, likewise', GROWTH, growth('runner')),
    atMost('memory of the SQS emulator, likewise', GROWTH, growth('sqsEmulator')),
    atMost('memory of the DynamoDB emulator, likewise', GROWTH, growth('dynamoDbEmulator')),
  ];
}

function memoryOf(archive: LocalArchive): ProcessorTime {
  const memory = { functions: 0, sqsEmulator: 0, dynamoDbEmulator: 0, runner: 0 };
  for (const { by, memoryMb } of archive.processes().values()) memory[by] += memoryMb;
  return memory;
}
