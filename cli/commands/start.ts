import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { startLocalArchive } from '../../local/archive.ts';
import { askedToEnd } from '../../local/processes/asked-to-end.ts';
import { projectDir } from '../../local/project.ts';
import { type ArchiveClient, archiveClient } from '../../operating/archive-client.ts';
import { locationOf } from '../../operating/archive-location.ts';
import { BadUsage, Failure } from '../../operating/failure.ts';
import { findingsOf } from '../../operating/findings-of.ts';
import { someDeadLetters } from '../../operating/reading/dead-letters.ts';
import type { FullFinding } from '../../operating/reading/findings.ts';
import { lightEntries, unheardEpisodes } from '../../operating/reading/light-entries.ts';
import { type Progress, readProgress } from '../../operating/reading/progress.ts';
import { isEmpty, queueDepth } from '../../operating/reading/queue-depths.ts';
import { counted, shown, tell } from '../../operating/terminal.ts';
import { comparedWithTruth, mayBeCompared, readTruth, type Truth } from '../expected.ts';
import { holdLittle } from '../little-memory.ts';
import { workersOption } from '../options.ts';
import { progressView } from '../progress-view.ts';
import { researchUntil } from '../research-session.ts';
import { type Results, resultsJson, showResults } from '../results.ts';
import { type Failures, isSettled, notComplete, unresearchedPairs } from '../unresearched.ts';
import { curateInto } from './curate.ts';

interface StartOptions {
  readonly episodes?: string;
  readonly clips?: string;
  readonly data?: string;
  readonly workers?: number;
  readonly allowPrivate?: boolean;
  readonly json?: boolean;
}

/** The whole job in minutes rather than days: nobody waits for a quarter of an hour here to see what a rest is. */
const SHORT_SETTINGS = {
  silenceLimit: '60',
  heartbeat: '20',
  rest1: '10',
  rest2: '20',
  rest3: '40',
  retryRest: '10',
  reopenInterval: '0',
  batchingWindow: '0',
  // No lease ends before what a killed run of the drain had received is seen again, at most the sum of both and the ten
  // seconds that clocks may differ: a job that is killed and started again waits that long, and not two minutes. A run needs
  // twelve seconds in reserve.
  drainTimeout: '16',
  drainVisibility: '17',
};
const PERIOD_SECONDS = 1;
const LOOK_EVERY_MS = 500;
/** Of a large archive a look takes seconds: a pause lasts at least as long as so many. */
const LOOKS_A_PAUSE = 4;

const SAMPLES = {
  episodes: join(projectDir, 'samples', 'feed.xml'),
  clips: join(projectDir, 'samples', 'clips.jsonl'),
  truth: join(projectDir, 'samples', 'expected.json'),
};

export function startCommand(command: Command): void {
  workersOption(command)
    .option('--episodes <source>', 'an RSS or Atom feed (URL or file), a folder of audio files, or a JSON Lines file')
    .option('--clips <source>', 'the same for clips; without both, the samples are researched')
    .option('--data <dir>', 'folder to keep the archive in (default: a fresh temporary one)')
    .option('--allow-private', 'fetch media from private addresses too (a NAS, a server of your own)')
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ npm start
  $ npm run -s archivist -- start --episodes https://example.org/feed.xml --clips ./drops --data ./archive
  $ npm run -s archivist -- start --episodes ./episodes --clips ./drops --json > findings.json`,
    )
    .action(async (options: StartOptions) => {
      if ((options.episodes === undefined) !== (options.clips === undefined)) {
        const missing = options.episodes === undefined ? '--episodes' : '--clips';
        throw new BadUsage(`${missing} is missing: name both sources, or neither for the samples.`);
      }
      const onSamples = options.episodes === undefined;
      const { episodes = SAMPLES.episodes, clips = SAMPLES.clips } = options;
      // Said before anything is started; what is in the sources is seen when they are read.
      for (const source of [episodes, clips]) {
        if (!/^\w{2,}:/.test(source) && !existsSync(source)) throw new Failure(`There is no file or folder ${source}.`);
      }
      await start({ ...options, episodes, clips }, onSamples ? readTruth(SAMPLES.truth) : undefined);
    });
}

type Sources = StartOptions & { readonly episodes: string; readonly clips: string };

/** @throws Failure when nothing can be curated, or when what was found is not the truth */
async function start(options: Sources, truth: Truth | undefined): Promise<void> {
  const dataDir = options.data === undefined ? mkdtempSync(join(tmpdir(), 'archivist-')) : resolve(options.data);
  tell(`The archive is in ${dataDir}.`);
  if (options.data !== undefined) tell('Stopped halfway (Ctrl-C), the same command goes on from there.');
  const stopping = new AbortController();
  const asked = askedToEnd().then(() => {
    stopping.abort();
    return STOPPED;
  });
  const archive = await startLocalArchive({
    dataDir,
    settings: SHORT_SETTINGS,
    periodSeconds: PERIOD_SECONDS,
    holdSchedules: true,
    log: tell,
  });
  const client = archiveClient(locationOf(dataDir, archive.stack));
  const unlessEnded = endedBy(asked, archive.trouble);
  try {
    if ((await client.ledgers.control()).paused === true) {
      throw new Failure(
        `The archive is paused, so nothing would be researched. To end that: npm run -s archivist -- local --data ${dataDir}, and in another shell: npm run -s archivist -- resume --data ${dataDir}`,
      );
    }
    await unlessEnded(curateInto(client, 'episodes', options.episodes, stopping));
    await unlessEnded(curateInto(client, 'clips', options.clips, stopping));
    await unlessEnded(emptied(client, ['CuratedEpisodes', 'CuratedClips']));
    await tellDeadLetters(client, ['CuratedEpisodesDeadLetters', 'CuratedClipsDeadLetters']);
    const before = await readProgress(client);
    tell(
      `${counted(before.episodes, 'episode')} and ${counted(before.clips, 'clip')} archived: ${counted(before.pairs, 'pair')} to research.`,
    );
    if (before.pairs === 0)
      throw new Failure('There is nothing to research: both episodes and clips are needed (see above).');

    archive.releaseSchedules();
    const view = progressView(before.pairs);
    const failures = new Map<string, string>();
    const research = researchUntil(client, { ...options, failures, view });
    let progress = before;
    let tookMs = 0;
    try {
      for (;;) {
        await unlessEnded(Promise.race([sleep(Math.max(LOOK_EVERY_MS, LOOKS_A_PAUSE * tookMs)), research.ended]));
        const began = performance.now();
        progress = await readProgress(client);
        tookMs = performance.now() - began;
        view.researched(progress.researched + progress.givenUp);
        if (await isFinished(client, progress, failures)) break;
      }
    } finally {
      view.stop();
      await research.stop();
    }
    await tellDeadLetters(client, ['CompletedResearchDeadLetters']);
    // Nothing is listened to any more: what is left is to print what was found, of a large archive much.
    holdLittle();
    const isCompared = truth !== undefined && mayBeCompared(truth, progress);
    const found = await findingsOf(client, {});
    const kept: FullFinding[] = [];
    const results = await resultsOf(
      client,
      progress,
      failures,
      isCompared ? keptIn(kept, found.findings) : found.findings,
    );
    if (options.json) await resultsJson(results);
    else await showResults(results);
    if (truth !== undefined) comparedWithTruth(truth, progress, kept, results.unresearched);
  } finally {
    client.close();
    await archive.stop();
  }
  if (options.data === undefined) tell(`To keep an archive, name a folder: --data DIR (this one is in ${dataDir}).`);
}

async function resultsOf(
  client: ArchiveClient,
  progress: Progress,
  failures: Failures,
  findings: Results['findings'],
): Promise<Results> {
  const { catalogue } = progress;
  const ledgers = notComplete(progress);
  const [unheard, titled] = await Promise.all([
    unheardEpisodes(client).then((episodes) => lightEntries(client, 'episode', episodes)),
    lightEntries(
      client,
      'episode',
      ledgers.map(({ episode }) => episode),
    ),
  ]);
  return {
    findings,
    progress,
    unheard: [...unheard.values()],
    unresearched: unresearchedPairs({ catalogue, ledgers }, failures, titled),
  };
}

async function* keptIn(kept: FullFinding[], groups: Results['findings']): AsyncGenerator<readonly FullFinding[]> {
  for await (const findings of groups) {
    kept.push(...findings);
    yield findings;
  }
}

const STOPPED = 'Stopped before the end; what is done so far is kept.';

/**
 * Waits for something, unless what ends the archive comes first.
 * @throws Failure with what that says
 */
function endedBy(...ends: readonly Promise<string>[]): <Value>(wanted: Promise<Value>) => Promise<Value> {
  const ended = Promise.race(ends).then((message): never => {
    throw new Failure(message);
  });
  // It may come while nobody waits; whoever waits next hears of it.
  ended.catch(() => undefined);
  return (wanted) => Promise.race([wanted, ended]);
}

async function emptied(client: ArchiveClient, queues: readonly string[]): Promise<void> {
  for (;;) {
    const depths = await Promise.all(queues.map((queue) => queueDepth(client.sqs, client.queue(queue))));
    if (depths.every(isEmpty)) return;
    await sleep(LOOK_EVERY_MS / 2);
  }
}

/**
 * Whatever is not done is given up or was failed by a researcher's report, and all reports are recorded. A lapsed pair is
 * waited for. Leases are not: what failed is leased again and again, every few seconds with these settings.
 */
async function isFinished(client: ArchiveClient, progress: Progress, failures: Failures): Promise<boolean> {
  return isSettled(progress, failures) && isEmpty(await queueDepth(client.sqs, client.queue('CompletedResearch')));
}

async function tellDeadLetters(client: ArchiveClient, queues: readonly string[]): Promise<void> {
  for (const queue of queues) {
    const url = client.queue(queue);
    const { visible } = await queueDepth(client.sqs, url);
    if (visible === 0) continue;
    tell(`${counted(visible, 'message')} in ${queue}:`);
    for (const { reason } of await someDeadLetters(client.sqs, url)) tell(`  ${shown(reason)}`);
  }
}
