import { parseArgs } from 'node:util';
import { killRun } from './kills/kill-run.ts';
import { faultRun } from './run/fault-run.ts';

/**
 * npm run chaos -- --minutes M [--seed S] [--json]   kills and faults for M minutes, then the verdict
 * npm run chaos -- --kills N [--seed S] [--json]     `archivist start` on the samples, killed with -9 N times
 *
 * Exit code 1: something is not as without faults. 2: wrong usage. The seed decides who is killed when, which calls
 * are hit and how, and what is curated; how processes interleave it cannot decide.
 */

const USAGE = 'Usage: npm run chaos -- (--minutes M | --kills N) [--seed S] [--json]';

function options() {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { minutes: text, kills: text, seed: text, json: { type: 'boolean' } } });
    const seed = whole('--seed', values.seed ?? '1', 0, 2 ** 31);
    if (values.kills !== undefined && values.minutes !== undefined)
      throw new Error('--minutes and --kills exclude each other.');
    if (values.kills !== undefined) return { kills: whole('--kills', values.kills, 1, 100), seed, json: values.json };
    const minutes = Number(values.minutes ?? '1');
    if (!(minutes >= 0.2 && minutes <= 600))
      throw new Error(`--minutes must be from 0.2 to 600, not "${values.minutes}".`);
    return { minutes, seed, json: values.json };
  } catch (error) {
    console.error(`${(error as Error).message} ${USAGE}`);
    process.exit(2);
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${name} must be a whole number from ${least} to ${most}, not "${text}".`);
}

const asked = options();
const begun = Date.now();
const say = (line: string) =>
  console.error(`${String(Math.round((Date.now() - begun) / 1_000)).padStart(4)} s  ${line}`);
// Children are tethered to this process: however it ends, so do they.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

let differences: readonly string[];
try {
  const { minutes, kills, seed } = asked;
  const summary = kills === undefined ? await faultRun({ minutes, seed, say }) : await killRun({ kills, seed, say });
  differences = summary.differences;
  const { differences: _, ...figures } = summary;
  const all = {
    ok: differences.length === 0,
    ...figures,
    seconds: Math.round((Date.now() - begun) / 1_000),
    differences,
  };
  process.stdout.write(asked.json ? `${JSON.stringify(all)}\n` : `${told(all)}\n`);
} catch (error) {
  differences = [(error as Error).stack ?? String(error)];
}
if (differences.length > 0) {
  console.error(`Seed ${asked.seed}: ${differences.length} differences.`);
  for (const difference of differences.slice(0, 40)) console.error(`  ${difference}`);
}
process.exit(differences.length > 0 ? 1 : 0);

/** The figures for people, a line each. */
function told(figures: object): string {
  const value = (one: unknown): string =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.entries(one)
          .map(([name, count]) => `${name} ${typeof count === 'object' ? `(${value(count)})` : count}`)
          .join(', ')
      : String(one);
  const lines = Object.entries(figures).filter(([name]) => name !== 'differences');
  return lines.map(([name, one]) => `${name}: ${value(one)}`).join('\n');
}
