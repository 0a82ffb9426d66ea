import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { numberFrom, scriptOptions } from '../../cli/script.ts';
import { projectDir } from '../../local/project.ts';
import { type ArchiveClient, archiveClient } from '../../operating/archive-client.ts';
import { archiveLocation } from '../../operating/archive-location.ts';
import { readProgress } from '../../operating/reading/progress.ts';
import { type Growth, growthOf, type Sample } from './fit.ts';
import { keptMemory } from './kept-memory.ts';
import { memoryOf, processesOf, sizeOf } from './measure.ts';
import { GrowingShow } from './show.ts';

interface Options {
  readonly minutes: number;
  readonly episodeEvery: number;
  readonly restartEvery: number;
  readonly json?: true;
}

const options = scriptOptions<Options>(
  {
    name: 'soak',
    description: `A local archive at work for hours: a feed that grows is curated again and again, two researchers work, and they and
the stack are started again now and then. What each process holds once its garbage was collected, its memory as the system
sees it, and the size of the data folder are fitted against work done, each with its error. Exit code 1: something grows
besides what is kept.`,
    examples: ['--minutes 240', '--minutes 20 --episode-every 3'],
  },
  (command) =>
    command
      .option('--minutes <number>', 'how long', numberFrom(1, 10_000, 'any'), 240)
      .option('--episode-every <seconds>', 'a new episode so often; every hundredth is a clip', numberFrom(1, 3_600), 5)
      .option('--restart-every <minutes>', 'somebody is started again so often', numberFrom(1, 1_000, 'any'), 5)
      .option('--json', 'one JSON object instead of lines'),
);

const MEASURE_MS = 30_000;
const CURATE_MS = 15_000;
const READY_MS = 240_000;
const SETTINGS = ['silenceLimit=60', 'heartbeat=20', 'reopenInterval=0', 'batchingWindow=0', 'drainTimeout=20'];

/**
 * MB a thousand pairs. Held after a collection: what functions know of the entries, which come with the pairs; a leak of the
 * least that a pair needs, its report, would be more. As the system sees it: the allocator's pages come and go.
 */
const ALLOWED = { kept: 1, resident: 10, folder: Number.POSITIVE_INFINITY } as const;
type Kind = keyof typeof ALLOWED;

// Whatever else this machine does goes first.
setPriority(constants.priority.PRIORITY_LOW);

const begun = performance.now();
const say = (line: string) =>
  process.stderr.write(`${String(Math.round((performance.now() - begun) / 1_000)).padStart(5)} s  ${line}\n`);
const dataDir = mkdtempSync(join(tmpdir(), 'archivist-soak-'));
const show = new GrowingShow();
const running = new Map<string, ChildProcess>();
const measured = new Map<string, { readonly kind: Kind; readonly samples: Sample[] }>();
/** Processes that were there at the last measurement. */
let known = new Set<number>();

function launch(name: string, ...args: string[]): void {
  const child = spawn(process.execPath, args, { cwd: projectDir, stdio: ['ignore', 'ignore', 'pipe'] });
  let tail = '';
  child.stderr?.on('data', (chunk) => {
    tail = (tail + chunk).slice(-1_000);
  });
  child.once('exit', (code, signal) => {
    if (running.get(name) === child) say(`${name} ended by itself (${code ?? signal}): ${tail.trim()}`);
  });
  running.set(name, child);
}

const cli = join(projectDir, 'bin', 'archivist-cli.ts');
const research = (name: string) =>
  launch(name, cli, 'research', '--data', dataDir, '--name', name, '--workers', '1', '--allow-private');
const curate = (kind: 'episodes' | 'clips') =>
  new Promise<void>((resolve) => {
    const child = spawn(process.execPath, [cli, 'curate', kind, show.address(kind), '--data', dataDir], {
      cwd: projectDir,
      stdio: 'ignore',
    });
    child.once('exit', () => resolve());
  });

async function stack(): Promise<void> {
  const settings = SETTINGS.flatMap((setting) => ['--set', setting]);
  launch('runner', join(projectDir, 'local', 'main.ts'), '--data', dataDir, '--period', '5', ...settings);
  const deadline = performance.now() + READY_MS;
  while (!existsSync(join(dataDir, 'stack.json'))) {
    if (performance.now() > deadline) throw new Error('the stack was not ready in time');
    await sleep(200);
  }
}

async function end(name: string): Promise<void> {
  const child = running.get(name);
  running.delete(name);
  if (child === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

function note(kind: Kind, name: string, sample: Sample): void {
  const what = `${name}: ${kind}`;
  measured.set(what, { kind, samples: [...(measured.get(what)?.samples ?? []), sample] });
}

async function measure(client: ArchiveClient): Promise<void> {
  const progress = await readProgress(client);
  const pairs = progress.researched;
  const own = [...running].map(([name, { pid = 0 }]) => ({ name, pid }));
  const all = [...own, ...processesOf(dataDir)];
  for (const { name, pid } of all.filter((one) => known.has(one.pid))) {
    const kept = await keptMemory(pid);
    if (kept) note('kept', name, { life: pid, pairs, mb: kept.heap + kept.outside });
    note('resident', name, { life: pid, pairs, mb: kept?.resident ?? memoryOf(pid) });
  }
  known = new Set(all.map(({ pid }) => pid));
  for (const folder of ['sqs', 'dynoxide', 'logs', 'curation', 'researcher']) {
    note('folder', folder, { life: 0, pairs, mb: sizeOf(join(dataDir, folder)) });
  }
  say(`${progress.episodes} episodes, ${progress.clips} clips, ${pairs} of ${progress.pairs} pairs`);
}

/** Turn by turn; the stack last, for all others wait for it. */
async function restart(turn: number): Promise<void> {
  const name = ['researcher 1', 'researcher 2', 'runner'][turn % 3] ?? '';
  say(`${name} is started again`);
  await end(name);
  if (name === 'runner') await stack();
  else research(name);
}

async function work(): Promise<void> {
  await show.start();
  await stack();
  for (const name of ['researcher 1', 'researcher 2']) research(name);
  let [curated, seen, turn, restarted] = [-CURATE_MS, 0, 0, performance.now()];
  while (performance.now() - begun < options.minutes * 60_000) {
    show.episodes = 1 + Math.floor((performance.now() - begun) / (options.episodeEvery * 1_000));
    show.clips = 9 + Math.floor(show.episodes / 100);
    if (performance.now() - curated > CURATE_MS) {
      curated = performance.now();
      await curate('episodes');
      await curate('clips');
    }
    if (performance.now() - seen > MEASURE_MS) {
      seen = performance.now();
      const client = archiveClient(await archiveLocation({ data: dataDir }));
      await measure(client)
        .catch((error: Error) => say(`not measured: ${error.message}`))
        .finally(() => client.close());
    }
    if (performance.now() - restarted > options.restartEvery * 60_000) {
      restarted = performance.now();
      await restart(turn++);
    }
    await sleep(500);
  }
}

function told({ what, first, last, most, slope, error, grows }: Growth): string {
  const figures = [first, last, most].map((mb) => mb.toFixed(1).padStart(8)).join('');
  return `${what.padEnd(48)}${figures}${slope.toFixed(2).padStart(10)} ± ${error.toFixed(2)}${grows ? '  grows' : ''}`;
}

let failed = false;
try {
  await work();
  const growth = [...measured].map(([what, { kind, samples }]) => growthOf(what, samples, ALLOWED[kind]));
  const pairs = Math.max(0, ...[...measured.values()].flatMap(({ samples }) => samples.map((one) => one.pairs)));
  failed = growth.some(({ grows }) => grows);
  const minutes = Math.round((performance.now() - begun) / 60_000);
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: !failed, minutes, pairs, growth })}\n`);
  else {
    const head = `${'MB'.padEnd(48)}   first    last    most  a thousand pairs (second half of each life)`;
    process.stdout.write(`${minutes} minutes, ${pairs} pairs\n${head}\n${growth.map(told).join('\n')}\n`);
  }
} catch (error) {
  failed = true;
  say((error as Error).stack ?? String(error));
} finally {
  for (const name of ['researcher 1', 'researcher 2', 'runner']) await end(name);
  show.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
