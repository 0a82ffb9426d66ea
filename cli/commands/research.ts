import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { npmHasEnded } from '../../local/processes/asked-to-end.ts';
import { CREDENTIALS } from '../../local/project.ts';
import { type ArchiveLocation, archiveLocation, type LocationOptions } from '../../operating/archive-location.ts';
import { BadUsage } from '../../operating/failure.ts';
import { counted, tell } from '../../operating/terminal.ts';
import { runResearcher } from '../../researcher/worker/run-researcher.ts';
import { LONGEST_POLL_SECONDS, patience } from '../../web/patience.ts';
import { workersOption } from '../options.ts';
import { ANALYSIS_WORKER, researcherName } from '../research-session.ts';
import { researchView } from '../research-view.ts';

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

export function researchCommand(command: Command): void {
  workersOption(command)
    .option('--pending <url>', 'the queue of work items, instead of --data or --stack')
    .option('--completed <url>', 'the queue of results, with --pending')
    .option('--name <name>', 'name of this researcher', researcherName())
    .option('--cache <dir>', 'folder for media, features and held leases (default: ~/.archivist/<archive>)')
    .option('--until-idle', 'end when there is no more work')
    .option('--allow-private', 'fetch media from private addresses too (a NAS, a server of your own)')
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
      const { endpoints } = location;
      const region = location.region ?? regionOf(queues.pending);
      const sqs = new SQSClient({
        requestHandler: patience({ longPollSeconds: LONGEST_POLL_SECONDS }),
        ...(region && { region }),
        ...(endpoints && { endpoint: endpoints.sqs, credentials: CREDENTIALS }),
      });
      await expectRegion(sqs, queues.pending);
      const abort = new AbortController();
      const view = researchView();
      const interrupt = () => {
        view.say('Ending: giving back what is not done.');
        abort.abort();
      };
      process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
      void npmHasEnded().then(interrupt);
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
        allowPrivateAddresses: options.allowPrivate === true,
        ...(options.untilIdle && { stopWhenIdle: IDLE_MS }),
        signal: abort.signal,
        onEvent: view.told,
      }).finally(() => {
        view.stop();
        sqs.destroy();
      });
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

/** `https://sqs.eu-west-1.amazonaws.com/…` tells where the queue is; of other addresses the environment must. */
function regionOf(queueUrl: string): string | undefined {
  return /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\//.exec(queueUrl)?.[1];
}

/** Without it every request would fail, and be tried again for ever. @throws BadUsage */
async function expectRegion(sqs: SQSClient, queueUrl: string): Promise<void> {
  try {
    await sqs.config.region();
  } catch {
    throw new BadUsage(`${queueUrl} does not say in which region the queue is: set AWS_REGION.`);
  }
}

function defaultCache({ dataDir, name }: ArchiveLocation): string {
  return dataDir === undefined ? join(homedir(), '.archivist', name) : join(dataDir, 'researcher');
}
