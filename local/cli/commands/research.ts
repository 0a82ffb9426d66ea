import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import type { OnEvent } from '../../../researcher/worker/researcher-events.ts';
import { runResearcher } from '../../../researcher/worker/run-researcher.ts';
import { CREDENTIALS } from '../../project.ts';
import { type ArchiveLocation, archiveLocation, type LocationOptions } from '../archive-location.ts';
import { BadUsage } from '../failure.ts';
import { ANALYSIS_WORKER, doing, researcherName, troubleIn } from '../research-session.ts';
import { counted, isTerminal, position, print, shown, tell } from '../terminal.ts';

interface ResearchOptions extends LocationOptions {
  readonly pending?: string;
  readonly completed?: string;
  readonly workers?: number;
  readonly name: string;
  readonly cache?: string;
  readonly untilIdle?: boolean;
  readonly allowPrivate?: boolean;
}

/** With --until-idle: so long without work ends the run. The archive is asked every minute, so there may be none for one. */
const IDLE_MS = 90_000;

export function researchCommand(command: Command, workersOption: (command: Command) => Command): void {
  workersOption(command)
    .description('Take work items from an archive, listen, and report what was found, until Ctrl-C.')
    .option('--pending <url>', 'the queue of work items, instead of --data or --stack')
    .option('--completed <url>', 'the queue of results, with --pending')
    .option('--name <name>', 'name of this researcher', researcherName())
    .option('--cache <dir>', 'folder for media, features and held leases (default: ~/.archivist/<archive>)')
    .option('--until-idle', 'end when there is no more work')
    .option('--allow-private', 'fetch media from private addresses too (always so for a local archive)')
    .addHelpText(
      'after',
      `
A deployed archive needs no more than the stack's researcher policy (output ResearcherPolicyArn).

Examples:
  $ npm run -s archivist -- research --data ./archive --workers 2
  $ npm run -s archivist -- research --stack Archivist
  $ npm run -s archivist -- research --pending https://sqs… --completed https://sqs… --name attic`,
    )
    .action(async (options: ResearchOptions) => {
      const { location, queues } = await whereToWork(options);
      const abort = new AbortController();
      const interrupt = () => {
        tell('Ending: giving back what is not done.');
        abort.abort();
      };
      process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
      const { endpoints, region } = location;
      const sqs = new SQSClient({
        ...(region && { region }),
        ...(endpoints && { endpoint: endpoints.sqs, credentials: CREDENTIALS }),
      });
      const isLocal = endpoints !== undefined;
      const summary = await runResearcher({
        sqs,
        pendingQueueUrl: queues.pending,
        completedQueueUrl: queues.completed,
        name: options.name,
        workers: options.workers ?? availableParallelism(),
        workerFile: ANALYSIS_WORKER,
        dataDir: options.cache ?? defaultCache(location),
        allowFiles: isLocal,
        allowPrivateAddresses: isLocal || options.allowPrivate === true,
        ...(options.untilIdle && { stopWhenIdle: IDLE_MS }),
        signal: abort.signal,
        onEvent: told,
      });
      sqs.destroy();
      tell(
        `${counted(summary.pairs, 'pair')} of ${counted(summary.items, 'work item')} researched, ${counted(summary.plays, 'play')} found, ` +
          `${counted(summary.clipFailures, 'clip')} and ${counted(summary.episodeFailures, 'episode')} failed.`,
      );
    });
}

async function whereToWork(options: ResearchOptions) {
  const { pending, completed } = options;
  if ((pending === undefined) !== (completed === undefined)) {
    throw new BadUsage('--pending and --completed go together: both are addresses of queues.');
  }
  if (pending !== undefined && completed !== undefined) {
    const location: ArchiveLocation = { name: 'queues', queues: {}, tables: {}, functions: {} };
    return { location, queues: { pending, completed } };
  }
  const location = await archiveLocation(options);
  const { PendingResearch = '', CompletedResearch = '' } = location.queues;
  return { location, queues: { pending: PendingResearch, completed: CompletedResearch } };
}

function defaultCache({ dataDir, name }: ArchiveLocation): string {
  return dataDir === undefined ? join(homedir(), '.archivist', name) : join(dataDir, 'researcher');
}

/** Plays go to stdout as they are found; what is going on goes to stderr. */
const told: OnEvent = (event) => {
  const trouble = troubleIn(event);
  if (trouble !== undefined) tell(shown(trouble));
  if (event.kind === 'clip-failed') tell(shown(`“${event.clip.title}”: ${event.reason}`));
  if (event.kind === 'episode-failed') tell(shown(`“${event.episode.title}”: ${event.reason}`));
  if (event.kind === 'pair') {
    for (const { offsetNs, score } of event.plays) {
      print(shown(`${event.clip.title}\t${event.episode.title}\t${position(offsetNs)}\t${score}`));
    }
  }
  const what = doing(event);
  if (what === undefined) return;
  if (isTerminal()) process.stderr.write(`\r\u001b[K${shown(what).slice(0, (process.stderr.columns ?? 80) - 1)}`);
  else if (event.kind === 'item-received' || event.kind === 'waiting') tell(shown(what));
};
