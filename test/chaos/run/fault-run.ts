import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqsClient } from '../../../local/emulators/clients.ts';
import { portsOf } from '../../../local/emulators/ports.ts';
import { Random } from '../../simulation/world/random.ts';
import { type FaultProxy, startProxy } from '../faults/proxy.ts';
import { CLIMATES, Weather } from '../faults/weather.ts';
import { curate, sendingsOf } from '../work/curator.ts';
import { workloadOf } from '../work/workload.ts';
import { ArchiveView } from './archive-view.ts';
import { Researchers } from './researchers.ts';
import { Runner } from './runner.ts';
import { RESEARCHERS } from './settings.ts';
import { failuresIn, type Told, toldIn } from './told.ts';
import { type Verdict, verdictOn } from './verdict.ts';
import { AIM_MS, AIMED_SHARE, AIMS, KINDS, type Kill, killChild, killsOf } from './victims.ts';

export interface FaultRunOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface FaultRunSummary extends Verdict, Told {
  readonly seed: number;
  readonly minutes: number;
  readonly kills: Readonly<Record<string, number>>;
  /** By service, then by fault. */
  readonly faults: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly calls: Readonly<Record<string, number>>;
  /** Until everything was finished after the faults had ended. */
  readonly finishSeconds: number;
}

/** What ends something; they are done in reverse order. */
type Undo = () => unknown;

/** Curation ends before the faults do, so that its end is hit too. */
const CURATION_SHARE = 0.75;
/** After the faults: hidden messages, unclaimed leases and rests are over in two minutes, and a slow machine has time. */
const FINISH_LIMIT_MS = 420_000;
const TELL_EVERY_MS = 10_000;

/** Kills processes and disturbs calls for so many minutes, lets the archive finish, and compares with what is so. */
export async function faultRun({ minutes, seed, say }: FaultRunOptions): Promise<FaultRunSummary> {
  const dataDir = mkdtempSync(join(tmpdir(), 'archivist-chaos-'));
  const undo: Undo[] = [];
  let done = false;
  try {
    const summary = await disturbed({ minutes, seed, say }, dataDir, undo);
    done = summary.differences.length === 0;
    return summary;
  } finally {
    for (const step of undo.reverse()) {
      try {
        await step();
      } catch (error) {
        // What comes after it must be ended too.
        say(`While stopping: ${(error as Error).message}`);
      }
    }
    if (done) rmSync(dataDir, { recursive: true, force: true });
    else say(`The data folder is kept: ${dataDir}`);
  }
}

async function disturbed(
  { minutes, seed, say }: FaultRunOptions,
  dataDir: string,
  undo: Undo[],
): Promise<FaultRunSummary> {
  const random = new Random(seed);
  const ports = await portsOf(dataDir);
  const weathers = {
    sqs: new Weather(random.int(1, 2 ** 31), CLIMATES.sqs),
    dynamodb: new Weather(random.int(1, 2 ** 31), CLIMATES.dynamodb),
  };
  const sqsProxy = await startProxy('sqs', ports.sqs, weathers.sqs);
  undo.push(() => sqsProxy.close());
  const dynamoDbProxy = await startProxy('dynamodb', ports.dynamodb, weathers.dynamodb);
  undo.push(() => dynamoDbProxy.close());

  say('Starting the archive behind the proxies.');
  const runner = new Runner(dataDir, { sqs: sqsProxy.endpoint, dynamodb: dynamoDbProxy.endpoint });
  undo.push(() => runner.stop());
  const stack = await runner.start();
  const view = new ArchiveView(dataDir, stack, ports);
  undo.push(() => view.client.close());
  const url = (queue: string) => stack.queues[queue] ?? '';
  const task = { region: stack.region, endpoint: sqsProxy.endpoint };
  const researchers = new Researchers(
    { ...task, pendingUrl: url('PendingResearch'), completedUrl: url('CompletedResearch') },
    random.fork(),
  );
  undo.push(() => researchers.stop());
  for (const name of RESEARCHERS) await researchers.start(name);

  const workload = workloadOf(seed, minutes);
  const durationMs = minutes * 60_000;
  const over = new AbortController();
  undo.push(() => over.abort());
  const curator = sqsClient(sqsProxy.endpoint);
  undo.push(() => curator.destroy());
  const sendings = sendingsOf(workload, random.int(1, 2 ** 31), durationMs * CURATION_SHARE);
  const curating = curate(curator, url, sendings, over.signal);
  void view.watch(over.signal);

  const kills = await killing({
    dataDir,
    runner,
    researchers,
    random: random.fork(),
    durationMs,
    say,
    view,
    dynamoDbProxy,
  });
  say('No more faults. Now everything has to be finished.');
  for (const weather of Object.values(weathers)) weather.end();
  await curating;
  const begun = Date.now();
  await finished(view, () => view.isFinished(workload), say);
  over.abort();
  const finishSeconds = Math.round((Date.now() - begun) / 1_000);
  const verdict = await verdictOn(view, workload);
  for (const [reason, times] of failuresIn(dataDir).slice(0, 8)) say(`  ${times} × ${reason.slice(0, 200)}`);
  const proxies = { sqs: sqsProxy, dynamodb: dynamoDbProxy };
  return {
    seed,
    minutes,
    ...verdict,
    ...toldIn(dataDir),
    kills,
    faults: { sqs: byFault(sqsProxy), dynamodb: byFault(dynamoDbProxy) },
    calls: Object.fromEntries(Object.entries(proxies).map(([name, proxy]) => [name, proxy.calls()])),
    finishSeconds,
  };
}

interface Killing {
  readonly dataDir: string;
  readonly runner: Runner;
  readonly researchers: Researchers;
  readonly random: Random;
  readonly durationMs: number;
  readonly say: (line: string) => void;
  readonly view: ArchiveView;
  readonly dynamoDbProxy: FaultProxy;
}

/** Kills until the time is over. @returns how many of each kind */
async function killing(props: Killing): Promise<Record<string, number>> {
  const { random, durationMs, say, view } = props;
  const kills: Record<string, number> = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
  const end = Date.now() + durationMs;
  let tellAt = 0;
  for (const kill of killsOf(random)) {
    const wait = Math.min(kill.after, end - Date.now());
    if (wait > 0) await sleep(wait);
    if (Date.now() >= end) break;
    kills[kill.kind]! += await killed(kill, props);
    if (Date.now() < tellAt) continue;
    tellAt = Date.now() + TELL_EVERY_MS;
    say(await view.told());
  }
  return kills;
}

/** @returns how many died */
async function killed({ kind }: Kill, props: Killing): Promise<number> {
  const { dataDir, runner, researchers, random } = props;
  if (kind === 'researcher') return (await researchers.kill()) === undefined ? 0 : 1;
  if (kind === 'function' && random.chance(AIMED_SHARE)) return killedAtWork(props);
  if (kind !== 'runner') return killChild(dataDir, kind, random) === undefined ? 0 : 1;
  await runner.kill();
  await runner.start();
  return 1;
}

/** Kills those functions that may be the ones whose call is under way. */
async function killedAtWork({ dataDir, random, dynamoDbProxy }: Killing): Promise<number> {
  const { operation, functions } = random.of(AIMS);
  await dynamoDbProxy.next(operation, AIM_MS);
  return functions.filter((name) => killChild(dataDir, name, random) !== undefined).length;
}

async function finished(
  view: ArchiveView,
  isFinished: () => Promise<boolean>,
  say: (line: string) => void,
): Promise<void> {
  const deadline = Date.now() + FINISH_LIMIT_MS;
  let tellAt = Date.now() + TELL_EVERY_MS;
  // Past the limit the verdict says what is not finished.
  while (Date.now() < deadline && !(await isFinished())) {
    await sleep(1_000);
    if (Date.now() < tellAt) continue;
    tellAt = Date.now() + TELL_EVERY_MS;
    say(await view.told());
  }
}

function byFault({ counts }: FaultProxy): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [what, count] of counts) {
    const fault = what.slice(what.indexOf(' ') + 1);
    sums[fault] = (sums[fault] ?? 0) + count;
  }
  return sums;
}
