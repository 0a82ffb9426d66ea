import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { npmHasEnded } from '../../local/processes/asked-to-end.ts';
import type { ArchiveClient } from '../../operating/archive-client.ts';
import type { LocationOptions } from '../../operating/archive-location.ts';
import { lightEntries } from '../../operating/reading/light-entries.ts';
import { readStatusFacts } from '../../operating/reading/status-facts.ts';
import { WatchedStatus } from '../../operating/reading/watched-status.ts';
import { type Status, statusOf } from '../../operating/status.ts';
import { print } from '../../operating/terminal.ts';
import { reading } from '../reading.ts';
import { statusLines } from '../status-view.ts';

interface StatusOptions extends LocationOptions {
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly every?: number;
}

/** A look reads what changed: on AWS a read unit or two for each episode with leases. */
const EVERY_SECONDS = { local: 2, deployed: 15 } as const;

export function statusCommand(command: Command): void {
  command
    .option('--watch', 'again and again, in place, until Ctrl-C')
    .option(
      '--every <seconds>',
      'how often with --watch (default: 2 for a local archive, 15 for a deployed one)',
      (text) => {
        const every = Number(text);
        if (Number.isFinite(every) && every >= 1 && every <= 3600) return every;
        throw new InvalidArgumentError('It must be a number of seconds from 1 to 3600.');
      },
    )
    .option('--json', 'for programs; with --watch one line each time')
    .addHelpText(
      'after',
      `
The rate is that of the last hour, and the estimated end assumes that it stays so.

Examples:
  $ npm run -s archivist -- status --data ./archive --watch
  $ npm run -s archivist -- status --stack Archivist --json | jq .pairs`,
    )
    .action(async (options: StatusOptions) => {
      await reading(options, async (client) => {
        if (options.watch) await watched(client, options);
        else await showOnce(client, options);
      });
    });
}

async function showOnce(client: ArchiveClient, { json }: StatusOptions): Promise<void> {
  const status = statusOf(await readStatusFacts(client));
  if (json) print(JSON.stringify(status, null, 2));
  else for (const line of await lines(client, status)) print(line);
}

async function watched(client: ArchiveClient, { json, every }: StatusOptions): Promise<void> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort()).once('SIGTERM', () => abort.abort());
  void npmHasEnded().then(() => abort.abort());
  const seconds = every ?? (client.location.endpoints ? EVERY_SECONDS.local : EVERY_SECONDS.deployed);
  const watch = new WatchedStatus(client);
  while (!abort.signal.aborted) {
    const status = statusOf(await watch.read());
    if (json) print(JSON.stringify(status));
    else inPlace(await lines(client, status));
    await sleep(seconds * 1000, undefined, { signal: abort.signal }).catch(() => undefined);
  }
}

/** Over what was there before, line by line, so that nothing flickers; what is no terminal gets one after the other. */
function inPlace(text: readonly string[]): void {
  if (!process.stdout.isTTY) {
    print([...text, ''].join('\n'));
    return;
  }
  const width = process.stdout.columns ?? 80;
  const height = (process.stdout.rows ?? 24) - 1;
  const fitting = text.slice(0, height).map((line) => `${line.slice(0, width - 1)}\u001b[K`);
  process.stdout.write(`\u001b[H${fitting.join('\n')}\n\u001b[J`);
}

async function lines(client: ArchiveClient, status: Status): Promise<string[]> {
  const named = status.leases.map(({ episode }) => episode);
  if (status.backlog.oldest !== null) named.push(status.backlog.oldest.episode);
  return statusLines(status, await lightEntries(client, 'episode', [...new Set(named)]));
}
