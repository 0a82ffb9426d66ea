import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { programFile } from '../local/project.ts';
import type { ArchiveClient } from '../operating/archive-client.ts';
import { shown, tell } from '../operating/terminal.ts';
import type { OnEvent, ResearcherEvent, ResearcherSummary } from '../researcher/worker/researcher-events.ts';
import { runResearcher } from '../researcher/worker/run-researcher.ts';
import type { ProgressView } from './progress-view.ts';

export interface ResearchSession {
  /** Rejects when the researcher cannot go on; never resolves before `stop`. */
  readonly ended: Promise<ResearcherSummary>;
  /** Sends the last words and ends. */
  stop(): Promise<ResearcherSummary>;
}

export interface SessionOptions {
  readonly workers?: number | undefined;
  /** Media may be on this machine or in private networks. */
  readonly allowPrivate?: boolean | undefined;
  /** Gets the failures reported: by `episode/clip` ids, or `episode/` for a whole episode. A later result takes one away. */
  readonly failures: Map<string, string>;
  readonly view: ProgressView;
}

/** Researches a local archive in this process until it is stopped. */
export function researchUntil(
  client: ArchiveClient,
  { workers, allowPrivate = false, failures, view }: SessionOptions,
): ResearchSession {
  const abort = new AbortController();
  const onEvent: OnEvent = (event) => {
    note(event, failures);
    const what = doing(event);
    if (what !== undefined) view.doing(what);
    const trouble = troubleIn(event);
    if (trouble !== undefined) tell(shown(trouble));
  };
  const ended = runResearcher({
    sqs: client.sqs,
    pendingQueueUrl: client.queue('PendingResearch'),
    completedQueueUrl: client.queue('CompletedResearch'),
    name: researcherName(),
    workers: workers ?? availableParallelism(),
    workerFile: ANALYSIS_WORKER,
    dataDir: join(client.location.dataDir ?? '.', 'researcher'),
    allowFiles: true,
    allowPrivateAddresses: allowPrivate,
    signal: abort.signal,
    onEvent,
  });
  return {
    ended,
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}

/** The thread that analyses, run from its source. */
export const ANALYSIS_WORKER = programFile('researcher/analyzer/worker.ts');

/** Names count for strikes: one machine is one researcher. */
export const researcherName = (): string => hostname().slice(0, 128);

function note(event: ResearcherEvent, failures: Map<string, string>): void {
  if (event.kind === 'clip-failed') failures.set(`${event.episode.id}/${event.clip.id}`, event.reason);
  if (event.kind === 'pair') failures.delete(`${event.episode.id}/${event.clip.id}`);
  if (event.kind === 'episode-opened') failures.delete(`${event.episode.id}/`);
  if (event.kind === 'episode-failed') failures.set(`${event.episode.id}/`, event.reason);
}

/** What a researcher is at, in a few words. */
export function doing(event: ResearcherEvent): string | undefined {
  switch (event.kind) {
    case 'waiting':
      return 'waiting for work';
    case 'fetching':
      return `fetching ${event.title}`;
    case 'item-received':
      return `${event.episode.title}: opening`;
    case 'episode-opened':
      return `${event.episode.title}: listening`;
    case 'pair':
    case 'clip-failed':
      return `${event.episode.title}: clip ${event.index + 1} of ${event.clips}`;
    default:
      return undefined;
  }
}

/** What people should be told beside the progress. */
export function troubleIn(event: ResearcherEvent): string | undefined {
  switch (event.kind) {
    case 'trouble':
      return `${event.doing}: ${event.reason}`;
    case 'item-dropped':
      return `Work item of “${event.episode.title}” dropped: ${event.reason}`;
    case 'item-unreadable':
      return `A message that is no work item: ${event.reason}`;
    case 'reports-lost':
      return `${event.count} reports on “${event.episode.title}” were lost: ${event.reason}`;
    case 'leases-returned':
      return `${event.count} leases of an earlier run were given back.`;
    default:
      return undefined;
  }
}
