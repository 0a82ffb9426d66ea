import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../simulation/world/random.ts';
import { type Job, jobOn, type Place } from './job.ts';

export interface KillRunSummary {
  readonly seed: number;
  /** What was last heard of the job before each kill. */
  readonly killedAt: readonly string[];
  readonly findings: number;
  readonly differences: readonly string[];
}

/** A job by itself ends in half a minute; killed ones wait for what the killed drain hid. */
const LIMIT_MS = 600_000;

/** Does the job on the samples undisturbed, and killed with -9 so many times, and compares what was found. */
export async function killRun(props: {
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<KillRunSummary> {
  const { kills, seed, say } = props;
  const folder = mkdtempSync(join(tmpdir(), 'archivist-kills-'));
  try {
    say('The job on the samples, undisturbed.');
    const undisturbed = await ended(await jobOn(join(folder, 'undisturbed')));
    const { killedAt, places } = await killedJob({ dataDir: join(folder, 'killed'), kills, seed, say });
    return { seed, killedAt, findings: places.length, differences: differing(undisturbed, places) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills the job at random moments, starts it again each time, and lets the last one end. */
export async function killedJob(props: {
  readonly dataDir: string;
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}): Promise<{ readonly killedAt: readonly string[]; readonly places: readonly Place[] }> {
  const { dataDir, kills, seed, say } = props;
  const random = new Random(seed);
  const killedAt: string[] = [];
  for (let index = 0; index < kills; index++) {
    const job = await jobOn(dataDir);
    // Most of a short job is its start; half of the kills wait until research has begun.
    if (random.chance(0.5)) await job.heard(/to research/);
    await job.endedOr(random.int(0, 6_000));
    killedAt.push(job.last());
    await job.kill();
    say(`Kill ${index + 1} of ${kills}, after: ${job.last()}`);
  }
  return { killedAt, places: await ended(await jobOn(dataDir)) };
}

async function ended(job: Job): Promise<readonly Place[]> {
  await job.endedOr(LIMIT_MS);
  return job.places();
}

function differing(expected: readonly Place[], came: readonly Place[]): string[] {
  const lines = (places: readonly Place[]) => new Set(places.map((place) => JSON.stringify(place)));
  const [all, found] = [lines(expected), lines(came)];
  return [
    ...[...all].filter((line) => !found.has(line)).map((line) => `Missing: ${line}`),
    ...[...found].filter((line) => !all.has(line)).map((line) => `Not found undisturbed: ${line}`),
  ];
}
