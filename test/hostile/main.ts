import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOptions } from '../../cli/script.ts';
import { startLocalArchive } from '../../local/archive.ts';
import { underAttack } from './archive-under-attack.ts';
import { tryFeeds } from './feeds.ts';
import { tryMessages } from './messages.ts';
import type { Outcome } from './outcome.ts';
import { tryPort } from './ports.ts';

const options = scriptOptions<{ readonly json?: true }>(
  {
    name: 'hostile',
    description: `Sends what means harm to a running archive: a hundred requests to each of its ports, a hundred feeds and a hundred messages.
Also judges every pattern in the code: no text may keep it busy for long. All must be refused with a reason, change nothing
and hang nothing. Exit code 1: something did not.`,
    examples: ['', '--json'],
  },
  (command) => command.option('--json', 'one JSON object instead of lines'),
);

// The judge of patterns has other engines too, which start programs of their own.
process.env.RECHECK_BACKEND = 'pure';
const { tryPatterns } = await import('./patterns.ts');

const say = (line: string) => process.stderr.write(`${line}\n`);
const AT_LEAST = 100;

async function all(): Promise<Outcome[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'archivist-hostile-'));
  const settings = { silenceLimit: '60', heartbeat: '20', batchingWindow: '0', drainTimeout: '20' };
  const archive = await startLocalArchive({ dataDir, settings, holdSchedules: true, log: () => undefined });
  const attacked = underAttack(archive, dataDir);
  const outcomes: Outcome[] = [];
  const tell = (outcome: Outcome) => {
    outcomes.push(outcome);
    say(`${outcome.tried} ${outcome.what}: ${outcome.wrong.length === 0 ? 'all refused' : 'NOT all refused'}`);
    for (const line of outcome.wrong) say(`  ${line}`);
  };
  try {
    for (const service of ['sqs', 'dynamodb', 'lambda'] as const) tell(await tryPort(service, attacked));
    tell(await tryMessages(attacked));
    tell(await tryFeeds());
    tell(tryPatterns());
  } finally {
    attacked.client.close();
    await archive.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  return outcomes;
}

const outcomes = await all();
const few = outcomes.filter(({ tried }) => tried < AT_LEAST);
for (const { what, tried } of few) say(`Only ${tried} ${what}: at least ${AT_LEAST} are to be tried.`);
const ok = few.length === 0 && outcomes.every(({ wrong }) => wrong.length === 0);
if (options.json) process.stdout.write(`${JSON.stringify({ ok, outcomes })}\n`);
process.exit(ok ? 0 : 1);
