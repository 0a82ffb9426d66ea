import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { queryObjects } from 'node:v8';
import { BroadcastChannel } from 'node:worker_threads';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { bodyOf, type PendingResearchItem } from '../../../../domain/messages.ts';
import { ClipFetches } from '../../../../researcher/worker/clip-fetches.ts';
import { Outbox } from '../../../../researcher/worker/outbox.ts';
import { Pulse } from '../../../../researcher/worker/pulse.ts';
import { runResearcher } from '../../../../researcher/worker/run-researcher.ts';

/**
 * Researches samples with the real worker, its thread and its caches, the queues in memory, and prints how many objects of
 * each class live after so many items: FOLDER ITEMS….
 */
const [dataDir = '', ...at] = process.argv.slice(2);
const counted = at.map(Number);
const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const EPISODES = ['harbour-lights-41', 'harbour-lights-42', 'harbour-lights-43'];
const CLIPS = ['opening-theme', 'big-wave', 'lost-tape'];

const channel = new BroadcastChannel('live objects');
const curated = (folder: string, name: string, id: number) => ({
  ...{ id: String(id), title: name, mediaType: 'audio/mpeg', curatorInformation: '', description: '', priority: 0 },
  mediaUri: pathToFileURL(join(ROOT, 'samples', folder, `${name}.mp3`)).href,
  ...{ initialDateCurated: '2026-01-01T00:00:00Z', lastDateCurated: '2026-01-01T00:00:00Z' },
});

function item(n: number): PendingResearchItem {
  const name = EPISODES[n % EPISODES.length] ?? '';
  return {
    leaseId: randomUUID(),
    episode: { ...curated('episodes', name, n + 1), dateAired: '2026-01-01T00:00:00Z' },
    clips: CLIPS.map((clip, i) => curated('clips', clip, i + 1)),
    deadline: '2999-01-01T00:00:00Z',
    heartbeatSeconds: 300,
  };
}

async function counts(): Promise<Record<string, number>> {
  const thread = new Promise<Record<string, number>>((resolve) => {
    channel.onmessage = ({ data }: { data: unknown }) => resolve(data as Record<string, number>);
  });
  channel.postMessage('count');
  const classes = { Outbox, Pulse, ClipFetches, AbortController, AbortSignal, StatementSync, DatabaseSync };
  const own = Object.entries(classes).map(([name, one]) => [name, queryObjects(one, { format: 'count' })] as const);
  const ofThread = Object.entries(await thread).map(([name, count]) => [`thread: ${name}`, count] as const);
  return Object.fromEntries([...own, ...ofThread]);
}

const abort = new AbortController();
const lives: Record<string, number>[] = [];
let n = 0;
await runResearcher({
  sqs: undefined as unknown as SQSClient,
  ...{ pendingQueueUrl: 'pending', completedQueueUrl: 'completed', name: 'live', workers: 1, dataDir },
  workerFile: new URL('./counted-worker.ts', import.meta.url),
  ...{ allowFiles: true, ffmpeg: false, signal: abort.signal },
  queues: {
    receive: async () => {
      if (counted.includes(n)) lives.push(await counts());
      if (lives.length === counted.length) {
        abort.abort();
        return undefined;
      }
      return { receipt: String(n), body: bodyOf(item(n++)) };
    },
    delete: async () => undefined,
    send: async () => [],
  },
});
channel.close();
process.stdout.write(JSON.stringify(lives));
