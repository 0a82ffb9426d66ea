import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { bodyOf, type ClipInfo, type EpisodeInfo, MOST_CLIPS } from '../../domain/messages.ts';
import { keepCompiledCode } from '../../local/compile-cache.ts';
import type { ResearcherEvent } from '../../researcher/worker/researcher-events.ts';
import { runResearcher } from '../../researcher/worker/run-researcher.ts';
import type { ReceivedWork, ResearcherQueues } from '../../researcher/worker/work-queue.ts';

/**
 * Researches the items of one episode with the real worker and its threads, the queues in memory, in a process of its own,
 * so that its peak memory is that of the research. Told what to do, and tells what it took, by messages.
 */
export interface Assignment {
  readonly episode: string;
  readonly clips: readonly string[];
  /** Media index, features and leases. */
  readonly dataDir: string;
  readonly workers: number;
  /** Features of episodes that may be kept on disk. */
  readonly episodeCacheBytes?: number;
}

/** Processor seconds of the process and all its threads. */
export interface Stages {
  /** Until the first item came: loading. */
  readonly starting: number;
  /** From an item to its episode being open, over all items. */
  readonly opening: number;
  /** From there to the last word: clips opened or read, searched and reported. */
  readonly searching: number;
}

export interface Measured {
  readonly items: number;
  readonly stages: Stages;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** 10⁶ bytes. */
  readonly peakMegabytes: number;
  readonly pairs: number;
  readonly plays: number;
  readonly failures: number;
}

process.once('message', (assignment: Assignment) => {
  void measured(assignment).then((result) => process.send?.(result, () => process.exit(0)));
});

async function measured({ episode, clips, dataDir, workers, episodeCacheBytes }: Assignment): Promise<Measured> {
  keepCompiledCode();
  const bodies = itemsOf(episode, clips);
  const items = bodies.length;
  const abort = new AbortController();
  const watch = new StageWatch();
  const summary = await runResearcher({
    // The queues below stand in its place.
    sqs: undefined as unknown as SQSClient,
    ...{ pendingQueueUrl: 'pending', completedQueueUrl: 'completed', name: 'bench', workers, dataDir },
    workerFile: new URL('../../researcher/analyzer/worker.ts', import.meta.url),
    itemsAtOnce: 1,
    ...{ allowFiles: true, ffmpeg: false, stopWhenIdle: 1, signal: abort.signal },
    ...(episodeCacheBytes !== undefined && { limits: { episodeCacheBytes } }),
    queues: queuesOf(bodies),
    onEvent: watch.hear,
  });
  const { user, system } = process.cpuUsage();
  return {
    items,
    stages: watch.stages,
    cpuSeconds: seconds(user + system),
    wallSeconds: Number(performance.now().toFixed(0)) / 1_000,
    peakMegabytes: Math.round((process.resourceUsage().maxRSS * 1_024) / 1e6),
    pairs: summary.pairs,
    plays: summary.plays,
    failures: summary.clipFailures + summary.episodeFailures + summary.unfinished,
  };
}

/** Adds up the processor time between events; with one item at a time they follow each other. */
class StageWatch {
  #last = 0;
  #starting: number | undefined;
  #opening = 0;
  #searching = 0;

  readonly hear = ({ kind }: ResearcherEvent): void => {
    if (kind !== 'item-received' && kind !== 'episode-opened' && kind !== 'lease-done') return;
    const { user, system } = process.cpuUsage();
    const used = user + system - this.#last;
    this.#last += used;
    if (kind === 'item-received') this.#starting ??= used;
    if (kind === 'episode-opened') this.#opening += used;
    if (kind === 'lease-done') this.#searching += used;
  };

  get stages(): Stages {
    return {
      starting: seconds(this.#starting ?? 0),
      opening: seconds(this.#opening),
      searching: seconds(this.#searching),
    };
  }
}

const seconds = (us: number): number => Math.round(us / 1e3) / 1e3;

function queuesOf(bodies: readonly string[]): ResearcherQueues {
  const waiting: ReceivedWork[] = bodies.map((body, i) => ({ body, receipt: String(i) }));
  return {
    receive: async () => waiting.shift(),
    delete: async () => undefined,
    send: async () => [],
  };
}

function itemsOf(episode: string, clips: readonly string[]): string[] {
  const curated = (path: string, index: number) => ({
    ...{ id: String(index + 1), title: basename(path), mediaUri: pathToFileURL(path).href, mediaType: 'audio/mpeg' },
    ...{ initialDateCurated: '2026-01-01T00:00:00Z', lastDateCurated: '2026-01-01T00:00:00Z' },
    ...{ curatorInformation: '', description: '', priority: 0 },
  });
  const of: EpisodeInfo = { ...curated(episode, 0), dateAired: '2026-01-01T00:00:00Z' };
  const all: ClipInfo[] = clips.map(curated);
  return Array.from({ length: Math.ceil(all.length / MOST_CLIPS) }, (_, i) =>
    bodyOf({
      leaseId: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
      ...{ episode: of, clips: all.slice(i * MOST_CLIPS, (i + 1) * MOST_CLIPS) },
      ...{ deadline: '2999-01-01T00:00:00Z', heartbeatSeconds: 300 },
    }),
  );
}
