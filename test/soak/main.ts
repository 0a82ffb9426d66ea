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
import { type Growth, growthOf } from './fit.ts';
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
the stack are started again now and then. Memory of each process and the size of the data folder are fitted against
work done. Exit code 1: something grows besides what is kept.`,
    examples: ['--minutes 240', '--minutes 20 --episode-every 3'],
  },
  (command) =>
    command
      .option('--minutes <number>', 'how long', numberFrom(1, 10_000, 'any'), 240)
      .option('--episode-every <seconds>', 'a new episode so often; every hundredth is a clip', numberFrom(1, 3_600), 5)
      .option('--restart-every <minutes>', 'somebody is started again so often', numberFrom(1, 1_000, 'any'), 5)
      .option('--json', 'one JSON object instead of lines'),
);

const MEASURE_MS = 20_000;
const CURATE_MS = 15_000;
const READY_MS = 240_000;
const SETTINGS = ['silenceLimit=60', 'heartbeat=20', 'reopenInterval=0', 'batchingWindow=0', 'drainTimeout=20'];

// Whatever else this machine does goes first.
setPriority(constants.priority.PRIORITY_LOW);

const begun = performance.now();
const say = (line: string) =>
  process.stderr.write(`${String(Math.round((performance.now() - begun) / 1_000)).padStart(5)} s  ${line}\n`);
const dataDir = mkdtempSync(join(tmpdir(), 'archivist-soak-'));
const show = new GrowingShow();
const running = new Map<string, ChildProcess>();
const measured = new Map<string, [pairs: number, mb: number][]>();

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

const note = (what: string, pairs: number, mb: number) =>
  measured.set(what, [...(measured.get(what) ?? []), [pairs, mb]]);

async function measure(client: ArchiveClient): Promise<void> {
  const progress = await readProgress(client);
  const pairs = progress.researched;
  for (const [name, { pid }] of running) note(name, pairs, memoryOf(pid ?? 0));
  const children = processesOf(dataDir);
  for (const name of new Set(children.map((child) => child.name))) {
    const sizes = children.filter((child) => child.name === name).map(({ pid }) => memoryOf(pid));
    note(name, pairs, Math.max(...sizes));
  }
  for (const folder of ['sqs', 'dynoxide', 'logs', 'curation', 'researcher']) {
    note(`folder ${folder}`, pairs, sizeOf(join(dataDir, folder)));
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

function told({ what, first, last, most, aThousand, grows }: Growth): string {
  const figures = [first, last, most].map((mb) => `${mb}`.padStart(7)).join('');
  return `${what.padEnd(44)}${figures}${String(aThousand).padStart(10)}${grows && !isKept(what) ? '  grows' : ''}`;
}

/** What is kept grows with what is kept. */
const isKept = (what: string): boolean => what.startsWith('folder ');

let failed = false;
try {
  await work();
  const pairs = Math.max(0, ...[...measured.values()].flat().map(([count]) => count));
  const growth = [...measured].map(([what, points]) => growthOf(what, points));
  failed = growth.some(({ what, grows }) => grows && !isKept(what));
  const minutes = Math.round((performance.now() - begun) / 60_000);
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: !failed, minutes, pairs, growth })}\n`);
  else {
    const head = `${'MB'.padEnd(44)}  first   last   most  a thousand pairs (second half)`;
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
